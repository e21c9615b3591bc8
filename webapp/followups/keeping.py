"""Keeping in touch with somebody: chosen by a word, put off, lengthened, or let rest. Nothing is presumed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.models import Meeting
from webapp.contacts.queries import meetings_of_pair
from webapp.contacts.touching import last_touches
from webapp.core.actor import Actor, NotHere
from webapp.core.database import insert_once
from webapp.core.due_rules import LONGEST, OPENS, Rhythm, Tie, Wall
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.followups.models import Keeping

NOW_AND_THEN = Rhythm(30, 60)
EVERY_FEW_MONTHS = Rhythm(90, 180)
YEARS = timedelta(days=3 * 365)
"""So long somebody is let be."""


@dataclass(frozen=True)
class Chosen:
    """So it goes from now on."""


@dataclass(frozen=True)
class PutOff:
    """Not before that day."""


@dataclass(frozen=True)
class Line:
    """How one person keeps in touch with another: when they chose (or not yet), and what their clock goes by."""

    tie: Tie
    chosen_at: datetime | None


def choose_rhythm(session: Session, other_id: UUID, rhythm: Rhythm | None, *, person_id: UUID, at: datetime) -> Chosen:
    """Keep in touch like this from now on, or let it rest (None). Another day that was said before is over. The same
    again changes nothing. Raises NotHere for somebody outside my story."""
    row = _row(session, person_id, other_id, at)
    row.ideal_days, row.worst_days = (rhythm.ideal, rhythm.worst) if rhythm else (None, None)
    row.chosen_at, row.put_off_until, row.put_off_at, row.put_offs = at, None, None, 0
    row.next_on = row.next_on if rhythm else None
    session.flush()
    return Chosen()


def let_be(session: Session, other_id: UUID, *, person_id: UUID, at: datetime) -> Chosen:
    """Not this person: what there was to do for them waits for years; something new begins anew. Raises as above."""
    choose_rhythm(session, other_id, None, person_id=person_id, at=at)
    row = _row(session, person_id, other_id, at)
    row.put_off_until, row.put_off_at = Wall(row.zone).day_of(at) + YEARS, at
    session.flush()
    return Chosen()


def name_next_day(session: Session, other_id: UUID, day: date, *, person_id: UUID, at: datetime) -> Chosen:
    """The talk named a day: be in touch again then, whatever the rhythm. Raises NotHere as above."""
    row = _row(session, person_id, other_id, at)
    row.next_on, row.put_off_until = day, None
    session.flush()
    return Chosen()


def put_off(session: Session, operation: UUID, other_id: UUID, until: date, *, by: Actor, at: datetime) -> PutOff:
    """Another day. Safe to repeat: it counts once. Raises NotHere as above."""
    me = by.someone.id

    def act() -> PutOff:
        row = _row(session, me, other_id, at)
        later = tie_of(session, me, other_id).put_off(until, at)
        row.put_off_until, row.put_off_at, row.put_offs = later.put_off_until, later.put_off_at, later.put_offs
        session.flush()
        return PutOff()

    said = {"other": str(other_id), "until": until.isoformat()}
    return once(session, Envelope(operation, "put off", by.label, said), PutOff, act, at=at)


def _row(session: Session, person_id: UUID, other_id: UUID, at: datetime) -> Keeping:
    """The row of this pair; made, with nothing chosen, if there is none."""
    meetings = meetings_of_pair(session, person_id, other_id)
    if not meetings:
        raise NotHere
    row = {"id": new_id(), "person_id": person_id, "other_id": other_id, "opens": OPENS, "put_offs": 0}
    row["zone"] = _zone(meetings[0])
    session.execute(insert_once(session, Keeping.__table__).values(row).on_conflict_do_nothing())
    pair = (Keeping.person_id == person_id) & (Keeping.other_id == other_id)
    return session.scalars(select(Keeping).where(pair).with_for_update()).one()


def _zone(meeting: Meeting) -> str:
    return meeting.event.zone if meeting.event else "UTC"


def lines_of(
    session: Session, person_id: UUID, meetings: Iterable[Meeting], last: Mapping[UUID, datetime]
) -> dict[UUID, Line]:
    """How this person keeps in touch with everybody they met, by person; `last` is when they were last in touch."""
    chosen = session.scalars(select(Keeping).where(Keeping.person_id == person_id)).all()
    rows = {row.other_id: row for row in chosen}
    latest: dict[UUID, Meeting] = {}
    for meeting in meetings:
        other = meeting.other_of(person_id)
        latest[other] = max(latest.get(other, meeting), meeting, key=lambda one: one.met_at)
    return {other: _line(meeting, rows.get(other), last.get(other)) for other, meeting in latest.items()}


def line_of(session: Session, person_id: UUID, other_id: UUID) -> Line:
    """How this person keeps in touch with the other. Raises NotHere for somebody outside their story."""
    meetings = meetings_of_pair(session, person_id, other_id)
    if not meetings:
        raise NotHere
    return lines_of(session, person_id, meetings, last_touches(session, person_id))[other_id]


def tie_of(session: Session, person_id: UUID, other_id: UUID) -> Tie:
    """What this person's clock for the other goes by. Raises NotHere as above."""
    return line_of(session, person_id, other_id).tie


def _line(meeting: Meeting, row: Keeping | None, last: datetime | None) -> Line:
    if row is None:
        return Line(Tie(Wall(_zone(meeting)), meeting.met_at, last_touch=last), None)
    tie = Tie(
        wall=Wall(row.zone, row.opens),
        met_at=meeting.met_at,
        rhythm=Rhythm(row.ideal_days, row.worst_days) if row.ideal_days and row.worst_days else None,
        last_touch=last,
        next_on=row.next_on,
        put_off_until=row.put_off_until,
        put_off_at=row.put_off_at,
        put_offs=row.put_offs,
        told_for=row.told_for,
    )
    return Line(tie, row.chosen_at)


def own_rhythm(ideal: int, worst: int) -> Rhythm:
    """Two numbers of days somebody typed, within bounds; the latest is never before the ideal."""
    ideal = min(max(ideal, 1), LONGEST)
    return Rhythm(ideal, min(max(worst, ideal), LONGEST))
