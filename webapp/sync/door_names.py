"""The names of an event's guests, for a door that chose to search them without a network; its page alone holds them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from webapp.checkin.facts import BY_CLAIM
from webapp.checkin.models import CheckIn
from webapp.events.models import Attendee, DoorDevice, Event

MOST_NAMES = 5_000
"""As many as one list brings in. More are not given in part: a search in half of them would deny guests."""

Line = Sequence[str | None]
"""Id, name, company, box, when cancelled, in since when, the key by which it is searched."""


def take_names(session: Session, event: Event, device: DoorDevice, at: datetime) -> Sequence[Line] | None:
    """Every guest in the order of names, cancelled ones too, and that they were taken; None where they are too many."""
    # Who claimed at an open door was seen by nobody yet, and is welcomed when they come.
    live = and_(CheckIn.attendee_id == Attendee.id, CheckIn.undone_at.is_(None), CheckIn.how != BY_CLAIM)
    columns = (Attendee.id, Attendee.name, Attendee.company, Attendee.box, Attendee.cancelled_at, CheckIn.at)
    query = select(*columns, Attendee.search_key).outerjoin(CheckIn, live).where(Attendee.event_id == event.id)
    rows = session.execute(query.order_by(Attendee.sort_key, Attendee.id).limit(MOST_NAMES + 1)).all()
    if len(rows) > MOST_NAMES:
        return None
    device.names_at = at
    session.flush()
    return [_line(*row) for row in rows]


def _line(
    guest: UUID, name: str, company: str, box: str, cancelled: datetime | None, since: datetime | None, key: str
) -> Line:
    times = [at.isoformat() if at else None for at in (cancelled, since)]
    return [str(guest), name, company, box, *times, key]
