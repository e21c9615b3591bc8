"""What a phone sent and this server could not act on: kept as it came, for a human to look at, never dropped.

It may hold a name that somebody typed at a door, so it is sealed.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.database import Base
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, Sealed

PURPOSE = "quarantine"


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


def quarantine(session: Session, row: QuarantinedOperation, raw: str, keyring: Keyring) -> None:
    """Keep an operation outside, with the text it came as. The row's id is given here."""
    row.id = new_id()
    row.sealed_raw = Sealed(keyring, PURPOSE).seal(raw, owner=row.id)
    session.add(row)
    session.flush()


def raw_of(row: QuarantinedOperation, keyring: Keyring) -> str:
    """The text as it came."""
    return Sealed(keyring, PURPOSE).open(row.sealed_raw, owner=row.id)
