"""Door devices: a volunteer's phone, paired by a one-use code, revocable at once.

The code is derived, never stored: it can be shown again while it waits, and a copy of the database opens no door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, select, update
from sqlalchemy.orm import Session

from webapp.core.actor import Actor, DeviceRef, NotHere
from webapp.core.clock import now
from webapp.core.database import db, insert_once
from webapp.core.tokens import TYPED_CODE_LENGTH, Keyring, crockford, digest, normal_code, random_secret
from webapp.events.models import DoorDevice, Event

PAIRING_LIFE = timedelta(minutes=10)
AFTER_THE_EVENT = timedelta(hours=12)
"""How long a door phone works on after its event has ended."""
HEARD_FOR = timedelta(days=30)
"""How long after its event a phone may still tell what it did there: it may sleep for days."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the list says when a phone was last used; more would cost every scan a write."""

_devices = cast("Table", DoorDevice.__table__)
_events = cast("Table", Event.__table__)
# Every request of a door asks this: on plain tables, built once.
_BY_KEY = (
    select(_devices.c.id, _devices.c.name, _devices.c.event_id, _devices.c.seen_at)
    .join(_events, _events.c.id == _devices.c.event_id)
    .where(_devices.c.key_digest == bindparam("key"), _devices.c.revoked_at.is_(None))
    .where(_events.c.ends_at > bindparam("since"))
)


def find_device_ref(key: str) -> DeviceRef | None:
    """The paired phone that holds this key; None when it was revoked or its evening is over."""
    row = db.session.execute(_BY_KEY, {"key": digest(key), "since": now() - AFTER_THE_EVENT}).first()
    return DeviceRef(*row) if row else None


def find_former_device(session: Session, key: str) -> DoorDevice | None:
    """The phone that holds this key, revoked or its evening over: what it did before is still heard."""
    return session.scalar(select(DoorDevice).where(DoorDevice.key_digest == digest(key)))


@dataclass(frozen=True)
class NewDoor:
    """A phone about to join: the door it stands at, and a name for it, which its volunteer may change."""

    id: UUID
    door: str
    name: str


def add_device(session: Session, event: Event, new: NewDoor, *, keyring: Keyring, by: Actor, at: datetime) -> None:
    """Make a place for a phone, and a pairing code of ten minutes. Safe to repeat with the same id."""
    until = at + PAIRING_LIFE
    row = dict(id=new.id, event_id=event.id, door=new.door, name=new.name, pairing_expires_at=until, created_at=at)
    row |= dict(pairing_digest=_pairing_digest(keyring, _pairing_code(keyring, new.id, until)))
    row |= dict(created_by=by.person.id if by.person else None)
    session.execute(insert_once(session, _devices).values(row).on_conflict_do_nothing(index_elements=["id"]))


def pairing_code_of(device: DoorDevice, keyring: Keyring, at: datetime) -> str | None:
    """The eight letters that pair this phone now; None when it is paired or revoked, or the code has run out."""
    if device.paired_at or device.revoked_at or device.pairing_expires_at <= at:
        return None
    return _pairing_code(keyring, device.id, device.pairing_expires_at)


def _pairing_code(keyring: Keyring, device_id: UUID, until: datetime) -> str:
    return crockford(keyring.mac("door pairing", device_id, until.isoformat()), TYPED_CODE_LENGTH)


def _pairing_digest(keyring: Keyring, typed: str) -> bytes:
    return keyring.mac("door pairing look-up", normal_code(typed))


def renew_pairing(session: Session, device: DoorDevice, *, keyring: Keyring, at: datetime) -> None:
    """A fresh code for a phone that has not joined yet; the old one is dead. Nothing for one that has."""
    if device.paired_at is None and device.revoked_at is None:
        device.pairing_expires_at = at + PAIRING_LIFE
        code = _pairing_code(keyring, device.id, device.pairing_expires_at)
        device.pairing_digest = _pairing_digest(keyring, code)
        session.flush()


def find_event_to_join(session: Session, code: str, *, keyring: Keyring, at: datetime) -> Event | None:
    """The event whose door this code opens now; looking uses nothing up."""
    query = select(Event).join(DoorDevice, DoorDevice.event_id == Event.id)
    return session.scalar(query.where(DoorDevice.pairing_digest == _pairing_digest(keyring, code), _waits(at)))


@dataclass(frozen=True)
class Paired:
    """The phone is a door of this event for so long; `key` goes into its cookie and is kept nowhere."""

    event_id: UUID
    key: str
    life: timedelta


@dataclass(frozen=True)
class CannotPair:
    """The code was used, is old, or never was: one answer for all."""


def pair_device(session: Session, code: str, name: str, *, keyring: Keyring, at: datetime) -> Paired | CannotPair:
    """Use the code up and make the phone a door. Of two phones with one code, one conditional UPDATE lets one win."""
    key = random_secret()
    named = {"name": name} if name else {}
    joined = session.execute(
        update(DoorDevice)
        .where(DoorDevice.pairing_digest == _pairing_digest(keyring, code), _waits(at))
        .values(key_digest=digest(key), paired_at=at, seen_at=at, **named)
        .returning(DoorDevice.event_id)
    ).first()
    if joined is None:
        return CannotPair()
    ends_at = session.scalar(select(Event.ends_at).where(Event.id == joined.event_id)) or at
    return Paired(joined.event_id, key, max(ends_at + HEARD_FOR - at, timedelta(minutes=1)))


def _waits(at: datetime) -> ColumnElement[bool]:
    unused = DoorDevice.paired_at.is_(None) & DoorDevice.revoked_at.is_(None)
    return unused & (DoorDevice.pairing_expires_at > at)


def revoke_device(session: Session, device: DoorDevice, *, at: datetime) -> None:
    """The phone is no longer a door, from its next request on. Safe to repeat."""
    if device.revoked_at is None:
        device.revoked_at = at
        session.flush()


def mark_seen(session: Session, device: DeviceRef, *, at: datetime) -> None:
    """Remember that the phone was used, to the minute."""
    if device.seen_at is None or device.seen_at < at - SEEN_EVERY:
        session.execute(update(DoorDevice).where(DoorDevice.id == device.id).values(seen_at=at))


def devices_of(session: Session, event: Event) -> Sequence[DoorDevice]:
    """The event's phones, those at work first, then by door."""
    query = select(DoorDevice).where(DoorDevice.event_id == event.id)
    order = (DoorDevice.revoked_at.is_not(None), DoorDevice.door, DoorDevice.created_at)
    return session.scalars(query.order_by(*order)).all()


def get_device_of(session: Session, event: Event, device_id: UUID) -> DoorDevice:
    """This phone of this event. Raises NotHere otherwise."""
    device = session.scalar(select(DoorDevice).where(DoorDevice.id == device_id, DoorDevice.event_id == event.id))
    if device is None:
        raise NotHere
    return device
