"""Tables of whom somebody wants to keep in touch with, how much and when; and which addresses we leave alone."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class QuietHours(Base):
    """From when until when one person is sent nothing, by the clock where the event was; `until` may be tomorrow."""

    __tablename__ = "quiet_hours"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    starts: Mapped[time]
    until: Mapped[time]


class Pace(Base):
    """How much one person wants of Next: a rest after evenings, minutes at a time, a mail a week.

    `ignored` mails of the week had no answer; `feed_turn` counts how often the calendar's address was renewed.
    """

    __tablename__ = "paces"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    rest_hours: Mapped[int]
    minutes: Mapped[int]
    done: Mapped[int]
    done_at: Mapped[datetime | None]
    weekly_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    ignored: Mapped[int] = mapped_column(default=0, server_default="0")
    left_alone_until: Mapped[datetime | None]
    feed_turn: Mapped[int] = mapped_column(default=0, server_default="0")
    feed_on: Mapped[bool] = mapped_column(default=False, server_default=false())


class Keeping(Base):
    """That one person said how they want to keep in touch with another: chosen, never presumed. No days: let it rest.

    When they are next due is computed (core/due_rules.py): by the clock of `zone`, where the day opens at `opens`.
    """

    __tablename__ = "keepings"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id"),
        CheckConstraint("person_id != other_id", name="two_people"),
        CheckConstraint("(ideal_days IS NULL) = (worst_days IS NULL)", name="two_numbers"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    ideal_days: Mapped[int | None]
    worst_days: Mapped[int | None]
    chosen_at: Mapped[datetime | None]
    zone: Mapped[str]
    opens: Mapped[time]
    next_on: Mapped[date | None]
    put_off_until: Mapped[date | None]
    put_off_at: Mapped[datetime | None]
    put_offs: Mapped[int]
    told_for: Mapped[datetime | None]


class Question(Base):
    """One thing its author asks one person, who answers by a link: an ask, or times for a coffee or a call."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_person_id_other_id", "person_id", "other_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    sealed_words: Mapped[bytes]
    zone: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class LeftAlone(Base):
    """An address that no account holds and that wants no mail of ours: known by a keyed proof, never written down.

    It outlives every guest list, for the wish holds for later ones too.
    """

    __tablename__ = "left_alone"

    address_mac: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
