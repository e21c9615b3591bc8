"""Something I said I would do for somebody: kept, done, and not yet after all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.models import Meeting, Promise
from webapp.contacts.queries import get_promise
from webapp.contacts.remembering import keep_in_mind
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed

LONGEST_PROMISE = 200
"""Characters of one promise: one line."""


@dataclass(frozen=True)
class Promised:
    """It is kept, for its author alone; None if nothing was said."""

    promise_id: UUID | None


def promise(
    session: Session, operation: UUID, meeting: Meeting, words: str, *, by: Actor, keyring: Keyring, at: datetime
) -> Promised:
    """Keep what I promised the other of this meeting. Safe to repeat; no words are no promise."""
    me, line = by.someone.id, clean_line(words, LONGEST_PROMISE)
    if not line:
        return Promised(None)

    def act() -> Promised:
        keep_in_mind(session, meeting, me, at=at)
        row = Promise(id=new_id(), meeting_id=meeting.id, person_id=me, made_at=at)
        row.sealed_words = Sealed(keyring, "notes").seal(line, owner=me)
        session.add(row)
        session.flush()
        return Promised(row.id)

    # Keyed: a short promise could be found again from a plain hash.
    said = {"meeting": str(meeting.id), "words": keyring.mac("promise", line).hex()}
    return once(session, Envelope(operation, "promise", by.label, said), Promised, act, at=at)


def settle(session: Session, promise_id: UUID, person_id: UUID, *, done: bool, at: datetime) -> Promise:
    """I did it, or not yet after all. Safe to repeat. Raises NotHere for a promise that is not mine."""
    mine = get_promise(session, promise_id, person_id)
    mine.done_at = (mine.done_at or at) if done else None
    session.flush()
    return mine
