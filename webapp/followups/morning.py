"""Whom somebody met at one event, as the mail of the next morning tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Address, Person
from webapp.contacts.models import Meeting, Memory
from webapp.contacts.queries import memories_of
from webapp.core.tokens import Sealed
from webapp.events.models import Event
from webapp.swaps.stories import State, met_by

OPENS = time(8, 30)
"""The local time before which nobody hears from us after an evening."""
REST = timedelta(hours=3)
"""At least so long after the end: a breakfast is not followed by a mail at table."""
LATEST = timedelta(hours=12)
"""A run that comes later than this is too late for a morning."""


@dataclass(frozen=True)
class MetThere:
    """One person of the evening: how it stands between us, and what I wrote."""

    person_id: UUID
    name: str
    state: State
    note: str


def morning_after(ends_at: datetime, zone: str) -> datetime:
    """The first half past eight in this zone that leaves people a rest after the end."""
    rested = (ends_at + REST).astimezone(ZoneInfo(zone))
    same_day = datetime.combine(rested.date(), OPENS, rested.tzinfo)
    return same_day if same_day >= rested else datetime.combine(rested.date() + timedelta(days=1), OPENS, rested.tzinfo)


def is_morning_after(event: Event, at: datetime) -> bool:
    """Whether the mail about this event goes out now."""
    opens = morning_after(event.ends_at, event.zone)
    return opens <= at < opens + LATEST


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


def met_there(session: Session, person_id: UUID, event_id: UUID, sealed: Sealed) -> list[MetThere]:
    """Whom this person met at this event, in the order of the evening, with their own words."""
    words = memories_of(session, person_id, sealed)
    return [
        MetThere(met.person_id, met.name, met.state, words[met.meeting.id].note)
        for evening in met_by(session, person_id)
        if evening.event and evening.event.id == event_id
        for met in evening.people
    ]
