"""Places of a limited room that a door may give away while it cannot ask: never overbooked silently (trust.md R17)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.checkin.models import DoorLease
from webapp.checkin.queries import count_inside
from webapp.core.database import insert_once
from webapp.core.door_rules import share
from webapp.events.models import DoorDevice, Event

LEASE_LIFE = timedelta(hours=1)
"""How long nobody else gives away what a door holds and was not heard of since."""
RENEWED_AFTER = timedelta(minutes=15)
"""How old a lease grows before it is written down again though nothing changed."""
AT_WORK = timedelta(minutes=15)
"""A phone that was used within this time works a door and gets its share."""


@dataclass(frozen=True)
class Room:
    """How full it is for one door: `held` are places that other doors may still give away."""

    inside: int
    held: int
    capacity: int

    @property
    def free(self) -> int:
        """Places nobody sits on and nobody else may give away."""
        return self.capacity - self.inside - self.held


def room_for(session: Session, event: Event, device_id: UUID | None, at: datetime) -> Room | None:
    """The room as this door may fill it (None: at the desk); None where nobody set a capacity."""
    if event.capacity is None:
        return None
    left = DoorLease.places - DoorLease.used
    query = select(func.coalesce(func.sum(left), 0)).join(DoorDevice, DoorDevice.id == DoorLease.device_id)
    query = query.where(DoorLease.event_id == event.id, DoorLease.expires_at > at, left > 0)
    query = query.where(DoorDevice.revoked_at.is_(None))
    if device_id:
        query = query.where(DoorLease.device_id != device_id)
    return Room(count_inside(session, event.id), int(session.scalar(query) or 0), event.capacity)


def give_lease(session: Session, event: Event, device_id: UUID, at: datetime) -> int | None:
    """This door's share of the free places, instead of what it held; None where nobody set a capacity."""
    room = room_for(session, event, device_id, at)
    if room is None:
        return None
    places = share(room.free, _doors_without(session, event, device_id, at))
    row = dict(device_id=device_id, event_id=event.id, places=places, used=0, given_at=at, expires_at=at + LEASE_LIFE)
    entry = insert_once(session, DoorLease.__table__).values(row)
    session.execute(entry.on_conflict_do_update(index_elements=["device_id"], set_=row))
    return places


def lease_is_fair(session: Session, event: Event, device_id: UUID, at: datetime) -> int | None:
    """How many places this door holds still, if that is its share and new enough; None: it is time for another."""
    held = session.scalar(select(DoorLease).where(DoorLease.device_id == device_id))
    room = room_for(session, event, device_id, at)
    if held is None or room is None or held.given_at < at - RENEWED_AFTER:
        return None
    left = held.places - held.used
    fair = share(room.free, _doors_without(session, event, device_id, at))
    return left if left == fair else None


def _doors_without(session: Session, event: Event, device_id: UUID, at: datetime) -> int:
    """How many doors at work hold nothing now, this one among them."""
    holds = select(DoorLease.device_id).where(DoorLease.places > DoorLease.used, DoorLease.expires_at > at)
    others = select(func.count()).select_from(DoorDevice).where(DoorDevice.event_id == event.id)
    others = others.where(DoorDevice.revoked_at.is_(None), DoorDevice.seen_at > at - AT_WORK)
    waiting = others.where(DoorDevice.id != device_id, DoorDevice.id.not_in(holds))
    return 1 + (session.scalar(waiting) or 0)


def use_lease(session: Session, device_id: UUID | None, at: datetime) -> bool:
    """Take one of the places this door holds. False: it holds none, or has given them all away."""
    if device_id is None:
        return False
    mine = update(DoorLease).where(DoorLease.device_id == device_id, DoorLease.expires_at > at)
    taken = mine.where(DoorLease.used < DoorLease.places).values(used=DoorLease.used + 1)
    return session.execute(taken.returning(DoorLease.used)).first() is not None
