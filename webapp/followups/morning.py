"""Whom somebody met at one event, as the mail of the next morning and the page behind its link tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from webapp.accounts.cards import REACHES
from webapp.accounts.models import Address, Person
from webapp.checkin.models import CheckIn
from webapp.contacts.models import Meeting, Memory
from webapp.contacts.queries import NOTHING, OpenedPromise, memories_of, promises_of
from webapp.core.due_rules import Wall, first_morning
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event, Invitation
from webapp.swaps.models import Grant
from webapp.swaps.queries import LIVE, UNBLOCKED, CardView, waiting_for_me
from webapp.swaps.stories import Met, State, met_by, state_of

DAY_LASTS = timedelta(hours=12)
"""From half past eight on; a run that comes later in the day waits for the next morning."""
LATE = timedelta(days=7)
"""A server that was down so long has nothing of a morning left to tell."""
SHOWN = 20
"""People in one mail; who met more finds the others under People."""

Step = Literal["give", "settle", "write", "reach", "rest"]
"""The one next thing: their question, my promise, a word of mine, a way to them; or nothing at all."""


@dataclass(frozen=True)
class MetThere:
    """One person of the evening: how it stands between us, what I wrote and promised, and how to reach them.

    `request_id` is their question for my card, `ways` are address by field of their card, `promises` those that were
    open at the time it tells of.
    """

    person_id: UUID
    meeting_id: UUID
    name: str
    line: str
    state: State
    note: str
    promises: Sequence[OpenedPromise]
    request_id: UUID | None
    ways: Mapping[str, str]

    @property
    def step(self) -> Step:
        """What comes first: what others wait for, then what I said I would do, then what I would forget."""
        if self.request_id:
            return "give"
        if any(not promise.done_at for promise in self.promises):
            return "settle"
        if not self.note:
            return "write"
        return "reach" if self.ways else "rest"


def morning_after(ends_at: datetime, zone: str) -> datetime:
    """The first half past eight in this zone that leaves people a rest after the end."""
    return first_morning(ends_at, zone).astimezone(ZoneInfo(zone))


def is_morning_after(event: Event, at: datetime) -> bool:
    """Whether the mail about this event may go out now: by day, and on a later one if nobody ran when it was due."""
    first = morning_after(event.ends_at, event.zone)
    today = Wall(event.zone).opening(Wall(event.zone).day_of(at))
    return first <= at < first + LATE and today <= at < today + DAY_LASTS


def who_hears(session: Session, event_id: UUID) -> Sequence[UUID]:
    """Everybody who met someone there, has claimed their account and an address, and did not ask us to stop."""
    reached = Address.confirmed_at.is_not(None) & Address.no_news_at.is_(None)
    query = (
        select(Memory.person_id)
        .distinct()
        .join(Meeting, Meeting.id == Memory.meeting_id)
        .join(Person, Person.id == Memory.person_id)
        .join(Address, Address.person_id == Memory.person_id)
        .where(Meeting.event_id == event_id, Person.claimed_at.is_not(None), reached)
    )
    return session.scalars(query).all()


def guests_with_cards(event_id: UUID) -> Select[UUID]:
    """Address ids of guests without an account who came to this event and got a card there, one a person.

    Only an address that stands on the organizer's own list, and no invitation to which came back: what somebody typed
    to claim a place proves nothing.
    """
    given = (Grant.receiver_id == Attendee.person_id) & (Grant.event_id == event_id)
    listed = (Address.person_id == Attendee.person_id) & (Address.address_key == Attendee.email_key)
    return (
        select(Address.id)
        .join(Attendee, listed)
        .join(Person, Person.id == Attendee.person_id)
        .where(Attendee.event_id == event_id, Attendee.cancelled_at.is_(None))
        .where(Person.claimed_at.is_(None), Person.erased_at.is_(None), Address.confirmed_at.is_(None))
        .where(exists().where(CheckIn.attendee_id == Attendee.id, CheckIn.undone_at.is_(None)))
        .where(exists().where(given, LIVE, UNBLOCKED))
        .where(~exists().where(Invitation.attendee_id == Attendee.id, Invitation.failed_at.is_not(None)))
        .order_by(Address.created_at)
    )


def met_there(session: Session, person_id: UUID, event_id: UUID, sealed: Sealed, *, until: datetime) -> list[MetThere]:
    """Whom this person met at this event, in the order of the evening, with their own words and what is open.

    As it stands now, but without meetings, cards and questions that came after `until`: a link shows what its mail
    showed.
    """
    there = [
        met
        for evening in met_by(session, person_id)
        if evening.event and evening.event.id == event_id
        for met in evening.people
        if met.at <= until
    ]
    words, promises = memories_of(session, person_id, sealed), promises_of(session, person_id, sealed)
    asked = {card.meeting_id: card.request_id for card in waiting_for_me(session, person_id) if card.at <= until}

    def told(met: Met) -> MetThere:
        key = met.meeting.id
        open_then = [one for one in promises if one.meeting_id == key and _was_open(one, until)]
        return _told(_as_of(met, until), words.get(key, NOTHING).note, open_then, asked.get(key))

    return [told(met) for met in there]


def _was_open(promise: OpenedPromise, until: datetime) -> bool:
    return promise.made_at <= until and (promise.done_at is None or promise.done_at > until)


def _as_of(met: Met, until: datetime) -> Met:
    """Without a card that came later."""
    if met.card is None or met.card.given_at <= until:
        return met
    return replace(met, card=None, state=state_of(mine=met.state == "swapped", theirs=False))


def _told(met: Met, note: str, promises: list[OpenedPromise], request_id: UUID | None) -> MetThere:
    return MetThere(
        person_id=met.person_id,
        meeting_id=met.meeting.id,
        name=met.name,
        line=met.line,
        state=met.state,
        note=note,
        promises=promises,
        request_id=request_id if met.card else None,
        ways=_ways(met.card),
    )


def _ways(card: CardView | None) -> dict[str, str]:
    return {field: card.fields[field] for field in REACHES if field in card.fields} if card else {}
