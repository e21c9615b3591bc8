"""What a person wants to happen tonight when somebody scans their badge."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.cards import get_card, offered_fields
from webapp.checkin.queries import is_in
from webapp.contacts.queries import known_in_a_row
from webapp.core.actor import Actor, NotHere
from webapp.core.versions import bump
from webapp.events.models import Attendee, Event
from webapp.events.queries import places_of

MODES = ("ask", "swap", "take", "not_tonight")
"""Ask me each time · Swap right away · Take theirs, keep mine · Not tonight."""

KNEW_ENOUGH = 3
"""People one knew already, met one after another, until somebody new is suggested."""


@dataclass(frozen=True)
class Tonight:
    """A person's place at an event whose badges swap now, and their choice for it.

    `fields` are the parts of their card besides the name, each with whether they give it here.
    """

    place_id: UUID
    event: Event
    mode: str
    is_in: bool
    fields: tuple[tuple[str, bool], ...]


def tonight_of(session: Session, person_id: UUID, at: datetime) -> Tonight | None:
    """Where this person is tonight: an event they have arrived at before one they have not; None when nothing is on."""
    places = [(place, is_in(session, place.id)) for place in places_of(session, person_id, at)]
    found = next((entry for entry in reversed(places) if entry[1]), places[-1] if places else None)
    if found is None:
        return None
    place, arrived = found
    return Tonight(place.id, place.event, place.swap_mode, arrived, _fields(session, place))


def _fields(session: Session, place: Attendee) -> tuple[tuple[str, bool], ...]:
    card = get_card(session, place.person_id)
    offered = [field for field in offered_fields(card, card.person) if field != "name"]
    return tuple((field, place.gives is None or field in place.gives) for field in offered)


def knew_them_all(session: Session, person_id: UUID, event_id: UUID) -> bool:
    """Whether to say, once, that the last three this person met there were no strangers to them (practices D5)."""
    known = known_in_a_row(session, person_id, event_id)
    return known > 0 and known % KNEW_ENOUGH == 0


def choose_for_tonight(
    session: Session, place_id: UUID, mode: str, gives: Collection[str] | None = None, *, by: Actor, at: datetime
) -> None:
    """My standing choice for this event, and what of my card I give there; None leaves that as it is.

    Every field means the whole card, also what I add to it later. Cards given before stay as they were given. The same
    again changes nothing, so it needs no operation id. Raises NotHere when the place is not mine or the event is over,
    ValueError for a mode we do not have.
    """
    if mode not in MODES:
        raise ValueError(mode)
    place = session.get(Attendee, place_id)
    mine = {place.id for place in places_of(session, by.person.id, at)} if by.person else set()
    if place is None or place.id not in mine:
        raise NotHere
    place.swap_mode = mode
    if gives is not None:
        kept = [field for field, _ in _fields(session, place) if field in gives]
        place.gives = kept if len(kept) < len(_fields(session, place)) else None
    bump(session, f"person:{place.person_id}")
