"""The mail of the next morning, written by the outbox's runner."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.accounts.models import Address, Person
from webapp.core.actor import PersonRef
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.mail import Letter
from webapp.core.outbox import Tools
from webapp.core.tokens import Sealed
from webapp.events.models import Event
from webapp.followups.by_mail import told_to
from webapp.followups.links import NO_SESSION, Holder, morning_link
from webapp.followups.morning import SHOWN, MetThere, guests_with_cards
from webapp.followups.stopping import is_left_alone, stop_link
from webapp.web.words import _, n_


def mail_morning(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell one person whom they met, once. Nothing goes out if they left, stopped us or were left alone meanwhile."""
    letter = _letter(row_id, UUID(payload["event_id"]), UUID(payload["person_id"]), tools)
    db.session.commit()
    if letter:
        tools.mailer.send(letter)


def _letter(row_id: UUID, event_id: UUID, person_id: UUID, tools: Tools) -> Letter | None:
    # Up to the next full second: that is what the link says.
    session, at = db.session(), now().replace(microsecond=0) + timedelta(seconds=1)
    person = session.get(Person, person_id)
    if person is None:
        return None
    address = _address(session, person, event_id)
    if address is None or is_left_alone(session, tools.keyring, address):
        return None
    ref = PersonRef(person.id, person.name, NO_SESSION, None)
    holder = Holder(ref, event_id, address.id, at, has_account=person.claimed_at is not None)
    people = told_to(session, holder, Sealed(tools.keyring, "notes"))
    return _write(row_id, holder, address, people, tools) if people else None


def _address(session: Session, person: Person, event_id: UUID) -> Address | None:
    """Where to: an account's first confirmed address that wants news; without an account what the list says."""
    mine = select(Address).where(Address.person_id == person.id)
    if person.claimed_at:
        mine = mine.where(Address.confirmed_at.is_not(None), Address.no_news_at.is_(None))
        return session.scalar(mine.order_by(Address.confirmed_at).limit(1))
    listed = Address.id.in_(guests_with_cards(event_id).order_by(None))
    return session.scalar(mine.where(listed).order_by(Address.created_at).limit(1))


def _write(row_id: UUID, holder: Holder, address: Address, people: list[MetThere], tools: Tools) -> Letter:
    event = db.session.get_one(Event, holder.event_id, options=[joinedload(Event.circle)])
    page = tools.base_url + morning_link(tools.keyring, event.id, address, holder.sent_at)
    stop = tools.base_url + stop_link(tools.keyring, address.id)
    words: dict[str, Any] = {"event": event, "people": people[:SHOWN], "more": len(people[SHOWN:])}
    words |= {"page": page, "everybody": f"{tools.base_url}/people", "stop": stop}
    template = "mail/morning" if holder.has_account else "mail/cards"
    words |= {} if holder.has_account else {"name": holder.person.name}
    return Letter(
        key=row_id,
        to=address.address,
        subject=subject_for(people) if holder.has_account else subject_of_cards(len(people)),
        text=tools.render(f"{template}.txt", **words),
        html=tools.render(f"{template}.html", **words),
        # RFC 8058: the mail program's own button, which posts without asking anything.
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def subject_for(people: list[MetThere]) -> str:
    """How many people, and how many promises if there are any. Never a name, never a note."""
    promises = sum(len(met.promises) for met in people)
    if not promises:
        return people_in_words(len(people))
    return str(
        _("%(people)s, and %(promises)s", people=people_in_words(len(people)), promises=promises_in_words(promises))
    )


def subject_of_cards(people: int) -> str:
    """What somebody without an account hears of."""
    return str(_("%(people)s gave you a card", people=people_in_words(people)))


def people_in_words(number: int) -> str:
    """In words as far as people count on their hands."""
    in_words = (
        _("One person"),
        _("Two people"),
        _("Three people"),
        _("Four people"),
        _("Five people"),
        _("Six people"),
        _("Seven people"),
        _("Eight people"),
        _("Nine people"),
        _("Ten people"),
    )
    if number <= len(in_words):
        return str(in_words[number - 1])
    return str(n_("%(num)d person", "%(num)d people", number))


def promises_in_words(number: int) -> str:
    """The same for promises, within a sentence."""
    in_words = (
        _("one promise"),
        _("two promises"),
        _("three promises"),
        _("four promises"),
        _("five promises"),
        _("six promises"),
        _("seven promises"),
        _("eight promises"),
        _("nine promises"),
        _("ten promises"),
    )
    if number <= len(in_words):
        return str(in_words[number - 1])
    return str(n_("%(num)d promise", "%(num)d promises", number))
