"""The morning after: each who met someone gets one mail, once; who has no account, if somebody gave them a card.

Whoever asked for it on a phone is told there too.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Address
from webapp.core.database import db, writing
from webapp.core.outbox import OutboxRow, Tools, put
from webapp.events.models import Event
from webapp.followups.morning import LATE, guests_with_cards, is_morning_after, who_hears
from webapp.followups.pace import rest_of
from webapp.followups.pushes import put_morning_pushes
from webapp.followups.quiet import quiet_hours_of, when_awake

MORNING = "morning.came"


def put_morning_mails(tools: Tools, at: datetime) -> None:
    """Make the mails due of every event whose next morning it is. Safe to repeat, and for several processes at once."""
    lately = select(Event).where(Event.ends_at.between(at - timedelta(days=2) - LATE, at))
    mornings = [event for event in db.session.scalars(lately) if is_morning_after(event, at)]
    due = [event for event in mornings if not _told(event)]
    db.session.rollback()
    for event in due:
        with writing() as session:
            for person_id in _everybody(session, event.id):
                rested = max(at, event.ends_at + rest_of(session, person_id))
                awake = when_awake(quiet_hours_of(session, person_id), rested, event.zone).astimezone(UTC)
                names = {"event_id": str(event.id), "person_id": str(person_id)}
                put(session, MORNING, cause=event.id, at=at, due_at=awake, recipient=person_id, **names)
            put_morning_pushes(session, event, at)
            session.commit()


def _everybody(session: Session, event_id: UUID) -> Iterator[UUID]:
    yield from who_hears(session, event_id)
    without_account = Address.id.in_(guests_with_cards(event_id).order_by(None))
    yield from session.scalars(select(Address.person_id).where(without_account).distinct()).all()


def _told(event: Event) -> bool:
    """Whether the mails about it are already in the outbox: they were put there in one transaction."""
    about_it = exists().where(OutboxRow.cause == str(event.id), OutboxRow.kind == MORNING)
    return bool(db.session.scalar(select(about_it)))
