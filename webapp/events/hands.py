"""Who lends a hand at an event: its organizers say how many are wanted, guests take such a place or give it back.

Organizers see who took one. What comes of it is nobody's to reckon: it stands in the log of whoever helped, and that is
all (practice D11, `intentions.helping`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.events.models import HANDS, Attendee, Event
from webapp.events.queries import one_at_a_time


@dataclass(frozen=True)
class Lent:
    """The place to help is theirs, or given back."""

    hand: str


@dataclass(frozen=True)
class NoneLeft:
    """Others were faster, or it is wanted no more; what they had before stays."""


@dataclass(frozen=True)
class Helpers:
    """Of one of `HANDS` at an event: how many are wanted, and which guests lend it, by surname."""

    hand: str
    wanted: int
    guests: Sequence[Attendee]


def wanted_at(event: Event) -> dict[str, int]:
    """How many an event wants of each of `HANDS`, of those that it wants at all."""
    wanted = {"greeter": event.greeters, "table_host": event.table_hosts}
    return {hand: number for hand, number in wanted.items() if number}


def lend(session: Session, place: Attendee, hand: str) -> Lent | NoneLeft:
    """Take this place to help instead of any other, or with "" give it back. Safe to repeat."""
    if hand and hand != place.helps_as:
        one_at_a_time(session, place.event_id)
        event = session.get_one(Event, place.event_id, populate_existing=True)
        if hand not in hands_left(session, [event]).get(event.id, ()):
            return NoneLeft()
    place.helps_as = hand
    session.flush()
    return Lent(hand)


def helping_at(session: Session, event_id: UUID) -> Sequence[Attendee]:
    """Guests who lend a hand there, by surname."""
    there = select(Attendee).where(Attendee.event_id == event_id, Attendee.helps_as.in_(HANDS))
    there = there.where(Attendee.cancelled_at.is_(None)).order_by(Attendee.sort_key, Attendee.id)
    return session.scalars(there.execution_options(populate_existing=True)).all()


def helpers_at(session: Session, event: Event) -> list[Helpers]:
    """For the organizers: every hand that is wanted there, or was when somebody lent it."""
    guests, wanted = helping_at(session, event.id), wanted_at(event)
    lent = {hand: [guest for guest in guests if guest.helps_as == hand] for hand in HANDS}
    return [Helpers(hand, wanted.get(hand, 0), lent[hand]) for hand in HANDS if wanted.get(hand) or lent[hand]]


def hands_left(session: Session, events: Collection[Event]) -> Mapping[UUID, Sequence[str]]:
    """Of which hands more are wanted, by event; events that want none are not there."""
    wanting = {event.id: wanted_at(event) for event in events if wanted_at(event)}
    there = select(Attendee.event_id, Attendee.helps_as).where(Attendee.event_id.in_(wanting))
    there = there.where(Attendee.helps_as.in_(HANDS), Attendee.cancelled_at.is_(None))
    taken = Counter((event_id, hand) for event_id, hand in session.execute(there))
    return {
        event_id: [hand for hand, number in wanted.items() if taken[event_id, hand] < number]
        for event_id, wanted in wanting.items()
    }


def hands_of(session: Session, person_id: UUID) -> Sequence[Attendee]:
    """A person's places at which they help or helped, each with its event."""
    mine = select(Attendee).where(Attendee.person_id == person_id, Attendee.helps_as.in_(HANDS))
    return session.scalars(mine.where(Attendee.cancelled_at.is_(None)).options(joinedload(Attendee.event))).all()


def day_there(event: Event) -> date:
    """The day on which it begins, by the clock where it is."""
    return event.starts_at.astimezone(ZoneInfo(event.zone)).date()
