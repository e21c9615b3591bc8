"""Guests others have met or scanned cannot be taken off the list under them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from webapp.badges.models import Badge
from webapp.contacts.models import Meeting
from webapp.events.models import Attendee
from webapp.swaps.models import KeptScan


def who_met(session: Session, event_id: UUID) -> Collection[UUID]:
    """Ids of this event's guests who have met someone, anywhere, or whose badge waits in somebody's kept scan."""
    # Two conditions rather than one OR inside: each uses its own index.
    met = or_(
        exists().where(Meeting.first_id == Attendee.person_id), exists().where(Meeting.second_id == Attendee.person_id)
    )
    scanned = exists().where(KeptScan.badge_id == Badge.id, Badge.attendee_id == Attendee.id)
    return session.scalars(select(Attendee.id).where(Attendee.event_id == event_id, met | scanned)).all()
