"""Phones at the door that tell what no hand can have done, or left something out: shown to the organizer, not stopped.

A key can be copied, and until it is taken back all that comes with it is done. What gives a copy away: a pace no hand
keeps, two things under one count, counts that never came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.checkin.models import DoorFact
from webapp.checkin.set_aside import count_aside
from webapp.core.door_rules import DOUBLE_FIRE, MOST_IN_A_MINUTE, Rush, fullest_minute
from webapp.core.operations import Operation
from webapp.core.quarantine import missing_of
from webapp.events.devices import devices_of
from webapp.events.models import DoorDevice, Event

MAY_BE_ON_ITS_WAY = timedelta(minutes=10)
"""What a phone did before something that has come may still wait there for so long, and nothing is wrong."""

CLAMPED = "clamped"


@dataclass(frozen=True)
class Watched:
    """One phone: `rush` is its fullest minute, if no hand does so much; `twice` how many counts it used twice.

    `untold`: how many things it did that never came, a hundred at most; `lost`: they should have come long ago.
    `aside`: how many it told that were set aside.
    """

    device: DoorDevice
    untold: int
    lost: bool
    rush: Rush | None
    twice: int
    aside: int

    @property
    def is_odd(self) -> bool:
        """Whether somebody should look at it."""
        return self.lost or self.rush is not None or self.twice > 0

    @property
    def asks(self) -> bool:
        """Whether somebody should do something: it is odd, and still a door."""
        return self.is_odd and self.device.revoked_at is None


def watch(session: Session, event: Event, at: datetime) -> Sequence[Watched]:
    """The event's phones, those at work first, each with what is to be said of it."""
    rushes, aside = _rushes(session, event), count_aside(session, event)
    return [
        _watched(session, device, rushes.get(device.id), aside.get(device.id, 0), at)
        for device in devices_of(session, event)
    ]


def count_asking(session: Session, event: Event, at: datetime) -> int:
    """How many phones of this event somebody should look at."""
    return sum(phone.asks for phone in watch(session, event, at))


def _watched(session: Session, device: DoorDevice, rush: Rush | None, aside: int, at: datetime) -> Watched:
    label = f"device:{device.id}"
    untold = missing_of(session, label)
    lost = bool(untold) and _was_passed(session, label, untold[0], at - MAY_BE_ON_ITS_WAY)
    return Watched(device, len(untold), lost, rush, _used_twice(session, label), aside)


def _was_passed(session: Session, label: str, sequence: int, before: datetime) -> bool:
    """Whether something with a higher count came before then."""
    later = select(func.min(Operation.received_at)).where(Operation.actor == label, Operation.sequence > sequence)
    came = session.scalar(later)
    return came is not None and came < before


def _used_twice(session: Session, label: str) -> int:
    counts = select(Operation.sequence).where(Operation.actor == label, Operation.sequence.is_not(None))
    twice = counts.group_by(Operation.sequence).having(func.count() > 1).subquery()
    return session.scalar(select(func.count()).select_from(twice)) or 0


def _rushes(session: Session, event: Event) -> Mapping[UUID, Rush]:
    """The phones whose fullest minute is fuller than a hand makes it."""
    entries = (
        select(DoorFact.device_id, DoorFact.attendee_id, DoorFact.at, DoorFact.flags, Operation.device_time)
        .outerjoin(Operation, Operation.id == DoorFact.operation_id)
        .where(DoorFact.event_id == event.id, DoorFact.kind == "entry", DoorFact.device_id.is_not(None))
    )
    by_clock: dict[tuple[UUID, bool], list[tuple[datetime, UUID]]] = {}
    for device_id, guest, at, flags, own_time in session.execute(entries):
        # A clock that was not believed: its times were put together at one moment. Between themselves they are right.
        clamped = CLAMPED in flags
        when = own_time if clamped else at
        if when:
            by_clock.setdefault((device_id, clamped), []).append((when, guest))
    rushes: dict[UUID, Rush] = {}
    for (device_id, _), seen in by_clock.items():
        rush = fullest_minute(_without_double_fire(seen))
        if rush and rush.count > max(MOST_IN_A_MINUTE, rushes[device_id].count if device_id in rushes else 0):
            rushes[device_id] = rush
    return rushes


def _without_double_fire(seen: Iterable[tuple[datetime, UUID]]) -> Sequence[datetime]:
    """When somebody was let in; what a scanner fired twice at one badge was one scan."""
    times, last = [], dict[UUID, datetime]()
    for at, guest in sorted(seen):
        if guest not in last or at - last[guest] > DOUBLE_FIRE:
            times.append(at)
        last[guest] = at
    return times
