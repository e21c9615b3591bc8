"""What I wish of my own networking: how much tending for each new meeting (C28), or old ties alone (C11)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.models import Wish

MOST_FOR_ONE = 10
"""Old ties for each new one: who wishes more looks after old ties alone."""


@dataclass(frozen=True)
class Wished:
    """`tend_for_one` is None until somebody asks for the balance; `tending`: old ties alone for now."""

    tend_for_one: int | None = None
    tending: bool = False


def wish_of(session: Session, person_id: UUID) -> Wished:
    """What this person wishes; nothing at first."""
    row = session.get(Wish, person_id)
    return Wished(row.tend_for_one, row.tending_since is not None) if row else Wished()


def wish(session: Session, person_id: UUID, wished: Wished, *, at: datetime) -> None:
    """Keep it instead of what was wished before. The same again changes nothing."""
    row = session.get(Wish, person_id) or Wish(person_id=person_id)
    row.tend_for_one = wished.tend_for_one
    row.tending_since = (row.tending_since or at) if wished.tending else None
    session.add(row)
    session.flush()
