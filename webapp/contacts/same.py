"""Two entries of one human, made one on my pages and parted again: nothing of either is changed by it.

Only somebody from elsewhere is ever said to be the same as another, by the one whose entry it is. Two people with
accounts are never put together here: they would have to say so themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.accounts.people import one_at_a_time
from webapp.contacts.models import OutsideContact, SamePerson
from webapp.contacts.queries import meetings_of, meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once


@dataclass(frozen=True)
class One:
    """They are one person on my pages."""

    contact_id: UUID


@dataclass(frozen=True)
class Two:
    """They are two, or were."""

    contact_id: UUID


@dataclass(frozen=True)
class Same:
    """Entry from elsewhere → whom I met, or which other entry, that is. What is not there is somebody for themself."""

    as_met: Mapping[UUID, UUID]
    as_other: Mapping[UUID, UUID]

    @property
    def hidden(self) -> set[UUID]:
        """Entries that stand on somebody else's page."""
        return {*self.as_met, *self.as_other}

    def with_met(self, person_id: UUID) -> set[UUID]:
        """Entries that are this person whom I met."""
        return {contact for contact, person in self.as_met.items() if person == person_id}

    def with_entry(self, contact_id: UUID) -> set[UUID]:
        """Entries that are this other one."""
        return {contact for contact, other in self.as_other.items() if other == contact_id}


def say_same(session: Session, operation: UUID, contact_id: UUID, other_id: UUID, *, by: Actor, at: datetime) -> One:
    """This entry is that person, or that other entry of mine. Safe to repeat.

    Whatever was the same as this entry is the same as the other from now on. Raises NotHere unless both are mine: an
    entry of mine, and somebody I met or another entry.
    """
    me = by.someone.id

    def act() -> One:
        one_at_a_time(session, me)
        _require_mine(session, contact_id, me)
        known = same_of(session, me)
        entry = known.as_other.get(other_id, other_id)
        person = known.as_met.get(entry) or (entry if meetings_of_pair(session, me, entry) else None)
        if person is None:
            _require_mine(session, entry, me)
        if contact_id in (entry, other_id):
            raise NotHere
        whole = {"other_id": person, "other_contact_id": None if person else entry}
        session.execute(update(SamePerson).where(SamePerson.other_contact_id == contact_id).values(whole))
        session.execute(delete(SamePerson).where(SamePerson.contact_id == contact_id))
        session.add(SamePerson(id=new_id(), person_id=me, contact_id=contact_id, said_at=at, **whole))
        session.flush()
        return One(contact_id)

    body = {"contact": str(contact_id), "other": str(other_id)}
    return once(session, Envelope(operation, "say same person", by.label, body), One, act, at=at)


def say_two(session: Session, operation: UUID, contact_id: UUID, *, by: Actor, at: datetime) -> Two:
    """They are two people after all. Safe to repeat. Raises NotHere when the entry is not mine."""
    me = by.someone.id

    def act() -> Two:
        one_at_a_time(session, me)
        _require_mine(session, contact_id, me)
        session.execute(delete(SamePerson).where(SamePerson.contact_id == contact_id))
        return Two(contact_id)

    body = {"contact": str(contact_id)}
    return once(session, Envelope(operation, "say two people", by.label, body), Two, act, at=at)


def same_of(session: Session, person_id: UUID) -> Same:
    """What this person said. Somebody they no longer meet, for a block or for leaving, is nobody's page."""
    rows = session.scalars(select(SamePerson).where(SamePerson.person_id == person_id)).all()
    if not rows:
        return Same({}, {})
    met = {meeting.other_of(person_id) for meeting in meetings_of(session, person_id)}
    as_met = {row.contact_id: row.other_id for row in rows if row.other_id is not None and row.other_id in met}
    return Same(as_met, {row.contact_id: row.other_contact_id for row in rows if row.other_contact_id is not None})


def _require_mine(session: Session, contact_id: UUID, person_id: UUID) -> None:
    row = session.get(OutsideContact, contact_id)
    if row is None or row.person_id != person_id:
        raise NotHere
