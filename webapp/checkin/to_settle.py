"""Entries that somebody should look at: two on one place, or one that should not have been; and what was found out.

Nobody is un-admitted by themselves: an organizer says what it was. A later fact on the same place asks again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.checkin.facts import Fact, Known, known_of, seen_now, settle, state
from webapp.checkin.late import ODD
from webapp.checkin.models import DoorFact, SettledEntry
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.events.models import Attendee, DoorDevice, Event

ANSWERS = ("same", "two", "nobody")
"""Same person scanned twice; two people on one badge; nobody came in on this one."""
A_WALK = timedelta(seconds=60)
"""From one door to another: who was seen at both within less was hardly one person."""


Doors = Mapping[UUID | None, tuple[str, str]]
"""Phone or person → (door, whose)."""


@dataclass(frozen=True)
class Sighting:
    """One entry as it is shown: when (give or take), at which door, whose phone or which organizer, what was odd."""

    operation: UUID
    at: datetime
    uncertainty: timedelta
    clamped: bool
    door: str
    phone: str
    how: str
    flags: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """What an organizer found out, about which entries."""

    answer: str
    at: datetime
    by: str
    entries: Sequence[UUID]


@dataclass(frozen=True)
class Case:
    """One guest's entries that ask or asked for a look, the first seen first; what was found out, the latest first.

    `is_open`: some of them were not there when somebody looked last.
    """

    attendee_id: UUID
    name: str
    company: str
    entries: Sequence[Sighting]
    findings: Sequence[Finding]
    is_open: bool

    @property
    def oddities(self) -> Sequence[str]:
        """Why it is a case at all: `double`, `cancelled`, `replaced`, `room_full`."""
        odd = [flag for flag in sorted(ODD) if any(flag in entry.flags for entry in self.entries)]
        return [*(["double"] if len(self.entries) > 1 else []), *odd]

    @property
    def gap(self) -> timedelta | None:
        """The shortest time between two doors, or two phones at one, of what was seen by clocks that are believed."""
        seen = [entry for entry in self.entries if not entry.clamped]
        pairs = pairwise(seen)
        return min((b.at - a.at for a, b in pairs if (a.door, a.phone) != (b.door, b.phone)), default=None)

    @property
    def loud(self) -> bool:
        """Whether one person can hardly have been at both."""
        return self.gap is not None and self.gap < A_WALK


def cases_of(session: Session, event: Event, attendee_id: UUID | None = None) -> Sequence[Case]:
    """Every case of this event (or of one guest): open before settled, loud before quiet, the latest first."""
    findings = _findings(session, event)
    known = known_of(session, _suspects(session, event, findings, attendee_id))
    doors = _doors(session, known.values())
    guests = session.scalars(select(Attendee).where(Attendee.id.in_(known)))
    cases = [_case(guest, known[guest.id], findings.get(guest.id, []), doors) for guest in guests]
    asked = [case for case in cases if case.entries]
    return sorted(
        asked, key=lambda case: (case.is_open, case.loud, case.entries[-1].at, case.attendee_id), reverse=True
    )


def _case(guest: Attendee, known: Known, findings: Sequence[Finding], doors: Doors) -> Case:
    odd = _odd_entries(known)
    looked_at = {entry for finding in findings for entry in finding.entries}
    rows = [row for operation, row in known.rows.items() if operation in odd | looked_at]
    entries = [_sighting(row, doors) for row in sorted(rows, key=lambda row: (row.at, row.operation_id))]
    is_open = not odd <= set(findings[0].entries if findings else ())
    return Case(guest.id, guest.name, guest.company, entries, findings, is_open)


def find_case(session: Session, event: Event, attendee_id: UUID) -> Case | None:
    """This guest's case at this event."""
    return next(iter(cases_of(session, event, attendee_id)), None)


def count_open(session: Session, event: Event) -> int:
    """How many cases nobody looked at yet."""
    return sum(case.is_open for case in cases_of(session, event))


def _suspects(session: Session, event: Event, looked_at: Iterable[UUID], attendee_id: UUID | None) -> Sequence[UUID]:
    """Guests with more than one entry, with one that was odd on arrival, or with something found out."""
    entries = select(DoorFact.attendee_id).where(DoorFact.event_id == event.id, DoorFact.kind == "entry")
    odd = func.max(cast(DoorFact.flags, String)) != "[]"
    asked = entries.group_by(DoorFact.attendee_id).having(or_(func.count() > 1, odd))
    found = {guest for guest in session.scalars(asked) if guest} | set(looked_at)
    return sorted(found if attendee_id is None else found & {attendee_id})


def _odd_entries(known: Known) -> set[UUID]:
    """All that were let in on one visit, where they were several; and each that was odd by itself and still stands."""
    doubles = {entry.operation for stay in known.standing.doubles for entry in stay}
    standing = {entry.operation for stay in known.standing.stays for entry in stay}
    return doubles | {operation for operation in standing if ODD & set(known.rows[operation].flags)}


def _doors(session: Session, known: Iterable[Known]) -> Doors:
    rows = [row for facts in known for row in facts.rows.values()]
    phones = select(DoorDevice).where(DoorDevice.id.in_({row.device_id for row in rows if row.device_id}))
    people = select(Person).where(Person.id.in_({row.by_person_id for row in rows if row.by_person_id}))
    doors: dict[UUID | None, tuple[str, str]] = {one.id: (one.door, one.name) for one in session.scalars(phones)}
    return doors | {person.id: ("", person.name) for person in session.scalars(people)}


def _sighting(row: DoorFact, doors: Doors) -> Sighting:
    door, phone = doors.get(row.device_id or row.by_person_id, ("", ""))
    uncertainty, flags = timedelta(milliseconds=row.uncertain_ms), [flag for flag in row.flags if flag != "clamped"]
    return Sighting(row.operation_id, row.at, uncertainty, "clamped" in row.flags, door, phone, row.how, flags)


def _findings(session: Session, event: Event) -> Mapping[UUID, list[Finding]]:
    query = select(SettledEntry, Person.name).outerjoin(Person, Person.id == SettledEntry.by_person_id)
    found: dict[UUID, list[Finding]] = {}
    for row, by in session.execute(query.where(SettledEntry.event_id == event.id).order_by(SettledEntry.at.desc())):
        finding = Finding(row.answer, row.at, by or "", [UUID(one) for one in row.entries])
        found.setdefault(row.attendee_id, []).append(finding)
    return found


# Answering.


@dataclass(frozen=True)
class Answer:
    """One of ANSWERS about these entries of a guest, as the organizer saw them."""

    operation_id: UUID
    attendee_id: UUID
    answer: str
    entries: Sequence[UUID]


@dataclass(frozen=True)
class Settled:
    """It is written down, and done."""

    attendee_id: UUID
    answer: str


@dataclass(frozen=True)
class SeenAnew:
    """Another entry came to light since the page was drawn: nothing was done, the organizer looks again."""

    attendee_id: UUID


def settle_case(session: Session, event: Event, answer: Answer, *, by: Actor, at: datetime) -> Settled | SeenAnew:
    """Write down what it was. Where nobody came in on this place, every entry on it is taken back. Safe to repeat.

    Raises NotHere for a guest without a case at this event, ValueError for an answer that is none.
    """
    if answer.answer not in ANSWERS:
        raise ValueError(f"not an answer: {answer.answer}")
    asked = {"event": str(event.id), "guest": str(answer.attendee_id), "answer": answer.answer}
    asked |= {"entries": " ".join(sorted(str(entry) for entry in answer.entries))}
    envelope = Envelope(answer.operation_id, "settle_case", by.label, asked)
    return once(session, envelope, Settled | SeenAnew, lambda: _settle(session, event, answer, by, at), at=at)


def _settle(session: Session, event: Event, answer: Answer, by: Actor, at: datetime) -> Settled | SeenAnew:
    case = find_case(session, event, answer.attendee_id)
    if case is None:
        raise NotHere
    entries = [entry.operation for entry in case.entries]
    if not set(entries) <= set(answer.entries):
        return SeenAnew(answer.attendee_id)
    row = SettledEntry(id=new_id(), event_id=event.id, attendee_id=answer.attendee_id, answer=answer.answer, at=at)
    row.entries, row.by_person_id = [str(entry) for entry in entries], by.someone.id
    session.add(row)
    session.flush()
    if answer.answer == "nobody":
        _take_all_back(session, event, answer.attendee_id, entries, by, at)
    return Settled(answer.attendee_id, answer.answer)


def _take_all_back(
    session: Session, event: Event, attendee_id: UUID, entries: Sequence[UUID], by: Actor, at: datetime
) -> None:
    for entry in entries:
        undo = Fact(new_id(), event.id, attendee_id, "nobody_came", of=entry, as_organizer=True)
        state(session, undo, seen_now(by, at))
    settle(session, attendee_id)
