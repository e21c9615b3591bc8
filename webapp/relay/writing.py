"""Words on their way to somebody, and an end to them from one person."""

import base64
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.cards import NOTES
from webapp.core.actor import Actor, NotHere
from webapp.core.operations import Envelope, once
from webapp.core.outbox import put
from webapp.core.tokens import Keyring, Sealed
from webapp.core.versions import bump
from webapp.followups.quiet import quiet_hours_of, when_awake
from webapp.relay.verdicts import Closed, NotOpen, RelayVerdict, Sent
from webapp.swaps.models import Grant
from webapp.swaps.stories import pair_story

LONGEST = 1000
"""Signs of one note."""

WRITTEN = "note.written"


def write_to(
    session: Session, operation: UUID, person_id: UUID, words: str, *, by: Actor, at: datetime, keyring: Keyring
) -> RelayVerdict:
    """Pass these words on, if that person takes notes from me now. Safe to repeat. Raises NotHere for a stranger.

    The words lie sealed in the outbox until it forgets what is done, and nowhere else.
    """
    me, words = by.someone.id, words[:LONGEST]
    sealed = Sealed(keyring, "notes through")

    def act() -> RelayVerdict:
        story = pair_story(session, me, person_id)
        if story.card is None or not story.card.takes_notes:
            return NotOpen()
        met = story.meetings[0].event
        awake = when_awake(quiet_hours_of(session, person_id), at, met.zone if met else "UTC")
        said = {"operation": str(operation), "words": base64.b64encode(sealed.seal(words, owner=operation)).decode()}
        said |= {"writer_id": str(me), "reader_id": str(person_id)}
        put(session, WRITTEN, cause=operation, at=at, recipient=person_id, due_at=awake, **said)
        return Sent(person_id)

    fingerprint = keyring.mac("note through", words).hex()
    envelope = Envelope(operation, "note through", by.label, {"to": str(person_id), "words": fingerprint})
    return once(session, envelope, RelayVerdict, act, at=at)


def close(session: Session, operation: UUID, grant_id: UUID, *, by: Actor, at: datetime) -> Closed:
    """No more notes from whoever holds this card of mine. Safe to repeat. Raises NotHere when it is not my grant."""
    me = by.someone.id

    def act() -> Closed:
        return close_grant(session, _of(session, grant_id, me))

    return once(session, Envelope(operation, "no more notes", by.label, {"grant": str(grant_id)}), Closed, act, at=at)


def close_grant(session: Session, grant: Grant) -> Closed:
    """Take this one way out of the card; the rest of it stays with them. Safe to repeat."""
    grant.fields = [field for field in grant.fields if field != NOTES]
    bump(session, f"person:{grant.giver_id}", f"person:{grant.receiver_id}")
    return Closed(grant.id)


def _of(session: Session, grant_id: UUID, giver_id: UUID) -> Grant:
    grant = session.get(Grant, grant_id)
    if grant is None or grant.giver_id != giver_id:
        raise NotHere
    return grant
