"""Issuing a code to a guest, and killing a lost one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.badges.models import Badge
from webapp.core import qr
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, lookup_id
from webapp.core.versions import bump
from webapp.events.models import Attendee


def issue(
    session: Session, attendees: Iterable[Attendee], *, keyring: Keyring, base_url: str, at: datetime
) -> list[Badge]:
    """The live badge of each guest, in their order; those without one get their first. Safe to repeat."""
    guests = list(attendees)
    ids = [guest.id for guest in guests]
    live = select(Badge).where(Badge.attendee_id.in_(ids), Badge.replaced_at.is_(None))
    known = {badge.attendee_id: badge for badge in session.scalars(live)}
    for guest in guests:
        if guest.id not in known:
            known[guest.id] = _make(guest, 1, keyring=keyring, base_url=base_url, at=at)
            session.add(known[guest.id])
    session.flush()
    if made := {guest.event_id for guest in guests if known[guest.id].issued_at == at}:
        _tell(session, made)
    return [known[guest.id] for guest in guests]


def _tell(session: Session, events: Iterable[UUID]) -> None:
    """The lists by which doors decide alone hold every badge."""
    bump(session, *(f"event:{event_id}" for event_id in events))


def replace_lost(
    session: Session, attendee: Attendee, *, keyring: Keyring, base_url: str, by: Actor, at: datetime
) -> Badge:
    """A badge of the next generation; the old code is dead from this moment. What was swapped on it stays."""
    [old] = issue(session, [attendee], keyring=keyring, base_url=base_url, at=at)
    old.replaced_at = at
    old.replaced_by = by.person.id if by.person else None
    session.flush()
    fresh = _make(attendee, old.generation + 1, keyring=keyring, base_url=base_url, at=at)
    session.add(fresh)
    session.flush()
    _tell(session, {attendee.event_id})
    return fresh


def token_of(badge: Badge, keyring: Keyring) -> str:
    """What is printed in the badge's code, derived again."""
    return keyring.badge_token(badge.event_id, badge.id, badge.generation)


def typed_code_of(badge: Badge, keyring: Keyring) -> str:
    """What is printed under the badge's code, derived again."""
    return keyring.typed_code(badge.event_id, badge.id, badge.generation)


def form_of(badge: Badge) -> qr.QrForm:
    """How the badge's code is drawn, as chosen once when it was issued."""
    level: dict[str, qr.Level] = {"L": "L", "M": "M", "Q": "Q", "H": "H"}
    return qr.QrForm(version=badge.qr_version, level=level[badge.qr_level], mask=badge.qr_mask)


def _make(attendee: Attendee, generation: int, *, keyring: Keyring, base_url: str, at: datetime) -> Badge:
    badge = Badge(id=new_id(), event_id=attendee.event_id, attendee_id=attendee.id, generation=generation, issued_at=at)
    token = token_of(badge, keyring)
    form = qr.choose(qr.badge_text(base_url, token))
    badge.lookup_id = lookup_id(token)
    badge.typed_mac = keyring.typed_mac(badge.event_id, typed_code_of(badge, keyring))
    badge.qr_version, badge.qr_level, badge.qr_mask = form.version, form.level, form.mask
    return badge
