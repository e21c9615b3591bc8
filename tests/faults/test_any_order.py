"""F06: Hypothesis plays doors against the real acts, in every order it can think of, and compares with plain words."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.cast import Cast
from tests.checkin.room import Room
from webapp.checkin.admission import Reversal, check_in, undo_check_in
from webapp.checkin.facts import Seen
from webapp.checkin.late import Late, LateUndo, Told, check_in_late, undo_late
from webapp.checkin.models import CheckIn
from webapp.checkin.scans import FoundByName, Scan
from webapp.checkin.verdicts import CheckedIn, Undone
from webapp.core.actor import Actor
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.door_rules import Corrected
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee, Event

UNSURE = timedelta(seconds=30)
"""How uncertain each time is: half a minute, so that exits and entries come close now and then."""
TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True)
class Done:
    """Something a door did: let a guest in, or (`of`) took an entry back; `left`: because they went out."""

    id: UUID
    door: str
    number: int
    guest: int
    at: datetime
    of: UUID | None = None
    left: bool = False
    organizer: bool = False
    unsure: timedelta = UNSURE


Oracle = Callable[[list[Done], int], UUID | None]
"""From everything told so far: by which entry this guest is in."""


def by_the_rules(told: list[Done], guest: int) -> UUID | None:
    """trust.md 2.8 in plain words: the first entry that nobody who may took back, and that no exit was surely after."""
    entries = [one for one in told if one.guest == guest and one.of is None]
    standing = [entry for entry in entries if not any(_ends(one, entry, entries) for one in told)]
    first = min(standing, key=lambda one: (one.at, one.door, one.number, one.id), default=None)
    return first.id if first else None


def _ends(undo: Done, entry: Done, entries: list[Done]) -> bool:
    named = next((one for one in entries if one.id == undo.of), None)
    if named is None or not (undo.organizer or (undo.door == named.door and undo.at - named.at <= TEN_MINUTES)):
        return False
    surely_after = undo.at - entry.at > undo.unsure + entry.unsure
    return named is entry or (undo.left and surely_after)


def last_write_wins(told: list[Done], guest: int) -> UUID | None:
    """What many programs do: whatever is newest by its time is the truth."""
    entries = {one.id: one for one in told if one.guest == guest and one.of is None}
    about = [one for one in told if one.id in entries or one.of in entries]
    last = max(about, key=lambda one: (one.at, one.id), default=None)
    return last.id if last and last.of is None else None


@dataclass
class World:
    """Tonight's door with two phones, an organizer and two guests; every play begins and ends with nothing told."""

    cast: Cast
    oracle: Oracle = by_the_rules
    begun: datetime = field(default_factory=lambda: now() - timedelta(minutes=40))

    @cached_property
    def room(self) -> Room:
        return Room(self.cast)

    @cached_property
    def doors(self) -> tuple[Actor, Actor]:
        return self.room.cora, self.room.other_door

    @cached_property
    def guests(self) -> tuple[Attendee, Attendee]:
        return self.cast.ann, self.cast.ben

    @cached_property
    def dora(self) -> Actor:
        return self.cast.actor(self.cast.dora.id)

    def prepare(self) -> "World":
        """Make everybody, so that a play only rolls back what it told."""
        for name in ("doors", "guests", "dora", "event"):
            getattr(self, name)
        return self

    @property
    def event(self) -> Event:
        return self.cast.mixer


WORLD: list[World] = []
"""The one that is played in: Hypothesis makes the machine itself."""

minutes = st.integers(0, 24).map(lambda quarter: timedelta(seconds=quarter * 37))
which = st.integers(0, 1)


class Doors(RuleBasedStateMachine):
    """Two doors that work with and without a network, and tell late, in any order and again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.stack = WORLD[-1], ExitStack()
        self.session = self.stack.enter_context(writing())
        self.untold: list[Done] = []
        self.told: list[Done] = []
        self.answers: dict[UUID, Told] = {}
        self.number, self.clock = 0, self.world.begun + timedelta(minutes=20)

    def teardown(self) -> None:
        self.stack.close()  # nothing was committed: the next play begins anew

    @rule(door=which, guest=which, after=minutes)
    def let_in_alone(self, door: int, guest: int, after: timedelta) -> None:
        self.untold.append(self._done(door, guest, after))

    @rule(data=st.data(), after=minutes, left=st.booleans(), other=st.booleans())
    def take_back_alone(self, data: st.DataObject, after: timedelta, left: bool, other: bool) -> None:
        entries = [one for one in (*self.untold, *self.told) if one.of is None]
        if entries:
            entry = data.draw(st.sampled_from(entries))
            door = next(n for n, actor in enumerate(self.world.doors) if (actor.label == entry.door) is not other)
            undo = self._done(door, entry.guest, after)
            self.untold.append(Done(**{**undo.__dict__, "of": entry.id, "left": left}))

    @rule(data=st.data())
    def tell(self, data: st.DataObject) -> None:
        if self.untold:
            done = data.draw(st.sampled_from(self.untold))
            self.untold.remove(done)
            self.answers[done.id] = self._tell(done)
            self.told.append(done)

    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        known = [one for one in self.told if one.id in self.answers]
        if known:
            done = data.draw(st.sampled_from(known))
            again = self._tell(done)
            assert (again.known, again.verdict) == (True, self.answers[done.id].verdict)

    @rule(door=which, guest=which)
    def scan_online(self, door: int, guest: int) -> None:
        at, actor = self._tick(), self.world.doors[door]
        scan = Scan(new_id(), FoundByName(self.world.guests[guest].id))
        keyring, event = self.world.room.keyring, self.world.event
        verdict = check_in(self.session, event, scan, by=actor, at=at, keyring=keyring)
        inside = self.world.oracle(self.told, guest)
        assert isinstance(verdict, CheckedIn) is (inside is None)
        if isinstance(verdict, CheckedIn):
            self.told.append(Done(scan.operation_id, actor.label, 0, guest, at, unsure=timedelta()))

    @rule(guest=which, left=st.booleans())
    def organizer_takes_back(self, guest: int, left: bool) -> None:
        live = self._live(guest)
        if live:
            at, reason = self._tick(), "left_again" if left else "wrong_person"
            reversal = Reversal(new_id(), live.id, reason)
            named = live.operation_id
            verdict = undo_check_in(self.session, self.world.event, reversal, by=self.world.dora, at=at)
            assert isinstance(verdict, Undone)
            undo = Done(reversal.operation_id, self.world.dora.label, 0, guest, at, of=named, left=left)
            self.told.append(Done(**{**undo.__dict__, "organizer": True, "unsure": timedelta()}))

    @invariant()
    def everybody_is_in_by_what_was_told(self) -> None:
        for guest in (0, 1):
            live = self._live(guest)
            assert (live.operation_id if live else None) == self.world.oracle(self.told, guest)

    def _done(self, door: int, guest: int, after: timedelta) -> Done:
        self.number += 1
        return Done(new_id(), self.world.doors[door].label, self.number, guest, self.world.begun + after)

    def _tick(self) -> datetime:
        self.clock += timedelta(seconds=41)
        return self.clock

    def _live(self, guest: int) -> CheckIn | None:
        mine = select(CheckIn).where(CheckIn.attendee_id == self.world.guests[guest].id, CheckIn.undone_at.is_(None))
        return self.session.scalar(mine.execution_options(populate_existing=True))

    def _tell(self, done: Done) -> Told:
        actor = next(one for one in self.world.doors if one.label == done.door)
        seen = Seen(actor, Corrected(done.at, done.unsure), self.clock, done.number)
        if done.of:
            undo = LateUndo(done.id, done.of, "left_again" if done.left else "wrong_person")
            return undo_late(self.session, self.world.event, undo, seen)
        scan = Scan(done.id, FoundByName(self.world.guests[done.guest].id), sequence=done.number)
        late = Late(scan, "admitted", seen)
        return check_in_late(self.session, self.world.event, late, keyring=self.world.room.keyring)


def play(cast: Cast, examples: int, **changes: Any) -> None:
    """Let Hypothesis play so many evenings."""
    WORLD.append(World(cast, **changes).prepare())
    calm = settings(
        max_examples=examples,
        stateful_step_count=14,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )
    try:
        run_state_machine_as_test(Doors, settings=calm)
    finally:
        WORLD.pop()


def test_whatever_two_doors_do_and_whenever_they_tell_it_the_rules_hold(cast: Cast) -> None:
    play(cast, 20)


def test_the_newest_word_as_the_truth_is_found_out(cast: Cast) -> None:
    """The canary: the same plays against last-write-wins find where it goes wrong."""
    with pytest.raises(AssertionError):
        play(cast, 200, oracle=last_write_wins)


@pytest.mark.slow
def test_f06_five_thousand_evenings_have_no_counter_example(cast: Cast) -> None:
    play(cast, 5_000)
