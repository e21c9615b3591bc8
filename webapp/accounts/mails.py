"""The mails of this feature, written by the outbox's runner after the answer has gone out."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.codes import SIGN_IN, digits_of, find_live_code, link_of
from webapp.accounts.models import OneTimeCode
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
    db.session.rollback()
    if code and to:
        tools.mailer.send(_letter(row_id, code, to, tools))


def _recipient(session: Session, code: OneTimeCode) -> str | None:
    known = [code.person_id] if code.person_id else [person.id for person in known_people(session, code.address_key)]
    return written_address(session, known[0], code.address_key) if known else None


def _letter(row_id: UUID, code: OneTimeCode, to: str, tools: Tools) -> Letter:
    digits = digits_of(tools.keyring, code.id)
    link = f"{tools.base_url}/sign-in/link/{link_of(tools.keyring, code.id)}" if code.purpose == SIGN_IN else ""
    words = {"digits": digits, "link": link}
    return Letter(
        key=row_id,
        to=to,
        subject=_("%(digits)s is your Mixwell code", digits=digits),
        text=tools.render("mail/code.txt", **words),
        html=tools.render("mail/code.html", **words),
    )
