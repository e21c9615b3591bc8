"""The faces of a room for phones without a network: a list in which a badge opens its own line and no other.

A face is what is printed on the badge for everybody to read: the name, and *ask me about* if its owner ticked it.
Only who is in is listed, only for somebody who is in there too. The list does not depend on what anybody chose for
tonight: from it no one can tell (practices A4).
"""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Card
from webapp.badges.issuing import token_of
from webapp.badges.models import Badge
from webapp.checkin.queries import is_in, those_in
from webapp.core.sealing import RecordSealer
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, Event
from webapp.events.queries import places_of

LABEL = "face"
"""Parts these keys from the door's: a face opens no door, and the door's list shows no *ask me about*."""


def faces_for(session: Session, person_id: UUID, *, keyring: Keyring, at: datetime) -> list[dict[str, Any]]:
    """The sealed faces of each event at which this person is in, as JSON: rows by the first two hex digits."""
    here = [place.event for place in places_of(session, person_id, at) if is_in(session, place.id)]
    return [_faces_of(session, event, keyring) for event in here]


def _faces_of(session: Session, event: Event, keyring: Keyring) -> dict[str, Any]:
    sealer, buckets = RecordSealer(keyring, event.id, LABEL), defaultdict[str, list[list[str]]](list)
    for badge, face in _rows(session, event.id):
        row = [badge.lookup_id, sealer.seal(token_of(badge, keyring), badge.lookup_id, face)]
        buckets[badge.lookup_id[:2]].append(row)
    return {"event": {"id": str(event.id), "title": event.title}, "buckets": buckets}


def _rows(session: Session, event_id: UUID) -> list[tuple[Badge, dict[str, str | None]]]:
    """Each live badge of somebody who is in, with its face."""
    listed = (
        select(Badge, Attendee, Card.ask_me_about, Card.ask_on_badge)
        .join(Attendee, Attendee.id == Badge.attendee_id)
        .join(Card, Card.person_id == Attendee.person_id)
        .where(Badge.event_id == event_id, Badge.replaced_at.is_(None))
        .where(Attendee.id.in_(those_in(event_id)))
        .order_by(Badge.lookup_id)
    )
    return [
        (badge, {"n": guest.name, "k": (said if ticked else "") if guest.claimed_at else guest.ask_me_about})
        for badge, guest, said, ticked in session.execute(listed)
    ]
