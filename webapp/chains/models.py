"""Tables of what came of it: outcomes, needs, steps that have no row elsewhere, and the links between all of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base

OUTCOMES = (
    "job",
    "client",
    "referral",
    "mentor",
    "friend",
    "supplier",
    "idea",
    "help_given",
    "help_received",
)
"""What may come of it."""
STATES = ("closed", "open", "too_early")
"""It came · it is under way · too early to tell."""
SORTS = ("someone", "act", "introduction", "wait")
"""Somebody outside the app · something that was done · an introduction · nothing yet."""
TIES = ("direct", "indirect", "feeling", "unknown")
"""How surely one thing led to another, the surest first."""


class Outcome(Base):
    """Something that came of it, or may yet: its words are sealed for whoever wrote them.

    `began_on` is the day it is about, `closed_on` the day it came; `early_on` when it was last too early to tell.
    """

    __tablename__ = "outcomes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    sealed_words: Mapped[bytes]
    began_on: Mapped[date]
    closed_on: Mapped[date | None]
    early_on: Mapped[date | None]
    made_at: Mapped[datetime]


class Need(Base):
    """Something its author looks for until it is found: a web designer, for two years if need be."""

    __tablename__ = "needs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_words: Mapped[bytes]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    made_at: Mapped[datetime]


class Step(Base):
    """What has no row elsewhere: *neighbour of Ben*, a lunch, an introduction elsewhere, a time of waiting."""

    __tablename__ = "steps"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sort: Mapped[str]
    sealed_words: Mapped[bytes]
    day: Mapped[date | None]
    no_agenda: Mapped[bool]
    made_at: Mapped[datetime]


class Link(Base):
    """That one thing led to another, as its author sees it. Both ends are named by kind and id (`kinds.KINDS`)."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("person_id", "from_id", "to_id"),
        CheckConstraint("from_id != to_id", name="two_things"),
        Index("ix_links_person_id_to_id", "person_id", "to_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    from_kind: Mapped[str]
    from_id: Mapped[UUID]
    to_kind: Mapped[str]
    to_id: Mapped[UUID]
    tie: Mapped[str]
    made_at: Mapped[datetime]


class Story(Base):
    """A chain told to others on a page of its own, by a link; its words are the author's, sealed until it is read."""

    __tablename__ = "stories"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcomes.id", ondelete="CASCADE"), index=True)
    sealed_title: Mapped[bytes]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class StoryLine(Base):
    """One line of a story: the phrase its author picked, and the name of `other_id` instead where they agreed to it."""

    __tablename__ = "story_lines"
    __table_args__ = (UniqueConstraint("story_id", "place"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    story_id: Mapped[UUID] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    sealed_phrase: Mapped[bytes]
    day: Mapped[date | None]
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]


class Statement(Base):
    """One page about a period for somebody's manager, as it was when it was made: sealed, read by a link, then over."""

    __tablename__ = "statements"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    sealed_page: Mapped[bytes]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
