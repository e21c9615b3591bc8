"""Tables of events, attendees, import runs, invitations and door devices."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.circles.models import Circle
from webapp.core.database import Base

HANDS = ("greeter", "table_host")
"""What a guest can help with at an event: greet newcomers · host a table."""


class Event(Base):
    """One gathering of a circle. `zone` is the IANA zone of its place; times are UTC."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    circle_id: Mapped[UUID] = mapped_column(ForeignKey("circles.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str]
    place: Mapped[str]
    format: Mapped[str]
    capacity: Mapped[int | None]
    open_door: Mapped[bool]
    greeters: Mapped[int] = mapped_column(default=0, server_default="0")
    table_hosts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    gone_guests: Mapped[int] = mapped_column(default=0, server_default="0")
    gone_came: Mapped[int] = mapped_column(default=0, server_default="0")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))

    circle: Mapped[Circle] = relationship(lazy="raise_on_sql")

    def swap_window(self, at: datetime) -> bool:
        """Whether badges of this event swap now: from six hours before it starts until a day after it ends."""
        return self.starts_at - timedelta(hours=6) <= at <= self.ends_at + timedelta(days=1)

    def codes_live(self, at: datetime) -> bool:
        """All codes of an event die a day after its end."""
        return at <= self.ends_at + timedelta(days=1)


class Attendee(Base):
    """One person's place at one event, as imported, added at the desk, or come as someone's guest.

    `helps_as` is one of `HANDS`, or "".
    """

    __tablename__ = "attendees"
    __table_args__ = (
        Index("ix_attendees_event_sort", "event_id", "sort_key"),
        Index("ix_attendees_event_person", "event_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("attendees.id", ondelete="SET NULL"), index=True)
    source: Mapped[str]
    name: Mapped[str]
    given_name: Mapped[str]
    family_name: Mapped[str]
    sort_key: Mapped[str]
    search_key: Mapped[str]
    box: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    email_key: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    headline: Mapped[str] = mapped_column(default="")
    ask_me_about: Mapped[str] = mapped_column(default="")
    external_ref: Mapped[str] = mapped_column(default="")
    swap_mode: Mapped[str] = mapped_column(default="ask")
    gives: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    shows_coming: Mapped[bool] = mapped_column(default=False, server_default=false())
    helps_as: Mapped[str] = mapped_column(default="", server_default="")
    private_code_generation: Mapped[int] = mapped_column(default=1)
    private_code_tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    event: Mapped[Event] = relationship(lazy="raise_on_sql")


class ImportRun(Base):
    """One list brought in: staged as read, rehearsed, committed as one transaction, undone whole if wanted."""

    __tablename__ = "import_runs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    table: Mapped[dict[str, Any] | None] = mapped_column("staged", JSON)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    staged_at: Mapped[datetime]
    staged_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportChange(Base):
    """What a committed run did to one attendee; `before` holds the old values, so that it can be undone."""

    __tablename__ = "import_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_runs.id", ondelete="CASCADE"), index=True)
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)


class Invitation(Base):
    """A mail that lets one guest claim their place by one tap. Only a digest of its link is kept."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("attendee_id", "round"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendees.id", ondelete="CASCADE"))
    round: Mapped[int]
    link_digest: Mapped[bytes] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class DoorDevice(Base):
    """A phone that works one door of one event. Pairing is by a one-use code; only digests are kept.

    `unkept`: how many things came with its key beyond all that a phone can have done, `unkept_at`: when last.
    `names_at`: when it last took the names of all guests.
    """

    __tablename__ = "door_devices"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    door: Mapped[str]
    pairing_digest: Mapped[bytes] = mapped_column(unique=True)
    pairing_expires_at: Mapped[datetime]
    key_digest: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    paired_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    unkept: Mapped[int] = mapped_column(default=0, server_default="0")
    unkept_at: Mapped[datetime | None]
    names_at: Mapped[datetime | None]
