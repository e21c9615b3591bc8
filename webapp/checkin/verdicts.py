"""What the door says. Ids and times only, so that an operation can keep it; names are looked up when it is shown.

`word` names its template and its reason; `settled` means that nobody has to do anything: the screen clears itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

Tone = Literal["agreed", "wait", "no"]
"""What a verdict sounds and feels like; red is for cancelled places and replaced badges only (look.md)."""


@dataclass(frozen=True)
class CheckedIn:
    """Welcome. The guest is in, and this is durable."""

    word: ClassVar = "checked_in"
    tone: ClassVar[Tone] = "agreed"
    settled: ClassVar = True

    check_in_id: UUID
    attendee_id: UUID
    at: datetime


@dataclass(frozen=True)
class AlreadyIn:
    """Somebody came in on this place before; `check_in_id` and `at` are of that first time."""

    word: ClassVar = "already_in"
    tone: ClassVar[Tone] = "wait"
    settled: ClassVar = False

    check_in_id: UUID
    attendee_id: UUID
    at: datetime


@dataclass(frozen=True)
class Cancelled:
    """The place was cancelled."""

    word: ClassVar = "cancelled"
    tone: ClassVar[Tone] = "no"
    settled: ClassVar = False

    attendee_id: UUID
    cancelled_at: datetime


@dataclass(frozen=True)
class ReplacedBadge:
    """The badge was reported lost; a newer one is alive."""

    word: ClassVar = "replaced_badge"
    tone: ClassVar[Tone] = "no"
    settled: ClassVar = False

    attendee_id: UUID
    replaced_at: datetime


@dataclass(frozen=True)
class UnknownBadge:
    """Not on this list: another event's badge, a dead one, or a code that never was."""

    word: ClassVar = "unknown_badge"
    tone: ClassVar[Tone] = "wait"
    settled: ClassVar = False


@dataclass(frozen=True)
class RoomFull:
    """The room holds no more by its own number. The door decides; nothing is refused by itself."""

    word: ClassVar = "room_full"
    tone: ClassVar[Tone] = "wait"
    settled: ClassVar = False

    attendee_id: UUID
    inside: int
    capacity: int


@dataclass(frozen=True)
class Undone:
    """The admission was taken back; its history stays."""

    word: ClassVar = "undone"
    tone: ClassVar[Tone] = "wait"
    settled: ClassVar = True

    check_in_id: UUID
    attendee_id: UUID
    at: datetime


@dataclass(frozen=True)
class UndoRefused:
    """Another phone's admission, or one older than ten minutes: only the organizer may take it back."""

    word: ClassVar = "undo_refused"
    tone: ClassVar[Tone] = "wait"
    settled: ClassVar = False

    check_in_id: UUID
    attendee_id: UUID


@dataclass(frozen=True)
class NotIn:
    """It had been taken back before."""

    word: ClassVar = "not_in"
    tone: ClassVar[Tone] = "wait"
    settled: ClassVar = True

    check_in_id: UUID
    attendee_id: UUID


Admission = CheckedIn | AlreadyIn | Cancelled | ReplacedBadge | UnknownBadge | RoomFull
UndoVerdict = Undone | UndoRefused | NotIn
Verdict = Admission | UndoVerdict
