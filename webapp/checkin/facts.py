"""What doors saw, as facts that are never changed, and what they come to: at most one live check-in of each guest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, exists, insert, or_, select, text, update
from sqlalchemy.orm import Session

from webapp.checkin.models import CheckIn, DoorFact
from webapp.core.actor import Actor
from webapp.core.database import FixedInsert
from webapp.core.door_rules import Corrected, Entry, Standing, Undo, stand
from webapp.core.identifiers import new_id
from webapp.core.versions import bump
from webapp.events.models import Attendee

BY_CLAIM = "claim"
"""How somebody is in who claimed their place at an open door and was not seen there yet."""
SEEN = "seen_at_the_door"
"""Why the row that claiming made ends: its guest was seen."""
LEFT = "left_again"
"""The one reason for an undo that is no mistake: the guest went out."""

MOST_UNCERTAIN = 2**31 - 1
"""Milliseconds, 24 days: beyond that nothing is said of when it was."""

_check_ins = cast("Table", CheckIn.__table__)
_facts = cast("Table", DoorFact.__table__)
ONLY_LIVE_ONE = FixedInsert(
    _check_ins,
    lambda entry: entry.on_conflict_do_nothing(
        index_elements=["attendee_id"], index_where=text("undone_at IS NULL")
    ).returning(_check_ins.c.id),
)
"""A check-in that is written only where none is live: the key decides, not an `if`."""
_STATE = insert(_facts)
_others_of = (_facts.c.attendee_id == bindparam("attendee")) & (_facts.c.operation_id != bindparam("operation"))
_OTHERS = select(or_(exists().where(_others_of), exists().where(_facts.c.of_operation_id == bindparam("operation"))))


@dataclass(frozen=True)
class Seen:
    """Who did it, when by the server's clock, when it reached the server, and what was odd about it."""

    by: Actor
    time: Corrected
    received_at: datetime
    sequence: int | None = None
    flags: Sequence[str] = ()

    @property
    def hand(self) -> tuple[UUID | None, UUID | None]:
        """(device, person) that did it."""
        return hand_of(self.by)


def hand_of(by: Actor) -> tuple[UUID | None, UUID | None]:
    """(device, person): a door phone answers for itself, whoever is signed in on it."""
    if by.device:
        return by.device.id, None
    return None, by.person.id if by.person else None


def seen_now(by: Actor, at: datetime, sequence: int | None = None) -> Seen:
    """Something done at a phone that asked the server itself: no clock but ours is in it."""
    return Seen(by, Corrected(at, timedelta()), at, sequence)


@dataclass(frozen=True)
class Fact:
    """What is about to be stated. An undo names `of`, the operation of its entry."""

    operation: UUID
    event_id: UUID
    attendee_id: UUID | None
    how: str
    of: UUID | None = None
    as_organizer: bool = False


def state(session: Session, fact: Fact, seen: Seen) -> None:
    """Write a fact down. What it comes to is a second step: `settle`."""
    device_id, person_id = seen.hand
    row: dict[str, Any] = dict(
        operation_id=fact.operation, event_id=fact.event_id, attendee_id=fact.attendee_id, how=fact.how
    )
    row |= dict(kind="undo" if fact.of else "entry", of_operation_id=fact.of, as_organizer=fact.as_organizer)
    row |= dict(at=seen.time.at, uncertain_ms=min(seen.time.uncertainty // timedelta(milliseconds=1), MOST_UNCERTAIN))
    clamped = ["clamped"] if seen.time.clamped else []
    row |= dict(flags=[*clamped, *seen.flags], sequence=seen.sequence, received_at=seen.received_at)
    session.execute(_STATE, row | dict(device_id=device_id, by_person_id=person_id))


def is_stated(session: Session, operation: UUID) -> bool:
    """Whether this operation's fact is known."""
    return bool(session.scalar(select(exists().where(DoorFact.operation_id == operation))))


def is_alone(session: Session, fact: Fact) -> bool:
    """Whether nothing else is known of this guest: no other entry, and no undo of this one that came before it."""
    return not session.scalar(_OTHERS, {"operation": fact.operation, "attendee": fact.attendee_id})


@dataclass(frozen=True)
class Known:
    """All facts about one guest: rows by operation, and what they come to."""

    rows: Mapping[UUID, DoorFact] = field(default_factory=dict)
    standing: Standing = field(default_factory=lambda: stand((), ()))


def known_of(session: Session, attendee_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """The facts about these guests, and what they come to; every guest has an answer."""
    entries = session.scalars(select(DoorFact).where(DoorFact.attendee_id.in_(attendee_ids), _is_entry())).all()
    whose = {entry.operation_id: cast("UUID", entry.attendee_id) for entry in entries}
    undos = session.scalars(select(DoorFact).where(DoorFact.of_operation_id.in_(whose))).all() if whose else []
    rows: dict[UUID, list[DoorFact]] = {attendee_id: [] for attendee_id in attendee_ids}
    for fact in (*entries, *undos):
        rows[whose[fact.of_operation_id or fact.operation_id]].append(fact)
    return {attendee_id: _known(facts) for attendee_id, facts in rows.items()}


def _is_entry() -> Any:
    return DoorFact.kind == "entry"


def _known(facts: Sequence[DoorFact]) -> Known:
    entries = [_entry(fact) for fact in facts if fact.of_operation_id is None]
    undos = [_undo(fact, fact.of_operation_id) for fact in facts if fact.of_operation_id]
    return Known({fact.operation_id: fact for fact in facts}, stand(entries, undos))


def _hand(fact: DoorFact) -> str:
    return f"device:{fact.device_id}" if fact.device_id else f"person:{fact.by_person_id}"


def _entry(fact: DoorFact) -> Entry:
    uncertainty = timedelta(milliseconds=fact.uncertain_ms)
    return Entry(fact.operation_id, fact.at, _hand(fact), fact.sequence or 0, uncertainty)


def _undo(fact: DoorFact, of: UUID) -> Undo:
    uncertainty, leaves = timedelta(milliseconds=fact.uncertain_ms), fact.how == LEFT
    stamp = (fact.at, _hand(fact), fact.sequence or 0, uncertainty)
    return Undo(fact.operation_id, of, *stamp, leaves=leaves, by_organizer=fact.as_organizer)


def settle(session: Session, attendee_id: UUID) -> Known:
    """Make the one live check-in what the facts say it is, and tell every screen if that changed anything."""
    known = known_of(session, [attendee_id])[attendee_id]
    live = known.standing.live
    row = session.scalar(select(CheckIn).where(CheckIn.attendee_id == attendee_id, CheckIn.undone_at.is_(None)))
    if row and live and row.operation_id == live.operation:
        return known
    if row and live and row.how != BY_CLAIM and row.operation_id not in known.standing.ended:
        _put(row, known.rows[live.operation])  # an earlier entry came to light: it is the admission, and nobody left
    else:
        changed = _end(session, row, known) if row else False
        changed = begin(session, known.rows[live.operation]) if live else changed
        if not changed:
            return known
    session.flush()
    _tell(session, attendee_id)
    return known


def _put(row: CheckIn, fact: DoorFact) -> None:
    row.operation_id, row.at, row.how = fact.operation_id, fact.at, fact.how
    row.device_id, row.by_person_id = fact.device_id, fact.by_person_id


def _end(session: Session, row: CheckIn, known: Known) -> bool:
    """End the live row by the undo that says so, or a claim's row because its guest was seen. False: it stays."""
    if row.how == BY_CLAIM:
        if known.standing.live is None:
            return False
        ended: dict[str, Any] = dict(undone_at=known.standing.live.at, undone_reason=SEEN)
    else:
        fact = known.rows[known.standing.ended[row.operation_id].operation]
        ended = dict(undone_at=fact.at, undone_reason=fact.how, undone_device_id=fact.device_id)
        ended |= dict(undone_by_person_id=fact.by_person_id)
    session.execute(update(CheckIn).where(CheckIn.id == row.id, CheckIn.undone_at.is_(None)).values(ended))
    return True


def begin(session: Session, fact: DoorFact) -> bool:
    """Make an entry the guest's live check-in, unless there is one."""
    row: dict[str, Any] = dict(
        id=new_id(), event_id=fact.event_id, attendee_id=fact.attendee_id, operation_id=fact.operation_id
    )
    row |= dict(at=fact.at, how=fact.how, device_id=fact.device_id, by_person_id=fact.by_person_id)
    return session.execute(ONLY_LIVE_ONE(session), row).first() is not None


def _tell(session: Session, attendee_id: UUID) -> None:
    whose = select(Attendee.event_id, Attendee.person_id).where(Attendee.id == attendee_id)
    event_id, person_id = session.execute(whose).one()
    bump(session, f"event:{event_id}", f"person:{person_id}")
