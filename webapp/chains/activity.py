"""What somebody did, by month: beside what came of it, and no more than beside it (practices A8, A13)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.chains.telling import Chain
from webapp.contacts.models import Touch
from webapp.contacts.queries import meetings_of
from webapp.intentions.measuring import asks_for
from webapp.intentions.moods import enquiries_by_month, moods_by_month
from webapp.introductions.queries import made_with

MONTHS = 12
"""How far back the page looks."""


def _days_met(session: Session, person_id: UUID) -> Iterable[date]:
    for meeting in meetings_of(session, person_id):
        yield meeting.met_at.astimezone(ZoneInfo(meeting.event.zone if meeting.event else "UTC")).date()


def _days_in_touch(session: Session, person_id: UUID) -> Iterable[date]:
    mine = select(Touch.happened_at).where(Touch.person_id == person_id)
    return (at.date() for at in session.scalars(mine))


def _days_introduced(session: Session, person_id: UUID) -> Iterable[date]:
    """Of introductions this person gave: those they were given are what others did."""
    return (made.made_at.date() for made in made_with(session, person_id) if made.connector is None)


ACTIVITY: Mapping[str, Callable[[Session, UUID], Iterable[date]]] = {
    "met": _days_met,
    "in touch": _days_in_touch,
    "introduced": _days_introduced,
}
"""What counts as having done something → the days on which it was done. One line makes another kind count."""


@dataclass(frozen=True)
class Month:
    """One month: its first day, how much was done in it, how much came in it.

    Where its owner asked for it, also how many asked for their work, and how evenings left them: mood → how many.
    """

    first: date
    done: int
    came: int
    enquiries: int = 0
    moods: Mapping[str, int] = field(default_factory=dict)


def months_of(session: Session, person_id: UUID, chains: Sequence[Chain], today: date) -> list[Month]:
    """The last twelve months, the oldest first."""
    done = Counter(day.replace(day=1) for days in ACTIVITY.values() for day in days(session, person_id))
    came = Counter(chain.came.closed_on.replace(day=1) for chain in chains if chain.came.closed_on)
    firsts = [_months_before(today, number) for number in reversed(range(MONTHS))]
    felt = asks_for(session, person_id, "moods")
    moods, asked = (moods_by_month(session, person_id), enquiries_by_month(session, person_id)) if felt else ({}, {})
    return [Month(first, done[first], came[first], asked.get(first, 0), moods.get(first, {})) for first in firsts]


def _months_before(day: date, number: int) -> date:
    whole = day.year * 12 + day.month - 1 - number
    return date(whole // 12, whole % 12 + 1, 1)
