"""Double opt-in: details in exactly one of all courses, and nothing else ever tells one answer from another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.cast import Cast
from tests.introductions.screens import Deed, Seen, play
from tests.introductions.trio import TO_BEN, TO_CLEO, Trio, make_trio, swap
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.introductions import queries, rules
from webapp.introductions.rules import Answer
from webapp.introductions.verdicts import Answered, AskedOften, Made, TakenBack, TooLate
from webapp.swaps.queries import granted_card

SAID: tuple[Answer | None, ...] = ("yes", "not now", "no", None)
COURSES: list[tuple[Answer | None, Answer | None, str]] = [
    (ben, cleo, first)
    for ben, cleo in product(SAID, SAID)
    for first in ("ben", "cleo")
    if first == "ben" or (ben and cleo)
]
"""What each says, and who says it first."""

Afresh = Callable[[], Trio]


@pytest.fixture
def afresh(app: Flask, cast: Cast) -> Afresh:
    """The same three people again, by other ids: what they see must not differ by that."""

    def make() -> Trio:
        made.append(len(made))
        with time_machine.travel(start, tick=False):  # when they met stands on a page, to the minute
            for name, whole in (("ann", "Ann Achebe"), ("ben", "Ben Adeyemi")):
                guest = cast.guest(whole, email=f"{name}{made[-1]}@example.org", claimed=True)
                cast.__dict__[name] = guest
            return make_trio(app, cast, f"cleo{made[-1]}@example.org")

    made: list[int] = []
    start = cast.mixer.starts_at + timedelta(hours=1)
    return make


def deeds(trio: Trio, ben: Answer | None, cleo: Answer | None, first: str = "ben") -> list[Deed]:
    """They answer on the second and the third day."""
    days = {"ben": 1.0, "cleo": 2.0} if first == "ben" else {"ben": 2.0, "cleo": 1.0}
    said = ((trio.ben, "ben", ben), (trio.cleo, "cleo", cleo))
    return [(days[name], partial(trio.answer, guest=guest, said=what)) for guest, name, what in said if what]


def knows(viewer: Attendee, of: Attendee) -> bool:
    db.session.rollback()
    return granted_card(db.session(), of.person_id, viewer.person_id) is not None


def test_c22_details_are_seen_in_exactly_one_of_all_courses(afresh: Afresh) -> None:
    """S-17: four answers of each, in either order."""
    start, shown = now(), []
    for ben, cleo, first in COURSES:
        trio = afresh()
        play(trio, start, deeds(trio, ben, cleo, first))
        both = knows(trio.ben, trio.cleo), knows(trio.cleo, trio.ben)
        assert both[0] == both[1]
        shown += [(ben, cleo)] if both[0] else []
    assert shown == [("yes", "yes")] * 2, "in either order"


def differences(silence: dict[str, Seen], other: dict[str, Seen]) -> list[tuple[str, float]]:
    """Where and when something differs from silence."""
    return [
        (name, day) for name, seen in silence.items() for day in seen.days if seen.days[day] != other[name].days[day]
    ]


@pytest.mark.slow
def test_c22_whatever_is_answered_the_connector_sees_the_same_bytes_as_for_silence_on_every_day(
    afresh: Afresh,
) -> None:
    """S-15, all courses there are."""
    start, trio = now(), afresh()
    silence = play(trio, start, [], trio.ann)
    told = []
    for ben, cleo, first in COURSES:
        trio = afresh()
        seen = play(trio, start, deeds(trio, ben, cleo, first), trio.ann)
        told += [(ben, cleo, first)] if differences(silence, seen) else []
    assert told == [("yes", "yes", "ben"), ("yes", "yes", "cleo")]


SOME: list[tuple[Answer | None, Answer | None, str]] = [
    ("no", None, "ben"),
    ("no", "yes", "cleo"),
    (None, "not now", "ben"),
    ("yes", "no", "ben"),
    ("yes", None, "ben"),
]
"""Enough for every change; all of them are played before a release."""


def test_c22_a_no_is_silence_to_the_connector_byte_by_byte_and_day_by_day(afresh: Afresh) -> None:
    """S-15, and C22's own sentence: one silent for fourteen days, and the connector reads *not now*."""
    start, trio = now(), afresh()
    silence = play(trio, start, [], trio.ann)
    assert silence["Ann Achebe"].days[13.9] != silence["Ann Achebe"].days[14.1], "then it reads: not now"
    assert "not now" in " ".join(silence["Ann Achebe"].days[14.1])
    assert "not now" not in " ".join(silence["Ann Achebe"].days[13.9])
    for ben, cleo, first in SOME:
        trio = afresh()
        seen = play(trio, start, deeds(trio, ben, cleo, first), trio.ann)
        assert differences(silence, seen) == [], (ben, cleo)


@pytest.mark.parametrize("mine", ["yes", "not now", None])
def test_s_15_what_the_other_said_is_silence_to_the_one_who_is_asked(afresh: Afresh, mine: Answer | None) -> None:
    start, trio = now(), afresh()
    silence = play(trio, start, deeds(trio, mine, None), trio.ben)
    for theirs, first in product(SAID, ("ben", "cleo")):
        if (mine, theirs) == ("yes", "yes") or theirs is None:
            continue
        trio = afresh()
        seen = play(trio, start, deeds(trio, mine, theirs, first), trio.ben)
        late = [] if first == "ben" or mine is None else [("Ben Adeyemi", 1.1)]  # then Ben himself answers a day later
        assert [found for found in differences(silence, seen) if found not in late] == [], (theirs, first)


def test_a_version_that_tells_a_no_at_once_is_found_out(afresh: Afresh, monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary: one line more in what the connector reads."""

    def hasty(course: rules.Course, at: datetime) -> rules.State:
        state = rules.connector_sees(course, at)
        return "not now" if state == "asked" and refused() else state

    def refused() -> bool:
        from webapp.introductions.models import IntroductionAsk

        return bool(db.session.query(IntroductionAsk).filter(IntroductionAsk.answer == "no").count())

    start, trio = now(), afresh()
    silence = play(trio, start, [], trio.ann)
    monkeypatch.setattr(queries, "connector_sees", hasty)
    trio = afresh()
    seen = play(trio, start, deeds(trio, "no", None), trio.ann)
    assert ("Ann Achebe", 1.1) in differences(silence, seen)


# Blocks win, in any order, silently.

PAIRS = [(one, other) for one, other in product(("ann", "ben", "cleo"), repeat=2) if one != other]
WHEN = {"before any answer": 0.5, "after the first yes": 1.5}


@pytest.mark.parametrize("when", WHEN.values(), ids=WHEN.keys())
@pytest.mark.parametrize(("who", "whom"), PAIRS)
def test_a_block_between_any_two_of_the_three_wins_and_looks_like_silence(
    afresh: Afresh, who: str, whom: str, when: float
) -> None:
    start = now()

    def course(said: dict[str, Answer], *, blocked: bool) -> tuple[Trio, dict[str, Seen]]:
        trio = _all_swapped(afresh, start)
        people = {"ann": trio.ann, "ben": trio.ben, "cleo": trio.cleo}
        answers = {name: partial(_try_to_answer, trio, people[name], what) for name, what in said.items()}
        done: list[Deed] = [(1.0 if name == "ben" else 2.0, deed) for name, deed in answers.items()]
        if blocked:
            done.append((when, lambda _introduction: trio.block(people[who], people[whom])))
        watched = [people[name] for name in people if name not in {who, whom}]
        return trio, play(trio, start, done, *watched)

    trio, seen = course({"ben": "yes", "cleo": "yes"}, blocked=True)
    people = {"ann": trio.ann, "ben": trio.ben, "cleo": trio.cleo}
    db.session.rollback()
    assert queries.made_for(db.session(), trio.ben.person_id) == []
    [tally] = {queries.tally_of(db.session(), guest.person_id) for guest in people.values()}
    assert tally == queries.Tally(0, 0)
    third = next(name for name in people if name not in {who, whom})
    own: dict[str, Answer] = {"ben": "yes", "cleo": "yes"}
    _, silence = course({name: what for name, what in own.items() if name == third}, blocked=False)
    assert differences(silence, seen) == []


def _all_swapped(afresh: Afresh, start: datetime) -> Trio:
    """The three, of whom Ben and Cleo have each other's cards too."""
    trio = afresh()
    with time_machine.travel(start, tick=False):  # this minute stands on a page too
        swap(trio.cast, trio.ben, trio.cleo)
    return trio


def _try_to_answer(trio: Trio, guest: Attendee, what: Answer, introduction_id: Any) -> None:
    try:
        trio.answer(introduction_id, guest, what)
    except NotHere:
        return


def test_the_blocked_reads_of_the_blocker_what_silence_shows(afresh: Afresh) -> None:
    start = now()
    trio = _all_swapped(afresh, start)
    silence = play(
        trio, start, [(0.2, _take_back_of(trio)), (1.0, partial(trio.answer, guest=trio.ben, said="yes"))], trio.ben
    )
    trio = _all_swapped(afresh, start)
    his_yes = (1.0, partial(trio.answer, guest=trio.ben, said="yes"))
    seen = play(trio, start, [(0.2, lambda _id: trio.block(trio.cleo, trio.ben)), his_yes], trio.ben)
    assert differences(silence, seen) == []


def _take_back_of(trio: Trio) -> Callable[[Any], None]:
    """Cleo takes her card back from Ben, and says nothing to Ann: what a block must look like to him."""
    from webapp.core.identifiers import new_id
    from webapp.swaps.granting import live_grant
    from webapp.swaps.taking_back import withdraw

    def act(_introduction: Any) -> None:
        with writing() as session:
            grant = live_grant(session, trio.cleo.person_id, trio.ben.person_id)
            assert grant
            withdraw(session, new_id(), grant.id, by=trio.cast.actor(trio.cleo.person_id), at=now())
            session.commit()

    return act


# What each reads.


def test_s_17_the_asked_read_a_first_name_and_the_reason_and_nothing_else_of_each_other(trio: Trio) -> None:
    introduction_id = trio.introduce()
    page = trio.cast.browser(trio.ben.person_id).get("/introductions").text
    assert "Ann Achebe" in page
    assert TO_BEN in page
    for hidden in ("Third", "cleo@", "books.example.org", "Keeps books", TO_CLEO, str(trio.cleo.person_id)):
        assert hidden not in page, hidden
    assert trio.cast.browser(trio.ben.person_id).get(f"/introductions/{introduction_id}").status_code == 404
    assert trio.cast.browser(trio.ben.person_id).get(f"/people/{trio.cleo.person_id}").status_code == 404


def test_two_yeses_give_each_the_fields_the_other_said_yes_with(trio: Trio) -> None:
    introduction_id = trio.introduce()
    assert isinstance(trio.answer(introduction_id, trio.ben, "yes"), Answered)
    assert isinstance(trio.answer(introduction_id, trio.cleo, "yes"), Made)
    page = trio.cast.browser(trio.ben.person_id).get(f"/introductions/{introduction_id}").text
    assert "Cleo Third" in page
    assert "cleo@books.example.org" in page
    person = trio.cast.browser(trio.ben.person_id).get(f"/people/{trio.cleo.person_id}").text
    assert "Introduced by Ann Achebe" in person
    assert "Both said yes" in trio.cast.browser(trio.ann.person_id).get(f"/introductions/{introduction_id}").text


def test_whoever_asked_can_take_it_back_until_it_is_made(trio: Trio) -> None:
    introduction_id = trio.introduce()
    trio.answer(introduction_id, trio.ben, "yes")
    assert trio.withdraw(introduction_id) == TakenBack(introduction_id)
    assert trio.withdraw(introduction_id) == TakenBack(introduction_id)
    assert (trio.is_asked(trio.ben), trio.is_asked(trio.cleo)) == ([], [])
    with pytest.raises(NotHere):
        trio.answer(introduction_id, trio.cleo, "yes")
    again = trio.introduce()
    trio.answer(again, trio.ben, "yes")
    trio.answer(again, trio.cleo, "yes")
    assert trio.withdraw(again) == TooLate(again)
    assert knows(trio.ben, trio.cleo)


def test_an_answer_may_be_changed_while_it_is_asked(trio: Trio) -> None:
    introduction_id = trio.introduce()
    trio.answer(introduction_id, trio.ben, "yes")
    trio.answer(introduction_id, trio.ben, "not now")
    assert isinstance(trio.answer(introduction_id, trio.cleo, "yes"), Answered)
    assert isinstance(trio.answer(introduction_id, trio.ben, "yes"), Made)


# How often.


def test_one_open_and_three_in_all_for_the_same_two(trio: Trio) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            first = trio.draft()
            assert not isinstance(trio.ask(first), AskedOften)
            assert isinstance(trio.ask(trio.draft()), AskedOften), "one is open"
            clock.shift(timedelta(days=15))
        assert isinstance(trio.ask(trio.draft()), AskedOften)


def test_a_no_is_for_good_and_a_not_now_is_not_and_neither_is_told(trio: Trio) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        trio.answer(trio.introduce(), trio.ben, "not now")
        clock.shift(timedelta(days=15))
        second = trio.introduce()
        assert trio.is_asked(trio.ben) == ["Cleo"]
        trio.answer(second, trio.ben, "no")
        clock.shift(timedelta(days=15))
        third = trio.introduce()
        assert trio.is_asked(trio.ben) == []
        assert trio.is_asked(trio.cleo) == ["Ben"], "asked as ever: she cannot tell either"
        assert "both are asked" in trio.cast.browser(trio.ann.person_id).get(f"/introductions/{third}").text


def test_nobody_sees_more_than_a_few_questions_and_who_asks_cannot_tell(trio: Trio) -> None:
    others = [trio.cast.guest(f"Guest{number} Many", claimed=True) for number in range(7)]
    for other in others:
        swap(trio.cast, trio.ann, other)
        trio.keep_asking(trio.ben, other)
    assert len(trio.is_asked(trio.ben)) == 5
    assert trio.cast.browser(trio.ann.person_id).get("/introductions").text.count("both are asked") == 7
    with writing() as session:
        session.rollback()
    first = trio.asks_of(trio.ben)[0]
    trio.answer_ask(first, trio.ben, "no")
    assert len(trio.is_asked(trio.ben)) == 6, "the answered one stays to be changed, another takes its place"


def test_nobody_waits_for_more_than_twenty(trio: Trio) -> None:
    for number in range(21):
        other = trio.cast.guest(f"Guest{number} Many", claimed=True)
        swap(trio.cast, trio.ann, other)
        verdict = trio.keep_asking(trio.ben, other)
        assert isinstance(verdict, AskedOften) is (number == 20)


def test_only_people_whose_cards_i_hold_can_be_brought_together(trio: Trio) -> None:
    stranger = trio.cast.guest("Stranger Here", claimed=True)
    for one, other in ((trio.ben, stranger), (trio.ben, trio.ben), (trio.ann, trio.ben)):
        with pytest.raises(NotHere):
            trio.draft(one, other)
    trio.block(trio.cleo, trio.ann)
    with pytest.raises(NotHere):
        trio.draft()
