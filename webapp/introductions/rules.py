"""How an introduction goes, from what happened and when (peers 2.2.8). Pure: no database, no clock, no names.

What a side sees is a function of what it did itself, of the calendar, and of whether the introduction was made. What
the other answered is no argument of these functions, so that no screen can tell a no from silence, nor by when.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

WAITS = timedelta(days=14)
"""How long the two may answer; then it has come to nothing, and the connector reads *not now*."""
WISH_WAITS = 2 * WAITS
"""How long whoever wished for it waits, whatever the connector does: two weeks to pass it on, two to be answered."""

Answer = Literal["yes", "not now", "no"]
State = Literal["draft", "wished", "asked", "made", "not now", "withdrawn", "put aside"]
Question = Literal["met", "half a year", "a year"]

ANSWERS: tuple[Answer, ...] = ("yes", "not now", "no")

NUDGE_AFTER = timedelta(days=5)
NUDGED_FOR = timedelta(days=14)
QUESTIONS: dict[Question, timedelta] = {
    "met": timedelta(days=30),
    "half a year": timedelta(days=180),
    "a year": timedelta(days=365),
}
"""What the two are asked so long after it was made, once each, when a week has room for it (`contacts.asking`)."""


@dataclass(frozen=True)
class Course:
    """What happened to one introduction, without what anybody answered."""

    wished_at: datetime | None = None
    asked_at: datetime | None = None
    withdrawn_at: datetime | None = None
    put_aside_at: datetime | None = None
    made_at: datetime | None = None


def may_answer(course: Course, at: datetime) -> bool:
    """Whether the two are being asked now."""
    gone = course.withdrawn_at or course.made_at or course.asked_at is None
    return not gone and course.asked_at is not None and at < course.asked_at + WAITS


def may_pass_on(course: Course, at: datetime) -> bool:
    """Whether somebody's wish waits for its connector."""
    settled = course.asked_at or course.put_aside_at or course.withdrawn_at
    return not settled and course.wished_at is not None and at < course.wished_at + WAITS


def connector_sees(course: Course, at: datetime) -> State:
    """How it stands for whoever connects."""
    if course.made_at:
        return "made"
    if course.withdrawn_at:
        return "withdrawn"
    if course.asked_at:
        return "asked" if at < course.asked_at + WAITS else "not now"
    if course.put_aside_at or (course.wished_at and at >= course.wished_at + WAITS):
        return "put aside"
    return "wished" if course.wished_at else "draft"


def wisher_sees(course: Course, at: datetime) -> State:
    """How it stands for whoever wished for it: the connector's part in it and the other's are one to them."""
    if course.made_at:
        return "made"
    over = course.wished_at is None or at >= course.wished_at + WISH_WAITS
    return "not now" if over else "wished"


def comes_about(course: Course, answers: Collection[Answer | None], at: datetime) -> bool:
    """Whether these are the two yeses that make it now."""
    return may_answer(course, at) and len(answers) == 2 and all(answer == "yes" for answer in answers)


def wants_a_nudge(made_at: datetime | None, said_hello: bool, at: datetime) -> bool:
    """Whether the two are reminded that nobody wrote yet; only what was made is ever followed up."""
    return made_at is not None and not said_hello and made_at + NUDGE_AFTER <= at < made_at + NUDGE_AFTER + NUDGED_FOR


def ends_by_mail(choices: Sequence[bool | None]) -> bool:
    """Whether one mail goes to both: all three chose it."""
    return len(choices) == 3 and all(choices)
