"""People from elsewhere where other pages show them: beneath those I met, among old ties, in the minutes I have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.outside import Outside, due_outside, found_among, outside_of
from webapp.core.tokens import Sealed
from webapp.people.search import Wanted

A_FEW = 3
"""People on People while nobody is looked for; the others are a tap away."""
MANY = 50
"""People shown of those a word finds, and of those at rest."""


@dataclass(frozen=True)
class OutsideShown:
    """Some of those who were looked for, and how many there are."""

    people: list[Outside]
    number: int


def outside_shown(session: Session, person_id: UUID, wanted: Wanted, sealed: Sealed) -> OutsideShown:
    """Who from elsewhere stands on People. They were met nowhere: any other filter than words leaves them out."""
    if wanted.event_id or wanted.state or wanted.promised or wanted.circle_id or wanted.tag_id:
        return OutsideShown([], 0)
    found = found_among(outside_of(session, person_id, sealed), wanted.keys)
    return OutsideShown(found[: MANY if wanted.keys else A_FEW], len(found))


def due_within(session: Session, person_id: UUID, room: int, sealed: Sealed, at: datetime) -> list[Outside]:
    """Whose rhythm is due, as many as the minutes leave room for."""
    return due_outside(session, person_id, sealed, at)[: max(room, 0)]


def outside_at_rest(
    session: Session, person_id: UUID, sealed: Sealed, *, at: datetime, after: timedelta
) -> list[Outside]:
    """Those not in touch for so long, or never since they were written down or brought; other ones first each week."""
    resting = [one for one in outside_of(session, person_id, sealed) if not one.last_at or at - one.last_at >= after]
    year, week, _ = at.isocalendar()
    return sorted(resting, key=lambda one: sha256(f"{person_id} {one.id} {year} {week}".encode()).digest())
