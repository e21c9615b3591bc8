"""What somebody allows beforehand: questions by mail, and to be seen by friends of friends. Both off until chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.introductions.models import IntroductionChoice, TieChoice


@dataclass(frozen=True)
class Choices:
    """How one person wants it."""

    by_mail: bool = False
    seen: bool = False


def choices_of(session: Session, person_id: UUID) -> Choices:
    """What this person chose."""
    found = session.get(IntroductionChoice, person_id, populate_existing=True)
    return Choices(found.by_mail, found.seen) if found else Choices()


def choose(session: Session, person_id: UUID, wanted: Choices) -> None:
    """Have it like this from now on. Safe to repeat."""
    row = {"person_id": person_id, "by_mail": wanted.by_mail, "seen": wanted.seen}
    insert = insert_once(session, IntroductionChoice.__table__).values(row)
    session.execute(insert.on_conflict_do_update(index_elements=["person_id"], set_=row))


def choose_tie(session: Session, person_id: UUID, other_id: UUID, seen: bool | None) -> None:
    """Whether this one tie may be seen; None: as for all. Safe to repeat.

    Raises NotHere for somebody they never met.
    """
    if not meetings_of_pair(session, person_id, other_id):
        raise NotHere
    found = session.scalar(_tie(person_id, other_id))
    if found and seen is None:
        session.delete(found)
    elif seen is not None:
        row = {"id": new_id(), "person_id": person_id, "other_id": other_id, "seen": seen}
        insert = insert_once(session, TieChoice.__table__).values(row)
        session.execute(insert.on_conflict_do_update(index_elements=["person_id", "other_id"], set_={"seen": seen}))
    session.flush()


def tie_choice(session: Session, person_id: UUID, other_id: UUID) -> bool | None:
    """What this person said of this one tie; None if nothing."""
    found = session.scalar(_tie(person_id, other_id))
    return found.seen if found else None


def _tie(person_id: UUID, other_id: UUID) -> Select[TieChoice]:
    mine = select(TieChoice).where(TieChoice.person_id == person_id, TieChoice.other_id == other_id)
    return mine.execution_options(populate_existing=True)


@dataclass(frozen=True)
class Allowed:
    """Who of some people lets which of their ties be seen."""

    standing: Collection[UUID]
    single: dict[tuple[UUID, UUID], bool]

    def both(self, one: UUID, other: UUID) -> bool:
        """Whether both ends let this tie be seen."""
        return self._lets(one, other) and self._lets(other, one)

    def _lets(self, owner: UUID, other: UUID) -> bool:
        return self.single.get((owner, other), owner in self.standing)


def allowed_by(session: Session, people: Collection[UUID]) -> Allowed:
    """What these people let be seen."""
    standing = select(IntroductionChoice.person_id).where(IntroductionChoice.seen.is_(True))
    single = select(TieChoice).where(TieChoice.person_id.in_(people))
    return Allowed(
        set(session.scalars(standing.where(IntroductionChoice.person_id.in_(people)))),
        {(row.person_id, row.other_id): row.seen for row in session.scalars(single)},
    )
