"""Two mails, written by the outbox's runner: the question to who wants it by mail, and the one that goes to both."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Address
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.core.tokens import Keyring, Sealed
from webapp.followups.stopping import is_left_alone
from webapp.introductions.asked import stand_apart
from webapp.introductions.choices import choices_of
from webapp.introductions.links import ask_link
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.queries import Question, asked_of, my_fields
from webapp.swaps.queries import CardView, granted_card
from webapp.web.words import _


def mail_question(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Ask one of the two by mail, once, if they want that. Nothing goes out for what they are not asked any more."""
    letter = _question(row_id, UUID(payload["ask_id"]), tools)
    db.session.commit()
    if letter:
        tools.mailer.send(letter)


def _question(row_id: UUID, ask_id: UUID, tools: Tools) -> Letter | None:
    session, ask = db.session(), db.session.get(IntroductionAsk, ask_id)
    if ask is None or not choices_of(session, ask.person_id).by_mail:
        return None
    asked = find_question(session, ask, tools.keyring)
    address = _address(session, ask.person_id, tools.keyring)
    if asked is None or asked.answer or address is None:
        return None
    page = tools.base_url + ask_link(tools.keyring, ask)
    stop = f"{page}/no-more-mail"
    said: dict[str, Any] = {"asked": asked, "page": page, "stop": stop, "fields": my_fields(session, ask.person_id)}
    return Letter(
        key=row_id,
        to=address,
        # A name in a subject stands on a lock screen: it says no more than that there is a question.
        subject=_("Would you like to meet someone?"),
        text=tools.render("mail/question.txt", **said),
        html=tools.render("mail/question.html", **said),
        # RFC 8058: the mail program's own button, which posts without asking anything.
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def find_question(session: Session, ask: IntroductionAsk, keyring: Keyring) -> Question | None:
    """The question as its reader sees it now; None when they are not asked it, or not any more."""
    asked = asked_of(session, ask.person_id, Sealed(keyring, "notes"), now())
    return next((one for one in asked if one.ask_id == ask.id), None)


def _address(session: Session, person_id: UUID, keyring: Keyring) -> str | None:
    """The first address this person proved, unless it wants no mail of ours."""
    mine = select(Address).where(Address.person_id == person_id, Address.confirmed_at.is_not(None))
    address = session.scalar(mine.order_by(Address.confirmed_at).limit(1))
    return address.address if address and not is_left_alone(session, keyring, address) else None


def mail_both(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Bring both together in one mail, once. Nothing goes out if one of the three wants it no more, or left."""
    letter = _to_both(row_id, UUID(payload["introduction_id"]), tools)
    db.session.commit()
    if letter:
        tools.mailer.send(letter)


def _to_both(row_id: UUID, introduction_id: UUID, tools: Tools) -> Letter | None:
    session, made = db.session(), db.session.get(Introduction, introduction_id)
    if made is None or made.made_at is None or stand_apart(session, made):
        return None
    first, second = (_given(session, made, person_id) for person_id in (made.first_id, made.second_id))
    if first is None or second is None:
        return None
    said = {"first": first, "second": second, "page": f"{tools.base_url}/introductions/{made.id}"}
    return Letter(
        key=row_id,
        # Both in one header: each sees how to reach the other, and one answer to all reaches both.
        to=f"{first.fields['email']}, {second.fields['email']}",
        subject=_("You both said yes"),
        text=tools.render("mail/both.txt", **said),
        html=tools.render("mail/both.html", **said),
    )


def _given(session: Session, made: Introduction, person_id: UUID) -> CardView | None:
    """Their card as the other holds it, if there is an e-mail address on it."""
    card = granted_card(session, person_id, made.other_of(person_id))
    return card if card and "email" in card.fields else None
