"""Who is in, who may come in, and what a verdict's ids mean in names. Always inside one event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, case, exists, func, literal, null, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.badges.models import Badge
from webapp.checkin.models import CheckIn
from webapp.checkin.scans import BadgeLookup, BadgeToken, FoundByName, Means, TypedCode, key_of
from webapp.checkin.verdicts import Verdict
from webapp.circles.models import CircleRole
from webapp.circles.queries import organized_by
from webapp.core.actor import Actor, NotHere
from webapp.core.operations import Operation, from_record
from webapp.core.text import LIKE_ESCAPE, like_pattern, search_key
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, DoorDevice, Event

FOUND_AT_ONCE = 6
"""Rows of one look-up: enough for a volunteer, too few to copy a list."""
ENOUGH_LETTERS = 3

_live = CheckIn.undone_at.is_(None)
_live_of_guest = (CheckIn.attendee_id == Attendee.id) & _live


# The door's hot path: statements on plain tables, built once.

_attendees = cast("Table", Attendee.__table__).c
_badges = cast("Table", Badge.__table__).c
_check_ins = cast("Table", CheckIn.__table__).c
_devices = cast("Table", DoorDevice.__table__).c
_persons = cast("Table", Person.__table__).c

_guest_columns = (
    _attendees.id,
    _attendees.person_id,
    _attendees.cancelled_at,
    _check_ins.id,
    _check_ins.at,
    _check_ins.how,
    _check_ins.device_id,
    _check_ins.by_person_id,
)
_of_event = _attendees.event_id == bindparam("event_id")
_entered = (_check_ins.attendee_id == _attendees.id) & _check_ins.undone_at.is_(None)
_FOUND: Select[Any] = (
    select(*_guest_columns, null())
    .outerjoin_from(Attendee.__table__, CheckIn.__table__, _entered)
    .where(_of_event, _attendees.id == bindparam("key", type_=_attendees.id.type))
)
_BADGE: Select[Any] = (
    select(*_guest_columns, _badges.replaced_at)
    .select_from(Badge.__table__)
    .join(Attendee.__table__, _attendees.id == _badges.attendee_id)
    .outerjoin(CheckIn.__table__, _entered)
    .where(_of_event)
)
_SCANNED = _BADGE.where(_badges.lookup_id == bindparam("key"))
_TYPED = _BADGE.where(_badges.event_id == bindparam("event_id"), _badges.typed_mac == bindparam("key"))
_LOOK_UPS: dict[type[Means], tuple[Select[Any], Callable[[str], Any]]] = {
    BadgeToken: (_SCANNED, str),
    BadgeLookup: (_SCANNED, str),
    TypedCode: (_TYPED, bytes.fromhex),
    FoundByName: (_FOUND, UUID),
}


@dataclass(frozen=True)
class GuestAtDoor:
    """Whom a scan means: their live check-in, if any (when, how, by whose hand), and when their badge was replaced."""

    attendee_id: UUID
    person_id: UUID
    cancelled_at: datetime | None
    check_in_id: UUID | None
    at: datetime | None
    how: str | None
    device_id: UUID | None
    by_person_id: UUID | None
    replaced_at: datetime | None


def find_guest(session: Session, event_id: UUID, means: Means, keyring: Keyring) -> GuestAtDoor | None:
    """The guest of this event whom a scan means; None when the code is of another event, or of none."""
    statement, as_stored = _LOOK_UPS[type(means)]
    key = as_stored(key_of(means, event_id, keyring))
    row = session.execute(statement, {"event_id": event_id, "key": key}).first()
    return GuestAtDoor(*row) if row else None


@dataclass(frozen=True)
class Facts:
    """What a verdict says in names: the guest, and by which door the admission it speaks of went."""

    attendee_id: UUID
    name: str
    company: str
    box: str
    source: str
    door: str | None
    phone: str | None
    crew: str | None


_FACTS: Select[Any] = (
    select(_attendees.id, _attendees.name, _attendees.company, _attendees.box, _attendees.source)
    .add_columns(_devices.door, _devices.name.label("phone"), _persons.name.label("crew"))
    .select_from(Attendee.__table__)
    .outerjoin(CheckIn.__table__, _check_ins.id == bindparam("check_in_id", type_=_check_ins.id.type))
    .outerjoin(DoorDevice.__table__, _devices.id == _check_ins.device_id)
    .outerjoin(Person.__table__, _persons.id == _check_ins.by_person_id)
    .where(_of_event, _attendees.id == bindparam("attendee_id", type_=_attendees.id.type))
)


def find_facts(session: Session, event: Event, verdict: Verdict) -> Facts | None:
    """The names behind a verdict; None for one about nobody. Raises NotHere when it is about another event's guest."""
    attendee_id = getattr(verdict, "attendee_id", None)
    if attendee_id is None:
        return None
    about = {"event_id": event.id, "attendee_id": attendee_id, "check_in_id": getattr(verdict, "check_in_id", None)}
    row = session.execute(_FACTS, about).first()
    if row is None:
        raise NotHere
    return Facts(*row)


def get_verdict(session: Session, operation_id: UUID, by: Actor) -> Verdict:
    """What this actor was answered. Raises NotHere for everybody else's operations."""
    row = session.execute(
        select(Operation.actor, Operation.kind, Operation.result).where(Operation.id == operation_id)
    ).first()
    if row is None or row.actor != by.label or row.kind not in KINDS:
        raise NotHere
    verdict: Verdict = from_record(row.result, Verdict)
    return verdict


KINDS = frozenset({"check_in", "undo_check_in", "walk_in", "plus_one"})
"""Operations whose answers are shown as the door's verdicts."""


# Who is in.


@dataclass(frozen=True)
class Counter:
    """The room in numbers; `capacity` is None where nobody set one."""

    inside: int
    expected: int
    capacity: int | None

    @property
    def full(self) -> bool:
        """Whether as many are in as the room holds."""
        return self.capacity is not None and self.inside >= self.capacity


def count_inside(session: Session, event_id: UUID) -> int:
    """How many are in now."""
    return session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.event_id == event_id, _live)) or 0


def get_counter(session: Session, event: Event) -> Counter:
    """How many are in, how many are expected, how many the room holds."""
    places = select(func.count()).select_from(Attendee).where(Attendee.event_id == event.id)
    expected = session.scalar(places.where(Attendee.cancelled_at.is_(None))) or 0
    return Counter(count_inside(session, event.id), expected, event.capacity)


def _in_condition() -> ColumnElement[bool]:
    checked_in = exists().where(_live_of_guest)
    return Attendee.cancelled_at.is_(None) & (checked_in | (Event.open_door & Attendee.claimed_at.is_not(None)))


def is_in(session: Session, attendee_id: UUID) -> bool:
    """Whether this guest is in: by a live check-in, or at an open door by having claimed their place."""
    query = select(Attendee.id).join(Event, Event.id == Attendee.event_id).where(Attendee.id == attendee_id)
    return session.scalar(query.where(_in_condition())) is not None


def those_in(event_id: UUID) -> Select[UUID]:
    """Ids of the guests who are in at this event, for another query."""
    return select(Attendee.id).join(Event, Event.id == Attendee.event_id).where(Event.id == event_id, _in_condition())


@dataclass(frozen=True)
class Place:
    """Somebody's place at an event, and whether they have arrived."""

    attendee_id: UUID
    is_in: bool


def find_place_in(session: Session, event_id: UUID, person_id: UUID) -> Place | None:
    """This person's place at this event, the one that is in before others; None when they have none."""
    arrived = case((_in_condition(), 1), else_=0)
    query = (
        select(Attendee.id, arrived.label("arrived"))
        .join(Event, Event.id == Attendee.event_id)
        .where(Attendee.event_id == event_id, Attendee.person_id == person_id, Attendee.cancelled_at.is_(None))
        .order_by(arrived.desc(), Attendee.id)
    )
    row = session.execute(query).first()
    return Place(row.id, bool(row.arrived)) if row else None


@dataclass(frozen=True)
class Arrival:
    """One guest who is in: when, how and by which door."""

    check_in_id: UUID
    attendee_id: UUID
    name: str
    company: str
    at: datetime
    how: str
    door: str | None


def arrivals(session: Session, event: Event, *, limit: int = 50) -> Sequence[Arrival]:
    """Who is in, the latest first."""
    columns = (CheckIn.id, Attendee.id, Attendee.name, Attendee.company, CheckIn.at, CheckIn.how, DoorDevice.door)
    query = (
        select(*columns)
        .select_from(CheckIn)
        .join(Attendee, Attendee.id == CheckIn.attendee_id)
        .outerjoin(DoorDevice, DoorDevice.id == CheckIn.device_id)
        .where(CheckIn.event_id == event.id, _live)
        .order_by(CheckIn.at.desc(), CheckIn.id.desc())
        .limit(limit)
    )
    return [Arrival(*row) for row in session.execute(query)]


# Find by name.


@dataclass(frozen=True)
class FoundGuest:
    """One row of a look-up at the door."""

    attendee_id: UUID
    name: str
    company: str
    box: str
    cancelled_at: datetime | None
    in_since: datetime | None


@dataclass(frozen=True)
class Found:
    """A look-up and its rows. `searched` is False while letters are missing; `more` says that rows were left out.

    `paused` is how many seconds to wait because of too many look-ups, 0 for none.
    """

    words: str
    searched: bool = False
    guests: Sequence[FoundGuest] = ()
    more: bool = False
    paused: int = 0


def is_enough(words: str) -> bool:
    """Three letters to look anybody up; one sign of a script in which a word is a sign; a short name typed whole."""
    key = search_key(words)
    return len(key) >= ENOUGH_LETTERS or not key.isascii() or (len(key) == ENOUGH_LETTERS - 1 and words.endswith(" "))


def find_guests(session: Session, event: Event, words: str) -> Found:
    """Guests with all these words in their name in any order, accent or case; names that begin so come first.

    Cancelled ones too, for the door must say so. Less than three letters find nobody, unless a space says that the
    short name ends there ("Bo ").
    """
    key = search_key(words)
    if not key or not is_enough(words):
        return Found(words)
    padded = literal(" ") + Attendee.search_key + " "
    parts = [f" {key} "] if len(key) < ENOUGH_LETTERS and key.isascii() else key.split()
    holds = [padded.like(like_pattern(part), escape=LIKE_ESCAPE) for part in parts]
    begins = [padded.like(like_pattern(f" {part.strip()}"), escape=LIKE_ESCAPE) for part in parts]
    rank = case((and_(*begins), 0), else_=1)
    query = (
        select(Attendee.id, Attendee.name, Attendee.company, Attendee.box, Attendee.cancelled_at, CheckIn.at)
        .outerjoin(CheckIn, _live_of_guest)
        .where(Attendee.event_id == event.id, *holds)
        .order_by(rank, Attendee.sort_key, Attendee.id)
        .limit(FOUND_AT_ONCE + 1)
    )
    guests = [FoundGuest(*row) for row in session.execute(query)]
    return Found(words, True, guests[:FOUND_AT_ONCE], len(guests) > FOUND_AT_ONCE)


def organizers_of(session: Session, event: Event) -> Sequence[str]:
    """The names of those who run this event: whom the door calls."""
    query = select(Person.name).join(CircleRole, CircleRole.person_id == Person.id)
    mine = query.where(CircleRole.circle_id == event.circle_id, CircleRole.ended_at.is_(None))
    return session.scalars(mine.order_by(CircleRole.given_at)).all()


def organizes(session: Session, by: Actor, event: Event) -> bool:
    """Whether this actor is an organizer of the event's circle."""
    role = select(CircleRole.id).where(organized_by(by), CircleRole.circle_id == event.circle_id)
    return session.scalar(role) is not None
