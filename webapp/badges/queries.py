"""From what a phone read to the badge it belongs to."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.badges.models import Badge
from webapp.core.tokens import Keyring, lookup_id
from webapp.events.models import Attendee, Event

_WITH_GUEST = joinedload(Badge.attendee).joinedload(Attendee.event).joinedload(Event.circle)


def find_by_token(session: Session, token: str) -> Badge | None:
    """The badge with this token (24 Crockford letters), replaced ones too, with its guest, event and circle."""
    return session.scalar(select(Badge).where(Badge.lookup_id == lookup_id(token)).options(_WITH_GUEST))


def find_by_typed_code(session: Session, event_id: UUID, typed: str, keyring: Keyring) -> Badge | None:
    """The badge with this typed code (8 Crockford letters) inside this event."""
    mac = keyring.typed_mac(event_id, typed)
    typed_here = select(Badge).where(Badge.event_id == event_id, Badge.typed_mac == mac)
    return session.scalar(typed_here.options(_WITH_GUEST))


def find_live(session: Session, attendee_id: UUID) -> Badge | None:
    """The guest's badge that works now."""
    return session.scalar(select(Badge).where(Badge.attendee_id == attendee_id, Badge.replaced_at.is_(None)))
