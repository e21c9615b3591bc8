"""Tables of badges and of documents being printed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.database import Base
from webapp.events.models import Attendee


class Badge(Base):
    """One generation of a guest's code. The one without `replaced_at` is alive."""

    __tablename__ = "badges"
    __table_args__ = (
        UniqueConstraint("attendee_id", "generation"),
        UniqueConstraint("event_id", "typed_mac"),
        Index(
            "uq_badges_live",
            "attendee_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"))
    generation: Mapped[int]
    lookup_id: Mapped[str] = mapped_column(unique=True)
    typed_mac: Mapped[bytes]
    qr_version: Mapped[int]
    qr_level: Mapped[str]
    qr_mask: Mapped[int]
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))

    attendee: Mapped[Attendee] = relationship(lazy="raise_on_sql")


class Document(Base):
    """A PDF being made or ready to fetch: badges, private codes, or the paper door list."""

    __tablename__ = "documents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    stock: Mapped[str]
    selection: Mapped[list[Any] | None] = mapped_column(JSON)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    started_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    expires_at: Mapped[datetime]
