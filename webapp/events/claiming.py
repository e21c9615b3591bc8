"""Claiming a place: a person says *that is me* with a proof, and the guest on the list becomes theirs."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import Card, Person
from webapp.core.actor import Actor
from webapp.core.outbox import put
from webapp.core.versions import bump
from webapp.events.guest_rows import name_key
from webapp.events.models import Attendee, Event, Invitation


def use_invitation(session: Session, invitation: Invitation, *, by: Actor, at: datetime) -> Attendee | None:
    """Consume the invitation by one conditional write and claim its place; None if another tap was faster.

    Whoever is signed in claims it for themselves; otherwise it becomes the place's own person's.
    """
    unused = update(Invitation).where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
    if session.execute(unused.values(used_at=at).returning(Invitation.id)).first() is None:
        return None
    attendee = session.get_one(Attendee, invitation.attendee_id)
    claim_place(session, attendee, by=by, at=at)
    return attendee


def claim_place(session: Session, attendee: Attendee, *, by: Actor, at: datetime) -> Person:
    """Make the place the actor's, or its own person's when nobody is signed in. Returns whose it is now.

    A place that somebody has claimed stays theirs.
    """
    if attendee.claimed_at is None:
        if by.person is not None and by.person.id != attendee.person_id:
            gone, stays = str(attendee.person_id), str(by.person.id)
            put(session, "place.moved", cause=attendee.id, at=at, gone=gone, person_id=stays)
            attendee.person_id = by.person.id
        attendee.claimed_at = at
        put(session, "place.claimed", cause=attendee.id, at=at, attendee_id=str(attendee.id))
        bump(session, f"event:{attendee.event_id}", f"person:{attendee.person_id}")
    session.flush()
    fill_card(session, attendee, at)
    return session.get_one(Person, attendee.person_id)


def is_in_doubt(session: Session, attendee: Attendee, by: Actor) -> bool:
    """Whether this place may well be somebody else's than that of who is signed in here: their companion's, say, whose
    mail came to the same mailbox. It bears another name, or they have a place at this event already.
    """
    me = by.person
    if me is None or attendee.person_id == me.id:
        return False
    here = (Attendee.event_id == attendee.event_id) & (Attendee.person_id == me.id) & Attendee.cancelled_at.is_(None)
    return name_key(attendee.name) != name_key(me.name) or bool(session.scalar(select(exists().where(here))))


def claim_own_places(session: Session, person: Person, *, at: datetime) -> int:
    """Claim the places of someone who proved their address: those imported as this very person. How many."""
    open_places = Attendee.claimed_at.is_(None) & Attendee.cancelled_at.is_(None)
    mine = (
        select(Attendee).join(Event, Event.id == Attendee.event_id).where(Attendee.person_id == person.id, open_places)
    )
    places = session.scalars(mine.where(Event.ends_at >= at - timedelta(days=1))).all()
    for place in places:
        claim_place(session, place, by=Actor(), at=at)
    return len(places)


def fill_card(session: Session, attendee: Attendee, at: datetime) -> None:
    """Start an empty card with what the list says. Filled fields are never touched, and nothing is shared by this."""
    card = session.scalars(select(Card).where(Card.person_id == attendee.person_id)).one()
    known = {"company": attendee.company, "headline": attendee.headline, "email": attendee.email}
    empty = {field: text for field, text in known.items() if text and not getattr(card, field)}
    for field, text in empty.items():
        setattr(card, field, text)
    if empty:
        card.version += 1
        card.updated_at = at
