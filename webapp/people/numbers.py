"""Numbers about oneself, shown when asked for (practices C9, C14, C28, D7): counts, and nobody is rated. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median

from webapp.contacts.touching import TOGETHER, WAYS, OpenedTouch, Way
from webapp.people.at_rest import LONG

MONTHS = 12
YOUNG = timedelta(days=90)
"""A tie is new for so long."""
AWAITING = tuple(way for way in WAYS if way not in TOGETHER)
"""Ways that wait for an answer."""


@dataclass(frozen=True)
class History:
    """One tie as its owner tells it: each time they met, what they did to keep in touch, when they ended it."""

    met: Sequence[datetime]
    touches: Sequence[OpenedTouch] = field(default_factory=tuple)
    ended_at: datetime | None = None

    @property
    def contacts(self) -> list[datetime]:
        """Every time they were in touch, the oldest first."""
        return sorted([*self.met, *(touch.happened_at for touch in self.touches)])


@dataclass(frozen=True)
class Month:
    """How all ties stood at its end; each known by then is counted once."""

    start: datetime
    new: int
    active: int
    at_rest: int
    lost: int


@dataclass(frozen=True)
class Answers:
    """Of so many messages so many were answered, half of these within `days`; None without an answer."""

    sent: int
    answered: int
    days: float | None


@dataclass(frozen=True)
class Balance:
    """What this month was: old ties tended, people met for the first time."""

    tended: int
    met: int


def trend(ties: Collection[History], at: datetime) -> list[Month]:
    """The last twelve months, this one last."""
    return [_month(ties, start, min(end, at)) for start, end in _months(at)]


def _months(at: datetime) -> Iterator[tuple[datetime, datetime]]:
    this = at.year * 12 + at.month - 1
    for number in range(this - MONTHS + 1, this + 1):
        yield _first_of(number), _first_of(number + 1)


def _first_of(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _month(ties: Collection[History], start: datetime, end: datetime) -> Month:
    counts = {"new": 0, "active": 0, "at_rest": 0, "lost": 0}
    for tie in ties:
        if min(tie.met) < end:
            counts[_standing(tie, start, end)] += 1
    return Month(start, **counts)


def _standing(tie: History, start: datetime, end: datetime) -> str:
    if tie.ended_at and tie.ended_at < end:
        return "lost"
    if min(tie.met) >= start:
        return "new"
    last = max(contact for contact in tie.contacts if contact < end)
    return "active" if end - last < LONG else "at_rest"


def answers_by_way(ties: Collection[History]) -> Mapping[Way, Answers]:
    """How often people answered, by the way I took; only ways that were taken."""
    sent = [touch for tie in ties for touch in tie.touches if touch.way in AWAITING]
    taken = [way for way in AWAITING if any(touch.way == way for touch in sent)]
    return {way: _answers([touch for touch in sent if touch.way == way]) for way in taken}


def old_against_new(ties: Collection[History]) -> tuple[Answers, Answers]:
    """(after half a year of silence or more, within three months of the first meeting)."""
    old, new = list[OpenedTouch](), list[OpenedTouch]()
    for tie in ties:
        for touch in (touch for touch in tie.touches if touch.way in AWAITING):
            before = [contact for contact in tie.contacts if contact < touch.happened_at]
            if before and touch.happened_at - before[-1] >= LONG:
                old.append(touch)
            elif touch.happened_at - min(tie.met) <= YOUNG:
                new.append(touch)
    return _answers(old), _answers(new)


def _answers(touches: Sequence[OpenedTouch]) -> Answers:
    waited = [touch.answered_at - touch.happened_at for touch in touches if touch.answered_at]
    days = [wait / timedelta(days=1) for wait in waited]
    return Answers(len(touches), len(waited), median(days) if days else None)


def balance(ties: Collection[History], at: datetime) -> Balance:
    """This month until now."""
    start = datetime(at.year, at.month, 1, tzinfo=UTC)
    known = [tie for tie in ties if min(tie.met) < start]
    tended = sum(any(start <= contact <= at for contact in tie.contacts) for tie in known)
    return Balance(tended, sum(start <= min(tie.met) <= at for tie in ties))
