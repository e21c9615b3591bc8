"""Guests who have come cannot be taken off the list as if they had not."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.checkin.models import CheckIn


def who_came(session: Session, event_id: UUID) -> Collection[UUID]:
    """Ids of guests who were ever let in at this event; an admission taken back is history too."""
    return session.scalars(select(CheckIn.attendee_id).where(CheckIn.event_id == event_id).distinct()).all()
