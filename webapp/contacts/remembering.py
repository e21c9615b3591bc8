"""That two people met, and what one of them wants to remember of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import Session

from webapp.accounts.people import one_at_a_time
from webapp.contacts.models import Meeting, Memory, Promise
from webapp.core.actor import Actor
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed

LONGEST_NOTE = 2000
"""Characters of one note."""
BETWEEN_NOTES = "\n· · ·\n"
"""What parts notes of one side that were written on two phones apart; nobody types it."""
LONGEST_REASON = 120
"""Characters of why one wants to keep a contact, or where one met them: one line (practices B14, C10)."""

_PROMISED = exists().where(Promise.meeting_id == Memory.meeting_id, Promise.person_id == Memory.person_id)
_UNWRITTEN = Memory.sealed_note.is_(None) & Memory.sealed_reason.is_(None) & Memory.sealed_place.is_(None)
NOT_A_WORD = Memory.knew_each_other.is_(None) & _UNWRITTEN & ~_PROMISED
"""Of a memory: its owner has said nothing about the meeting."""


def meet(session: Session, event_id: UUID | None, a: UUID, b: UUID, *, at: datetime) -> Meeting:
    """The meeting of these two at this event; made if it is their first scan there. Safe twice and at the same moment.

    They met when the earlier of their scans was made, whichever arrives first. The pair is locked until the transaction
    ends: whoever comes second sees all that the first has done.
    """
    first, second = sorted((a, b))
    if event_id is None:  # a unique key does not hold where a column is NULL
        one_at_a_time(session, first)
    pair = (Meeting.event_id == event_id) & (Meeting.first_id == first) & (Meeting.second_id == second)
    if event_id is not None or not session.scalar(select(exists().where(pair))):
        row = {"id": new_id(), "event_id": event_id, "first_id": first, "second_id": second, "met_at": at}
        session.execute(insert_once(session, Meeting.__table__).values(row).on_conflict_do_nothing())
    meeting = session.scalars(select(Meeting).where(pair).with_for_update(key_share=True)).one()
    meeting.met_at = min(meeting.met_at, at)
    return meeting


def keep_in_mind(session: Session, meeting: Meeting, person_id: UUID, *, at: datetime) -> None:
    """This side has the meeting in its story from now on. Safe to repeat; what was written is left alone."""
    row = {"id": new_id(), "meeting_id": meeting.id, "person_id": person_id, "updated_at": at}
    session.execute(insert_once(session, Memory.__table__).values(row).on_conflict_do_nothing())


def remember(
    session: Session,
    meeting: Meeting,
    by_person_id: UUID,
    *,
    knew_each_other: bool | None,
    note: str,
    reason: str | None = None,
    place: str | None = None,
    sealed: Sealed,
    at: datetime,
) -> None:
    """Keep what this side says of the meeting instead of what it said before. Nobody but its author reads the words.

    `reason` and `place` are clean lines; None leaves what there is.
    """
    keep_in_mind(session, meeting, by_person_id, at=at)
    mine = (Memory.meeting_id == meeting.id) & (Memory.person_id == by_person_id)
    written = session.scalar(select(Memory.sealed_note).where(mine))
    # Two notes that became one, when two claims of one human were joined, may be longer: saving again loses nothing.
    room = max(LONGEST_NOTE, len(sealed.open(written, owner=by_person_id)) if written else 0)

    def seal(text: str) -> bytes | None:
        return sealed.seal(text, owner=by_person_id) if text else None

    text = note.replace("\r\n", "\n").strip()[:room]
    said: dict[str, Any] = {"knew_each_other": knew_each_other, "sealed_note": seal(text), "updated_at": at}
    lines = {"sealed_reason": reason, "sealed_place": place}
    said |= {column: seal(line) for column, line in lines.items() if line is not None}
    session.execute(update(Memory).where(mine).values(said))


def say_where(session: Session, meeting: Meeting, person_id: UUID, place: str, *, sealed: Sealed, at: datetime) -> None:
    """Where this side met the other, in words found for it; its own words stay."""
    keep_in_mind(session, meeting, person_id, at=at)
    mine = (Memory.meeting_id == meeting.id) & (Memory.person_id == person_id) & Memory.sealed_place.is_(None)
    line = sealed.seal(clean_line(place, LONGEST_REASON), owner=person_id)
    session.execute(update(Memory).where(mine).values(sealed_place=line, updated_at=at))


@dataclass(frozen=True)
class Said:
    """What one side said of a meeting on a phone without a network."""

    knew_each_other: bool | None
    note: str
    place: str = ""


@dataclass(frozen=True)
class Kept:
    """The words are with their author's other words."""

    meeting_id: UUID


def remember_later(
    session: Session,
    operation: UUID,
    meeting: Meeting,
    said: Said,
    *,
    by: Actor,
    keyring: Keyring,
    written_at: datetime,
    at: datetime,
) -> Kept:
    """Keep what was written at `written_at` and could not be sent before. Safe to repeat.

    Somebody with two phones may have written on both: the later words come first, and the others stay below them,
    in whatever order they arrive. No text is lost.
    """
    me, sealed, place = by.someone.id, Sealed(keyring, "notes"), clean_line(said.place, LONGEST_REASON)

    def act() -> Kept:
        keep_in_mind(session, meeting, me, at=written_at)
        memory = session.scalars(_memory(meeting.id, me).with_for_update()).one()
        before = sealed.open(memory.sealed_note, owner=me) if memory.sealed_note else ""
        newer = not before or written_at >= memory.updated_at
        note = join_notes(before, said.note, newer=newer)
        memory.sealed_note = sealed.seal(note, owner=me) if note else None
        if said.knew_each_other is not None and (newer or memory.knew_each_other is None):
            memory.knew_each_other = said.knew_each_other
        if place and (newer or not memory.sealed_place):
            memory.sealed_place = sealed.seal(place, owner=me)
        memory.updated_at = written_at if newer else memory.updated_at
        return Kept(meeting.id)

    # Keyed: a short note could be found again from a plain hash.
    body = {"meeting": str(meeting.id), "said": keyring.mac("remember", repr(said)).hex()}
    return once(session, Envelope(operation, "remember", by.label, body), Kept, act, at=at)


def join_notes(before: str, words: str, *, newer: bool) -> str:
    """Both notes, the later one first, the older ones below in an order that no arrival changes."""
    words = words.replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    first, *older = before.split(BETWEEN_NOTES) if before else [""]
    if not words or words in (first, *older):
        return before
    shown, rest = (words, [first, *older]) if newer else (first, [words, *older])
    return BETWEEN_NOTES.join([shown, *sorted({one for one in rest if one})])


def _memory(meeting_id: UUID, person_id: UUID) -> Select[Memory]:
    return select(Memory).where(Memory.meeting_id == meeting_id, Memory.person_id == person_id)


def forget_if_empty(session: Session, meeting_id: UUID) -> None:
    """Take the meeting out of the story of each side that has written nothing about it."""
    session.execute(delete(Memory).where(Memory.meeting_id == meeting_id, NOT_A_WORD))
