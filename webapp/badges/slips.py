"""Claiming a place with the private code of a slip and the badge itself: neither opens anything alone."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.badges.documents import private_code_of
from webapp.badges.models import Badge
from webapp.badges.queries import find_by_typed_code
from webapp.circles.queries import organizes_something
from webapp.core.actor import Actor
from webapp.core.tokens import Keyring, normal_code
from webapp.events.claiming import claim_place
from webapp.events.models import Attendee, Event

TRIES = 5
"""Wrong private codes for one place; after that only the desk helps."""


@dataclass(frozen=True)
class Claimed:
    """The place is theirs."""

    attendee_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class NotClaimed:
    """Wrong badge code, wrong private code, too many tries, cancelled or over: one answer for all."""


def claim_by_slip(
    session: Session, badge_code: str, private_code: str, *, keyring: Keyring, by: Actor, at: datetime
) -> Claimed | NotClaimed:
    """Claim the place this typed badge code belongs to, if the private code is its own. A wrong one is counted."""
    badge = _find_badge(session, normal_code(badge_code), keyring, at)
    if badge is None or badge.replaced_at or badge.attendee.cancelled_at:
        return NotClaimed()
    guest = badge.attendee
    if not _count_try(session, guest.id):
        return NotClaimed()
    typed = "".join(sign for sign in private_code.upper() if sign.isalnum())
    if not hmac.compare_digest(typed.encode(), private_code_of(guest, keyring).encode()):
        return NotClaimed()
    if guest.claimed_at is not None or organizes_something(session, guest.person_id):
        return NotClaimed()
    guest.private_code_tries = 0
    person = claim_place(session, guest, by=by, at=at)
    return Claimed(guest.id, person.id)


def _find_badge(session: Session, typed: str, keyring: Keyring, at: datetime) -> Badge | None:
    """Typed codes belong to an event, and a slip does not say which: look through those that are near."""
    near = select(Event.id).where(Event.ends_at >= at - timedelta(days=1), Event.starts_at <= at + timedelta(days=14))
    found = (find_by_typed_code(session, event_id, typed, keyring) for event_id in session.scalars(near))
    return next((badge for badge in found if badge), None)


def _count_try(session: Session, attendee_id: UUID) -> bool:
    """Count one try before it is judged, so that many at once do not get more than their five."""
    left = (Attendee.id == attendee_id) & (Attendee.private_code_tries < TRIES)
    counted = update(Attendee).where(left).values(private_code_tries=Attendee.private_code_tries + 1)
    return session.execute(counted.returning(Attendee.id)).first() is not None
