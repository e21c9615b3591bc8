"""Letting somebody in, and taking it back. Every act here runs at most once for its operation id, ever."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from webapp.checkin.models import CheckIn, RefusedScan
from webapp.checkin.queries import GuestAtDoor, count_inside, find_guest, organizes
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
from webapp.core.database import FixedInsert
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring
from webapp.core.versions import bump
from webapp.events.guests import GuestDetails, add_guest
from webapp.events.models import Attendee, Event

DOUBLE_FIRE = timedelta(seconds=3)
"""A scanner that fires twice at one badge means one scan (trust.md R11)."""
UNDO_BY_DOOR = timedelta(minutes=10)
"""How long the phone that let somebody in may take it back; an organizer may at any time (trust.md R8)."""
BY_CLAIM = "claim"
"""How somebody is in who claimed their place at an open door and was not seen there yet."""
UNDO_REASONS = ("wrong_person", "left_again", "by_mistake")
"""Why an admission was taken back. There is always one."""

_check_ins = CheckIn.__table__
_ONLY_LIVE_ONE = FixedInsert(
    _check_ins,
    lambda entry: entry.on_conflict_do_nothing(
        index_elements=["attendee_id"], index_where=text("undone_at IS NULL")
    ).returning(_check_ins.c.id),
)


def check_in(session: Session, event: Event, scan: Scan, *, by: Actor, at: datetime, keyring: Keyring) -> Admission:
    """Let in whom this scan means, at most once: two doors at one moment are told apart by the unique key.

    Safe to repeat: the same operation id has the same answer, and a second scan of a badge by the same phone within
    three seconds is the first one's answer again. A scan that lets nobody in is kept as a row.
    """
    key = key_of(scan.means, event.id, keyring)
    asked = {"event": str(event.id), "means": f"{how(scan.means)} {key}", "anyway": str(scan.anyway)}
    envelope = Envelope(scan.operation_id, "check_in", by.label, asked, *_device_and_time(by, scan))

    def decide() -> Admission:
        verdict = _decide(session, event, scan, by=by, at=at, keyring=keyring)
        if not isinstance(verdict, CheckedIn):
            _keep_refusal(session, event, scan, verdict, by=by, at=at)
        return verdict

    return once(session, envelope, Admission, decide, at=at)


def _device_and_time(by: Actor, scan: Scan) -> tuple[UUID | None, None, datetime | None]:
    return by.device.id if by.device else None, None, scan.device_time


def _decide(session: Session, event: Event, scan: Scan, *, by: Actor, at: datetime, keyring: Keyring) -> Admission:
    guest = find_guest(session, event.id, scan.means, keyring) if event.codes_live(at) else None
    if guest is None:
        return UnknownBadge()
    if guest.replaced_at is not None:
        return ReplacedBadge(guest.attendee_id, guest.replaced_at)
    if guest.cancelled_at is not None:
        return Cancelled(guest.attendee_id, guest.cancelled_at)
    if guest.check_in_id and guest.at and guest.how != BY_CLAIM:
        return _again(guest, guest.check_in_id, guest.at, by=by, at=at)
    if guest.check_in_id:
        _take_over_from_claim(session, guest.check_in_id, at)
    elif event.capacity is not None and not scan.anyway:
        inside = count_inside(session, event.id)
        if inside >= event.capacity:
            return RoomFull(guest.attendee_id, inside, event.capacity)
    entry = _Entry(new_id(), event.id, guest.attendee_id, guest.person_id, scan.operation_id, how(scan.means))
    if _admit(session, entry, by=by, at=at):
        return CheckedIn(entry.id, entry.attendee_id, at)
    # Another door came first, between our look and our write: look again.
    return _decide(session, event, scan, by=by, at=at, keyring=keyring)


def _take_over_from_claim(session: Session, check_in_id: UUID, at: datetime) -> None:
    """Who claimed at an open door and comes to it now is welcomed: being seen ends the row that claiming made."""
    still_live = update(CheckIn).where(CheckIn.id == check_in_id, CheckIn.undone_at.is_(None))
    session.execute(still_live.values(undone_at=at, undone_reason="seen_at_the_door"))


def _again(guest: GuestAtDoor, check_in_id: UUID, since: datetime, *, by: Actor, at: datetime) -> CheckedIn | AlreadyIn:
    same_hand = (guest.device_id, guest.by_person_id) == _hand(by)
    if same_hand and at - since <= DOUBLE_FIRE:
        return CheckedIn(check_in_id, guest.attendee_id, since)
    return AlreadyIn(check_in_id, guest.attendee_id, since)


def _hand(by: Actor) -> tuple[UUID | None, UUID | None]:
    """(device, person) that did it: a door phone answers for itself, whoever is signed in on it."""
    if by.device:
        return by.device.id, None
    return None, by.person.id if by.person else None


@dataclass(frozen=True)
class _Entry:
    """A guest about to be let in."""

    id: UUID
    event_id: UUID
    attendee_id: UUID
    person_id: UUID
    operation_id: UUID
    how: str


def _admit(session: Session, entry: _Entry, *, by: Actor, at: datetime) -> bool:
    """Write the admission, unless there is a live one: the key decides, not an `if`."""
    device_id, person_id = _hand(by)
    row = asdict(entry) | {"at": at, "device_id": device_id, "by_person_id": person_id}
    person = row.pop("person_id")
    if session.execute(_ONLY_LIVE_ONE(session), row).first() is None:
        return False
    bump(session, f"event:{entry.event_id}", f"person:{person}")
    return True


def _keep_refusal(session: Session, event: Event, scan: Scan, verdict: Admission, *, by: Actor, at: datetime) -> None:
    device_id, person_id = _hand(by)
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
    device_id, person_id = _hand(by)
    undone = dict(
        undone_at=at, undone_reason=reversal.reason, undone_device_id=device_id, undone_by_person_id=person_id
    )
    still_live = update(CheckIn).where(CheckIn.id == entry.id, CheckIn.undone_at.is_(None))
    if session.execute(still_live.values(undone).returning(CheckIn.id)).first() is None:
        return NotIn(entry.id, entry.attendee_id)
    person_of = session.scalar(select(Attendee.person_id).where(Attendee.id == entry.attendee_id))
    bump(session, f"event:{event.id}", f"person:{person_of}")
    return Undone(entry.id, entry.attendee_id, at)


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
    kind = "plus_one" if host_id else "walk_in"
    asked = {"event": str(event.id), "name": guest.name, "company": guest.company, "host": str(host_id)}

    def admit() -> CheckedIn:
        details = GuestDetails(name=guest.name, company=guest.company)
        place = add_guest(session, event, details, source=kind, at=at, host_id=host_id)
        entry = _Entry(new_id(), event.id, place.id, place.person_id, guest.operation_id, kind)
        _admit(session, entry, by=by, at=at)
        return CheckedIn(entry.id, place.id, at)

    return once(session, Envelope(guest.operation_id, kind, by.label, asked), CheckedIn, admit, at=at)


def arrive_by_claim(session: Session, attendee: Attendee, event: Event, *, at: datetime) -> bool:
    """At an open door, claiming on the evening counts as arriving. True if this made an admission. Safe to repeat."""
    if not event.open_door or not event.swap_window(at) or attendee.cancelled_at is not None:
        return False
    entry = _Entry(new_id(), event.id, attendee.id, attendee.person_id, new_id(), BY_CLAIM)
    return _admit(session, entry, by=NOBODY, at=at)
