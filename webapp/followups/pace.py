"""How much of Next somebody wants: a rest after evenings, and so many minutes at a time (practices A3, B1, E9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.database import insert_once
from webapp.core.due_rules import REST
from webapp.followups.models import Pace

BOXES = {5: 2, 15: 5, 30: 10}
"""Minutes → how many things fit into them."""
LASTS = timedelta(hours=3)
"""So long after the last thing done a box is the same box; later a new one begins."""
MOST_REST = 72
"""Hours of the longest rest after an evening."""


@dataclass(frozen=True)
class Box:
    """So many minutes, and how many things are left to do in them."""

    minutes: int
    done: int

    @property
    def left(self) -> int:
        return max(BOXES[self.minutes] - self.done, 0)


def rest_of(session: Session, person_id: UUID) -> timedelta:
    """How long this person wants to hear nothing after an evening."""
    pace = session.get(Pace, person_id)
    return timedelta(hours=pace.rest_hours) if pace else REST


def box_of(session: Session, person_id: UUID, at: datetime) -> Box:
    """The minutes this person chose last, or five, and what is done of them."""
    return box_in(session.get(Pace, person_id), at)


def box_in(pace: Pace | None, at: datetime) -> Box:
    """The same for somebody whose pace is known; None: they chose nothing yet."""
    if pace is None:
        return Box(5, 0)
    still = pace.done_at is not None and at - pace.done_at < LASTS
    return Box(pace.minutes if pace.minutes in BOXES else 5, pace.done if still else 0)


def choose_rest(session: Session, person_id: UUID, hours: int) -> None:
    """Hear nothing for so many hours after an evening. Safe to repeat."""
    pace_of(session, person_id).rest_hours = min(max(hours, 0), MOST_REST)
    session.flush()


def choose_minutes(session: Session, person_id: UUID, minutes: int) -> None:
    """Begin a box of so many minutes. Safe to repeat."""
    pace = pace_of(session, person_id)
    pace.minutes, pace.done, pace.done_at = minutes, 0, None
    session.flush()


def count_done(session: Session, person_id: UUID, *, at: datetime) -> None:
    """One thing more is done in this box."""
    pace = pace_of(session, person_id)
    pace.done, pace.done_at = box_of(session, person_id, at).done + 1, at
    pace.ignored = 0  # whoever does something has answered
    session.flush()


def pace_of(session: Session, person_id: UUID) -> Pace:
    """What this person chose, to be changed; made if they chose nothing yet."""
    row = {
        "person_id": person_id,
        "rest_hours": REST // timedelta(hours=1),
        "minutes": 5,
        "done": 0,
        "ignored": 0,
        "feed_turn": 0,
    }
    row["feed_on"] = False
    session.execute(insert_once(session, Pace.__table__).values(row).on_conflict_do_nothing())
    return session.get_one(Pace, person_id)
