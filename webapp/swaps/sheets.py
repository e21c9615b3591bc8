"""What the sheet after a scan says: always read from how the two stand now, so that a reload shows the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Card, Person
from webapp.contacts.models import Meeting
from webapp.contacts.queries import Remembered, get_meeting, memory_of
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee
from webapp.swaps.common_ground import CommonGround, Topics, common_ground, is_unwanted
from webapp.swaps.granting import held_grant, live_grant
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.queries import LIVE, UNBLOCKED, CardView, granted_card, names_for, printed_places
from webapp.swaps.stories import state_of
from webapp.swaps.taking_back import UNDO_FOR

FRESH_FOR = timedelta(seconds=8)
"""How long after a swap its two halves still come together before one's eyes."""

Standing = Literal["swapped", "asked", "has_mine", "keeps_theirs", "holds", "noted"]
"""`has_mine`: given, but asked too often already; `keeps_theirs`: their choice tonight, and they let it be told."""

_BY_HAND = frozenset({"scan", "screen", "answer"})
_SAID_BEFORE = frozenset({"shown", "standing"})
"""How a card moved: by its owner's act, or by the other's, to which its owner had said yes beforehand."""


@dataclass(frozen=True)
class Exchange:
    """How two people stand at this moment, as one of them may see it."""

    meeting_id: UUID
    person_id: UUID
    name: str
    standing: Standing
    card: CardView | None
    gave_fields: tuple[str, ...]
    fresh: bool
    undo: UUID | None
    ground: CommonGround


@dataclass(frozen=True)
class Face:
    """What stands on a badge, and nothing else: the name as printed, and what to ask about."""

    name: str
    ask_me_about: str


@dataclass(frozen=True)
class Sheet:
    """Everything on the sheet: the exchange, the face of the badge, and what I keep of the meeting.

    `elsewhere`: they met where no event is.
    """

    exchange: Exchange
    ask_me_about: str
    remembered: Remembered
    asks_reach: bool
    elsewhere: bool


def exchange_of(session: Session, meeting: Meeting, me: UUID, at: datetime) -> Exchange:
    """How I stand with the other of this meeting."""
    other = meeting.other_of(me)
    card, mine = granted_card(session, other, me), live_grant(session, me, other)
    latest = max((moment for moment in (card and card.given_at, mine and mine.at) if moment), default=at)
    swapped = card is not None and mine is not None
    return Exchange(
        meeting_id=meeting.id,
        person_id=other,
        name=names_for(session, me, [meeting])[meeting.id],
        standing=_standing(session, meeting, me, mine=mine is not None, theirs=card is not None),
        card=card,
        gave_fields=tuple(mine.fields) if mine else (),
        fresh=swapped and at - latest <= FRESH_FOR,
        undo=mine.operation_id if mine and at - mine.at <= UNDO_FOR else None,
        ground=_ground(session, meeting, me, card),
    )


def _ground(session: Session, meeting: Meeting, me: UUID, card: CardView | None) -> CommonGround:
    """What we could talk about, from my own card and what is open to me of theirs: their card, or the face they wear.

    What they would rather not talk about is heeded even while that line of their card is closed to me: it adds nothing.
    """
    other, mine = meeting.other_of(me), session.get_one(Card, me)
    seen = card.fields if card else {}
    theirs = Topics(
        ask_me_about=seen.get("ask_me_about") or ask_line(session, meeting.event_id, other),
        can_help_with=seen.get("can_help_with", ""),
        looking_for=seen.get("looking_for", ""),
        not_about=session.get_one(Card, other).not_about,
    )
    return common_ground(Topics(mine.ask_me_about, mine.can_help_with, mine.looking_for, mine.not_about), theirs)


def _standing(session: Session, meeting: Meeting, me: UUID, *, mine: bool, theirs: bool) -> Standing:
    state, other = state_of(mine=mine, theirs=theirs), meeting.other_of(me)
    if state != "gave":
        return state
    place = printed_places(session, [meeting], [other]).get(other)
    if place and place.swap_mode == "take":
        return "keeps_theirs"
    asked = select(CardRequest.id).where(CardRequest.asker_id == me, CardRequest.asked_id == other)
    return "asked" if session.scalar(asked.where(CardRequest.undone_at.is_(None)).limit(1)) else "has_mine"


def sheet_of(session: Session, meeting_id: UUID, me: UUID, *, sealed: Sealed, at: datetime) -> Sheet:
    """The sheet of this meeting for one of the two. Raises NotHere when it is not in their story."""
    meeting = get_meeting(session, meeting_id, me)
    exchange = exchange_of(session, meeting, me, at)
    card = session.get_one(Card, me)
    asking = ask_line(session, meeting.event_id, exchange.person_id)
    return Sheet(
        exchange=exchange,
        ask_me_about="" if is_unwanted(asking, card.not_about) else asking,
        remembered=memory_of(session, meeting.id, me, sealed),
        asks_reach=bool(exchange.gave_fields) and card.reach_chosen_at is None,
        elsewhere=meeting.event_id is None,
    )


def face_of(session: Session, event_id: UUID | None, person_id: UUID) -> Face:
    """What is printed on this person's badge at this event; without one, what would be."""
    place = _place(session, event_id, person_id)
    name = place.name if place else session.get_one(Person, person_id).name
    return Face(name, ask_line(session, event_id, person_id))


def ask_line(session: Session, event_id: UUID | None, person_id: UUID) -> str:
    """The *ask me about* on the face of a badge: the owner's own, if they ticked it; before a claim, as printed."""
    place = _place(session, event_id, person_id)
    if place is not None and place.claimed_at is None:
        return place.ask_me_about
    card = session.get_one(Card, person_id)
    return card.ask_me_about if card.ask_on_badge else ""


def _place(session: Session, event_id: UUID | None, person_id: UUID) -> Attendee | None:
    places = select(Attendee).where(Attendee.event_id == event_id, Attendee.person_id == person_id)
    return session.scalar(places.order_by(Attendee.cancelled_at.is_not(None), Attendee.created_at).limit(1))


def news_for(session: Session, me: UUID, at: datetime) -> list[Exchange]:
    """Swaps that someone else's act completed within the last minute, the latest first."""
    theirs = (Grant.receiver_id == me) & Grant.how.in_(_BY_HAND)
    mine = (Grant.giver_id == me) & Grant.how.in_(_SAID_BEFORE)
    latest = select(Grant).where(LIVE, UNBLOCKED, Grant.at >= at - UNDO_FOR, theirs | mine).order_by(Grant.at.desc())
    found: dict[UUID, Exchange] = {}
    for grant in session.scalars(latest):
        before = held_grant(session, grant.receiver_id, grant.giver_id)
        if before and before.at <= grant.at:
            meeting = get_meeting(session, grant.meeting_id, me)
            found.setdefault(meeting.other_of(me), exchange_of(session, meeting, me, at))
    return list(found.values())
