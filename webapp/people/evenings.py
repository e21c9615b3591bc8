"""The review of my evenings: whom I met, and what I took home, also from one on which I met nobody."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.checkin.models import CheckIn
from webapp.contacts.taking_home import TakenHome
from webapp.core.text import search_key
from webapp.events.models import Attendee, Event
from webapp.people.search import Wanted
from webapp.swaps.stories import Evening

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def came_to(session: Session, person_id: UUID) -> Sequence[Event]:
    """The events this person was let in at, as far as their guest lists are still kept."""
    mine = select(Attendee.event_id).join(CheckIn, CheckIn.attendee_id == Attendee.id)
    inside = mine.where(Attendee.person_id == person_id, CheckIn.undone_at.is_(None))
    return session.scalars(select(Event).where(Event.id.in_(inside))).all()


def with_quiet_ones(
    found: Sequence[Evening],
    taken: Mapping[Event, TakenHome],
    came: Sequence[Event],
    wanted: Wanted,
    *,
    among: Sequence[Evening],
) -> list[Evening]:
    """These evenings, and without people those that are looked for by what I took home, the newest first.

    An evening on which I met somebody (one of `among`) is there without them only for words of mine that were found.
    """
    there = {evening.event.id for evening in (found if wanted.keys else among) if evening.event}
    quiet = {event.id: event for event in (*taken, *came) if event.id not in there}
    more = [Evening(event, []) for event in quiet.values() if _wanted(event, taken.get(event), wanted)]
    return sorted([*found, *more], key=lambda one: one.event.starts_at if one.event else _LONG_AGO, reverse=True)


def _wanted(event: Event, words: TakenHome | None, wanted: Wanted) -> bool:
    if wanted.state or wanted.tag_id or not wanted.holds(event):
        return False
    if not wanted.keys:
        return True
    known = search_key(f"{event.title} {event.place} {words.idea} {words.tip}") if words else ""
    return all(key in known for key in wanted.keys)
