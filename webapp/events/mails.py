"""The invitation mail, written by the outbox's runner."""

import smtplib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.events.inviting import link_of
from webapp.events.models import Attendee, Event, Invitation
from webapp.web.words import _


def mail_invitation(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Mail one invitation, and note that it went out, or that its address does not exist."""
    invitation_id = UUID(payload["invitation"])
    letter = _letter(row_id, invitation_id, tools)
    db.session.commit()
    if letter is None:
        return
    try:
        tools.mailer.send(letter)
    except smtplib.SMTPRecipientsRefused:
        _note(invitation_id, failed_at=now())
        return
    _note(invitation_id, sent_at=now())


def _note(invitation_id: UUID, **when: datetime) -> None:
    with writing() as session:
        session.execute(update(Invitation).where(Invitation.id == invitation_id).values(**when))
        session.commit()


def _letter(row_id: UUID, invitation_id: UUID, tools: Tools) -> Letter | None:
    query = select(Invitation, Attendee).join(Attendee, Attendee.id == Invitation.attendee_id)
    query = query.where(Invitation.id == invitation_id, Invitation.sent_at.is_(None), Attendee.cancelled_at.is_(None))
    row = db.session.execute(query.options(joinedload(Attendee.event).joinedload(Event.circle))).first()
    if row is None:
        return None
    guest: Attendee = row.Attendee
    link = f"{tools.base_url}/invitation/{link_of(tools.keyring, invitation_id)}"
    return write_invitation(row_id, guest.email, guest.given_name or guest.name, guest.event, link, tools)


def mail_rehearsal(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Mail the invitation to the organizer, as a guest would get it; its button opens the page that explains it."""
    event = db.session.get_one(Event, UUID(payload["event_id"]), options=[joinedload(Event.circle)])
    link = f"{tools.base_url}/invitation/rehearsal"
    letter = write_invitation(row_id, payload["to"], payload["name"], event, link, tools)
    db.session.commit()
    tools.mailer.send(letter)


def write_invitation(row_id: UUID, to: str, name: str, event: Event, link: str, tools: Tools) -> Letter:
    """The letter itself. Says where the address came from, as people have a right to know."""
    words = {"name": name, "event": event, "link": link}
    return Letter(
        key=row_id,
        to=to,
        subject=_("%(event)s: your place is ready", event=event.title),
        text=tools.render("mail/invitation.txt", **words),
        html=tools.render("mail/invitation.html", **words),
    )
