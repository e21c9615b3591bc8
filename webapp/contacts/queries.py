"""Meetings and memories, always seen through the one whose they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import Session, joinedload

from webapp.contacts.models import Block, Meeting, Memory, Promise
from webapp.core.actor import NotHere
from webapp.core.tokens import Sealed
from webapp.events.models import Event


@dataclass(frozen=True)
class Remembered:
    """What one side keeps of a meeting, its sealed words opened for their author."""

    knew_each_other: bool | None = None
    note: str = ""
    reason: str = ""
    place: str = ""


NOTHING = Remembered()


@dataclass(frozen=True)
class OpenedPromise:
    """A promise of mine, its words opened for me. `done_at` is None while it is open."""

    id: UUID
    meeting_id: UUID
    words: str
    made_at: datetime
    done_at: datetime | None


def _meetings_of(person_id: UUID) -> Select[Meeting]:
    mine = select(Meeting).join(Memory, Memory.meeting_id == Meeting.id).where(Memory.person_id == person_id)
    other_blocked = and_(
        Block.blocker_id == person_id,
        # The pair holds the person too, whom a block of their own never names.
        Block.blocked_id.in_((Meeting.first_id, Meeting.second_id)),
    )
    return mine.where(~exists().where(other_blocked)).options(joinedload(Meeting.event))


def has_blocked(session: Session, blocker_id: UUID, other_id: UUID) -> bool:
    """Whether the first of these two wants nothing to do with the second."""
    block = exists().where(Block.blocker_id == blocker_id, Block.blocked_id == other_id)
    return bool(session.scalar(select(block)))


def get_meeting(session: Session, meeting_id: UUID, person_id: UUID) -> Meeting:
    """This meeting with its event, if the person has it in their story. Raises NotHere otherwise."""
    meeting = session.scalar(_meetings_of(person_id).where(Meeting.id == meeting_id))
    if meeting is None:
        raise NotHere
    return meeting


def meetings_of(session: Session, person_id: UUID) -> Sequence[Meeting]:
    """Everything in this person's story: newest event first, within an event in the order of the evening."""
    by_event = _meetings_of(person_id).outerjoin(Event, Event.id == Meeting.event_id)
    order = (Event.starts_at.desc().nulls_last(), Event.id, Meeting.met_at, Meeting.id)
    return session.scalars(by_event.order_by(*order)).all()


def meetings_at(session: Session, person_id: UUID, event_ids: Collection[UUID]) -> Sequence[Meeting]:
    """What this person has in their story of these events, by the clock."""
    there = _meetings_of(person_id).where(Meeting.event_id.in_(event_ids))
    return session.scalars(there.order_by(Meeting.met_at, Meeting.id)).all()


def meetings_of_pair(session: Session, person_id: UUID, other_id: UUID) -> Sequence[Meeting]:
    """Each time these two met, as the first of them has it in their story, newest first."""
    first, second = sorted((person_id, other_id))
    pair = (Meeting.first_id == first) & (Meeting.second_id == second)
    return session.scalars(_meetings_of(person_id).where(pair).order_by(Meeting.met_at.desc())).all()


def known_in_a_row(session: Session, person_id: UUID, event_id: UUID) -> int:
    """How many of those this person met last at this event they knew, as they say; somebody new or not said ends it."""
    there = select(Memory.knew_each_other).join(Meeting, Meeting.id == Memory.meeting_id)
    mine = there.where(Memory.person_id == person_id, Meeting.event_id == event_id)
    said = session.scalars(mine.order_by(Meeting.met_at.desc(), Meeting.id.desc()))
    return len(list(takewhile(bool, said)))


def memory_of(session: Session, meeting_id: UUID, person_id: UUID, sealed: Sealed) -> Remembered:
    """What this person keeps of this meeting; empty if nothing."""
    mine = select(Memory).where(Memory.meeting_id == meeting_id, Memory.person_id == person_id)
    memory = session.scalar(mine)
    return _opened(memory, sealed) if memory else NOTHING


def memories_of(session: Session, person_id: UUID, sealed: Sealed) -> dict[UUID, Remembered]:
    """What this person keeps of all their meetings, by meeting id: their own words, for them alone."""
    memories = session.scalars(select(Memory).where(Memory.person_id == person_id))
    return {memory.meeting_id: _opened(memory, sealed) for memory in memories}


def reason_to_keep(session: Session, person_id: UUID, other_id: UUID, sealed: Sealed) -> str:
    """Why this person wants to keep the other, in their own latest words; "" if they did not say."""
    pair = meetings_of_pair(session, person_id, other_id)
    return next(filter(None, (memory_of(session, met.id, person_id, sealed).reason for met in pair)), "")


def promises_of(session: Session, person_id: UUID, sealed: Sealed) -> list[OpenedPromise]:
    """Everything this person promised to people in their story, oldest first: their own words, for them alone."""
    told = _meetings_of(person_id).with_only_columns(Meeting.id)
    mine = select(Promise).where(Promise.person_id == person_id, Promise.meeting_id.in_(told))
    rows = session.scalars(mine.order_by(Promise.made_at, Promise.id))
    return [open_promise(row, sealed) for row in rows]


def get_promise(session: Session, promise_id: UUID, person_id: UUID) -> Promise:
    """This promise, if the person made it and has the meeting in their story. Raises NotHere otherwise."""
    told = _meetings_of(person_id).with_only_columns(Meeting.id)
    mine = (Promise.id == promise_id) & (Promise.person_id == person_id)
    found = session.scalar(select(Promise).where(mine, Promise.meeting_id.in_(told)))
    if found is None:
        raise NotHere
    return found


def open_promise(row: Promise, sealed: Sealed) -> OpenedPromise:
    """A promise as its author reads it."""
    words = sealed.open(row.sealed_words, owner=row.person_id)
    return OpenedPromise(row.id, row.meeting_id, words, row.made_at, row.done_at)


def _opened(memory: Memory, sealed: Sealed) -> Remembered:
    def opened(words: bytes | None) -> str:
        return sealed.open(words, owner=memory.person_id) if words else ""

    words = (opened(one) for one in (memory.sealed_note, memory.sealed_reason, memory.sealed_place))
    return Remembered(memory.knew_each_other, *words)
