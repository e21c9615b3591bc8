"""What the door does when nobody stands at it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.checkin.admission import arrive_by_claim
from webapp.core.database import writing
from webapp.core.outbox import Tools
from webapp.events.models import Attendee


def arrive_by_claim_job(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """At an open door, let in whoever claimed their place, as of the moment they claimed it."""
    with writing() as session:
        claimed = select(Attendee).where(Attendee.id == UUID(payload["attendee_id"]), Attendee.claimed_at.is_not(None))
        guest = session.scalar(claimed.options(joinedload(Attendee.event)))
        if guest is None or guest.claimed_at is None:
            return
        arrive_by_claim(session, guest, guest.event, at=guest.claimed_at)
        session.commit()
