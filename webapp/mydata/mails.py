"""The mail that asks whether somebody stays, written by the outbox's runner."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from webapp.accounts.models import Person
from webapp.accounts.people import confirmed_address
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.mydata.unused import TO_ANSWER, still_to_ask
from webapp.web.words import _


def mail_unused(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Ask one person, and note when: the month runs from the mail that a relay took, never from one that failed.

    Who came by badge and slip and gave no address cannot be asked, nor sign in again; their month runs all the same.
    """
    person_id, at = UUID(payload["person_id"]), now()
    person = still_to_ask(db.session(), person_id, at)
    letter = _letter(row_id, person, at, tools) if person else None
    db.session.rollback()
    if letter:
        tools.mailer.send(letter)
    if person:
        with writing() as session:
            session.execute(update(Person).where(Person.id == person_id).values(asked_to_stay_at=at))
            session.commit()


def _letter(row_id: UUID, person: Person, at: datetime, tools: Tools) -> Letter | None:
    to = confirmed_address(db.session(), person.id)
    if to is None:
        return None
    words = {"name": person.name, "ends_at": at + TO_ANSWER, "link": f"{tools.base_url}/sign-in"}
    return Letter(
        key=row_id,
        to=to,
        subject=_("Do you want to keep your people?"),
        text=tools.render("mail/unused.txt", **words),
        html=tools.render("mail/unused.html", **words),
    )
