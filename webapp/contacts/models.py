"""Tables of meetings and each side's memory of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class Meeting(Base):
    """That two people met. The pair is sorted, so both sides find the same row."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("event_id", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="sorted_pair"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    first_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    met_at: Mapped[datetime]


class Memory(Base):
    """One side's memory of a meeting: whether they knew each other, and a sealed note only its author reads."""

    __tablename__ = "memories"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    knew_each_other: Mapped[bool | None]
    sealed_note: Mapped[bytes | None]
    updated_at: Mapped[datetime]
