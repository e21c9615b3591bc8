"""Tables of grants, requests, scans that wait, kind lines and reported pitches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base

_LIVE_GRANT = text("undone_at IS NULL AND withdrawn_at IS NULL")
_OPEN_REQUEST = text("answered_at IS NULL AND undone_at IS NULL")


class Grant(Base):
    """One directed, versioned release of a card: who gave which fields to whom, how it arose, whether it still holds.

    `how` is "scan" (I scanned their badge), "screen" (I scanned their live code), "answer" (I tapped Give mine): the
    giver acted in that moment; "shown" (I held up my live code), "standing" (my choice for this event) and
    "introduction" (I said yes to one): before it.
    `under_block`: its receiver had blocked its giver at that moment. The giver cannot tell; the receiver never sees it.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "uq_grants_live",
            "giver_id",
            "receiver_id",
            unique=True,
            sqlite_where=_LIVE_GRANT,
            postgresql_where=_LIVE_GRANT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    giver_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    operation_id: Mapped[UUID] = mapped_column(index=True)
    fields: Mapped[list[Any]] = mapped_column(JSON)
    card_version: Mapped[int]
    wording: Mapped[str]
    how: Mapped[str]
    under_block: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class CardRequest(Base):
    """That someone who gave their card waits for the other's. One open request per pair and direction.

    `answer` is "given", "not now" (put off by the one asked, who may still give) or "withdrawn" (by the one who asked).
    """

    __tablename__ = "card_requests"
    __table_args__ = (
        Index(
            "uq_card_requests_open",
            "asker_id",
            "asked_id",
            unique=True,
            sqlite_where=_OPEN_REQUEST,
            postgresql_where=_OPEN_REQUEST,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asker_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    asked_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    operation_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answering_operation_id: Mapped[UUID | None] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]


class KeptScan(Base):
    """A scan that could not finish yet: whose badge or live code it read, or neither. Never the code."""

    __tablename__ = "kept_scans"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    badge_id: Mapped[UUID | None] = mapped_column(ForeignKey("badges.id", ondelete="CASCADE"))
    shown_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class SlideCode(Base):
    """A code that a speaker shows on a slide: whoever scans it while it lives swaps with them, both ways at once.

    It lives from `starts_at` to `ends_at`, and a little longer for the last row; `ended_at` ends it at once.
    """

    __tablename__ = "slide_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class KindLine(Base):
    """A kind sentence that a holder of a card wrote about its owner; on the card once the owner said yes to it.

    `declined_at` is when the owner put it aside or took it off: its writer sees it wait, as before.
    """

    __tablename__ = "kind_lines"
    __table_args__ = (UniqueConstraint("about_id", "writer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    about_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    writer_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    line: Mapped[str]
    names_writer: Mapped[bool]
    written_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]


class PitchReport(Base):
    """That somebody was sold to at an event, for its organizers. `words` are the reporter's, if they are to be told."""

    __tablename__ = "pitch_reports"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    reported_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
