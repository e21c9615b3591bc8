"""The morning after: each who met someone gets one mail, once."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from webapp.core.database import db, writing
from webapp.core.outbox import OutboxRow, Tools, put
from webapp.events.models import Event
from webapp.followups.morning import is_morning_after, who_hears

MORNING = "morning.came"


def put_morning_mails(tools: Tools, at: datetime) -> None:
    """Make the mails due of every event whose next morning it is. Safe to repeat, and for several processes at once."""
    lately = select(Event).where(Event.ends_at.between(at - timedelta(days=2), at))
    mornings = [event for event in db.session.scalars(lately) if is_morning_after(event, at)]
    due = [event for event in mornings if not _told(event)]
    db.session.rollback()
    for event in due:
        with writing() as session:
            for person_id in who_hears(session, event.id):
                names = {"event_id": str(event.id), "person_id": str(person_id)}
                put(session, MORNING, cause=event.id, at=at, recipient=person_id, **names)
            session.commit()


def _told(event: Event) -> bool:
    """Whether the mails about it are already in the outbox: they were put there in one transaction."""
    about_it = exists().where(OutboxRow.cause == str(event.id), OutboxRow.kind == MORNING)
    return bool(db.session.scalar(select(about_it)))
