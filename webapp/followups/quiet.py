"""Hours in which nothing is sent to somebody, by their own wish."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core import due_rules
from webapp.core.due_rules import Quiet
from webapp.followups.models import QuietHours


def quiet_hours_of(session: Session, person_id: UUID) -> QuietHours | None:
    """This person's quiet hours; None while they chose none."""
    return session.get(QuietHours, person_id)


def choose_quiet_hours(session: Session, person_id: UUID, hours: tuple[time, time] | None) -> None:
    """From when until when nothing is sent, or never mind. The same time twice is none. Safe to repeat."""
    found = quiet_hours_of(session, person_id)
    if hours is None or hours[0] == hours[1]:
        if found:
            session.delete(found)
    elif found:
        found.starts, found.until = hours
    else:
        session.add(QuietHours(person_id=person_id, starts=hours[0], until=hours[1]))
    session.flush()


def quiet_of(hours: QuietHours | None) -> Quiet | None:
    """These hours as the rules take them."""
    return (hours.starts, hours.until) if hours else None


def when_awake(hours: QuietHours | None, at: datetime, zone: str) -> datetime:
    """This moment, or when the quiet hours it lies in end, by the clock of this zone."""
    return due_rules.when_awake(quiet_of(hours), at, zone)
