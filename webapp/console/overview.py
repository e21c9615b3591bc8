"""What the desk shows at a glance, counted where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.badges.models import Badge
from webapp.checkin.models import CheckIn
from webapp.circles.models import Circle
from webapp.events.models import Attendee, DoorDevice, Event, Invitation


@dataclass(frozen=True)
class Readiness:
    """How far an event is: numbers of guests, and of what they have."""

    guests: int
    invited: int
    claimed: int
    with_badge: int
    doors: int
    inside: int


@dataclass(frozen=True)
class CircleEvents:
    """A circle's events to come (next first) and past (last first)."""

    coming: Sequence[Event]
    past: Sequence[Event]


def events_by_circle(session: Session, circles: Sequence[Circle], at: datetime) -> dict[UUID, CircleEvents]:
    """The events of each of these circles, around this time."""
    ids = [circle.id for circle in circles]
    events = session.scalars(select(Event).where(Event.circle_id.in_(ids)).order_by(Event.starts_at)).all()
    found = {}
    for circle_id in ids:
        own = [event for event in events if event.circle_id == circle_id]
        past = [event for event in reversed(own) if event.ends_at < at]
        found[circle_id] = CircleEvents([event for event in own if event.ends_at >= at], past)
    return found


def readiness(session: Session, event: Event) -> Readiness:
    """Counts for one event, in one query."""
    guests = (Attendee.event_id == event.id) & Attendee.cancelled_at.is_(None)
    count = select(func.count())
    invited = select(func.count(Invitation.attendee_id.distinct())).where(Invitation.event_id == event.id)
    row = session.execute(
        select(
            count.select_from(Attendee).where(guests).scalar_subquery(),
            invited.scalar_subquery(),
            count.select_from(Attendee).where(guests, Attendee.claimed_at.is_not(None)).scalar_subquery(),
            count.select_from(Badge)
            .join(Attendee, Attendee.id == Badge.attendee_id)
            .where(guests, Badge.replaced_at.is_(None))
            .scalar_subquery(),
            count.select_from(DoorDevice)
            .where(DoorDevice.event_id == event.id, DoorDevice.paired_at.is_not(None), DoorDevice.revoked_at.is_(None))
            .scalar_subquery(),
            count.select_from(CheckIn)
            .where(CheckIn.event_id == event.id, CheckIn.undone_at.is_(None))
            .scalar_subquery(),
        )
    ).one()
    found = Readiness(*row)
    return replace(found, guests=found.guests + event.gone_guests, inside=found.inside + event.gone_came)
