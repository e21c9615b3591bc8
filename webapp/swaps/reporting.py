"""Saying that somebody sold instead of talked: they are gone for me at once, and the organizers learn of it.

The reported is not told and cannot tell, as after any block. Organizers read who it was and when, and my words only if
I want that; never who said so (practices C1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.events.models import Attendee, Event
from webapp.swaps.blocking import block_now
from webapp.swaps.models import PitchReport
from webapp.swaps.verdicts import Blocked

LONGEST_WORDS = 300
"""Characters of what a reporter tells the organizers."""


@dataclass(frozen=True)
class Reported:
    """A report as the event's organizers read it: about whom, by the name on the list, when, in which words or ""."""

    name: str
    at: datetime
    words: str


def report_pitch(session: Session, operation: UUID, other_id: UUID, words: str, *, by: Actor, at: datetime) -> Blocked:
    """Block this person, and tell the organizers of the event where we met last `words`, a clean line, or "".

    Safe to repeat. Raises NotHere for someone I never met.
    """
    me = by.someone.id

    def act() -> Blocked:
        where = next((met.event_id for met in meetings_of_pair(session, me, other_id) if met.event_id), None)
        blocked = block_now(session, me, other_id, at=at)
        if where:
            row = PitchReport(id=new_id(), event_id=where, reporter_id=me, reported_id=other_id, words=words, at=at)
            session.add(row)
            session.flush()
        return blocked

    envelope = Envelope(operation, "report pitch", by.label, {"person": str(other_id)})
    return once(session, envelope, Blocked, act, at=at)


def reports_at(session: Session, event: Event, *, reader: Actor) -> Sequence[Reported]:
    """What was reported at this event, the latest first; nothing about whoever reads it, organizer or not."""
    about = select(PitchReport).where(PitchReport.event_id == event.id, PitchReport.reported_id != reader.someone.id)
    reports = session.scalars(about.order_by(PitchReport.at.desc(), PitchReport.id)).all()
    names = _names(session, event, {report.reported_id for report in reports}) if reports else {}
    return [Reported(names[report.reported_id], report.at, report.words) for report in reports]


def _names(session: Session, event: Event, people: set[UUID]) -> dict[UUID, str]:
    """What these people are called on the event's list; whom it no longer holds, by their own name."""
    known = session.scalars(select(Person).where(Person.id.in_(people)))
    listed = session.scalars(select(Attendee).where(Attendee.event_id == event.id, Attendee.person_id.in_(people)))
    return {person.id: person.name for person in known} | {place.person_id: place.name for place in listed}
