"""Ties at rest: why, as one side says it for themself alone. What was ended on purpose is never brought up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.contacts.models import Rest
from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once

Cause = Literal["moved", "changed job", "drifted", "ended"]
"""Why a tie came to rest; `ended`: on purpose."""
CAUSES: tuple[Cause, ...] = get_args(Cause)


@dataclass(frozen=True)
class AtRest:
    """It is at rest for this reason."""

    other_id: UUID


@dataclass(frozen=True)
class Awake:
    """It is not, or no longer."""

    other_id: UUID


@dataclass(frozen=True)
class Resting:
    """Why a tie of mine is at rest, and since when I say so."""

    cause: Cause
    since: datetime


def say_why(
    session: Session, operation: UUID, other_id: UUID, cause: Cause | None, *, by: Actor, at: datetime
) -> AtRest | Awake:
    """Say why this tie is at rest; None: it is not. Safe to repeat. Raises NotHere for someone I never met."""
    me = by.someone.id

    def act() -> AtRest | Awake:
        if not meetings_of_pair(session, me, other_id):
            raise NotHere
        mine = (Rest.person_id == me) & (Rest.other_id == other_id) & Rest.over_at.is_(None)
        session.execute(update(Rest).where(mine).values(over_at=at))
        if cause is None:
            return Awake(other_id)
        session.add(Rest(id=new_id(), person_id=me, other_id=other_id, cause=cause, since=at))
        session.flush()
        return AtRest(other_id)

    envelope = Envelope(operation, "say why at rest", by.label, {"other": str(other_id), "cause": cause or ""})
    return once(session, envelope, AtRest | Awake, act, at=at)


def resting_of(session: Session, person_id: UUID) -> dict[UUID, Resting]:
    """Which ties this person called at rest, by person; what was said last counts."""
    mine = select(Rest.other_id, Rest.cause, Rest.since).where(Rest.person_id == person_id, Rest.over_at.is_(None))
    rows = session.execute(mine.order_by(Rest.since, Rest.id))
    return {other: Resting(next(one for one in CAUSES if one == cause), since) for other, cause, since in rows}
