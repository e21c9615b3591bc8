"""The mail of the week, written by the outbox's runner, and the page behind its link."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Address, Person
from webapp.core.actor import Actor, NotHere, PersonRef
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.core.tokens import Keyring, Sealed, crockford
from webapp.followups.links import LENGTH, LIFE, NO_SESSION
from webapp.followups.models import Pace
from webapp.followups.queue import Item, get_item
from webapp.followups.stopping import stop_link
from webapp.web.words import _


@dataclass(frozen=True)
class WeekHolder:
    """Whoever has the link of a week's mail: whom it was mailed to, and of whom it spoke."""

    actor: Actor
    person_id: UUID
    other_id: UUID


def week_link(keyring: Keyring, address: Address, other_id: UUID, sent_at: datetime) -> str:
    """The path of the page behind the mail of this week to this address about this person."""
    sent = int(sent_at.timestamp())
    return f"/week/{other_id}/{address.id}/{sent}/{_proof(keyring, address, other_id, sent)}"


def _proof(keyring: Keyring, address: Address, other_id: UUID, sent: int) -> str:
    return crockford(keyring.mac("week mail", other_id, address.person_id, address.id, sent), LENGTH)


def get_week_holder(
    session: Session, keyring: Keyring, other_id: UUID, address_id: UUID, sent: int, proof: str, *, at: datetime
) -> WeekHolder:
    """Who this link was mailed to. Raises NotHere for a link we did not make, an old one, and when they left."""
    address = session.get(Address, address_id)
    right = _proof(keyring, address, other_id, sent) if address else ""
    if address is None or not hmac.compare_digest(proof.encode(), right.encode()):
        raise NotHere
    if at >= datetime.fromtimestamp(sent, UTC) + LIFE or address.confirmed_at is None:
        raise NotHere
    person = session.get_one(Person, address.person_id)
    return WeekHolder(Actor(person=PersonRef(person.id, person.name, NO_SESSION, None)), person.id, other_id)


def mail_week(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell one person of one thing, once. Nothing goes out if they left, stopped it or did it meanwhile."""
    letter = _letter(row_id, UUID(payload["person_id"]), UUID(payload["other_id"]), tools)
    db.session.commit()
    if letter:
        tools.mailer.send(letter)


def _letter(row_id: UUID, person_id: UUID, other_id: UUID, tools: Tools) -> Letter | None:
    # Up to the next full second: that is what the link says.
    session, at = db.session(), now().replace(microsecond=0) + timedelta(seconds=1)
    pace = session.get(Pace, person_id)
    mine = select(Address).where(Address.person_id == person_id, Address.confirmed_at.is_not(None))
    wanted = mine.where(Address.no_news_at.is_(None)).order_by(Address.confirmed_at).limit(1)
    address = session.scalar(wanted)
    if address is None or pace is None or pace.weekly_at is None:
        return None
    try:
        item = get_item(session, person_id, other_id, Sealed(tools.keyring, "notes"), at)
    except NotHere:
        return None
    return _write(row_id, item, address, at, tools)


def _write(row_id: UUID, item: Item, address: Address, at: datetime, tools: Tools) -> Letter:
    page = tools.base_url + week_link(tools.keyring, address, item.met.person_id, at)
    stop = tools.base_url + stop_link(tools.keyring, address.id)
    words = {"item": item, "page": page, "stop": stop, "next_page": f"{tools.base_url}/next"}
    return Letter(
        key=row_id,
        to=address.address,
        subject=str(_("One thing this week, or none")),
        text=tools.render("mail/week.txt", **words),
        html=tools.render("mail/week.html", **words),
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
