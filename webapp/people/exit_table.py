"""The exit table: a guest without a phone shows their badge and takes home on paper who gave them a card tonight.

The helper's phone learns the guest's name and nothing about whom they met (S-47): that stands on the paper alone. A
badge is asked for each time, since a list to choose from would be a way to print what others were given.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.badges.models import Badge
from webapp.badges.queries import find_by_token, find_by_typed_code
from webapp.checkin.queries import is_in
from webapp.checkin.scans import BadgeToken, Means, TypedCode
from webapp.core import qr
from webapp.core.actor import DeviceRef
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, Event
from webapp.people.printing import card_on_paper
from webapp.people.sheet import MOST, PAPERS, Paper, PenSheet, SheetContact, SheetWords
from webapp.swaps.models import Grant
from webapp.swaps.queries import LIVE, CardView, open_to
from webapp.web.templating import choose_language, clock_time, date_words
from webapp.web.words import _, n_

LOOK_FOR = timedelta(minutes=5)
"""How long after the badge was shown its sheet can be printed, at the same phone."""


@dataclass(frozen=True)
class LeavingGuest:
    """Whose badge was shown, and the proof of it that the print button carries."""

    name: str
    look: str


def find_leaving_guest(
    session: Session,
    event: Event,
    shown: Means | None,
    *,
    keyring: Keyring,
    by: DeviceRef,
    at: datetime,
) -> LeavingGuest | None:
    """The guest of this event whose live badge this is, if they are in and the evening is not over.

    None for everything else: the helper is told nothing about other badges.
    """
    badge = _find_badge(session, event, shown, keyring)
    if badge is None or not _may_print(session, badge, event, at):
        return None
    look = _serializer(keyring).dumps([str(badge.id), str(by.id)])
    return LeavingGuest(badge.attendee.name, look)


def _find_badge(session: Session, event: Event, shown: Means | None, keyring: Keyring) -> Badge | None:
    match shown:
        case BadgeToken(token):
            return find_by_token(session, token)
        case TypedCode(code):
            return find_by_typed_code(session, event.id, code, keyring)
        case _:  # found by name: the badge is not here
            return None


def _may_print(session: Session, badge: Badge, event: Event, at: datetime) -> bool:
    alive = badge.event_id == event.id and badge.replaced_at is None and badge.attendee.cancelled_at is None
    return alive and event.swap_window(at) and is_in(session, badge.attendee_id)


def find_shown_guest(
    session: Session, event: Event, look: str, *, keyring: Keyring, by: DeviceRef, at: datetime
) -> Attendee | None:
    """The guest whose badge this very phone was shown a moment ago, if it is still good."""
    try:
        badge_id, device_id = _serializer(keyring).loads(look, max_age=int(LOOK_FOR.total_seconds()))
    except BadSignature:
        return None
    badge = session.get(Badge, UUID(badge_id))
    if badge is None or device_id != str(by.id):
        return None
    guest = session.get_one(Attendee, badge.attendee_id)
    return guest if _may_print(session, badge, event, at) else None


def _serializer(keyring: Keyring) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keyring.secret("exit look"))


def exit_sheet(
    session: Session, guest: Attendee, event: Event, paper: Paper, *, base_url: str, at: datetime
) -> PenSheet:
    """Who gave this guest a card at this event, as far as it is open to them now, in the order of the evening."""
    cards = _given_here(session, guest.person_id, event.id)
    width, height = PAPERS[paper]
    return PenSheet(
        title=_("People who gave you a card tonight"),
        event=event.title,
        when_and_where=", ".join(filter(None, [date_words(event.starts_at, event.zone), event.place])),
        language=choose_language(),
        page_width=width,
        page_height=height,
        words=_words(guest.name, len(cards)),
        contacts=tuple(_contact(card, event.zone, at) for card in cards[:MOST]),
        qr=qr.choose(base_url),
    )


def _given_here(session: Session, person_id: UUID, event_id: UUID) -> list[CardView]:
    here = select(Grant.giver_id).where(LIVE, Grant.receiver_id == person_id, Grant.event_id == event_id)
    cards = open_to(session, person_id, session.scalars(here).all()).values()
    return sorted(cards, key=lambda card: (card.given_at, card.name))


def _contact(card: CardView, zone: str, at: datetime) -> SheetContact:
    printed, remark = card_on_paper(card, at, withdrawn=False)
    return SheetContact(
        name=card.name,
        headline=printed.get("headline", ""),
        how=_("%(time)s. Gave you this card.", time=clock_time(card.given_at, zone)),
        ask_me_about="",
        ways=tuple(printed[field] for field in ("email", "phone", "link") if field in printed),
        remark=remark,
        note="",
        promises=(),
        meeting_id=str(card.meeting_id),
        code_text="",
    )


def _words(name: str, number: int) -> SheetWords:
    left_out = number - MOST
    more = ""
    if number == 0:
        more = _("Nobody gave you a card tonight. Your badge still says hello next time.")
    elif left_out > 0:
        more = str(n_("And %(num)d more: sign in to see them.", "And %(num)d more: sign in to see them.", left_out))
    return SheetWords(
        ask_me_about="",
        boxes=(_("Write"), _("Call"), _("Meet")),
        code="",
        not_recorded="",
        blanks=(),
        more=more,
        private=_("The sheet of %(name)s. Nobody else keeps a copy.", name=name),
        page=_("Page"),
        of=_("of"),
    )
