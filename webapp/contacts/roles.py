"""What somebody is to me, and since when: a tie that changes over the years keeps its dates (practices E6, B5)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.contacts.models import Role
from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed

LONGEST_WORD = 40
"""Signs of one role."""
MOST = 20
"""Roles one person may write down about another."""


@dataclass(frozen=True)
class RoleAdded:
    """They are this to me since that day."""

    role_id: UUID


@dataclass(frozen=True)
class TooManyRoles:
    """One of the others has to go first."""


@dataclass(frozen=True)
class RoleRemoved:
    """Written down by mistake; it never was."""

    role_id: UUID


@dataclass(frozen=True)
class Since:
    """A role in plain words."""

    role_id: UUID
    word: str
    day: date


def add_role(
    session: Session,
    operation: UUID,
    other_id: UUID,
    word: str,
    since: date,
    *,
    by: Actor,
    at: datetime,
    keyring: Keyring,
) -> RoleAdded | TooManyRoles:
    """Write down what they are to me. Safe to repeat. Raises NotHere for someone I never met."""
    me = by.someone.id

    def act() -> RoleAdded | TooManyRoles:
        if not meetings_of_pair(session, me, other_id):
            raise NotHere
        between = (Role.person_id == me) & (Role.other_id == other_id)
        if (session.scalar(select(func.count()).select_from(Role).where(between)) or 0) >= MOST:
            return TooManyRoles()
        sealed = Sealed(keyring, "notes").seal(clean_line(word, LONGEST_WORD), owner=me)
        role = Role(id=new_id(), person_id=me, other_id=other_id, sealed_word=sealed, since=since, made_at=at)
        session.add(role)
        session.flush()
        return RoleAdded(role.id)

    said = {"other": str(other_id), "word": keyring.mac("role", word).hex(), "since": since.isoformat()}
    return once(session, Envelope(operation, "add role", by.label, said), RoleAdded | TooManyRoles, act, at=at)


def remove_role(session: Session, operation: UUID, role_id: UUID, *, by: Actor, at: datetime) -> RoleRemoved:
    """Take it away again. Safe to repeat. Raises NotHere when it is not mine."""
    me = by.someone.id

    def act() -> RoleRemoved:
        role = session.get(Role, role_id)
        if role is None or role.person_id != me:
            raise NotHere
        session.execute(delete(Role).where(Role.id == role_id))
        return RoleRemoved(role_id)

    envelope = Envelope(operation, "remove role", by.label, {"role": str(role_id)})
    return once(session, envelope, RoleRemoved, act, at=at)


def all_roles_of(session: Session, person_id: UUID, sealed: Sealed) -> dict[UUID, list[Since]]:
    """What everybody is and was to this person, by person, the oldest first."""
    rows = session.scalars(select(Role).where(Role.person_id == person_id).order_by(Role.since, Role.made_at, Role.id))
    found: dict[UUID, list[Since]] = {}
    for role in rows:
        opened = Since(role.id, sealed.open(role.sealed_word, owner=person_id), role.since)
        found.setdefault(role.other_id, []).append(opened)
    return found


def roles_of(session: Session, person_id: UUID, other_id: UUID, sealed: Sealed) -> list[Since]:
    """What this other is and was to this person, the oldest first."""
    return all_roles_of(session, person_id, sealed).get(other_id, [])
