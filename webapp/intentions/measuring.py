"""Numbers about oneself are off until asked for, one by one, and off again at any time."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.database import insert_once
from webapp.intentions.models import Measures

What = Literal["moods", "load"]
LIMITS = ("evenings", "promises", "check_ins")
"""What a limit can be set for."""
HIGHEST = 99
"""A higher limit is none that a person could reach."""


def measures_of(session: Session, person_id: UUID) -> Measures | None:
    """What this person asked for; None while it is nothing."""
    return session.get(Measures, person_id)


def asks_for(session: Session, person_id: UUID, what: What) -> bool:
    """Whether this person wants this counted."""
    row = measures_of(session, person_id)
    return row is not None and getattr(row, f"{what}_since") is not None


def measure(session: Session, person_id: UUID, what: What, *, wanted: bool, at: datetime) -> Measures:
    """Count this from now on, or no more. Safe to repeat; what was said meanwhile stays."""
    session.execute(insert_once(session, Measures.__table__).values(person_id=person_id).on_conflict_do_nothing())
    row = session.get_one(Measures, person_id)
    since: datetime | None = getattr(row, f"{what}_since")
    setattr(row, f"{what}_since", (since or at) if wanted else None)
    session.flush()
    return row


def set_limits(session: Session, person_id: UUID, limits: dict[str, int | None], *, at: datetime) -> None:
    """Count the load against these; None is no limit. Safe to repeat."""
    row = measure(session, person_id, "load", wanted=True, at=at)
    for name in LIMITS:
        setattr(row, name, limits.get(name))
    session.flush()
