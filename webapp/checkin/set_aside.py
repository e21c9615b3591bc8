"""What phones of an event told and nobody could act on, in heaps: a thief's thousand is one line, not a thousand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from webapp.checkin.queries import KINDS
from webapp.core.quarantine import QuarantinedOperation, raw_of
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring
from webapp.events.models import DoorDevice, Event

SHOWN_OF_EACH = 10
OTHER = "other"
_kind = case((QuarantinedOperation.kind.in_(KINDS), QuarantinedOperation.kind), else_=OTHER)


@dataclass(frozen=True)
class SetAside:
    """One thing: what, when it came, for whom if a name was typed."""

    kind: str
    at: datetime
    name: str


@dataclass(frozen=True)
class Heap:
    """All that one phone told and was set aside for one reason: how much of each kind, from when to when it came.

    `latest` are SHOWN_OF_EACH at most, the latest first.
    """

    door: str
    phone: str
    reason: str
    kinds: Mapping[str, int]
    first: datetime
    last: datetime
    latest: Sequence[SetAside]

    @property
    def count(self) -> int:
        """How many things."""
        return sum(self.kinds.values())


def heaps_at(session: Session, event: Event, keyring: Keyring) -> Sequence[Heap]:
    """What was set aside at this event, the latest heap first."""
    of, times = (QuarantinedOperation.actor, QuarantinedOperation.reason), QuarantinedOperation.received_at
    counted = select(*of, _kind, func.count(), func.min(times), func.max(times)).group_by(*of, _kind)
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in session.execute(counted.where(_at(event))):
        rows.setdefault((row.actor, row.reason), []).append(row)
    doors = _doors(session, event) if rows else {}
    heaps = [
        _heap(*doors.get(of[0], ("", "")), of, each, _latest(session, event, *of, keyring)) for of, each in rows.items()
    ]
    return sorted(heaps, key=lambda heap: (heap.last, heap.reason), reverse=True)


def _at(event: Event) -> ColumnElement[bool]:
    return QuarantinedOperation.event_id == event.id


def _doors(session: Session, event: Event) -> Mapping[str, tuple[str, str]]:
    phones = session.scalars(select(DoorDevice).where(DoorDevice.event_id == event.id))
    return {f"device:{phone.id}": (phone.door, phone.name) for phone in phones}


def _heap(door: str, phone: str, of: tuple[str, str], rows: Iterable[Any], latest: Sequence[SetAside]) -> Heap:
    _, _, kinds, counts, first, last = zip(*rows, strict=True)
    by_kind = dict(sorted(zip(kinds, counts, strict=True), key=lambda each: -each[1]))
    return Heap(door, phone, of[1], by_kind, min(first), max(last), latest)


def _latest(session: Session, event: Event, actor: str, reason: str, keyring: Keyring) -> Sequence[SetAside]:
    mine = select(QuarantinedOperation).where(_at(event), QuarantinedOperation.actor == actor)
    order = (QuarantinedOperation.received_at.desc(), QuarantinedOperation.id.desc())
    told = mine.where(QuarantinedOperation.reason == reason).order_by(*order).limit(SHOWN_OF_EACH)
    return [SetAside(row.kind, row.received_at, _name_in(raw_of(row, keyring))) for row in session.scalars(told)]


def _name_in(raw: str) -> str:
    """The name that somebody typed at the door."""
    said = json.loads(raw)
    body = said.get("body") if isinstance(said, dict) else None
    name = body.get("name") if isinstance(body, dict) else None
    return clean_line(name, 120) if isinstance(name, str) else ""


def count_aside(session: Session, event: Event) -> Mapping[UUID, int]:
    """How many things each phone of this event told that were set aside."""
    counted = select(QuarantinedOperation.actor, func.count()).where(_at(event)).group_by(QuarantinedOperation.actor)
    found = {row.actor: row[1] for row in session.execute(counted)}
    phones = session.scalars(select(DoorDevice.id).where(DoorDevice.event_id == event.id))
    return {phone: found.get(f"device:{phone}", 0) for phone in phones}
