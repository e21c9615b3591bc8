"""F06: Hypothesis plays two people against the real acts, told in every order, and compares with plain words."""

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
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.faults.two_people import Done, Way, by_the_rules, last_write_wins
from tests.swaps.evening import BASE, EveningOut
from webapp.accounts.models import Person, SignInSession
from webapp.accounts.sessions import open_session
from webapp.badges.issuing import issue, replace_lost, token_of
from webapp.contacts.models import Meeting
from webapp.core.actor import Actor, NotHere
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.door_rules import Corrected, Measured, Stamp
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.swaps.blocking import block, unblock
from webapp.swaps.codes import read_code
from webapp.swaps.exchange import Scan, give_mine, scan
from webapp.swaps.models import Grant
from webapp.swaps.queries import granted_card, waiting_for_me
from webapp.swaps.screen import screen_code
from webapp.swaps.sheets import news_for
from webapp.swaps.taking_back import withdraw
from webapp.sync.batch import Said
from webapp.sync.kind import Arrived, House
from webapp.sync.room_kinds import act_undo

Directions = set[tuple[int, int]]
Oracle = Callable[[list[Done]], Directions]
BOTH = ((0, 1), (1, 0))


@dataclass
class World:
    """Ann, whose badge asks, and Ben, who swaps with all; every play begins and ends with nothing between them."""

    evening: EveningOut
    oracle: Oracle = by_the_rules
    begun: datetime = field(default_factory=lambda: now() - timedelta(minutes=20))

    @cached_property
    def guests(self) -> tuple[Attendee, Attendee]:
        return self.evening.cast.ann, self.evening.cast.ben

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        return tuple(self.evening.cast.actor(guest.person_id) for guest in self.guests)

    @cached_property
    def phones(self) -> list[UUID]:
        """Their sign-ins: what live codes are made of."""
        found: list[UUID] = []
        for guest in self.guests:
            with writing() as session:
                person = session.get_one(Person, guest.person_id)
                open_session(session, person, browser="", at=self.begun - timedelta(hours=1))
                session.commit()
                mine = select(SignInSession.id).where(SignInSession.person_id == guest.person_id)
                found += session.scalars(mine).all()
        return found

    @cached_property
    def house(self) -> House:
        return House(self.evening.keyring, BASE)

    def prepare(self) -> "World":
        """Make everybody, so that a play only rolls back what happened in it."""
        self.evening.prefer(self.guests[1], "swap")
        for guest in self.guests:
            self.evening.badge(guest)
        for name in ("actors", "phones", "house"):
            getattr(self, name)
        return self


WORLD: list[World] = []
"""The one that is played in: Hypothesis makes the machine itself."""

who = st.integers(0, 1)
way = st.sampled_from(["badge", "screen", "old badge"])
wait = st.sampled_from([5, 41, 95])


class Swaps(RuleBasedStateMachine):
    """Two people who scan, take back and block, with and without a network, and tell late, in any order and again."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.stack = WORLD[-1], ExitStack()
        self.session: Session = self.stack.enter_context(writing())
        self.clock = self.world.begun
        self.codes: dict[UUID, str] = {}
        self.lost: dict[int, str] = {}
        self.made: list[Done] = []
        self.untold: list[Done] = []
        self.told: list[Done] = []
        self.answers: dict[UUID, Any] = {}
        self.moved = True

    def teardown(self) -> None:
        self.stack.close()  # nothing was committed: the next play begins anew

    @rule(me=who, way=way, wait=wait)
    def scan_online(self, me: int, way: Way, wait: int) -> None:
        self._tell(self._scan(me, way, wait))

    @rule(me=who, way=way, wait=wait)
    def scan_alone(self, me: int, way: Way, wait: int) -> None:
        self.untold.append(self._scan(me, way, wait))

    @rule(data=st.data(), wait=wait)
    def take_a_scan_back_alone(self, data: st.DataObject, wait: int) -> None:
        scans = [one for one in self.made if one.what == "scan"]
        if scans:
            of = data.draw(st.sampled_from(scans))
            self.untold.append(self._make("undo", of.who, wait, of=of.id))

    @rule(data=st.data())
    def tell(self, data: st.DataObject) -> None:
        if self.untold:
            self._tell(data.draw(st.sampled_from(self.untold)))

    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        known = [one for one in self.told if one.id in self.answers]
        if known:
            done = data.draw(st.sampled_from(known))
            assert self._do(done) == self.answers[done.id], "the same id always has the same answer"

    @rule(me=who, wait=wait)
    def take_the_card_back(self, me: int, wait: int) -> None:
        mine = select(Grant.id).where(Grant.giver_id == self._id(me), *_live())
        if grant := self.session.scalar(mine):
            self._tell(self._make("withdraw", me, wait, of=grant))

    @rule(me=who, wait=wait)
    def give_back(self, me: int, wait: int) -> None:
        for asked in waiting_for_me(self.session, self._id(me), also_put_off=True):
            self._tell(self._make("give", me, wait, of=asked.request_id))

    @rule(me=who, wait=wait)
    def block(self, me: int, wait: int) -> None:
        self._tell(self._make("block", me, wait))

    @rule(me=who, wait=wait)
    def unblock(self, me: int, wait: int) -> None:
        self._tell(self._make("unblock", me, wait))

    @rule(me=who, wait=wait)
    def lose_the_badge(self, me: int, wait: int) -> None:
        self._tell(self._make("replace", me, wait))

    @invariant()
    def the_promises_hold(self) -> None:
        if self.moved:  # what a phone keeps to itself changes nothing here
            self.moved = False
            self.each_sees_what_was_given_and_no_more()
            self.nobody_sees_anything_while_a_block_stands()
            self.there_is_one_meeting_and_one_card_in_each_direction()
            self.each_is_told_once()

    def each_sees_what_was_given_and_no_more(self) -> None:
        assert self._seen() == self.world.oracle(self.told)

    def nobody_sees_anything_while_a_block_stands(self) -> None:
        standing = {done.who for done in self.told if done.what == "block" and done.id in self.answers}
        for done in self.told:
            if done.what == "unblock":
                later = [one for one in self.told[self.told.index(done) :] if one.what == "block"]
                standing -= {done.who} - {one.who for one in later if one.id in self.answers}
        assert not (standing and self._seen())

    def there_is_one_meeting_and_one_card_in_each_direction(self) -> None:
        assert self._count(Meeting) <= 1
        assert all(self._count(Grant, Grant.giver_id == self._id(me), *_live()) <= 1 for me in (0, 1))

    def each_is_told_once(self) -> None:
        for me in (0, 1):
            assert len(news_for(self.session, self._id(me), self.clock)) <= 1
            assert len(waiting_for_me(self.session, self._id(me), also_put_off=True)) <= 1

    def _id(self, person: int) -> UUID:
        return self.world.guests[person].person_id

    def _seen(self) -> Directions:
        return {pair for pair in BOTH if granted_card(self.session, *map(self._id, pair))}

    def _count(self, table: Any, *which: Any) -> int:
        return self.session.scalar(select(func.count()).select_from(table).where(*which)) or 0

    def _make(self, what: Any, person: int, wait: int, **more: Any) -> Done:
        self.clock += timedelta(seconds=wait)
        done = Done(new_id(), what, person, self.clock, **more)
        self.made.append(done)
        return done

    def _scan(self, me: int, way: Way, wait: int) -> Done:
        other = 1 - me
        done = self._make("scan", me, wait, way="badge" if way == "old badge" and other not in self.lost else way)
        if done.way == "screen":
            code = screen_code(self.world.evening.keyring, self.world.phones[other], done.at)
            self.codes[done.id] = f"{BASE}/S/{code}"
        else:
            self.codes[done.id] = self.lost[other] if done.way == "old badge" else self._worn(other)
        return done

    def _worn(self, person: int) -> str:
        guest, keyring = self.world.guests[person], self.world.evening.keyring
        [badge] = issue(self.session, [guest], keyring=keyring, base_url=BASE, at=self.clock)
        return f"{BASE}/B/{token_of(badge, keyring)}"

    def _tell(self, done: Done) -> None:
        if done in self.untold:
            self.untold.remove(done)
        done.told_at = self.clock
        try:
            self.answers[done.id] = self._do(done)
        except NotHere:
            return  # nobody to block or to take anything from
        finally:
            self.told.append(done)

    def _do(self, done: Done) -> Any:
        self.moved = True
        session, by, at = self.session, self.world.actors[done.who], done.told_at
        other = self._id(1 - done.who)
        match done.what:
            case "scan":
                made = Scan(done.id, read_code(self.codes[done.id].upper(), BASE), done.at)
                return scan(session, made, by=by, at=at, keyring=self.world.evening.keyring)
            case "undo":
                return act_undo(session, done.named, self._arrived(done), by).verdict
            case "withdraw":
                return withdraw(session, done.id, done.named, by=by, at=at)
            case "give":
                return give_mine(session, done.id, done.named, by=by, at=at)
            case "block":
                return block(session, done.id, other, by=by, at=at)
            case "unblock":
                return unblock(session, done.id, other, by=by, at=at)
            case "replace":
                guest = self.world.guests[done.who]
                if done.id not in self.answers:
                    self.lost[done.who] = self._worn(done.who)
                    keyring = self.world.evening.keyring
                    replace_lost(session, guest, keyring=keyring, base_url=BASE, by=by, at=at)
                return "replaced"

    def _arrived(self, done: Done) -> Arrived:
        stamp, clock = Stamp(done.at, 0, "one"), Measured(timedelta(), timedelta())
        said = Said(done.id, "undo_scan", 1, self.world.actors[done.who].label, stamp, clock, {}, None, None)
        return Arrived(said, Corrected(done.at, timedelta()), done.told_at, self.world.house)


def _live() -> tuple[Any, Any]:
    return Grant.undone_at.is_(None), Grant.withdrawn_at.is_(None)


def play(evening: EveningOut, examples: int, **changes: Any) -> None:
    """Let Hypothesis play so many evenings."""
    WORLD.append(World(evening, **changes).prepare())
    calm = settings(
        max_examples=examples,
        stateful_step_count=16,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )
    try:
        run_state_machine_as_test(Swaps, settings=calm)
    finally:
        WORLD.pop()


def test_whatever_two_people_do_and_whenever_they_tell_it_the_rules_hold(evening: EveningOut) -> None:
    play(evening, 20)


def test_the_newest_word_as_the_truth_is_found_out(evening: EveningOut) -> None:
    """The canary: the same plays against last-write-wins find where it goes wrong."""
    with pytest.raises(AssertionError):
        play(evening, 200, oracle=last_write_wins)


@pytest.mark.slow
def test_f06_five_thousand_evenings_of_swaps_have_no_counter_example(evening: EveningOut) -> None:
    play(evening, 5_000)
