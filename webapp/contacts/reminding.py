"""*This reminded me of…*: a link or a thought kept for somebody I met, as a draft to send them (practices C13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from webapp.contacts.models import Reminder
from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring, Sealed


@dataclass(frozen=True)
class Shared:
    """What reminded of somebody: one clean line of words, and a link that is http(s), or "" for either."""

    words: str = ""
    link: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.link)


@dataclass(frozen=True)
class Filed:
    """It waits on that person's page; None if there was nothing to keep."""

    reminder_id: UUID | None


@dataclass(frozen=True)
class Draft:
    """A reminder of mine, opened for me. `sent_at` is None while it waits."""

    id: UUID
    words: str
    link: str
    kept_at: datetime
    sent_at: datetime | None


def file_reminder(
    session: Session, operation: UUID, other_id: UUID, shared: Shared, *, by: Actor, keyring: Keyring, at: datetime
) -> Filed:
    """Keep this for somebody I met. Safe to repeat. Raises NotHere for someone I never met."""
    me, sealed = by.someone.id, Sealed(keyring, "notes")
    if not meetings_of_pair(session, me, other_id):
        raise NotHere
    if not shared:
        return Filed(None)

    def act() -> Filed:
        row = Reminder(id=new_id(), person_id=me, other_id=other_id, kept_at=at)
        row.sealed_words = sealed.seal(shared.words, owner=me)
        row.sealed_link = sealed.seal(shared.link, owner=me) if shared.link else None
        session.add(row)
        session.flush()
        return Filed(row.id)

    # Keyed: a short text could be found again from a plain hash.
    said = {"other": str(other_id), "shared": keyring.mac("reminder", shared.words, shared.link).hex()}
    return once(session, Envelope(operation, "reminder", by.label, said), Filed, act, at=at)


def settle_reminder(session: Session, reminder_id: UUID, person_id: UUID, *, sent: bool, at: datetime) -> UUID:
    """I sent it, or not yet after all; of whom it reminded. Safe to repeat. Raises NotHere for one that is not mine."""
    mine = _get(session, reminder_id, person_id)
    mine.sent_at = (mine.sent_at or at) if sent else None
    session.flush()
    return mine.other_id


def drop_reminder(session: Session, reminder_id: UUID, person_id: UUID) -> UUID:
    """Keep it no longer; of whom it reminded. Raises NotHere for one that is not mine, or gone."""
    mine = _get(session, reminder_id, person_id)
    session.execute(delete(Reminder).where(Reminder.id == mine.id))
    return mine.other_id


def _get(session: Session, reminder_id: UUID, person_id: UUID) -> Reminder:
    found = session.get(Reminder, reminder_id)
    if found is None or found.person_id != person_id or not meetings_of_pair(session, person_id, found.other_id):
        raise NotHere
    return found


def all_reminders_of(session: Session, person_id: UUID, sealed: Sealed) -> dict[UUID, list[Draft]]:
    """What reminded this person of whom, by person, the newest first: their own words, for them alone."""
    found: dict[UUID, list[Draft]] = {}
    for row in session.scalars(_newest_first(person_id)):
        found.setdefault(row.other_id, []).append(_opened(row, sealed))
    return found


def reminders_of(session: Session, person_id: UUID, other_id: UUID, sealed: Sealed) -> list[Draft]:
    """What reminded this person of the other, the newest first."""
    rows = session.scalars(_newest_first(person_id).where(Reminder.other_id == other_id))
    return [_opened(row, sealed) for row in rows]


def _newest_first(person_id: UUID) -> Select[Reminder]:
    return select(Reminder).where(Reminder.person_id == person_id).order_by(Reminder.kept_at.desc(), Reminder.id.desc())


def _opened(row: Reminder, sealed: Sealed) -> Draft:
    link = sealed.open(row.sealed_link, owner=row.person_id) if row.sealed_link else ""
    words = sealed.open(row.sealed_words, owner=row.person_id)
    return Draft(row.id, words, link, row.kept_at, row.sent_at)
