"""From guests to what is printed: plain data with every code derived again and every word translated."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.badges.issuing import form_of, issue, token_of, typed_code_of
from webapp.badges.models import Badge, Document
from webapp.badges.sheets import (
    BadgeFace,
    BadgeSheet,
    BadgeWords,
    ClaimSlip,
    ClaimSlips,
    DoorLine,
    DoorList,
    DoorWords,
    SlipWords,
)
from webapp.badges.stocks import get_stock
from webapp.circles.models import Circle
from webapp.core import qr
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, Event
from webapp.web.templating import clock_time, date_words
from webapp.web.words import _


def host_in_words(base_url: str) -> str:
    """The address as people type it."""
    return base_url.partition("//")[2]


def badge_sheet(
    session: Session, document: Document, event: Event, guests: Sequence[Attendee], *, keyring: Keyring, base_url: str
) -> BadgeSheet:
    """The badges of these guests. Those without a code get their first: the caller commits before printing."""
    badges = issue(session, guests, keyring=keyring, base_url=base_url, at=document.asked_at)
    stock = get_stock(document.stock)
    faces = tuple(_face(guest, badge, keyring, base_url) for guest, badge in zip(guests, badges, strict=True))
    return BadgeSheet(
        title=_("Badges: %(event)s", event=event.title),
        language="en",
        stock=stock,
        circle_name=event.circle.name,
        hue=event.circle.hue,
        logo_png=session.scalar(select(Circle.logo_png).where(Circle.id == event.circle_id)),
        host=host_in_words(base_url),
        words=BadgeWords(ask_me_about=_("Ask me about")),
        faces=faces,
        separators=document.selection is None,
    )


def _face(guest: Attendee, badge: Badge, keyring: Keyring, base_url: str) -> BadgeFace:
    return BadgeFace(
        given_name=guest.given_name,
        family_name=guest.family_name,
        company=guest.company,
        ask_me_about=guest.ask_me_about,
        code_text=qr.badge_text(base_url, token_of(badge, keyring)),
        qr=form_of(badge),
        typed_code=typed_code_of(badge, keyring),
        initial=guest.box,
    )


def claim_slips(
    document: Document, event: Event, guests: Sequence[Attendee], *, keyring: Keyring, base_url: str
) -> ClaimSlips:
    """A private code for each of these guests, on paper of the stock's size."""
    stock = get_stock(document.stock)
    slips = tuple(ClaimSlip(guest.name, private_code_of(guest, keyring)) for guest in guests)
    return ClaimSlips(
        title=_("Private codes: %(event)s", event=event.title),
        language="en",
        page_width=stock.page_width,
        page_height=stock.page_height,
        address=f"{host_in_words(base_url)}/claim",
        words=SlipWords(
            your_private_code=_("Your private code"),
            how_to_use=_("Scan your badge, or open this page, and type it:"),
            keep_private=_("Keep it to yourself. It makes the badge yours."),
        ),
        slips=slips,
    )


def private_code_of(guest: Attendee, keyring: Keyring) -> str:
    """The guest's private code, derived again."""
    return keyring.private_code(guest.event_id, guest.id, guest.private_code_generation)


def door_list(document: Document, event: Event, guests: Sequence[Attendee], *, at: datetime) -> DoorList:
    """The paper list for the door, as known at this time."""
    stock = get_stock(document.stock)
    printed = f"{date_words(at, event.zone)}, {clock_time(at, event.zone)}"
    lines = tuple(DoorLine(_listed(guest), guest.company, guest.box, _note(guest)) for guest in guests)
    return DoorList(
        title=event.title,
        language="en",
        page_width=stock.page_width,
        page_height=stock.page_height,
        words=DoorWords(
            guests=_("%(number)s guests", number=len(lines)),
            printed_at=_("Printed %(time)s", time=printed),
            page=_("Page"),
            of=_("of"),
        ),
        lines=lines,
    )


def _listed(guest: Attendee) -> str:
    return f"{guest.family_name}, {guest.given_name}" if guest.given_name and guest.family_name else guest.name


def _note(guest: Attendee) -> str:
    return _("guest of someone") if guest.host_id else ""
