"""A speaker's code on a slide, valid for the talk: two hundred people swap with one, and nobody queues.

Making it is the speaker's yes to everybody in the room who scans it (product.md, consent 5). It shows their name there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.checkin.queries import is_in
from webapp.contacts.queries import has_blocked
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.qr import screen_text
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, Event
from webapp.events.queries import places_of
from webapp.swaps.codes import ScreenCode
from webapp.swaps.granting import held_grant
from webapp.swaps.models import SlideCode
from webapp.swaps.screen import Shown
from webapp.swaps.verdicts import SlideEnded, SlideMade

LAST_ROW = timedelta(minutes=15)
"""How long after a talk its code still swaps, and people are asked to stay and thank the speaker (practices E6)."""
LONGEST_TALK = timedelta(hours=3)


@dataclass(frozen=True)
class Talk:
    """When somebody speaks, on the clock of the event's place."""

    place_id: UUID
    starts: time
    minutes: int


@dataclass(frozen=True)
class TalkOver:
    """A talk that has just ended where I am: whom to thank, and what its slide says to a camera."""

    name: str
    person_id: UUID
    code: str
    have_card: bool


def make_slide_code(session: Session, operation: UUID, talk: Talk, *, by: Actor, at: datetime) -> SlideMade:
    """A code for this talk of mine. Safe to repeat. Raises NotHere when the place is not mine or its event is over."""
    me = by.someone.id

    def act() -> SlideMade:
        event = _my_event(session, talk.place_id, me, at)
        starts_at = clock_at(event, talk.starts)
        ends_at = starts_at + min(timedelta(minutes=talk.minutes), LONGEST_TALK)
        slide = SlideCode(
            id=new_id(), event_id=event.id, person_id=me, made_at=at, starts_at=starts_at, ends_at=ends_at
        )
        session.add(slide)
        session.flush()
        return SlideMade(slide.id)

    said = {"place": str(talk.place_id), "starts": talk.starts.isoformat(), "minutes": str(talk.minutes)}
    return once(session, Envelope(operation, "make slide code", by.label, said), SlideMade, act, at=at)


def end_slide_code(session: Session, operation: UUID, slide_id: UUID, *, by: Actor, at: datetime) -> SlideEnded:
    """No more swaps by this code, from now. Safe to repeat. Raises NotHere when it is not mine."""
    me = by.someone.id

    def act() -> SlideEnded:
        slide = get_slide(session, slide_id, me)
        slide.ended_at = slide.ended_at or at
        return SlideEnded(slide_id)

    return once(
        session, Envelope(operation, "end slide code", by.label, {"slide": str(slide_id)}), SlideEnded, act, at=at
    )


def clock_at(event: Event, clock: time) -> datetime:
    """The moment of this clock time during the event: on its first day, or the next if that was long before it."""
    first = event.starts_at.astimezone(ZoneInfo(event.zone))
    moment = datetime.combine(first.date(), clock, first.tzinfo)
    if moment < first - timedelta(hours=6):
        moment = datetime.combine(first.date() + timedelta(days=1), clock, first.tzinfo)
    return moment.astimezone(UTC)


def get_slide(session: Session, slide_id: UUID, person_id: UUID) -> SlideCode:
    """This slide code, if it is this person's. Raises NotHere."""
    slide = session.get(SlideCode, slide_id)
    if slide is None or slide.person_id != person_id:
        raise NotHere
    return slide


def slides_of(session: Session, person_id: UUID, event_id: UUID, *, at: datetime) -> Sequence[SlideCode]:
    """The codes of this person at this event that live or will live, the soonest first."""
    mine = (SlideCode.person_id == person_id) & (SlideCode.event_id == event_id) & SlideCode.ended_at.is_(None)
    query = select(SlideCode).where(mine, SlideCode.ends_at >= at - LAST_ROW)
    return session.scalars(query.order_by(SlideCode.starts_at, SlideCode.id)).all()


def find_slide(session: Session, scanned: ScreenCode, keyring: Keyring, at: datetime) -> Shown | None:
    """Whose slide this code was on, if it lives at this moment."""
    slide_id = keyring.slide_of(scanned.code)
    slide = session.get(SlideCode, slide_id) if slide_id else None
    if slide is None or slide.ended_at or not slide.starts_at <= at <= slide.ends_at + LAST_ROW:
        return None
    return Shown(slide.person_id, slide.made_at, on_slide=True)


def talk_over(
    session: Session, person_id: UUID, event_id: UUID, *, keyring: Keyring, base_url: str, at: datetime
) -> TalkOver | None:
    """The talk at this event that ended within the last quarter of an hour, if I may thank its speaker."""
    just = SlideCode.ends_at.between(at - LAST_ROW, at)
    here = select(SlideCode).where(SlideCode.event_id == event_id, SlideCode.ended_at.is_(None), just)
    slide = session.scalar(here.where(SlideCode.person_id != person_id).order_by(SlideCode.ends_at.desc()).limit(1))
    if slide is None or not _meet_here(session, slide, person_id):
        return None
    have_card = held_grant(session, slide.person_id, person_id) is not None
    return TalkOver(
        _name_of(session, slide), slide.person_id, screen_text(base_url, keyring.slide_code(slide.id)), have_card
    )


def _meet_here(session: Session, slide: SlideCode, person_id: UUID) -> bool:
    """Whether the speaker has arrived, and neither of the two wants nothing to do with the other."""
    places = session.scalars(select(Attendee.id).where(_place_of(slide))).all()
    apart = has_blocked(session, person_id, slide.person_id) or has_blocked(session, slide.person_id, person_id)
    return any(is_in(session, place) for place in places) and not apart


def _name_of(session: Session, slide: SlideCode) -> str:
    """As it stands on their badge here."""
    printed = session.scalar(select(Attendee.name).where(_place_of(slide)).limit(1))
    return printed or session.get_one(Person, slide.person_id).name


def _place_of(slide: SlideCode) -> ColumnElement[bool]:
    here = (Attendee.event_id == slide.event_id) & (Attendee.person_id == slide.person_id)
    return here & Attendee.cancelled_at.is_(None)


def _my_event(session: Session, place_id: UUID, me: UUID, at: datetime) -> Event:
    for place in places_of(session, me, at):
        if place.id == place_id:
            return place.event
    raise NotHere
