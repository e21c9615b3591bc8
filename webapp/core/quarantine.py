"""What a phone sent and this server could not act on: kept as it came, for a human to look at, never dropped.

It may hold a name that somebody typed at a door, so it is sealed.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.database import Base
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.core.tokens import Keyring, Sealed

PURPOSE = "quarantine"
MOST_MISSING = 100


class QuarantinedOperation(Base):
    """One operation as it arrived, and why it stays outside. `operation_id` is what the phone called it."""

    __tablename__ = "quarantined_operations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    actor: Mapped[str] = mapped_column(index=True)
    event_id: Mapped[UUID | None] = mapped_column(index=True)
    sequence: Mapped[int | None]
    reason: Mapped[str]
    sealed_raw: Mapped[bytes]
    received_at: Mapped[datetime]


def quarantine(session: Session, row: QuarantinedOperation, raw: str, sent: str, keyring: Keyring) -> None:
    """Keep an operation outside, with the text it came as and what is known of when it was sent, a line each.

    The row's id is given here.
    """
    row.id = new_id()
    row.sealed_raw = Sealed(keyring, PURPOSE).seal(f"{raw}\n{sent}", owner=row.id)
    session.add(row)
    session.flush()


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
