"""Accounts nobody uses: asked by mail after two years, gone a month after the mail."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.events.models import Attendee
from webapp.mydata.leaving import circles_without_others

UNUSED = timedelta(days=730)
"""Without a sign-in for so long, an account is asked about (trust.md 5.8)."""
TO_ANSWER = timedelta(days=30)
"""Between the mail and the end; signing in once keeps everything."""

_last_here = func.coalesce(Person.signed_in_at, Person.claimed_at)
_has_place = exists().where(Attendee.person_id == Person.id)


def who_to_ask(session: Session, at: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Whom to ask now whether they stay, and when they were here last; not who alone organizes a circle."""
    away = select(Person.id, _last_here).where(_unused(at), Person.asked_to_stay_at.is_(None))
    found = [(row[0], row[1]) for row in session.execute(away)]
    return [(person_id, last) for person_id, last in found if not circles_without_others(session, person_id)]


def whose_time_is_over(session: Session, at: datetime) -> Sequence[UUID]:
    """Who was asked a month ago and has not come since."""
    return session.scalars(select(Person.id).where(_over(at))).all()


def lock_if_over(session: Session, person_id: UUID, at: datetime) -> bool:
    """Whether this one's time is still over, now that nobody else can write about them."""
    locked = select(Person.id).where(Person.id == person_id, _over(at)).with_for_update()
    return session.scalar(locked) is not None


def still_to_ask(session: Session, person_id: UUID, at: datetime) -> Person | None:
    """This person, if they were not asked and have not come meanwhile."""
    return session.scalar(select(Person).where(Person.id == person_id, _unused(at), Person.asked_to_stay_at.is_(None)))


def call_off_for_guests(session: Session, which: Sequence[UUID]) -> None:
    """Whoever came onto a list after they were asked is in use: one day they are asked afresh."""
    session.execute(update(Person).where(Person.id.in_(which)).values(asked_to_stay_at=None))


def guests_asked(session: Session) -> Sequence[UUID]:
    """Who was asked and has a place by now."""
    return session.scalars(select(Person.id).where(Person.asked_to_stay_at.is_not(None), _has_place)).all()


def _unused(at: datetime) -> ColumnElement[bool]:
    """Claimed, not here for two years, and on no list: whoever has a place somewhere is in use."""
    return Person.claimed_at.is_not(None) & (_last_here <= at - UNUSED) & ~_has_place


def _over(at: datetime) -> ColumnElement[bool]:
    return _unused(at) & (Person.asked_to_stay_at <= at - TO_ANSWER)
