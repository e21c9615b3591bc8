"""What doors tell later: whom they let in and took back, and who came without being on a list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.checkin.admission import NewGuest
from webapp.checkin.facts import Seen
from webapp.checkin.late import LATE_REASONS, Late, LateUndo, Told, admit_new_late, check_in_late, undo_late
from webapp.checkin.models import CheckIn
from webapp.checkin.scans import BadgeLookup, FoundByName, Means, Scan, read_typed
from webapp.checkin.verdicts import AlreadyIn, UnknownBadge
from webapp.core.actor import Actor
from webapp.core.operations import to_record
from webapp.core.text import clean_line
from webapp.events.models import DoorDevice, Event
from webapp.events.queries import get_event_staffed_by
from webapp.sync.batch import read_uuid
from webapp.sync.kind import Arrived, Kind, Result, SetAside

_LOOKUP = re.compile(r"[0-9a-f]{32}")
NAME = 120
"""Characters of a name or company, as the door's own form takes them."""


@dataclass(frozen=True)
class CheckInSaid:
    """A badge, a code or a name, at this event's door. `anyway`: the room was full and the crew said yes."""

    event_id: UUID
    means: Means
    anyway: bool


@dataclass(frozen=True)
class UndoSaid:
    """The entry of this operation is taken back, for one of LATE_REASONS."""

    event_id: UUID
    of: UUID
    reason: str


@dataclass(frozen=True)
class NewGuestSaid:
    """Somebody who is on no list, perhaps brought by `host_id`."""

    event_id: UUID
    name: str
    company: str
    host_id: UUID | None


def read_check_in(body: Mapping[str, str]) -> CheckInSaid | None:
    """The scan in this body."""
    event_id, means = read_uuid(body.get("event")), _means(body)
    if event_id is None or means is None or body.get("anyway", "") not in {"", "yes"}:
        return None
    return CheckInSaid(event_id, means, body.get("anyway") == "yes")


def _means(body: Mapping[str, str]) -> Means | None:
    if "lookup" in body:
        return BadgeLookup(body["lookup"]) if _LOOKUP.fullmatch(body["lookup"]) else None
    if "typed" in body:
        return read_typed(body["typed"])
    attendee_id = read_uuid(body.get("attendee"))
    return FoundByName(attendee_id) if attendee_id else None


def read_undo(body: Mapping[str, str]) -> UndoSaid | None:
    """The undo in this body."""
    event_id, of, reason = read_uuid(body.get("event")), read_uuid(body.get("operation")), body.get("reason")
    return UndoSaid(event_id, of, reason) if event_id and of and reason in LATE_REASONS else None


def read_walk_in(body: Mapping[str, str]) -> NewGuestSaid | None:
    """The walk-in in this body."""
    event_id, name = read_uuid(body.get("event")), clean_line(body.get("name", ""), NAME)
    company = clean_line(body.get("company", ""), NAME)
    return NewGuestSaid(event_id, name, company, None) if event_id and name else None


def read_plus_one(body: Mapping[str, str]) -> NewGuestSaid | None:
    """The plus-one in this body."""
    guest, host_id = read_walk_in(body), read_uuid(body.get("host"))
    return NewGuestSaid(guest.event_id, guest.name, guest.company, host_id) if guest and host_id else None


def act_check_in(session: Session, said: CheckInSaid, arrived: Arrived, by: Actor) -> Result:
    """Record a scan that a phone decided."""
    event = _event(session, said.event_id, arrived, by)
    seen, decided = _seen(arrived, by), arrived.said.decided
    scan = Scan(arrived.said.id, said.means, arrived.said.stamp.wall, said.anyway, arrived.said.sequence)
    late = Late(scan, decided, seen)
    told = check_in_late(session, event, late, keyring=arrived.house.keyring)
    if late.let_in and isinstance(told.verdict, UnknownBadge) and not (told.known or told.counted):
        raise SetAside("unknown badge")
    return _result(session, told)


def act_undo(session: Session, said: UndoSaid, arrived: Arrived, by: Actor) -> Result:
    """Record that an entry was taken back."""
    event = _event(session, said.event_id, arrived, by)
    return _result(
        session, undo_late(session, event, LateUndo(arrived.said.id, said.of, said.reason), _seen(arrived, by))
    )


def act_new_guest(session: Session, said: NewGuestSaid, arrived: Arrived, by: Actor) -> Result:
    """Record somebody who came without being on a list."""
    event = _event(session, said.event_id, arrived, by)
    guest = NewGuest(arrived.said.id, said.name, said.company, arrived.said.sequence)
    return _result(session, admit_new_late(session, event, guest, said.host_id, _seen(arrived, by)))


def _event(session: Session, event_id: UUID, arrived: Arrived, by: Actor) -> Event:
    """The event at whose door they are. Raises NotHere."""
    known, key = arrived.house.events, (by.label, event_id)
    if key not in known:
        known[key] = get_event_staffed_by(session, by, event_id)
    return known[key]


def _seen(arrived: Arrived, by: Actor) -> Seen:
    return Seen(by, arrived.time, arrived.received_at, arrived.said.sequence)


def _result(session: Session, told: Told) -> Result:
    word = "duplicate" if told.known else "conflict" if told.conflict else "applied"
    record = to_record(told.verdict)
    del record["verdict"]
    door = _door_of(session, told.verdict.check_in_id) if isinstance(told.verdict, AlreadyIn) else {}
    verdict = {"word": told.verdict.word} | record | door
    return Result(word, verdict)


def _door_of(session: Session, check_in_id: UUID) -> dict[str, str]:
    """By which door the admission went that the verdict speaks of."""
    door = select(DoorDevice.door).join(CheckIn, CheckIn.device_id == DoorDevice.id)
    found = session.scalar(door.where(CheckIn.id == check_in_id))
    return {"door": found} if found else {}


DOOR_KINDS = {
    "check_in": Kind(read_check_in, act_check_in),
    "undo_check_in": Kind(read_undo, act_undo),
    "walk_in": Kind(read_walk_in, act_new_guest),
    "plus_one": Kind(read_plus_one, act_new_guest),
}
