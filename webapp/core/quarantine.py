"""What a phone sent and this server could not act on: kept as it came, for a human to look at, never dropped.

It may hold a name that somebody typed at a door, so it is sealed. There is room for all that an honest phone can have
done, also where somebody with its key sends without end; what finds none stays on its phone.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import ColumnElement, Index, func, select, union
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.database import Base
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.core.tokens import Keyring, Sealed

PURPOSE = "quarantine"
MOST_MISSING = 100

KEPT_UNDER_ONE_COUNT = 3
"""Of what comes under one count of a door: its own, and two that somebody invented."""
FURTHEST_AHEAD = 5_000
"""How far beyond what it had told a door can be: as many guests as the longest list names."""
LONGEST_OF_A_DOOR = 4_096
"""Signs of one thing a door tells; with the longest names it is less than half."""
MOST_WITHOUT = 500
"""Of what comes without a count, or from a person: their phones count each for itself."""


class QuarantinedOperation(Base):
    """One operation as it arrived, and why it stays outside. `operation_id` is what the phone called it."""

    __tablename__ = "quarantined_operations"
    __table_args__ = (Index("ix_quarantined_operations_actor_sequence", "actor", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    actor: Mapped[str] = mapped_column(index=True)
    event_id: Mapped[UUID | None] = mapped_column(index=True)
    sequence: Mapped[int | None]
    reason: Mapped[str]
    sealed_raw: Mapped[bytes]
    received_at: Mapped[datetime]


def quarantine(session: Session, row: QuarantinedOperation, raw: str, sent: str, keyring: Keyring) -> bool:
    """Keep an operation outside, with the text it came as and what is known of when it was sent, a line each.

    Once, however often it comes; the row's id is given here. False: there is no room for it. Whoever comes first under
    a count or an id takes nobody's place.
    """
    alike = _alike(session, row)
    if any(raw_of(each, keyring) == raw for each in alike):
        return True
    if len(alike) == KEPT_UNDER_ONE_COUNT or not _has_room(session, row, raw):
        return False
    row.id = new_id()
    row.sealed_raw = Sealed(keyring, PURPOSE).seal(f"{raw}\n{sent}", owner=row.id)
    session.add(row)
    session.flush()
    return True


def _alike(session: Session, row: QuarantinedOperation) -> Sequence[QuarantinedOperation]:
    """What was kept under the same id and count: what it says may be another's, who had read that id."""
    known = select(QuarantinedOperation).where(QuarantinedOperation.operation_id == row.operation_id, _of(row))
    under = QuarantinedOperation.sequence.is_not_distinct_from(row.sequence)
    return session.scalars(known.where(under).limit(KEPT_UNDER_ONE_COUNT)).all()


def _of(row: QuarantinedOperation) -> ColumnElement[bool]:
    return QuarantinedOperation.actor == row.actor


def _has_room(session: Session, row: QuarantinedOperation, raw: str) -> bool:
    kept = select(func.count()).select_from(QuarantinedOperation).where(_of(row))
    if not row.actor.startswith("device:"):
        return (session.scalar(kept) or 0) < MOST_WITHOUT
    if len(raw) > LONGEST_OF_A_DOOR:
        return False
    under = session.scalar(kept.where(QuarantinedOperation.sequence.is_not_distinct_from(row.sequence))) or 0
    if row.sequence is None:
        return under < MOST_WITHOUT
    told = session.scalar(select(func.max(Operation.sequence)).where(Operation.actor == row.actor)) or 0
    return under < KEPT_UNDER_ONE_COUNT and row.sequence <= told + FURTHEST_AHEAD


def raw_of(row: QuarantinedOperation, keyring: Keyring) -> str:
    """The text as it came."""
    return _lines(row, keyring)[0]


def sent_of(row: QuarantinedOperation, keyring: Keyring) -> str:
    """What is known of when it was sent; "" for a row that is older than this line."""
    return _lines(row, keyring)[2]


def _lines(row: QuarantinedOperation, keyring: Keyring) -> tuple[str, str, str]:
    return Sealed(keyring, PURPOSE).open(row.sealed_raw, owner=row.id).partition("\n")


def missing_of(session: Session, label: str) -> Sequence[int]:
    """Counts of this phone up to its highest that never came here, done or set aside; at most a hundred."""
    done = select(Operation.sequence).where(Operation.actor == label, Operation.sequence.is_not(None))
    aside = select(QuarantinedOperation.sequence).where(QuarantinedOperation.actor == label)
    told = union(done, aside.where(QuarantinedOperation.sequence.is_not(None)))
    seen = {number or 0 for (number,) in session.execute(told)}
    return list(islice((number for number in range(1, max(seen, default=0)) if number not in seen), MOST_MISSING))
