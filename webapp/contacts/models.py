"""Tables of meetings, each side's memory of them, and whom somebody does not want to meet again."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.database import Base
from webapp.events.models import Event


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

    event: Mapped[Event | None] = relationship(lazy="raise_on_sql")

    def other_of(self, person_id: UUID) -> UUID:
        """The other one of the pair."""
        return self.second_id if person_id == self.first_id else self.first_id


class Memory(Base):
    """That one side has this meeting in its story, and what it says of it: its words are sealed for their author.

    Someone who merely notes a meeting has a memory; the other side then has none and sees nothing.
    """

    __tablename__ = "memories"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    knew_each_other: Mapped[bool | None]
    sealed_note: Mapped[bytes | None]
    sealed_reason: Mapped[bytes | None]
    sealed_place: Mapped[bytes | None]
    updated_at: Mapped[datetime]


class LooseNote(Base):
    """Words written on a phone without a network about a scan of which no meeting came. Sealed for their author."""

    __tablename__ = "loose_notes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    written_at: Mapped[datetime]


class Promise(Base):
    """Something its author said they would do for the other of a meeting: sealed, and read by its author alone."""

    __tablename__ = "promises"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Takeaway(Base):
    """What one person took home from an event besides contacts: an idea, a tip for another group. Sealed for them."""

    __tablename__ = "takeaways"
    __table_args__ = (UniqueConstraint("person_id", "event_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    sealed_idea: Mapped[bytes | None]
    sealed_tip: Mapped[bytes | None]
    updated_at: Mapped[datetime]

    event: Mapped[Event] = relationship(lazy="raise_on_sql")


class Role(Base):
    """What somebody is to me since a day: speaker, then referrer, then mentor, then friend. Sealed for its author."""

    __tablename__ = "roles"
    __table_args__ = (Index("ix_roles_person_id_other_id", "person_id", "other_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_word: Mapped[bytes]
    since: Mapped[date]
    made_at: Mapped[datetime]


class Tag(Base):
    """A word by which its author finds people again, once however many carry it. Sealed for its author."""

    __tablename__ = "tags"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_word: Mapped[bytes]
    made_at: Mapped[datetime]


class Tagging(Base):
    """That somebody carries a tag of its author's."""

    __tablename__ = "taggings"
    __table_args__ = (UniqueConstraint("tag_id", "other_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)


class Reminder(Base):
    """Something that reminded its author of somebody they met, to be sent: words and a link, sealed for the author."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_person_id_other_id", "person_id", "other_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    sealed_link: Mapped[bytes | None]
    kept_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Touch(Base):
    """One act of keeping in touch with somebody I met, as its author says: its words are sealed, and theirs alone."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_person_id_other_id_happened_at", "person_id", "other_id", "happened_at"),
        CheckConstraint("person_id != other_id", name="two_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    way: Mapped[str]
    no_agenda: Mapped[bool]
    happened_at: Mapped[datetime]
    logged_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    sealed_words: Mapped[bytes | None]


class WeeklyQuestion(Base):
    """That somebody was asked something by Mixwell itself, and answered or not: see `asking`."""

    __tablename__ = "weekly_questions"
    __table_args__ = (UniqueConstraint("person_id", "kind", "about_id", "turn"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    kind: Mapped[str]
    about_id: Mapped[UUID]
    turn: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Rest(Base):
    """Why a tie is at rest, as one side says; `over_at` once it is not, or they say it otherwise."""

    __tablename__ = "rests"
    __table_args__ = (
        Index("ix_rests_person_id_other_id", "person_id", "other_id"),
        CheckConstraint("person_id != other_id", name="two_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    cause: Mapped[str]
    since: Mapped[datetime]
    over_at: Mapped[datetime | None]


class Wish(Base):
    """What somebody wishes of their own networking: so much tending for each new meeting, or tending alone since."""

    __tablename__ = "wishes"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    tend_for_one: Mapped[int | None]
    tending_since: Mapped[datetime | None]


class OutsideContact(Base):
    """Somebody its owner knows from elsewhere, without an account: sealed whole, and theirs alone."""

    __tablename__ = "outside_contacts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_entry: Mapped[bytes]
    brought: Mapped[bool]
    added_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    every_days: Mapped[int | None]
    since: Mapped[datetime | None]
    later_until: Mapped[datetime | None]


class SamePerson(Base):
    """That an entry from elsewhere is, to its owner, somebody they met, or another entry of theirs."""

    __tablename__ = "same_people"
    __table_args__ = (CheckConstraint("(other_id IS NULL) != (other_contact_id IS NULL)", name="one_other"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("outside_contacts.id", ondelete="CASCADE"), unique=True)
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    other_contact_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("outside_contacts.id", ondelete="CASCADE"), index=True
    )
    said_at: Mapped[datetime]


class AddressBook(Base):
    """What was read of an old address book, until its owner has looked at it. Sealed for them."""

    __tablename__ = "address_books"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_book: Mapped[bytes]
    read_at: Mapped[datetime]


class Block(Base):
    """That one person wants nothing to do with another: silent, works both ways, stronger than everything else."""

    __tablename__ = "blocks"
    __table_args__ = (
        UniqueConstraint("blocker_id", "blocked_id"),
        CheckConstraint("blocker_id != blocked_id", name="two_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    blocker_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
