"""Tables of what somebody wants, gave and felt, each read by its author alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base


class Intention(Base):
    """What this season is about: own words, one of `seasons.SEASONS`, or both. Of several the latest holds.

    `met_at`: when they last said that it was met; only a season for itself is asked so.
    """

    __tablename__ = "intentions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes | None]
    sealed_season: Mapped[bytes | None]
    written_at: Mapped[datetime]
    met_at: Mapped[datetime | None]


class Help(Base):
    """That its author helped somebody: on which day, in their own words. What may come back has no place here."""

    __tablename__ = "helps"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    day: Mapped[date]
    made_at: Mapped[datetime]


class Measures(Base):
    """What somebody asked to have counted: since when moods, since when the load, and their limits of it."""

    __tablename__ = "measures"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    moods_since: Mapped[datetime | None]
    load_since: Mapped[datetime | None]
    evenings: Mapped[int | None]
    promises: Mapped[int | None]
    check_ins: Mapped[int | None]


class Mood(Base):
    """How somebody felt after an evening: one of `moods.MOODS`."""

    __tablename__ = "moods"
    __table_args__ = (UniqueConstraint("person_id", "event_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    mood: Mapped[str]
    at: Mapped[datetime]


class Enquiries(Base):
    """How many people asked for somebody's work in a month, as they count them; `month` is its first day."""

    __tablename__ = "enquiries"
    __table_args__ = (UniqueConstraint("person_id", "month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    month: Mapped[date]
    number: Mapped[int]
