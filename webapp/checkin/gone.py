"""Guests who left Mixwell while a door without a network had let them in: they count, and nothing says who they were.

When somebody is erased, one-way names of what a door may call them stay as long as operations do, with whether they
have been counted. A door that tells of them later finds that, and no guest.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from webapp.badges.models import Badge
from webapp.checkin.models import CheckIn
from webapp.core.operations import Operation
from webapp.core.versions import bump
from webapp.events.models import Attendee, Event

_KIND, _ACTOR = "guest left", "nobody"


def remember_gone(session: Session, person_id: UUID, *, at: datetime) -> None:
    """Keep what the doors need to count this person at the events they are a guest of. Safe to repeat."""
    came = exists().where(CheckIn.attendee_id == Attendee.id, CheckIn.undone_at.is_(None))
    begun = (Event.starts_at <= at) & Attendee.cancelled_at.is_(None)
    places = select(Attendee.id, Attendee.event_id, came.label("came"), begun.label("listed"))
    places = places.join(Event, Event.id == Attendee.event_id).where(Attendee.person_id == person_id)
    for place in session.execute(places).all():
        guest = _name(place.event_id, str(place.id))
        _keep(session, guest, {"came": place.came, "listed": place.listed}, at)
        worn = select(Badge.lookup_id, Badge.typed_mac).where(Badge.attendee_id == place.id)
        for badge in session.execute(worn).all():
            for key in (badge.lookup_id, badge.typed_mac.hex()):
                _keep(session, _name(place.event_id, key), {"guest": str(guest)}, at)


def count_gone(session: Session, event_id: UUID, key: str) -> bool:
    """Count whoever this was as somebody who came, once; False when it was nobody who left. `key`: `scans.key_of`."""
    row = session.get(Operation, _name(event_id, key))
    if row and row.result and "guest" in row.result:
        row = session.get(Operation, UUID(row.result["guest"]), with_for_update=True, populate_existing=True)
    if row is None or row.kind != _KIND or row.result is None:
        return False
    if not row.result["came"]:
        more = {"gone_came": Event.gone_came + 1, "gone_guests": Event.gone_guests + (0 if row.result["listed"] else 1)}
        session.execute(update(Event).where(Event.id == event_id).values(more))
        row.result = {"came": True, "listed": True}
        bump(session, f"event:{event_id}")
    return True


def _name(event_id: UUID, key: str) -> UUID:
    return uuid5(event_id, f"{_KIND} {key}")


def _keep(session: Session, name: UUID, said: dict[str, Any], at: datetime) -> None:
    session.merge(Operation(id=name, kind=_KIND, actor=_ACTOR, body_hash=b"", result=said, received_at=at))
