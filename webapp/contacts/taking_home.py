"""What one person took home from an evening besides contacts: an idea, a tip for another group (practices B10)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from webapp.contacts.models import Meeting, Memory, Takeaway
from webapp.core.actor import NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event

LONGEST_WORDS = 300
"""Characters of an idea or a tip: a line or two."""


@dataclass(frozen=True)
class TakenHome:
    """One idea and one tip, opened for whoever wrote them; "" for none."""

    idea: str = ""
    tip: str = ""

    def __bool__(self) -> bool:
        return bool(self.idea or self.tip)


NOTHING_TAKEN = TakenHome()


def get_evening(session: Session, event_id: UUID, person_id: UUID) -> Event:
    """This event, if the person has a place there, met somebody there or took something home. Raises NotHere if not."""
    event = session.scalar(select(Event).where(Event.id == event_id, or_(*_was_there(person_id))))
    if event is None:
        raise NotHere
    return event


def _was_there(person_id: UUID) -> list[ColumnElement[bool]]:
    place = (Attendee.event_id == Event.id) & (Attendee.person_id == person_id) & Attendee.cancelled_at.is_(None)
    met = (Meeting.event_id == Event.id) & (Memory.meeting_id == Meeting.id) & (Memory.person_id == person_id)
    took = (Takeaway.event_id == Event.id) & (Takeaway.person_id == person_id)
    return [exists().where(place), exists().where(met), exists().where(took)]


def take_home(
    session: Session, event: Event, person_id: UUID, words: TakenHome, *, sealed: Sealed, at: datetime
) -> None:
    """Keep these clean lines instead of what was kept before. Nobody but their author reads them. Safe to repeat."""
    mine = (Takeaway.event_id == event.id) & (Takeaway.person_id == person_id)
    if not words:
        session.execute(delete(Takeaway).where(mine))
        return
    row = {"id": new_id(), "event_id": event.id, "person_id": person_id, "updated_at": at}
    session.execute(insert_once(session, Takeaway.__table__).values(row).on_conflict_do_nothing())
    idea, tip = (sealed.seal(text, owner=person_id) if text else None for text in (words.idea, words.tip))
    session.execute(update(Takeaway).where(mine).values(sealed_idea=idea, sealed_tip=tip, updated_at=at))


def taken_home_by(session: Session, person_id: UUID, sealed: Sealed) -> dict[Event, TakenHome]:
    """All that this person took home, by event: their own words, for them alone."""
    kept = select(Takeaway).where(Takeaway.person_id == person_id).options(joinedload(Takeaway.event))

    def opened(words: bytes | None) -> str:
        return sealed.open(words, owner=person_id) if words else ""

    return {row.event: TakenHome(opened(row.sealed_idea), opened(row.sealed_tip)) for row in session.scalars(kept)}
