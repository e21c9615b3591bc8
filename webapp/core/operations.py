"""One thing done on a phone or desk, with an id made before it is sent. The same id always has the same answer.

The row is written in the transaction of the act itself, so either both are kept or neither.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

from sqlalchemy import JSON, Index, Table, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.database import Base, FixedInsert

V = TypeVar("V")


class Operation(Base):
    """What was asked, by whom, and what was answered. Kept as long as attendance itself: a phone may sleep for days."""

    __tablename__ = "operations"
    __table_args__ = (Index("ix_operations_actor_sequence", "actor", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    actor: Mapped[str]
    device_id: Mapped[UUID | None]
    sequence: Mapped[int | None]
    device_time: Mapped[datetime | None]
    body_hash: Mapped[bytes]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    received_at: Mapped[datetime]


_operations = cast("Table", Operation.__table__)
_CLAIM = FixedInsert(
    _operations, lambda row: row.on_conflict_do_nothing(index_elements=["id"]).returning(_operations.c.id)
)
_ANSWER = update(_operations).where(_operations.c.id == bindparam("asked"))


@dataclass(frozen=True)
class Envelope:
    """An operation as it arrives: `body` is what was asked (text by field name), hashed and never stored."""

    id: UUID
    kind: str
    actor: str
    body: Mapping[str, str]
    device_id: UUID | None = None
    sequence: int | None = None
    device_time: datetime | None = None

    def body_hash(self) -> bytes:
        """SHA-256 over kind, actor and body, so that an id cannot be reused for something else."""
        return hashlib.sha256(json.dumps([self.kind, self.actor, sorted(self.body.items())]).encode()).digest()


class OperationReused(Exception):
    """This id was used before for another request. Nothing was changed (answered as 422)."""


def once(session: Session, envelope: Envelope, verdicts: Any, act: Callable[[], V], *, at: datetime) -> V:
    """The verdict of `act`, run at most once for this id ever; a repeat gets the stored verdict again.

    `verdicts` is the union of frozen dataclasses that `act` may return; their fields are ids, times, numbers and text.
    Raises OperationReused when the id came with another body.
    """
    return once_and_whether(session, envelope, verdicts, act, at=at)[0]


def once_and_whether(
    session: Session, envelope: Envelope, verdicts: Any, act: Callable[[], V], *, at: datetime
) -> tuple[V, bool]:
    """The same, and whether this was a repeat."""
    if not _claim(session, envelope, at):
        return cast("V", _answered_before(session, envelope, verdicts)), True
    verdict = act()
    session.execute(_ANSWER, {"asked": envelope.id, "result": to_record(verdict)})
    return verdict, False


def _claim(session: Session, envelope: Envelope, at: datetime) -> bool:
    row = {
        "id": envelope.id,
        "kind": envelope.kind,
        "actor": envelope.actor,
        "device_id": envelope.device_id,
        "sequence": envelope.sequence,
        "device_time": envelope.device_time,
        "body_hash": envelope.body_hash(),
        "received_at": at,
    }
    return session.execute(_CLAIM(session), row).first() is not None


def _answered_before(session: Session, envelope: Envelope, verdicts: Any) -> Any:
    known = session.execute(select(Operation.body_hash, Operation.result).where(Operation.id == envelope.id)).one()
    if known.body_hash != envelope.body_hash():
        raise OperationReused(str(envelope.id))
    return from_record(known.result, verdicts)


def to_record(verdict: Any) -> dict[str, Any]:
    """A verdict as JSON: its class name and its fields."""
    record: dict[str, Any] = {"verdict": type(verdict).__name__}
    for field in fields(verdict):
        value = getattr(verdict, field.name)
        record[field.name] = value.isoformat() if isinstance(value, datetime) else _plain(value)
    return record


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def from_record(record: dict[str, Any], verdicts: Any) -> Any:
    """The verdict that `to_record` wrote, as one of the classes of this union."""
    classes = {cls.__name__: cls for cls in (get_args(verdicts) or (verdicts,))}
    cls = classes[record["verdict"]]
    hints = get_type_hints(cls)
    return cls(**{field.name: _typed(record[field.name], hints[field.name]) for field in fields(cls)})


def _typed(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    kinds = get_args(hint) or (hint,)
    if UUID in kinds:
        return UUID(value)
    return datetime.fromisoformat(value) if datetime in kinds else value
