"""Any course of acts, played by the real acts beside a model in plain words that knows nothing of our code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.cast import Cast
from tests.introductions.trio import Trio, make_trio
from tests.people.evening import met
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.introductions import queries
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.queries import asked_of, get_mine, made_for
from webapp.introductions.rules import Answer, Course, State, connector_sees
from webapp.swaps.blocking import unblock
from webapp.swaps.queries import granted_card

STEPS = settings(max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass
class Said:
    """The model: what was said on one question, in whole hours since the beginning."""

    asked: int
    answers: dict[str, str] = field(default_factory=dict)
    back: bool = False
    made: bool = False

    def stands(self, hour: int) -> bool:
        """Whether the two are being asked."""
        return not self.back and not self.made and hour < self.asked + 14 * 24

    def reads(self, hour: int) -> str:
        """What Ann reads: nothing of the answers."""
        if self.made:
            return "made"
        if self.back:
            return "withdrawn"
        return "asked" if hour < self.asked + 14 * 24 else "not now"


class AnyCourse(RuleBasedStateMachine):
    """Ann asks Ben and Cleo, who met before; anybody answers, changes their mind, blocks, forgives; days go by."""

    fresh: Callable[[], Trio]

    def __init__(self) -> None:
        super().__init__()
        self.trio = type(self).fresh()
        self.hour, self.start = 0, now()
        self.clock = time_machine.travel(self.start, tick=False)
        self.travelled = self.clock.start()
        self.said: dict[UUID, Said] = {}
        self.blocks: set[tuple[str, str]] = set()
        self.ann_lost: set[str] = set()
        self.took_back: set[str] = set()
        self.card_shown = False

    def teardown(self) -> None:
        """Back to our own time."""
        self.clock.stop()

    def who(self, name: str) -> Attendee:
        """One of the three."""
        return {"ann": self.trio.ann, "ben": self.trio.ben, "cleo": self.trio.cleo}[name]

    @initialize()
    def ann_asks_at_first(self) -> None:
        """There is always something to answer."""
        self.ann_asks()

    @rule()
    def ann_asks(self) -> None:
        """She may if nothing is open, she asked less than three times, and holds both cards."""
        open_now = any(one.stands(self.hour) for one in self.said.values())
        if self.ann_lost or open_now or len(self.said) >= 3:
            return
        introduction_id = self.trio.introduce()
        self.said[introduction_id] = Said(self.hour)

    @rule(who=st.sampled_from(["ben", "cleo"]), what=st.sampled_from(["yes", "yes", "not now", "no"]))
    def answer(self, who: str, what: Answer) -> None:
        """One of the two says something to the newest question."""
        introduction_id, one = list(self.said.items())[-1]
        may = one.stands(self.hour) and not self.turned_away(who) and not self.refused_before(who)
        try:
            self.trio.answer(introduction_id, self.who(who), what)
            assert may, f"{who} was asked"
        except NotHere:
            assert not may, f"{who} was not asked"
            return
        one.answers[who] = what
        both = one.answers.get("ben") == one.answers.get("cleo") == "yes"
        one.made = both and not self.blocks and not self.took_back
        self.card_shown |= one.made

    def turned_away(self, who: str) -> bool:
        """Whether this one wants nothing of one of the others, or took their card back."""
        blocked = any(blocker == who for blocker, _ in self.blocks)
        return blocked or who in self.took_back

    def refused_before(self, who: str) -> bool:
        """A no to an earlier question about the same one is for good."""
        return any(one.answers.get(who) == "no" for one in list(self.said.values())[:-1])

    @rule()
    def ann_takes_it_back(self) -> None:
        """The newest, if it is not made."""
        introduction_id, one = list(self.said.items())[-1]
        self.trio.withdraw(introduction_id)
        one.back = one.back or not one.made

    @rule(pair=st.sampled_from([("ben", "cleo"), ("cleo", "ben"), ("ben", "ann"), ("cleo", "ann")]))
    def block(self, pair: tuple[str, str]) -> None:
        """Somebody wants nothing more to do with another."""
        blocker, other = pair
        self.trio.block(self.who(blocker), self.who(other))
        self.blocks.add(pair)
        if other == "ann":
            self.ann_lost.add(blocker)
        elif self.card_shown:
            self.took_back.add(blocker)

    @rule(pair=st.sampled_from([("ben", "cleo"), ("cleo", "ben"), ("ben", "ann"), ("cleo", "ann")]))
    def forgive(self, pair: tuple[str, str]) -> None:
        """The block ends; the card stays taken back."""
        if pair not in self.blocks:
            return
        blocker, other = pair
        with writing() as session:
            by = self.trio.cast.actor(self.who(blocker).person_id)
            unblock(session, new_id(), self.who(other).person_id, by=by, at=now())
            session.commit()
        self.blocks.discard(pair)

    @rule(days=st.sampled_from([1, 5, 13, 14]))
    def days_go_by(self, days: int) -> None:
        """Nothing happens but time."""
        self.hour += days * 24
        self.travelled.move_to(self.start + timedelta(hours=self.hour))

    @invariant()
    def ann_reads_what_the_calendar_says(self) -> None:
        """Never what anybody answered, until it is made."""
        db.session.rollback()
        for introduction_id, one in self.said.items():
            mine = get_mine(db.session(), introduction_id, self.trio.ann.person_id, now())
            assert mine.state == one.reads(self.hour), one
        db.session.rollback()

    @invariant()
    def details_are_where_two_yeses_are_and_nowhere_else(self) -> None:
        """No card without a made introduction, and none at all through a block."""
        db.session.rollback()
        for one, other in (("ben", "cleo"), ("cleo", "ben")):
            held = granted_card(db.session(), self.who(other).person_id, self.who(one).person_id)
            apart = (one, other) in self.blocks or (other, one) in self.blocks
            assert (held is not None) == (self.card_shown and other not in self.took_back and not apart)
        for who in ("ben", "cleo"):
            made = made_for(db.session(), self.who(who).person_id)
            blocked = any(blocker == who for blocker, _ in self.blocks)
            assert len(made) == (0 if blocked else sum(one.made for one in self.said.values()))
        db.session.rollback()

    @invariant()
    def the_two_are_asked_as_long_as_it_stands(self) -> None:
        """And see their own answer, and nothing of the other's."""
        db.session.rollback()
        if not self.said:
            return
        one = list(self.said.values())[-1]
        for who in ("ben", "cleo"):
            asked = asked_of(db.session(), self.who(who).person_id, self.trio.sealed, now())
            stands = one.stands(self.hour) and not self.turned_away(who) and not self.refused_before(who)
            assert [question.answer for question in asked] == ([one.answers.get(who, "")] if stands else [])
        db.session.rollback()


@pytest.fixture
def machine(app: Flask, cast: Cast) -> type[AnyCourse]:
    """Three new people for each course; they met, and the two have nothing of each other yet."""
    made: list[int] = []

    def fresh() -> Trio:
        made.append(len(made))
        for name, whole in (("ann", "Ann Achebe"), ("ben", "Ben Adeyemi")):
            cast.__dict__[name] = cast.guest(whole, email=f"{name}{made[-1]}@example.org", claimed=True)
        trio = make_trio(app, cast, f"cleo{made[-1]}@example.org")
        met(cast, trio.ben, trio.cleo)
        return trio

    return type("Played", (AnyCourse,), {"fresh": staticmethod(fresh)})


@pytest.mark.slow
def test_s_15_s_17_any_course_of_acts_agrees_with_the_model(machine: type[AnyCourse]) -> None:
    run_state_machine_as_test(machine, settings=settings(STEPS, max_examples=60, stateful_step_count=25))


def test_s_15_s_17_some_courses_of_acts_agree_with_the_model(machine: type[AnyCourse]) -> None:
    run_state_machine_as_test(machine, settings=STEPS)


def test_a_version_that_tells_the_other_at_once_is_found_out(
    machine: type[AnyCourse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary: the connector reads *not now* as soon as one of the two says no."""

    def hasty(course: Course, at: datetime) -> State:
        no = select(IntroductionAsk.id).join(Introduction, Introduction.id == IntroductionAsk.introduction_id)
        refused = db.session.scalar(no.where(Introduction.asked_at == course.asked_at, IntroductionAsk.answer == "no"))
        state = connector_sees(course, at)
        return "not now" if state == "asked" and refused else state

    monkeypatch.setattr(queries, "connector_sees", hasty)
    with _complains():
        run_state_machine_as_test(machine, settings=settings(STEPS, max_examples=20, phases=[Phase.generate]))


@contextmanager
def _complains() -> Iterator[Any]:
    with pytest.raises(AssertionError) as found:
        yield found
