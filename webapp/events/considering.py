"""A second thought before a yes: what somebody asked to be told before they take one more place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.events.models import Event


@dataclass(frozen=True)
class SecondThought:
    """With this one there would be so many evenings in the month of this first day; they want `limit` at most."""

    count: int
    limit: int
    month: date


Before = Sequence[Callable[[Session, UUID, Event], SecondThought | None]]
"""Who has something to say before somebody takes a place, from features above this one."""


def second_thought(session: Session, before: Before, person_id: UUID, event: Event) -> SecondThought | None:
    """The first that is to be said to this person; nobody else hears of it, and nothing is kept of it."""
    thoughts = (think(session, person_id, event) for think in before)
    return next((thought for thought in thoughts if thought), None)
