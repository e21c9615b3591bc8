"""What somebody has taken on, against limits they set for themselves (practice A5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.tokens import Sealed
from webapp.events.considering import SecondThought
from webapp.events.models import Attendee, Event
from webapp.followups.queue import keeping_days, written_by
from webapp.intentions.measuring import measures_of


@dataclass(frozen=True)
class Taken:
    """So many of one kind, and how many of them they want at most; None for no limit."""

    number: int
    limit: int | None

    @property
    def over(self) -> int:
        """How many more than they want."""
        return max(self.number - self.limit, 0) if self.limit is not None else 0


@dataclass(frozen=True)
class Load:
    """A month of somebody's: evenings they have a place at, promises that are open, people to check in with."""

    evenings: Taken
    promises: Taken
    check_ins: Taken


def load_of(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> Load | None:
    """This month's load; None until they ask for it."""
    wanted = measures_of(session, person_id)
    if wanted is None or wanted.load_since is None:
        return None
    written, this = written_by(session, person_id, sealed), at.date().replace(day=1)
    evenings = sum(month == this for _event, month in _places(session, person_id))
    promises = sum(one.done_at is None for one in written.promises)
    due = [when for _other, _name, when in keeping_days(session, person_id, written)]
    check_ins = sum(when.date().replace(day=1) <= this for when in due)
    return Load(Taken(evenings, wanted.evenings), Taken(promises, wanted.promises), Taken(check_ins, wanted.check_ins))


def think_of_evenings(session: Session, person_id: UUID, event: Event) -> SecondThought | None:
    """Whether saying yes to this one makes more evenings of its month than they want; None while it does not."""
    wanted = measures_of(session, person_id)
    if wanted is None or wanted.load_since is None or wanted.evenings is None:
        return None
    this = _month(event.starts_at, event.zone)
    others = sum(month == this and other != event.id for other, month in _places(session, person_id))
    return SecondThought(others + 1, wanted.evenings, this) if others + 1 > wanted.evenings else None


def _places(session: Session, person_id: UUID) -> Iterator[tuple[UUID, date]]:
    """Events at which they have a place that they took, each once, with the first day of its month."""
    mine = select(Event.id, Event.starts_at, Event.zone).join(Attendee, Attendee.event_id == Event.id).distinct()
    stands = Attendee.claimed_at.is_not(None) & Attendee.cancelled_at.is_(None)
    rows = session.execute(mine.where(stands, Attendee.person_id == person_id))
    return ((event_id, _month(starts_at, zone)) for event_id, starts_at, zone in rows)


def _month(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)
