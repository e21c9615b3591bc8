"""Planning an event: when, where, for how many."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.circles.models import Circle
from webapp.core.identifiers import new_id
from webapp.events.models import Event

FORMATS = ("mixer", "seminar", "summit", "lunch")


@dataclass(frozen=True)
class EventPlan:
    """What an organizer says about an event. Clock times are in `zone`; an end before the start is after midnight."""

    title: str
    on: date
    starts: time
    ends: time
    zone: str
    place: str
    format: str
    capacity: int | None
    open_door: bool
    greeters: int = 0
    table_hosts: int = 0

    @property
    def starts_at(self) -> datetime:
        """The start as an instant."""
        return datetime.combine(self.on, self.starts, ZoneInfo(self.zone))

    @property
    def ends_at(self) -> datetime:
        """The end as an instant, the next day if the clock passed midnight."""
        day = self.on if self.ends > self.starts else self.on + timedelta(days=1)
        return datetime.combine(day, self.ends, ZoneInfo(self.zone))


def plan_event(session: Session, circle: Circle, plan: EventPlan, *, by: UUID | None, at: datetime) -> Event:
    """A new event of this circle."""
    event = Event(id=new_id(), circle_id=circle.id, created_at=at, created_by=by)
    event.circle = circle
    change_event(event, plan)
    session.add(event)
    session.flush()
    return event


def change_event(event: Event, plan: EventPlan) -> None:
    """Change what was planned. Codes and guests stay as they are."""
    event.title, event.place, event.format, event.zone = plan.title, plan.place, plan.format, plan.zone
    event.starts_at, event.ends_at = plan.starts_at, plan.ends_at
    event.capacity, event.open_door = plan.capacity, plan.open_door
    event.greeters, event.table_hosts = plan.greeters, plan.table_hosts


def plan_of(event: Event) -> EventPlan:
    """The event as its organizer would say it again."""
    zone = ZoneInfo(event.zone)
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    return EventPlan(
        title=event.title,
        on=start.date(),
        starts=start.time(),
        ends=end.time(),
        zone=event.zone,
        place=event.place,
        format=event.format,
        capacity=event.capacity,
        open_door=event.open_door,
        greeters=event.greeters,
        table_hosts=event.table_hosts,
    )
