"""Before the next gathering: whom I met before and who is coming again, if they let it be seen (practices B11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from webapp.contacts.models import Block, Meeting, Memory
from webapp.contacts.queries import NOTHING, OpenedPromise, Remembered, memories_of
from webapp.core.actor import Actor, NotHere
from webapp.core.tokens import Sealed
from webapp.events.hands import hands_left
from webapp.events.models import Attendee, Event
from webapp.events.queries import places_ahead, who_shows_coming
from webapp.people.queries import promised_at
from webapp.swaps.stories import Met, met_by


@dataclass(frozen=True)
class KnownThere:
    """Somebody I met before who comes too: when last, what I wrote of them last, and what I promised."""

    met: Met
    note: str
    promises: Sequence[OpenedPromise]


@dataclass(frozen=True)
class ComingUp:
    """A place of mine at an event ahead, whether people I met may see it, and whom I met of those they may see.

    `hand` is what I help with there, or ""; `hands` are those of which more are wanted.
    """

    place_id: UUID
    event: Event
    shows: bool
    known: Sequence[KnownThere]
    hand: str
    hands: Sequence[str]


def coming_up(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> list[ComingUp]:
    """Where this person goes next, the soonest first."""
    places = places_ahead(session, person_id, at)
    shown = who_shows_coming(session, {place.event_id for place in places})
    known = _known(session, person_id, sealed) if any(shown.values()) else []
    mutual = _who_know_me(session, person_id) if known else set()

    def there(event_id: UUID) -> list[KnownThere]:
        seen = shown.get(event_id, set()) & mutual
        return [one for one in known if one.met.person_id in seen]

    left = hands_left(session, [place.event for place in places])
    return [
        ComingUp(
            place_id=place.id,
            event=place.event,
            shows=place.shows_coming,
            known=there(place.event_id),
            hand=place.helps_as,
            hands=left.get(place.event_id, ()),
        )
        for place in places
    ]


def _known(session: Session, person_id: UUID, sealed: Sealed) -> list[KnownThere]:
    """Everybody they met: first whom they owe something, then of whom they wrote, then the rest; each latest first."""
    everybody = [met for evening in met_by(session, person_id) for met in evening.people]
    last: dict[UUID, list[Met]] = {}
    for met in sorted(everybody, key=lambda one: one.at):
        last.setdefault(met.person_id, []).insert(0, met)
    notes, promised = memories_of(session, person_id, sealed), promised_at(session, person_id, sealed)
    known = [KnownThere(met[0], _note(met, notes), _open(met, promised)) for met in last.values()]
    latest_first = sorted(known, key=lambda one: one.met.at, reverse=True)
    return sorted(latest_first, key=lambda one: (not one.promises, not one.note))


def _note(met: Sequence[Met], remembered: Mapping[UUID, Remembered]) -> str:
    return next(filter(None, (remembered.get(one.meeting.id, NOTHING).note for one in met)), "")


def _open(met: Sequence[Met], promised: Mapping[UUID, Sequence[OpenedPromise]]) -> list[OpenedPromise]:
    made = (promise for one in met for promise in promised.get(one.meeting.id, ()))
    return [promise for promise in made if not promise.done_at]


def _who_know_me(session: Session, person_id: UUID) -> set[UUID]:
    """Who has met this person by their own story, too: a note that I wrote alone shows me nobody's plans."""
    mine, theirs = aliased(Memory), aliased(Memory)
    pair = select(theirs.person_id).join(Meeting, Meeting.id == theirs.meeting_id)
    both = pair.join(mine, mine.meeting_id == Meeting.id).where(mine.person_id == person_id)
    wants_nothing = exists().where(Block.blocker_id == theirs.person_id, Block.blocked_id == person_id)
    return set(session.scalars(both.where(theirs.person_id != person_id, ~wants_nothing)))


def let_coming_be_seen(session: Session, place_id: UUID, *, shown: bool, by: Actor, at: datetime) -> None:
    """Whether people I met before may see that I come. The same again changes nothing. Raises NotHere if not mine."""
    get_place_ahead(session, place_id, by.someone.id, at).shows_coming = shown
    session.flush()


def get_place_ahead(session: Session, place_id: UUID, person_id: UUID, at: datetime) -> Attendee:
    """This place of theirs at an event that is not over, with its event and circle. Raises NotHere if not theirs."""
    found = next((place for place in places_ahead(session, person_id, at) if place.id == place_id), None)
    if found is None:
        raise NotHere
    return found
