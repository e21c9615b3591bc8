"""Words about a scan of which no meeting came: kept for their author until they have put them elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.contacts.models import LooseNote
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring, Sealed


@dataclass(frozen=True)
class KeptLoose:
    """The words are with their author, about nobody; None if there were none."""

    note_id: UUID | None


@dataclass(frozen=True)
class Loose:
    """Such words, opened for their author."""

    id: UUID
    words: str
    written_at: datetime


def keep_loose(
    session: Session, operation: UUID, words: str, *, by: Actor, keyring: Keyring, written_at: datetime, at: datetime
) -> KeptLoose:
    """Keep words that belong to no meeting. Safe to repeat; no words are no note."""
    me = by.someone.id

    def act() -> KeptLoose:
        if not words:
            return KeptLoose(None)
        row = LooseNote(id=new_id(), person_id=me, written_at=written_at)
        row.sealed_words = Sealed(keyring, "notes").seal(words, owner=me)
        session.add(row)
        session.flush()
        return KeptLoose(row.id)

    # Keyed: a short note could be found again from a plain hash.
    body = {"words": keyring.mac("loose note", words).hex()}
    return once(session, Envelope(operation, "keep loose note", by.label, body), KeptLoose, act, at=at)


def loose_notes_of(session: Session, person_id: UUID, sealed: Sealed) -> Sequence[Loose]:
    """The words of this person that belong to nobody yet, the oldest first."""
    mine = select(LooseNote).where(LooseNote.person_id == person_id).order_by(LooseNote.written_at, LooseNote.id)
    return [
        Loose(row.id, sealed.open(row.sealed_words, owner=person_id), row.written_at) for row in session.scalars(mine)
    ]


def drop_loose(session: Session, note_id: UUID, person_id: UUID) -> None:
    """Its author has these words elsewhere. Repeating changes nothing; other people's are left alone."""
    session.execute(delete(LooseNote).where(LooseNote.id == note_id, LooseNote.person_id == person_id))
