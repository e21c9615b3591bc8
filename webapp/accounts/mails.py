"""The mails of this feature, written by the outbox's runner after the answer has gone out."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.codes import JOIN, NEW_ADDRESS, OLD_ADDRESS, SIGN_IN, digits_of, find_live_code, link_of
from webapp.accounts.models import Address, AddressChange, OneTimeCode
from webapp.accounts.moving import find_unfinished, way_back
from webapp.accounts.people import known_people, written_address
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.web.words import _


def mail_code(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Mail a one-time code to whoever is known at its address; nobody known, or too late: nothing."""
    code = find_live_code(db.session(), UUID(payload["code"]), now())
    to = _recipient(db.session(), code) if code else None
    instead = _wanted_instead(db.session(), code) if code else ""
    db.session.rollback()
    if code and to:
        tools.mailer.send(_letter(row_id, code, to, instead, tools))


def _recipient(session: Session, code: OneTimeCode) -> str | None:
    if code.purpose == NEW_ADDRESS and code.person_id:
        change = find_unfinished(session, code.person_id, now())
        return change.new_address if change and change.new_key == code.address_key else None
    if code.purpose == JOIN:
        others = [one.id for one in known_people(session, code.address_key) if one.id != code.person_id]
        return written_address(session, others[0], code.address_key) if others else None
    known = [code.person_id] if code.person_id else [person.id for person in known_people(session, code.address_key)]
    return written_address(session, known[0], code.address_key) if known else None


def _wanted_instead(session: Session, code: OneTimeCode) -> str:
    """What an old address shall give way to, so that its mailbox knows what its code would do."""
    change = find_unfinished(session, code.person_id, now()) if code.person_id else None
    return change.new_address if change and code.purpose == OLD_ADDRESS else ""


def _letter(row_id: UUID, code: OneTimeCode, to: str, instead: str, tools: Tools) -> Letter:
    digits = digits_of(tools.keyring, code.id)
    link = f"{tools.base_url}/sign-in/link/{link_of(tools.keyring, code.id)}" if code.purpose == SIGN_IN else ""
    words = {"digits": digits, "link": link, "instead": instead, "joins": code.purpose == JOIN}
    return Letter(
        key=row_id,
        to=to,
        subject=_("%(digits)s is your Mixwell code", digits=digits),
        text=tools.render("mail/code.txt", **words),
        html=tools.render("mail/code.html", **words),
    )


def mail_old_address(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell the old mailbox that it opens nothing any more, and how to take that back."""
    change = _done_change(payload)
    if change:
        back = tools.base_url + way_back(tools.keyring, change.id)
        tools.mailer.send(_moved_letter(row_id, change.old_address, change, back, tools))


def mail_new_address(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell the new mailbox that it opens the door from now on."""
    change = _done_change(payload)
    if change:
        tools.mailer.send(_moved_letter(row_id, change.new_address, change, "", tools))


def _done_change(payload: dict[str, Any]) -> AddressChange | None:
    """The change this mail is about; None when it was taken back meanwhile or its person has left."""
    change = db.session.get(AddressChange, UUID(payload["change"]))
    db.session.rollback()
    return change if change and change.reversed_at is None else None


def _moved_letter(row_id: UUID, to: str, change: AddressChange, back: str, tools: Tools) -> Letter:
    words = {"old": change.old_address, "new": change.new_address, "back": back}
    return Letter(
        key=row_id,
        to=to,
        subject=_("Your sign-in address has changed"),
        text=tools.render("mail/address_changed.txt", **words),
        html=tools.render("mail/address_changed.html", **words),
    )


def mail_joined(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell each mailbox of somebody who was two people here that they are one now."""
    address = db.session.get(Address, UUID(payload["address"]))
    to = address.address if address else None
    db.session.rollback()
    if to:
        tools.mailer.send(
            Letter(
                key=row_id,
                to=to,
                subject=_("Your two places are one person now"),
                text=tools.render("mail/joined.txt"),
                html=tools.render("mail/joined.html"),
            )
        )
