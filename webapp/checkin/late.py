"""What a door did without a network, told later. It happened: it is recorded as it was, and never argued with.

A scan has the id and the body it would have had online, so that an attempt and its later telling are one operation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from webapp.checkin.admission import (
    UNDO_REASONS,
    NewGuest,
    Place,
    admit,
    admit_new,
    decide_now,
    envelope_of,
    envelope_of_new,
    keep_refusal,
)
from webapp.checkin.facts import Fact, Known, Seen, begin, is_stated, settle, state
from webapp.checkin.gone import count_gone
from webapp.checkin.leases import Room, room_for, use_lease
from webapp.checkin.models import CheckIn, DoorFact
from webapp.checkin.queries import GuestAtDoor, find_guest, organizes
from webapp.checkin.scans import Scan, how, key_of
from webapp.checkin.verdicts import Admission, AlreadyIn, Cancelled, CheckedIn, ReplacedBadge, RoomFull, UnknownBadge
from webapp.core.operations import Envelope, once_and_whether
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, Event

Decided = Literal["admitted", "refused", "kept"]
"""What a phone showed: a welcome, a refusal, or that it could not tell (a typed code) and the crew decided."""

REFUSED_AT_DOOR = "refused_at_door"
"""The server had let in whom the phone, which never heard so, then refused (R5)."""
LATE_REASONS = (*UNDO_REASONS, REFUSED_AT_DOOR)
ODD = frozenset({"cancelled", "replaced", "room_full"})
"""Flags of an entry that somebody should look at."""


@dataclass(frozen=True)
class Late:
    """A scan as it is told later: what the phone showed (None: it never came to that), when, by whom."""

    scan: Scan
    decided: Decided | None
    seen: Seen

    @property
    def let_in(self) -> bool:
        """Whether somebody went in on it."""
        return self.decided in {"admitted", "kept"}


@dataclass(frozen=True)
class UndoTold:
    """What came of an undo: `undone`, `undo_refused` (not this phone's entry), `waits` (its entry is unknown yet)."""

    word: str
    of: UUID


@dataclass(frozen=True)
class Told:
    """The verdict, whether it was a repeat, and whether somebody should look at what it was about.

    `counted`: it was about somebody who has left since, so the verdict knows nobody, and they count all the same.
    """

    verdict: Admission | UndoTold
    known: bool = False
    conflict: bool = False
    counted: bool = False


def check_in_late(session: Session, event: Event, late: Late, *, keyring: Keyring) -> Told:
    """Whom the phone let in is in, whatever we would have said (R2 to R5). Safe to repeat."""
    envelope = envelope_of(event, late.scan, late.seen.by, keyring)
    verdict, known = once_and_whether(
        session, envelope, Admission, lambda: _tell(session, event, late, keyring), at=late.seen.received_at
    )
    if late.let_in and isinstance(verdict, UnknownBadge) and _has_left(session, event, late, keyring):
        return Told(verdict, known, counted=True)
    if known and late.let_in and not isinstance(verdict, CheckedIn) and not is_stated(session, late.scan.operation_id):
        # We had refused, the answer was lost, and the phone let them in by its list.
        guest = _guest(session, event, late, keyring)
        verdict, known = (_record(session, event, guest, late), False) if guest else (verdict, known)
    return Told(verdict, known, conflict=late.let_in and not isinstance(verdict, CheckedIn))


def _tell(session: Session, event: Event, late: Late, keyring: Keyring) -> Admission:
    scan, seen = late.scan, late.seen
    if late.decided is None:
        verdict = decide_now(session, event, scan, seen, keyring=keyring)
        if not isinstance(verdict, CheckedIn):
            keep_refusal(session, event, scan, verdict, by=seen.by, at=seen.time.at)
        return verdict
    guest = _guest(session, event, late, keyring)
    if guest and late.let_in:
        return _record(session, event, guest, late)
    verdict = _as_it_stands(guest)
    if guest or not late.let_in:
        keep_refusal(session, event, scan, verdict, by=seen.by, at=seen.time.at)
    return verdict


def _guest(session: Session, event: Event, late: Late, keyring: Keyring) -> GuestAtDoor | None:
    live = event.codes_live(late.seen.time.at)
    return find_guest(session, event.id, late.scan.means, keyring) if live else None


def _has_left(session: Session, event: Event, late: Late, keyring: Keyring) -> bool:
    """Whether the guest was erased since; then they count among those who came (R16)."""
    return count_gone(session, event.id, key_of(late.scan.means, event.id, keyring))


def _as_it_stands(guest: GuestAtDoor | None) -> Admission:
    """What we know of somebody whom the phone refused; whom it refused without a reason of ours was not on its list."""
    if guest is None:
        return UnknownBadge()
    if guest.replaced_at:
        return ReplacedBadge(guest.attendee_id, guest.replaced_at)
    if guest.cancelled_at:
        return Cancelled(guest.attendee_id, guest.cancelled_at)
    if guest.check_in_id and guest.at:
        return AlreadyIn(guest.check_in_id, guest.attendee_id, guest.at)
    return UnknownBadge()


def _record(session: Session, event: Event, guest: GuestAtDoor, late: Late) -> Admission:
    """Both facts stay, one admission, nobody is un-admitted."""
    scan, seen = late.scan, late.seen
    full = None if guest.check_in_id else _overfull(session, event, seen)
    flags = [*_oddities(guest, seen), *(["room_full"] if full else [])]
    fact = Fact(scan.operation_id, event.id, guest.attendee_id, how(scan.means))
    known, check_in_id = _state(session, fact, guest, replace(seen, flags=flags))
    if guest.replaced_at and "replaced" in flags:
        return ReplacedBadge(guest.attendee_id, guest.replaced_at)
    if guest.cancelled_at:
        return Cancelled(guest.attendee_id, guest.cancelled_at)
    if known and (others := _beside(known, scan.operation_id)):
        return AlreadyIn(check_in_id, guest.attendee_id, min(others))
    if full:
        return RoomFull(guest.attendee_id, full.inside, full.capacity)
    return CheckedIn(check_in_id, guest.attendee_id, seen.time.at)


def _state(session: Session, fact: Fact, guest: GuestAtDoor, seen: Seen) -> tuple[Known | None, UUID]:
    """State an entry and let the guest in by it; what all is known of them, if that is more, and their check-in."""
    place = Place(fact.event_id, guest.attendee_id, guest.person_id, fact.operation, fact.how)
    if guest.check_in_id is None and (admitted := admit(session, place, seen)):
        return admitted.known, admitted.check_in_id
    state(session, fact, seen)
    begin(session, session.get_one(DoorFact, fact.operation))
    known = settle(session, guest.attendee_id)
    return known, _check_in_of(session, guest.attendee_id, fact.operation)


def _oddities(guest: GuestAtDoor, seen: Seen) -> Sequence[str]:
    """A badge that was still good when it was scanned is nothing odd; a place that is cancelled now always is (R4)."""
    replaced = ["replaced"] if guest.replaced_at and guest.replaced_at < seen.time.at else []
    return [*replaced, *(["cancelled"] if guest.cancelled_at else [])]


def _overfull(session: Session, event: Event, seen: Seen) -> Room | None:
    """A limited room into which one more came: not within what the door held, and nothing was free (R17)."""
    device_id, at = seen.hand[0], seen.received_at
    room = room_for(session, event, device_id, at)
    if room is None or use_lease(session, device_id, at) or room.free > 0:
        return None
    return room


def _check_in_of(session: Session, attendee_id: UUID, operation: UUID) -> UUID:
    """The guest's live check-in, or the one that this entry was, or else the one that ended by what it brought up."""
    nearest = case((CheckIn.undone_at.is_(None), 0), (CheckIn.operation_id == operation, 1), else_=2)
    mine = select(CheckIn.id).where(CheckIn.attendee_id == attendee_id).order_by(nearest, CheckIn.at.desc())
    found = session.scalar(mine)
    assert found  # noqa: S101 - `begin` found a live one or wrote ours, whatever ended since
    return found


def _beside(known: Known, operation: UUID) -> Sequence[datetime]:
    """When others were let in on the same visit of the same place."""
    for stay in known.standing.doubles:
        if any(entry.operation == operation for entry in stay):
            return [entry.at for entry in stay if entry.operation != operation]
    return []


@dataclass(frozen=True)
class LateUndo:
    """An entry to be taken back, named by its operation, with one of LATE_REASONS."""

    operation_id: UUID
    of: UUID
    reason: str


def undo_late(session: Session, event: Event, undo: LateUndo, seen: Seen) -> Told:
    """Take an entry back that is perhaps not known yet: then it comes as one that was taken back (R6). Repeatable."""
    asked = {"event": str(event.id), "operation": str(undo.of), "reason": undo.reason}
    device_id = seen.hand[0]
    envelope = Envelope(undo.operation_id, "undo_entry", seen.by.label, asked, device_id, seen.sequence)
    told, known = once_and_whether(
        session, envelope, UndoTold, lambda: _undo(session, event, undo, seen), at=seen.received_at
    )
    return Told(told, known, conflict=told.word == "undo_refused")


def _undo(session: Session, event: Event, undo: LateUndo, seen: Seen) -> UndoTold:
    entry = session.scalar(select(DoorFact).where(DoorFact.operation_id == undo.of, DoorFact.event_id == event.id))
    whose = entry.attendee_id if entry else None
    organizer = organizes(session, seen.by, event)
    state(session, Fact(undo.operation_id, event.id, whose, undo.reason, undo.of, organizer), seen)
    if whose is None:
        return UndoTold("waits", undo.of)
    ended = settle(session, whose).standing.ended
    return UndoTold("undone" if undo.of in ended else "undo_refused", undo.of)


def admit_new_late(session: Session, event: Event, guest: NewGuest, host_id: UUID | None, seen: Seen) -> Told:
    """Somebody who was on no list was let in; they have a place now, and are in. Safe to repeat.

    A host who is not on this list any more is forgotten: the companion is in all the same.
    """
    envelope, beyond = envelope_of_new(event, guest, host_id, seen.by), []

    def take_in() -> Admission:
        full = _overfull(session, event, seen)
        beyond.append(full is not None)
        host = session.scalar(select(Attendee.id).where(Attendee.id == host_id, Attendee.event_id == event.id))
        return admit_new(session, event, guest, host, replace(seen, flags=["room_full"] if full else []))

    verdict, known = once_and_whether(session, envelope, CheckedIn, take_in, at=seen.received_at)
    return Told(verdict, known, conflict=any(beyond))
