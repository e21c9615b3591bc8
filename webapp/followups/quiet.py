"""Hours in which nothing is sent to somebody, by their own wish."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

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


def when_awake(hours: QuietHours | None, at: datetime, zone: str) -> datetime:
    """This moment, or when the quiet hours it lies in end, by the clock of this zone."""
    if hours is None:
        return at
    local = at.astimezone(ZoneInfo(zone))
    over_midnight = hours.until < hours.starts
    now = local.time()
    quiet = now >= hours.starts or now < hours.until if over_midnight else hours.starts <= now < hours.until
    if not quiet:
        return at
    tomorrow = over_midnight and now >= hours.starts
    return datetime.combine(local.date() + timedelta(days=int(tomorrow)), hours.until, local.tzinfo)
