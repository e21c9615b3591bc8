"""How an evening left me, in one tap, and how many asked for my work in a month (practice A13)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.contacts.taking_home import get_evening
from webapp.core.actor import Actor
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee, Event
from webapp.intentions.models import Enquiries, Mood

MOODS = ("lifted", "even", "tired")
"""Full of energy · as before · worn out."""
MOST_ENQUIRIES = 999


def rate(session: Session, event_id: UUID, mood: str, *, by: Actor, at: datetime) -> None:
    """It left me so, instead of what I said before; any other word takes it back. Safe to repeat.

    Raises NotHere for an evening I had no part in.
    """
    me, event = by.someone.id, get_evening(session, event_id, by.someone.id)
    mine = (Mood.person_id == me) & (Mood.event_id == event.id)
    if mood not in MOODS:
        session.execute(delete(Mood).where(mine))
        return
    row = {"id": new_id(), "person_id": me, "event_id": event.id, "mood": mood, "at": at}
    session.execute(insert_once(session, Mood.__table__).values(row).on_conflict_do_nothing())
    session.execute(update(Mood).where(mine).values(mood=mood, at=at))


def moods_of(session: Session, person_id: UUID) -> dict[UUID, str]:
    """How each evening left this person, by event."""
    mine = select(Mood.event_id, Mood.mood).where(Mood.person_id == person_id)
    return dict(session.execute(mine).all())


def moods_by_month(session: Session, person_id: UUID) -> Mapping[date, Counter[str]]:
    """How evenings left this person: first day of the month, by the clock where they were → mood → how many."""
    mine = select(Event.starts_at, Event.zone, Mood.mood).join(Mood, Mood.event_id == Event.id)
    found: dict[date, Counter[str]] = {}
    for starts_at, zone, mood in session.execute(mine.where(Mood.person_id == person_id)):
        month = starts_at.astimezone(ZoneInfo(zone)).date().replace(day=1)
        found.setdefault(month, Counter())[mood] += 1
    return found


def evenings_behind(session: Session, person_id: UUID, at: datetime, *, most: int) -> list[Event]:
    """The last evenings this person had a place at and that are over, the latest first."""
    mine = select(Attendee.event_id).where(Attendee.person_id == person_id, Attendee.cancelled_at.is_(None))
    over = select(Event).where(Event.id.in_(mine), Event.ends_at <= at).order_by(Event.starts_at.desc(), Event.id)
    return list(session.scalars(over.limit(most)))


def count_enquiries(session: Session, month: date, number: int, *, by: Actor) -> None:
    """So many asked for my work in this month, instead of what I said before; none is no row. Safe to repeat."""
    me, first = by.someone.id, month.replace(day=1)
    mine = (Enquiries.person_id == me) & (Enquiries.month == first)
    number = min(number, MOST_ENQUIRIES)
    if number < 1:
        session.execute(delete(Enquiries).where(mine))
        return
    row = {"id": new_id(), "person_id": me, "month": first, "number": number}
    session.execute(insert_once(session, Enquiries.__table__).values(row).on_conflict_do_nothing())
    session.execute(update(Enquiries).where(mine).values(number=number))


def enquiries_by_month(session: Session, person_id: UUID) -> Mapping[date, int]:
    """How many asked, by the first day of the month."""
    mine = select(Enquiries.month, Enquiries.number).where(Enquiries.person_id == person_id)
    return dict(session.execute(mine).all())
