"""Letting somebody in, and taking it back. Every act here runs at most once for its operation id, ever."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.checkin.facts import (
    BY_CLAIM,
    LEFT,
    ONLY_LIVE_ONE,
    SEEN,
    Fact,
    Known,
    Seen,
    hand_of,
    is_alone,
    seen_now,
    settle,
    state,
)
from webapp.checkin.leases import Room, room_for, use_lease
from webapp.checkin.models import CheckIn, RefusedScan
from webapp.checkin.queries import GuestAtDoor, find_guest, organizes
from webapp.checkin.scans import Scan, how, key_of
from webapp.checkin.verdicts import (
    Admission,
    AlreadyIn,
    Cancelled,
    CheckedIn,
    NotIn,
    ReplacedBadge,
    RoomFull,
    Undone,
    UndoRefused,
    UndoVerdict,
    UnknownBadge,
)
from webapp.core.actor import NOBODY, Actor, NotHere
from webapp.core.door_rules import DOUBLE_FIRE, UNDO_BY_DOOR
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring
from webapp.core.versions import bump
from webapp.events.guests import GuestDetails, add_guest
from webapp.events.models import Attendee, Event

UNDO_REASONS = ("wrong_person", LEFT, "by_mistake")
"""Why an admission was taken back. There is always one."""


def check_in(session: Session, event: Event, scan: Scan, *, by: Actor, at: datetime, keyring: Keyring) -> Admission:
    """Let in whom this scan means, at most once: two doors at one moment are told apart by the unique key.

    Safe to repeat: the same operation id has the same answer, and a second scan of a badge by the same phone within
    three seconds is the first one's answer again. A scan that lets nobody in is kept as a row.
    """
    envelope = envelope_of(event, scan, by, keyring)

    def decide() -> Admission:
        verdict = decide_now(session, event, scan, seen_now(by, at, scan.sequence), keyring=keyring)
        if not isinstance(verdict, CheckedIn):
            keep_refusal(session, event, scan, verdict, by=by, at=at)
        return verdict

    return once(session, envelope, Admission, decide, at=at)


def envelope_of(event: Event, scan: Scan, by: Actor, keyring: Keyring) -> Envelope:
    """The scan as an operation: the same whether a phone asked at once or tells it later."""
    key = key_of(scan.means, event.id, keyring)
    asked = {"event": str(event.id), "means": f"{how(scan.means)} {key}", "anyway": str(scan.anyway)}
    device_id = by.device.id if by.device else None
    return Envelope(scan.operation_id, "check_in", by.label, asked, device_id, scan.sequence, scan.device_time)


def decide_now(session: Session, event: Event, scan: Scan, seen: Seen, *, keyring: Keyring) -> Admission:
    """What the door is answered who asks first and opens then; whoever may come in is in by that."""
    guest = find_guest(session, event.id, scan.means, keyring) if event.codes_live(seen.time.at) else None
    if guest is None:
        return UnknownBadge()
    if guest.replaced_at is not None:
        return ReplacedBadge(guest.attendee_id, guest.replaced_at)
    if guest.cancelled_at is not None:
        return Cancelled(guest.attendee_id, guest.cancelled_at)
    if guest.check_in_id and guest.at and guest.how != BY_CLAIM:
        return _again(guest, guest.check_in_id, guest.at, by=seen.by, at=seen.time.at)
    if guest.check_in_id:
        _take_over_from_claim(session, guest.check_in_id, seen.time.at)
    elif not scan.anyway and (room := _full(session, event, seen)):
        return RoomFull(guest.attendee_id, room.inside, room.capacity)
    entry = Place(event.id, guest.attendee_id, guest.person_id, scan.operation_id, how(scan.means))
    if admitted := admit(session, entry, seen):
        return CheckedIn(admitted.check_in_id, entry.attendee_id, seen.time.at)
    # Another door came first, between our look and our write: look again.
    return decide_now(session, event, scan, seen, keyring=keyring)


def _full(session: Session, event: Event, seen: Seen) -> Room | None:
    """The room, if nothing is left in it for this door: what other doors may give away unasked is not free."""
    room = room_for(session, event, seen.hand[0], seen.received_at)
    if room is None or (room.inside < room.capacity and use_lease(session, seen.hand[0], seen.received_at)):
        return None
    return room if room.free <= 0 else None


def _take_over_from_claim(session: Session, check_in_id: UUID, at: datetime) -> None:
    """Who claimed at an open door and comes to it now is welcomed: being seen ends the row that claiming made."""
    still_live = update(CheckIn).where(CheckIn.id == check_in_id, CheckIn.undone_at.is_(None))
    session.execute(still_live.values(undone_at=at, undone_reason=SEEN))


def _again(guest: GuestAtDoor, check_in_id: UUID, since: datetime, *, by: Actor, at: datetime) -> CheckedIn | AlreadyIn:
    same_hand = (guest.device_id, guest.by_person_id) == hand_of(by)
    if same_hand and at - since <= DOUBLE_FIRE:
        return CheckedIn(check_in_id, guest.attendee_id, since)
    return AlreadyIn(check_in_id, guest.attendee_id, since)


@dataclass(frozen=True)
class Place:
    """A guest about to be let in."""

    event_id: UUID
    attendee_id: UUID
    person_id: UUID
    operation_id: UUID
    how: str


@dataclass(frozen=True)
class Admitted:
    """A check-in that was written, and all that is known of its guest, where that is more than this."""

    check_in_id: UUID
    known: Known | None = None


def admit(session: Session, place: Place, seen: Seen) -> Admitted | None:
    """Write the admission and state it, unless there is a live one: the key decides, not an `if`."""
    check_in_id = _occupy(session, place, seen)
    if check_in_id is None or place.how == BY_CLAIM:
        return Admitted(check_in_id) if check_in_id else None
    fact = Fact(place.operation_id, place.event_id, place.attendee_id, place.how)
    state(session, fact, seen)
    return Admitted(check_in_id, None if is_alone(session, fact) else settle(session, place.attendee_id))


def _occupy(session: Session, place: Place, seen: Seen) -> UUID | None:
    device_id, person_id = seen.hand
    row: dict[str, Any] = dict(
        id=new_id(), event_id=place.event_id, attendee_id=place.attendee_id, operation_id=place.operation_id
    )
    row |= dict(how=place.how, at=seen.time.at, device_id=device_id, by_person_id=person_id)
    written: UUID | None = session.execute(ONLY_LIVE_ONE(session), row).scalar()
    if written:
        bump(session, f"event:{place.event_id}", f"person:{place.person_id}")
    return written


def keep_refusal(session: Session, event: Event, scan: Scan, verdict: Admission, *, by: Actor, at: datetime) -> None:
    """A scan that let nobody in is a row as well."""
    device_id, person_id = hand_of(by)
    refused = RefusedScan(id=new_id(), event_id=event.id, operation_id=scan.operation_id, at=at)
    refused.attendee_id, refused.reason = getattr(verdict, "attendee_id", None), verdict.word
    refused.device_id, refused.by_person_id = device_id, person_id
    session.add(refused)


@dataclass(frozen=True)
class Reversal:
    """An admission to be taken back, with one of UNDO_REASONS."""

    operation_id: UUID
    check_in_id: UUID
    reason: str


def undo_check_in(session: Session, event: Event, reversal: Reversal, *, by: Actor, at: datetime) -> UndoVerdict:
    """Take an admission back; the row stays as history, and whoever comes again gets a row of their own.

    By the phone that made it within ten minutes, by an organizer at any time (trust.md R8). Raises NotHere for an
    admission of another event, ValueError for a reason that is none.
    """
    if reversal.reason not in UNDO_REASONS:
        raise ValueError(f"not a reason: {reversal.reason}")
    asked = {"check_in": str(reversal.check_in_id), "reason": reversal.reason}
    envelope = Envelope(reversal.operation_id, "undo_check_in", by.label, asked)
    return once(session, envelope, UndoVerdict, lambda: _undo(session, event, reversal, by=by, at=at), at=at)


def _undo(session: Session, event: Event, reversal: Reversal, *, by: Actor, at: datetime) -> UndoVerdict:
    known = select(CheckIn).where(CheckIn.id == reversal.check_in_id, CheckIn.event_id == event.id)
    entry = session.scalar(known)
    if entry is None:
        raise NotHere
    if not _may_undo(session, event, entry, by=by, at=at):
        return UndoRefused(entry.id, entry.attendee_id)
    device_id, person_id = hand_of(by)
    undone = dict(
        undone_at=at, undone_reason=reversal.reason, undone_device_id=device_id, undone_by_person_id=person_id
    )
    still_live = update(CheckIn).where(CheckIn.id == entry.id, CheckIn.undone_at.is_(None))
    if session.execute(still_live.values(undone).returning(CheckIn.id)).first() is None:
        return NotIn(entry.id, entry.attendee_id)
    person_of = session.scalar(select(Attendee.person_id).where(Attendee.id == entry.attendee_id))
    bump(session, f"event:{event.id}", f"person:{person_of}")
    _state_undo(session, reversal, entry, seen_now(by, at), as_organizer=organizes(session, by, event))
    return Undone(entry.id, entry.attendee_id, at)


def _state_undo(session: Session, reversal: Reversal, entry: CheckIn, seen: Seen, *, as_organizer: bool) -> None:
    """The same as a fact; whoever another door let in on this place meanwhile is in by that."""
    undo = Fact(reversal.operation_id, entry.event_id, entry.attendee_id, reversal.reason, of=entry.operation_id)
    state(session, replace(undo, as_organizer=as_organizer), seen)
    settle(session, entry.attendee_id)


def _may_undo(session: Session, event: Event, entry: CheckIn, *, by: Actor, at: datetime) -> bool:
    if by.device and by.device.id == entry.device_id and at - entry.at <= UNDO_BY_DOOR:
        return True
    return organizes(session, by, event)


@dataclass(frozen=True)
class NewGuest:
    """Somebody at the door who is on no list, as they say their name."""

    operation_id: UUID
    name: str
    company: str = ""
    sequence: int | None = None


def admit_walk_in(session: Session, event: Event, guest: NewGuest, *, by: Actor, at: datetime) -> CheckedIn:
    """Give somebody who is on no list a place, and let them in. Safe to repeat."""
    return _admit_new(session, event, guest, None, by=by, at=at)


def admit_plus_one(
    session: Session, event: Event, guest: NewGuest, host: Attendee, *, by: Actor, at: datetime
) -> CheckedIn:
    """Give a guest's companion a place of their own, and let them in. Safe to repeat."""
    return _admit_new(session, event, guest, host.id, by=by, at=at)


def _admit_new(
    session: Session, event: Event, guest: NewGuest, host_id: UUID | None, *, by: Actor, at: datetime
) -> CheckedIn:
    seen = seen_now(by, at, guest.sequence)
    envelope = envelope_of_new(event, guest, host_id, by)
    return once(session, envelope, CheckedIn, lambda: admit_new(session, event, guest, host_id, seen), at=at)


def envelope_of_new(event: Event, guest: NewGuest, host_id: UUID | None, by: Actor) -> Envelope:
    """A new guest as an operation: the same whether a phone asked at once or tells it later."""
    asked = {"event": str(event.id), "name": guest.name, "company": guest.company, "host": str(host_id)}
    device_id = by.device.id if by.device else None
    kind = "plus_one" if host_id else "walk_in"
    return Envelope(guest.operation_id, kind, by.label, asked, device_id, guest.sequence)


def admit_new(session: Session, event: Event, guest: NewGuest, host_id: UUID | None, seen: Seen) -> CheckedIn:
    """A place of their own for somebody who is on no list; they are in."""
    kind, at = "plus_one" if host_id else "walk_in", seen.time.at
    details = GuestDetails(name=guest.name, company=guest.company)
    place = add_guest(session, event, details, source=kind, at=at, host_id=host_id)
    entry = Place(event.id, place.id, place.person_id, guest.operation_id, kind)
    admitted = admit(session, entry, seen)
    assert admitted  # noqa: S101 - nobody else knows this place yet
    return CheckedIn(admitted.check_in_id, place.id, at)


def arrive_by_claim(session: Session, attendee: Attendee, event: Event, *, at: datetime) -> bool:
    """At an open door, claiming on the evening counts as arriving. True if this made an admission. Safe to repeat."""
    if not event.open_door or not event.swap_window(at) or attendee.cancelled_at is not None:
        return False
    place = Place(event.id, attendee.id, attendee.person_id, new_id(), BY_CLAIM)
    return admit(session, place, seen_now(NOBODY, at)) is not None
