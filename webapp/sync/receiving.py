"""One batch, one transaction, a savepoint for each operation: each is done whole, or kept outside as it came."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog import get_logger

from webapp.core.actor import Actor, DeviceRef, NotHere
from webapp.core.database import DatabaseBusy
from webapp.core.operations import OperationReused
from webapp.core.quarantine import QuarantinedOperation, missing_of, quarantine
from webapp.events.models import DoorDevice
from webapp.sync.batch import LONGEST_WORD, Batch, read_operation, read_sequence
from webapp.sync.kind import Arrived, House, Kind, Result, SetAside
from webapp.sync.sending import Sent, time_of, write_sent

log = get_logger()

UNKNOWN_KIND = "unknown kind"
"""Why something stays outside that a newer app told: it is done after the upgrade (`sync.replaying`)."""
UNKEPT = Result("unkept", {"word": "no_room"})
"""More came from this phone than one can have done, and this stays there."""


@dataclass(frozen=True)
class Phone:
    """Who tells: as a person, as a door, or both. A door that was taken back is heard, and nothing it says is done."""

    person: Actor | None
    door: DoorDevice | None

    @property
    def revoked(self) -> bool:
        """Whether its key was taken back."""
        return self.door is not None and self.door.revoked_at is not None

    @property
    def owners(self) -> Mapping[str, Actor]:
        """Whose operations it may tell, and as whom they are done."""
        mine = {self.person.label: self.person} if self.person else {}
        if self.door:
            door = Actor(device=DeviceRef(self.door.id, self.door.name, self.door.event_id, self.door.seen_at))
            mine |= {door.label: door}
        return mine

    @property
    def label(self) -> str:
        """Its name in the answer: the door before the person."""
        return list(self.owners)[-1]


@dataclass(frozen=True)
class Answered:
    """What the phone is told: a result by the id it gave, and what it never sent."""

    results: Sequence[tuple[str, Result]]
    missing: Sequence[int]


def receive(
    session: Session, batch: Batch, phone: Phone, kinds: Mapping[str, Kind], house: House, at: datetime
) -> Answered:
    """Do everything in this batch, in its order. What belongs to nobody on this phone has no result: it stays there."""
    results, sent, unkept = [], Sent(batch.sent, phone.door.paired_at if phone.door else None), 0
    for raw in batch.operations:
        result = _receive_one(session, raw, sent, phone, kinds, house, at)
        unkept += result is UNKEPT
        if result and isinstance(raw, dict) and isinstance(raw.get("id"), str):
            results.append((raw["id"], result))
    if unkept:
        _count_unkept(session, unkept, phone, at)
    return Answered(results, missing_of(session, phone.label))


def _count_unkept(session: Session, unkept: int, phone: Phone, at: datetime) -> None:
    """That there was more is evidence too."""
    log.warning("quarantine_full", actor=phone.label, rows=unkept)
    if phone.door:
        more = {"unkept": DoorDevice.unkept + unkept, "unkept_at": at}
        session.execute(update(DoorDevice).where(DoorDevice.id == phone.door.id).values(more))


def _receive_one(
    session: Session, raw: Any, sent: Sent, phone: Phone, kinds: Mapping[str, Kind], house: House, at: datetime
) -> Result | None:
    owner = raw.get("owner") if isinstance(raw, dict) else None
    if isinstance(owner, str) and owner not in phone.owners:
        return None
    label = owner if isinstance(owner, str) else phone.label
    try:
        if phone.revoked and phone.door and label == f"device:{phone.door.id}":
            raise SetAside("revoked")
        said = read_operation(raw)
        if said is None:
            raise SetAside("not readable")
        arrived = Arrived(said, time_of(said, sent, at), at, house)
        return do(session, arrived, kinds, phone.owners[label])
    except SetAside as why:
        kept = _set_aside(session, raw, label, phone, why.reason, sent, house, at)
        return Result("quarantined", {"word": why.reason.replace(" ", "_")}) if kept else UNKEPT


def do(session: Session, arrived: Arrived, kinds: Mapping[str, Kind], by: Actor) -> Result:
    """Act on one operation, whole or not at all. Raises SetAside for what must wait outside."""
    kind = kinds.get(arrived.said.kind)
    request = kind.read(arrived.said.body) if kind else None
    if kind is None or request is None:
        raise SetAside("not readable" if kind else UNKNOWN_KIND)
    try:
        with session.begin_nested():
            return kind.act(session, request, arrived, by)
    except NotHere:
        raise SetAside("not here") from None
    except OperationReused:
        log.warning("operation_reused", operation=str(arrived.said.id))
        raise SetAside("reused") from None
    except (DatabaseBusy, OperationalError, SetAside):
        raise
    except Exception as error:  # noqa: BLE001  # whatever it was: one operation must not hold up the others behind it
        log.error("operation_failed", operation=str(arrived.said.id), error=type(error).__name__)
        raise SetAside("failed") from None


def _set_aside(
    session: Session, raw: Any, label: str, phone: Phone, reason: str, sent: Sent, house: House, at: datetime
) -> bool:
    """Keep it as it came, where there is room."""
    said = raw if isinstance(raw, dict) else {}
    named, kind = _storable(said.get("id")), _storable(said.get("kind"))
    row = QuarantinedOperation(operation_id=named, kind=kind, actor=label, reason=reason, received_at=at)
    row.event_id, row.sequence = _event_of(said, phone), read_sequence(said)
    return quarantine(session, row, json.dumps(raw), write_sent(sent), house.keyring)


def _storable(word: object) -> str:
    """What ours are made of anyway: a sign that no database takes must not stop the batch it came in."""
    return str(word)[:LONGEST_WORD].encode("ascii", "replace").decode().replace("\0", "?")


def _event_of(said: Mapping[str, Any], phone: Phone) -> UUID | None:
    """Whose organizer sees it: the door's event; of a person's only what they said, which is not to be believed."""
    if phone.door and said.get("owner") == f"device:{phone.door.id}":
        return phone.door.event_id
    return None
