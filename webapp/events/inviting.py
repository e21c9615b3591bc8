"""Invitations: mailed only when the organizer says so, tried on oneself first, once more to those still unreached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.outbox import put
from webapp.core.tokens import Keyring, crockford, digest
from webapp.events.models import Attendee, Event, Invitation

ROUNDS = 2
"""The invitation and one resend; nobody is nagged."""
LINK_LENGTH = 32
"""160 bits in Crockford letters."""


@dataclass(frozen=True)
class Reach:
    """Who can be written to, who was, and who is left: numbers and the guests an organizer must reach otherwise."""

    never_written: Sequence[Attendee]
    unanswered: Sequence[Attendee]
    failed: Sequence[Attendee]
    without_address: Sequence[Attendee]
    written: int
    claimed: int


def link_of(keyring: Keyring, invitation_id: UUID) -> str:
    """What the mailed link holds, derived again: only its digest is stored."""
    return crockford(keyring.mac("invitation", invitation_id), LINK_LENGTH)


def invite(session: Session, event: Event, *, keyring: Keyring, by: Actor, at: datetime) -> int:
    """Write to every guest who has an address and was never written to; how many. Safe to repeat."""
    return _write(session, reach(session, event).never_written, 1, keyring=keyring, by=by, at=at)


def invite_again(session: Session, event: Event, *, keyring: Keyring, by: Actor, at: datetime) -> int:
    """Write once more to those who were written to and have not claimed; how many. The second time is the last."""
    once = [guest for guest in reach(session, event).unanswered if _rounds(session, guest) == 1]
    return _write(session, once, ROUNDS, keyring=keyring, by=by, at=at)


def rehearse(session: Session, event: Event, *, to: str, by: Actor, at: datetime) -> None:
    """Send the mail to the organizer first, as a guest would get it, with a link that claims nothing."""
    put(session, "invitation.rehearsed", cause=new_id(), at=at, event_id=str(event.id), to=to, name=_name_of(by))


def _name_of(by: Actor) -> str:
    return by.person.name if by.person else ""


def _write(
    session: Session, guests: Sequence[Attendee], round_number: int, *, keyring: Keyring, by: Actor, at: datetime
) -> int:
    for guest in guests:
        invitation = Invitation(id=new_id(), event_id=guest.event_id, attendee_id=guest.id, round=round_number)
        invitation.link_digest = digest(link_of(keyring, invitation.id))
        invitation.asked_at, invitation.asked_by = at, by.person.id if by.person else None
        session.add(invitation)
        put(session, "invitation.asked", cause=invitation.id, at=at, recipient=guest.id, invitation=str(invitation.id))
    session.flush()
    return len(guests)


def _rounds(session: Session, guest: Attendee) -> int:
    return session.scalar(select(func.count()).select_from(Invitation).where(Invitation.attendee_id == guest.id)) or 0


def reach(session: Session, event: Event) -> Reach:
    """How far the invitations of this event have come."""
    here = (Attendee.event_id == event.id) & Attendee.cancelled_at.is_(None)
    guests = session.scalars(select(Attendee).where(here).order_by(Attendee.sort_key)).all()
    rows = session.execute(select(Invitation.attendee_id, Invitation.failed_at).where(Invitation.event_id == event.id))
    failed_at = {row.attendee_id: row.failed_at for row in rows}
    open_guests = [guest for guest in guests if guest.claimed_at is None]
    return Reach(
        never_written=[guest for guest in open_guests if guest.email and guest.id not in failed_at],
        unanswered=[guest for guest in open_guests if guest.id in failed_at and failed_at[guest.id] is None],
        failed=[guest for guest in open_guests if failed_at.get(guest.id)],
        without_address=[guest for guest in open_guests if not guest.email],
        written=len(failed_at),
        claimed=len(guests) - len(open_guests),
    )


def find_open_invitation(session: Session, link: str, at: datetime) -> Invitation | None:
    """The unused invitation of this link, until a day after the event ends."""
    found = (
        select(Invitation)
        .join(Event, Event.id == Invitation.event_id)
        .join(Attendee, Attendee.id == Invitation.attendee_id)
        .where(Invitation.link_digest == digest(link), Invitation.used_at.is_(None))
        .where(Event.ends_at >= at - timedelta(days=1), Attendee.cancelled_at.is_(None))
    )
    return session.scalar(found)
