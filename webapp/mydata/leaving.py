"""Leaving: everything about a person goes, here and in whatever backup is restored later. Counts stay."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from webapp.accounts.models import (
    Address,
    AddressChange,
    Card,
    JoinedPerson,
    OneTimeCode,
    Person,
    PushSubscription,
    SignInSession,
)
from webapp.badges.models import Document
from webapp.chains.models import Link, Need, Outcome, Statement, Step, Story, StoryLine
from webapp.checkin.gone import remember_gone
from webapp.checkin.models import CheckIn
from webapp.circles.models import Circle, CircleRole
from webapp.contacts.models import (
    AddressBook,
    Block,
    LooseNote,
    Meeting,
    Memory,
    OutsideContact,
    Promise,
    Reminder,
    Rest,
    Role,
    SamePerson,
    Tag,
    Tagging,
    Takeaway,
    Touch,
    WeeklyQuestion,
    Wish,
)
from webapp.core.operations import Operation
from webapp.core.outbox import OutboxRow
from webapp.core.quarantine import QuarantinedOperation
from webapp.core.versions import bump, forget
from webapp.events.models import Attendee, Event
from webapp.followups.models import Keeping, Pace, Question, QuietHours
from webapp.intentions.models import Enquiries, Help, Intention, Measures, Mood
from webapp.introductions.models import (
    CircleAsk,
    CircleAsked,
    Introduction,
    IntroductionAsk,
    IntroductionChoice,
    IntroductionReply,
    TieChoice,
)
from webapp.swaps.models import CardRequest, Grant, KeptScan, KindLine, PitchReport

ERASED = "erased.txt"
"""In the data folder, beside the database and not in its backups: ids of people who left, one a line."""


@dataclass(frozen=True)
class Left:
    """Nothing of them is left."""


@dataclass(frozen=True)
class LastOrganizer:
    """These circles would have no organizer: first somebody else has to be let in."""

    circles: tuple[str, ...]


def leave(session: Session, person_id: UUID, *, data_dir: Path, at: datetime) -> Left | LastOrganizer:
    """Erase this person, and remember to do so again after a restore. Safe to repeat."""
    alone = circles_without_others(session, person_id)
    if alone:
        return LastOrganizer(alone)
    # Before the commit: should this machine stop in between, it is done at the next start, as they wished.
    also = session.scalars(select(JoinedPerson.gone_id).where(JoinedPerson.person_id == person_id)).all()
    _write_down(data_dir, person_id, *also)
    erase(session, person_id, at=at)
    return Left()


def who_left(data_dir: Path) -> set[UUID]:
    """Everybody on the list of those who left."""
    file = data_dir / ERASED
    return {UUID(line) for line in file.read_text().split()} if file.exists() else set()


def erase(session: Session, person_id: UUID, *, at: datetime) -> None:
    """Remove every row about this person. Whoever wrote a note about having met them keeps it, about nobody."""
    _learn_of_it(session, person_id)
    remember_gone(session, person_id, at=at)
    remove_places(session, Attendee.person_id == person_id, at=at)
    keys = select(Address.address_key).where(Address.person_id == person_id)
    session.execute(delete(OneTimeCode).where(OneTimeCode.address_key.in_(keys)))
    unnamed = update(StoryLine).where(StoryLine.other_id == person_id)
    session.execute(unnamed.values(other_id=None, agreed=None, answered_at=None))
    for table, rows in _rows_about(person_id):
        session.execute(delete(table).where(rows))
    forget(session, f"person:{person_id}")
    _forget_or_empty(session, person_id, at)


def _rows_about(person_id: UUID) -> Iterable[tuple[type, ColumnElement[bool]]]:
    label = f"person:{person_id}"
    return (
        (Operation, Operation.actor == label),
        (QuarantinedOperation, QuarantinedOperation.actor == label),
        (OutboxRow, OutboxRow.recipient == str(person_id)),
        (Promise, Promise.person_id == person_id),
        (Reminder, Reminder.person_id == person_id),
        (Rest, Rest.person_id == person_id),
        (Role, Role.person_id == person_id),
        (SamePerson, or_(SamePerson.person_id == person_id, SamePerson.other_id == person_id)),
        (OutsideContact, OutsideContact.person_id == person_id),
        (AddressBook, AddressBook.person_id == person_id),
        (Tag, Tag.person_id == person_id),
        (Tagging, Tagging.other_id == person_id),
        (Touch, Touch.person_id == person_id),
        (WeeklyQuestion, WeeklyQuestion.person_id == person_id),
        (Link, Link.person_id == person_id),
        (Step, Step.person_id == person_id),
        (Need, Need.person_id == person_id),
        (StoryLine, StoryLine.person_id == person_id),
        (Story, Story.person_id == person_id),
        (Statement, Statement.person_id == person_id),
        (Outcome, Outcome.person_id == person_id),
        (Wish, Wish.person_id == person_id),
        (Intention, Intention.person_id == person_id),
        (Help, Help.person_id == person_id),
        (Measures, Measures.person_id == person_id),
        (Mood, Mood.person_id == person_id),
        (Enquiries, Enquiries.person_id == person_id),
        (CircleAsk, CircleAsk.person_id == person_id),
        (CircleAsked, CircleAsked.person_id == person_id),
        (Introduction, _among_the_three(person_id)),
        (IntroductionAsk, IntroductionAsk.person_id == person_id),
        (IntroductionReply, IntroductionReply.person_id == person_id),
        (IntroductionChoice, IntroductionChoice.person_id == person_id),
        (TieChoice, or_(TieChoice.person_id == person_id, TieChoice.other_id == person_id)),
        (QuietHours, QuietHours.person_id == person_id),
        (Pace, Pace.person_id == person_id),
        (Question, Question.person_id == person_id),
        (Keeping, Keeping.person_id == person_id),
        (Memory, Memory.person_id == person_id),
        (LooseNote, LooseNote.person_id == person_id),
        (Takeaway, Takeaway.person_id == person_id),
        (KindLine, or_(KindLine.about_id == person_id, KindLine.writer_id == person_id)),
        (PitchReport, or_(PitchReport.reporter_id == person_id, PitchReport.reported_id == person_id)),
        (Grant, or_(Grant.giver_id == person_id, Grant.receiver_id == person_id)),
        (CardRequest, or_(CardRequest.asker_id == person_id, CardRequest.asked_id == person_id)),
        (Block, or_(Block.blocker_id == person_id, Block.blocked_id == person_id)),
        (KeptScan, or_(KeptScan.person_id == person_id, KeptScan.shown_by_id == person_id)),
        (OneTimeCode, OneTimeCode.person_id == person_id),
        (PushSubscription, PushSubscription.person_id == person_id),
        (SignInSession, SignInSession.person_id == person_id),
        (CircleRole, CircleRole.person_id == person_id),
        (AddressChange, AddressChange.person_id == person_id),
        (JoinedPerson, JoinedPerson.person_id == person_id),
        (Address, Address.person_id == person_id),
        (Card, Card.person_id == person_id),
        (Meeting, _is_of(person_id) & ~exists().where(Memory.meeting_id == Meeting.id)),
    )


def _among_the_three(person_id: UUID) -> ColumnElement[bool]:
    three = (Introduction.connector_id, Introduction.first_id, Introduction.second_id)
    return or_(*(one == person_id for one in three))


def _learn_of_it(session: Session, person_id: UUID) -> None:
    """The screens of everybody who holds or gave a card change."""
    held = select(Grant.receiver_id).where(Grant.giver_id == person_id)
    given = select(Grant.giver_id).where(Grant.receiver_id == person_id)
    if others := session.scalars(held.union(given)).all():
        bump(session, *(f"person:{other}" for other in others))


def remove_places(session: Session, which: ColumnElement[bool], *, at: datetime) -> None:
    """Take these guests off their lists, with badge, check-in and all. Events that have begun keep the count."""
    came = exists().where(CheckIn.attendee_id == Attendee.id, CheckIn.undone_at.is_(None))
    begun = Attendee.event_id.in_(select(Event.id).where(Event.starts_at <= at)) & Attendee.cancelled_at.is_(None)
    counts = select(Attendee.event_id, func.count(), func.count().filter(came)).where(which, begun)
    for event_id, guests, inside in session.execute(counts.group_by(Attendee.event_id)).all():
        gone = {"gone_guests": Event.gone_guests + guests, "gone_came": Event.gone_came + inside}
        session.execute(update(Event).where(Event.id == event_id).values(gone))
    events = session.scalars(select(Attendee.event_id).where(which).distinct()).all()
    session.execute(delete(Attendee).where(which))
    if events:
        bump(session, *(f"event:{event_id}" for event_id in events))


def _is_of(person_id: UUID) -> ColumnElement[bool]:
    return or_(Meeting.first_id == person_id, Meeting.second_id == person_id)


def _forget_or_empty(session: Session, person_id: UUID, at: datetime) -> None:
    """The row goes, unless somebody's memory or a document in the making hangs on it: then only the id is left."""
    remembered = session.scalar(select(exists().where(_is_of(person_id))))
    if remembered or session.scalar(select(exists().where(Document.asked_by == person_id))):
        nothing = dict(name="", claimed_at=None, signed_in_at=None, asked_to_stay_at=None, erased_at=at)
        session.execute(update(Person).where(Person.id == person_id).values(nothing))
        session.add(Card(person_id=person_id, updated_at=at, version=1))
        session.flush()
    else:
        session.execute(delete(Person).where(Person.id == person_id))


def circles_without_others(session: Session, person_id: UUID) -> tuple[str, ...]:
    """Names of the circles this person organizes alone."""
    mine, other = aliased(CircleRole), aliased(CircleRole)
    others = exists().where(other.circle_id == Circle.id, other.person_id != person_id, other.ended_at.is_(None))
    organized = select(Circle.name).join(mine, mine.circle_id == Circle.id)
    alone = organized.where(mine.person_id == person_id, mine.ended_at.is_(None), ~others)
    return tuple(session.scalars(alone.order_by(Circle.name)))


def _write_down(data_dir: Path, *ids: UUID) -> None:
    """Also the ids that were joined into theirs: in an older backup those are people of their own."""
    with (data_dir / ERASED).open("a") as file:
        file.writelines(f"{one}\n" for one in ids)
        file.flush()
        os.fsync(file.fileno())
