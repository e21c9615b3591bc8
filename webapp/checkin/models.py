"""Tables of admissions and refusals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class CheckIn(Base):
    """One admission. At most one per attendee is not undone: this key, not an `if`, stops two doors."""

    __tablename__ = "check_ins"
    __table_args__ = (
        Index(
            "uq_check_ins_live",
            "attendee_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_check_ins_event_at", "event_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"), index=True)
    operation_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    how: Mapped[str]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("door_devices.id", ondelete="SET NULL"))
    by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str | None]
    undone_device_id: Mapped[UUID | None] = mapped_column(ForeignKey("door_devices.id", ondelete="SET NULL"))
    undone_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))


class RefusedScan(Base):
    """A scan that let nobody in: already in, cancelled, replaced badge or not on this list. No token is kept."""

    __tablename__ = "refused_scans"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    attendee_id: Mapped[UUID | None] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"))
    operation_id: Mapped[UUID] = mapped_column(index=True)
    reason: Mapped[str]
    at: Mapped[datetime]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("door_devices.id", ondelete="SET NULL"))
    by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
