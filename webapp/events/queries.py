"""Events and guests, always seen through whoever asks."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from webapp.circles.models import CircleRole
from webapp.circles.queries import organized_by
from webapp.core.actor import Actor, NotHere
from webapp.core.text import LIKE_ESCAPE, like_pattern, search_key
from webapp.events.models import Attendee, Event


def get_event_organized_by(session: Session, actor: Actor, event_id: UUID) -> Event:
    """This event with its circle, if the actor organizes the circle. Raises NotHere otherwise."""
    mine = select(Event).join(CircleRole, CircleRole.circle_id == Event.circle_id).where(Event.id == event_id)
    event = session.scalar(mine.where(organized_by(actor)).options(joinedload(Event.circle)))
    if event is None:
        raise NotHere
    return event


_WITH_CIRCLE = select(Event).options(joinedload(Event.circle)).where(Event.id == bindparam("event_id"))


def get_event_staffed_by(session: Session, actor: Actor, event_id: UUID) -> Event:
    """This event with its circle, for its organizers and for its own paired door phones. Raises NotHere otherwise."""
    if actor.device and actor.device.event_id == event_id:
        return session.scalars(_WITH_CIRCLE, {"event_id": event_id}).one()
    return get_event_organized_by(session, actor, event_id)


def get_attendee_of(session: Session, event: Event, attendee_id: UUID) -> Attendee:
    """This guest, if they belong to this event. Raises NotHere otherwise."""
    attendee = session.scalar(select(Attendee).where(Attendee.id == attendee_id, Attendee.event_id == event.id))
    if attendee is None:
        raise NotHere
    return attendee


def attendees_of(session: Session, event: Event, *, also_cancelled: bool = False) -> Sequence[Attendee]:
    """The guests of an event, sorted by surname."""
    guests = select(Attendee).where(Attendee.event_id == event.id)
    if not also_cancelled:
        guests = guests.where(Attendee.cancelled_at.is_(None))
    return session.scalars(guests.order_by(Attendee.sort_key, Attendee.id)).all()


def search_attendees(session: Session, event: Event, words: str, *, limit: int) -> Sequence[Attendee]:
    """Guests whose name, in any accent or case, holds these letters; cancelled ones too, for the door must say so."""
    pattern = like_pattern(search_key(words))
    found = Attendee.search_key.like(pattern, escape=LIKE_ESCAPE)
    query = select(Attendee).where(Attendee.event_id == event.id, found)
    return session.scalars(query.order_by(Attendee.sort_key, Attendee.id).limit(limit)).all()


def events_of(session: Session, person_id: UUID) -> Sequence[Event]:
    """Every event whose list this person is on, the latest first."""
    mine = select(Attendee.event_id).where(Attendee.person_id == person_id)
    return session.scalars(select(Event).where(Event.id.in_(mine)).order_by(Event.starts_at.desc())).all()


def one_at_a_time(session: Session, event_id: UUID) -> None:
    """Until this transaction ends, whatever else begins so for this event waits: what it counts, it counts rightly."""
    # Weaker than FOR UPDATE: the doors of this event go on letting people in meanwhile.
    session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))


def places_ahead(session: Session, person_id: UUID, at: datetime) -> Sequence[Attendee]:
    """A person's places at events that are not over, soonest start first, each with its event and circle."""
    mine = select(Attendee).join(Event, Event.id == Attendee.event_id).where(Attendee.person_id == person_id)
    ahead = mine.where(Attendee.cancelled_at.is_(None), Event.ends_at > at)
    with_event = ahead.options(joinedload(Attendee.event).joinedload(Event.circle))
    return session.scalars(with_event.order_by(Event.starts_at, Event.id)).all()


def who_shows_coming(session: Session, event_ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    """Whose coming may be seen by people they met before: their person ids, by event."""
    shown = select(Attendee.event_id, Attendee.person_id).where(Attendee.event_id.in_(event_ids))
    found: dict[UUID, set[UUID]] = {}
    for event_id, person_id in session.execute(shown.where(Attendee.shows_coming, Attendee.cancelled_at.is_(None))):
        found.setdefault(event_id, set()).add(person_id)
    return found


def places_of(session: Session, person_id: UUID, at: datetime) -> Sequence[Attendee]:
    """A person's places at events whose badges swap now, soonest start first, each with its event and circle."""
    soon, late = at + timedelta(hours=6), at - timedelta(days=1)
    query = (
        select(Attendee)
        .join(Event, Event.id == Attendee.event_id)
        .where(Attendee.person_id == person_id, Attendee.cancelled_at.is_(None))
        .where(Event.starts_at <= soon, Event.ends_at >= late)
        .options(joinedload(Attendee.event).joinedload(Event.circle))
    )
    return session.scalars(query.order_by(Event.starts_at)).all()
