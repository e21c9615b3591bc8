"""Help for *I can't place this person*: the evening around one meeting, from my own story and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.models import Meeting
from webapp.contacts.queries import meetings_at
from webapp.swaps.queries import names_for

NEIGHBOURS = 2
"""People shown on each side: enough to hear the evening again, too few to be a list."""


@dataclass(frozen=True)
class Neighbour:
    """Somebody else I met that evening, as I know them."""

    person_id: UUID
    name: str
    at: datetime


@dataclass(frozen=True)
class Around:
    """Whom I met just before and just after, by the clock; this was meeting `number` of `number_of` that evening."""

    before: list[Neighbour]
    after: list[Neighbour]
    number: int
    number_of: int


def find_around(session: Session, person_id: UUID, meetings: Sequence[Meeting]) -> dict[UUID, Around]:
    """What was around each of these meetings of this person, by meeting id; nothing of those outside an event.

    As many statements for ten evenings as for one.
    """
    there = meetings_at(session, person_id, {meeting.event_id for meeting in meetings if meeting.event_id})
    by_event = groupby(sorted(there, key=_event), key=_event)  # keeps the clock's order
    evenings = {event_id: list(evening) for event_id, evening in by_event}
    near = {m.id: _near(m, evenings[_event(m)]) for m in meetings if m.event_id}
    names = names_for(session, person_id, [other for before, after in near.values() for other in before + after])

    def neighbours(others: list[Meeting]) -> list[Neighbour]:
        return [Neighbour(other.other_of(person_id), names[other.id], other.met_at) for other in others]

    def around(meeting: Meeting) -> Around:
        before, after = near[meeting.id]
        evening = evenings[_event(meeting)]
        return Around(neighbours(before), neighbours(after), evening.index(meeting) + 1, len(evening))

    return {meeting.id: around(meeting) for meeting in meetings if meeting.id in near}


def _event(meeting: Meeting) -> str:
    return str(meeting.event_id)


def _near(meeting: Meeting, evening: list[Meeting]) -> tuple[list[Meeting], list[Meeting]]:
    at = evening.index(meeting)
    return evening[max(0, at - NEIGHBOURS) : at], evening[at + 1 : at + 1 + NEIGHBOURS]
