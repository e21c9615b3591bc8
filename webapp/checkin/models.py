"""Tables of admissions and refusals, of the facts they are computed from, and of what an organizer settled."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, text
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


class DoorFact(Base):
    """That somebody was let in (`entry`) or that an entry was taken back (`undo`). Written once, never changed.

    `check_ins` is what all facts of a guest come to (`core.door_rules`). `at` is by the server's clock, give or take
    `uncertain_ms`. An undo names its entry by operation and may come before it; `flags` say what was odd on arrival.
    """

    __tablename__ = "door_facts"
    __table_args__ = (Index("ix_door_facts_event_id_kind", "event_id", "kind"),)

    operation_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    attendee_id: Mapped[UUID | None] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"), index=True)
    of_operation_id: Mapped[UUID | None] = mapped_column(index=True)
    how: Mapped[str]
    at: Mapped[datetime]
    uncertain_ms: Mapped[int]
    flags: Mapped[list[Any]] = mapped_column(JSON)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("door_devices.id", ondelete="SET NULL"))
    by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    sequence: Mapped[int | None]
    as_organizer: Mapped[bool]
    received_at: Mapped[datetime]


class DoorLease(Base):
    """How many places a door may give away while it cannot ask, and how many of them it used since."""

    __tablename__ = "door_leases"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("door_devices.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    places: Mapped[int]
    used: Mapped[int]
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SettledEntry(Base):
    """What an organizer found out about entries that asked for a look: the answer, and which entries it was about."""

    __tablename__ = "settled_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str]
    entries: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
