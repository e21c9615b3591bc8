"""The mail of the next morning, written by the outbox's runner."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.accounts.models import Address
from webapp.core.database import db
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.core.tokens import Sealed
from webapp.events.models import Event
from webapp.followups.morning import MetThere, met_there
from webapp.followups.stopping import stop_link
from webapp.web.words import _, n_

SHOWN = 20
"""People in one mail; who met more finds the others under People."""


def mail_morning(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell one person whom they met, once. Nothing goes out if they left, stopped us or were left alone meanwhile."""
    letter = _letter(row_id, UUID(payload["event_id"]), UUID(payload["person_id"]), tools)
    db.session.commit()
    if letter:
        tools.mailer.send(letter)


def _letter(row_id: UUID, event_id: UUID, person_id: UUID, tools: Tools) -> Letter | None:
    mine = select(Address).where(Address.person_id == person_id, Address.confirmed_at.is_not(None))
    address = db.session.scalar(mine.where(Address.no_news_at.is_(None)).order_by(Address.confirmed_at).limit(1))
    people = met_there(db.session(), person_id, event_id, Sealed(tools.keyring, "notes"))
    if address is None or not people:
        return None
    event = db.session.get_one(Event, event_id)
    stop = tools.base_url + stop_link(tools.keyring, address.id)
    everybody = f"{tools.base_url}/people"
    pages = [(met, f"{everybody}/{met.person_id}") for met in people[:SHOWN]]
    words = {"event": event, "people": pages, "more": len(people[SHOWN:]), "everybody": everybody, "stop": stop}
    return Letter(
        key=row_id,
        to=address.address,
        subject=subject_for(people),
        text=tools.render("mail/morning.txt", **words),
        html=tools.render("mail/morning.html", **words),
        # RFC 8058: the mail program's own button, which posts without asking anything.
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def subject_for(people: list[MetThere]) -> str:
    """How many people, in words as far as people count on their hands. Never a name, never a note."""
    in_words = (_("One person"), _("Two people"), _("Three people"), _("Four people"), _("Five people"))
    if len(people) <= len(in_words):
        return str(in_words[len(people) - 1])
    return str(n_("%(num)d person", "%(num)d people", len(people)))
