"""How an introduction goes, from facts and the calendar alone."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.introductions.rules import (
    ANSWERS,
    WAITS,
    WISH_WAITS,
    Answer,
    Course,
    comes_about,
    connector_sees,
    ends_by_mail,
    may_answer,
    may_pass_on,
    wants_a_nudge,
    wisher_sees,
)

DAY = timedelta(days=1)
START = datetime(2026, 11, 30, 19, tzinfo=UTC)


def test_two_weeks_to_answer_and_then_it_is_not_now() -> None:
    course = Course(asked_at=START)
    last = START + WAITS - timedelta(seconds=1)
    assert may_answer(course, last)
    assert connector_sees(course, last) == "asked"
    assert not may_answer(course, START + WAITS)
    assert connector_sees(course, START + WAITS) == "not now"


def test_only_two_yeses_while_it_is_asked_make_it() -> None:
    answers: tuple[Answer | None, ...] = (*ANSWERS, None)
    course = Course(asked_at=START)
    made = {(one, other) for one in answers for other in answers if comes_about(course, [one, other], START)}
    assert made == {("yes", "yes")}
    assert not comes_about(course, ["yes"], START)
    for over in (Course(), Course(asked_at=START, withdrawn_at=START), Course(asked_at=START - WAITS)):
        assert not comes_about(over, ["yes", "yes"], START)


def test_a_wish_looks_the_same_for_four_weeks_whatever_its_connector_does() -> None:
    wished = Course(wished_at=START)
    passed = Course(wished_at=START, asked_at=START + 13 * DAY)
    aside, back = Course(wished_at=START, put_aside_at=START), Course(wished_at=START, withdrawn_at=START + DAY)
    for day in range(40):
        at = START + day * DAY
        assert len({wisher_sees(course, at) for course in (wished, passed, aside, back)}) == 1
    assert wisher_sees(wished, START + WISH_WAITS) == "not now"
    assert may_pass_on(wished, START + WAITS - DAY)
    assert not may_pass_on(wished, START + WAITS)
    assert passed.asked_at
    assert passed.asked_at + WAITS < START + WISH_WAITS, "an answer in time is told in time"


@pytest.mark.parametrize(
    ("day", "said", "nudged"), [(4, False, False), (5, False, True), (5, True, False), (19, False, False)]
)
def test_five_days_without_a_word_are_a_nudge(day: int, said: bool, nudged: bool) -> None:
    assert wants_a_nudge(START, said, START + day * DAY) is nudged
    assert not wants_a_nudge(None, said, START + day * DAY), "what was not made is never followed up"


def test_one_mail_needs_all_three() -> None:
    choices = [(one, two, three) for one in (True, False) for two in (True, False) for three in (True, False)]
    assert [choice for choice in choices if ends_by_mail(choice)] == [(True, True, True)]
