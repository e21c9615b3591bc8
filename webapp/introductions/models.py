"""Tables of introductions: who connects whom, what each was asked and answered, and what people allow beforehand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.introductions.rules import Course


class Introduction(Base):
    """One person brings two together. With `wished_at` it began as a wish of the first to meet the second.

    `by_mail` is the connector's choice how it ends; the two make theirs with their yes.
    """

    __tablename__ = "introductions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    connector_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    first_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    by_mail: Mapped[bool]
    drafted_at: Mapped[datetime]
    wished_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    put_aside_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]

    @property
    def course(self) -> Course:
        """What happened to it, for the rules."""
        return Course(self.wished_at, self.asked_at, self.withdrawn_at, self.put_aside_at, self.made_at)

    @property
    def three(self) -> tuple[UUID, UUID, UUID]:
        """Who connects, and the two."""
        return self.connector_id, self.first_id, self.second_id

    def other_of(self, person_id: UUID) -> UUID:
        """The other one of the two."""
        return self.second_id if person_id == self.first_id else self.first_id


class IntroductionAsk(Base):
    """What one of the two is asked, and what they said. The words are sealed for their reader (`person_id`).

    `fields` are the parts of their card they said yes with, `by_mail` whether one mail to both is fine with them.
    """

    __tablename__ = "introduction_asks"
    __table_args__ = (UniqueConstraint("introduction_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    introduction_id: Mapped[UUID] = mapped_column(ForeignKey("introductions.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    by_mail: Mapped[bool]
    fields: Mapped[list[Any]] = mapped_column(JSON)
    said_hello_at: Mapped[datetime | None]
    thanked_at: Mapped[datetime | None]


class IntroductionReply(Base):
    """What one of the two answered to *did you meet* and *has anything come of it*; read by its author alone."""

    __tablename__ = "introduction_replies"
    __table_args__ = (UniqueConstraint("introduction_id", "person_id", "question"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    introduction_id: Mapped[UUID] = mapped_column(ForeignKey("introductions.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    question: Mapped[str]
    answer: Mapped[bool]
    at: Mapped[datetime]


class IntroductionChoice(Base):
    """What somebody allows: to be asked by mail too, and to be seen by friends of friends without a name."""

    __tablename__ = "introduction_choices"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    by_mail: Mapped[bool]
    seen: Mapped[bool]


class TieChoice(Base):
    """Whether this one tie may be seen, against what its owner chose for all."""

    __tablename__ = "tie_choices"
    __table_args__ = (UniqueConstraint("person_id", "other_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    seen: Mapped[bool]


class CircleAsk(Base):
    """One question of somebody's (`person_id`) to some of their contacts; until then, or until they close it."""

    __tablename__ = "circle_asks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CircleAsked(Base):
    """That one of them (`person_id`) is asked, and what they said; the words are sealed for them."""

    __tablename__ = "circle_asked"
    __table_args__ = (UniqueConstraint("ask_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ask_id: Mapped[UUID] = mapped_column(ForeignKey("circle_asks.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    answered_at: Mapped[datetime | None]
    said_yes: Mapped[bool | None]
