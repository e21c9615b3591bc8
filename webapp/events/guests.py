"""Guests by hand: add, correct, cancel. Names stay exactly as typed; what sorts and searches is derived here, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.addresses import address_key
from webapp.accounts.people import correct_unclaimed, make_unclaimed
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.text import search_key
from webapp.core.versions import bump
from webapp.events.models import Attendee, Event
from webapp.events.names import box_letter, join_name, sort_key, split_name


@dataclass(frozen=True)
class GuestDetails:
    """What is known of a guest. An empty given name means: take both from `name`."""

    name: str
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    company: str = ""
    headline: str = ""
    ask_me_about: str = ""
    external_ref: str = ""


def add_guest(
    session: Session, event: Event, details: GuestDetails, *, source: str, at: datetime, host_id: UUID | None = None
) -> Attendee:
    """A place at the event for someone, with an unclaimed person of its own. Raises NotAnAddress for a bad e-mail."""
    person = make_unclaimed(session, details.name, details.email, at)
    guest = place_for(event, person.id, details, source=source, at=at)
    guest.host_id = host_id
    session.add(guest)
    bump(session, f"event:{event.id}")
    session.flush()
    return guest


def place_for(event: Event, person_id: UUID, details: GuestDetails, *, source: str, at: datetime) -> Attendee:
    """A new place of this person, not yet stored. Raises NotAnAddress."""
    guest = Attendee(id=new_id(), event_id=event.id, person_id=person_id, source=source, created_at=at)
    correct_guest(guest, details)
    return guest


def correct_guest(guest: Attendee, details: GuestDetails) -> None:
    """Put these details on the guest. The badge code stays; a reprint carries the new name. Raises NotAnAddress."""
    given, family = details.given_name, details.family_name
    if not given and not family:
        given, family = split_name(details.name)
    guest.name = details.name or join_name(given, family)
    guest.given_name, guest.family_name = given, family
    guest.sort_key, guest.box = sort_key(given, family), box_letter(given, family)
    guest.search_key = search_key(guest.name)
    guest.email = details.email
    guest.email_key = address_key(details.email) if details.email else ""
    guest.company, guest.headline = details.company, details.headline
    guest.ask_me_about, guest.external_ref = details.ask_me_about, details.external_ref


def change_guest(session: Session, guest: Attendee, details: GuestDetails, *, at: datetime) -> None:
    """Correct a guest by hand. Somebody who has not claimed the place yet is found under the new name and address."""
    correct_guest(guest, details)
    correct_unclaimed(session, {guest.person_id: (guest.name, guest.email)}, at)
    bump(session, f"event:{guest.event_id}")


def details_of(guest: Attendee) -> GuestDetails:
    """The guest's details as they are now."""
    names = dict(name=guest.name, given_name=guest.given_name, family_name=guest.family_name)
    rest = dict(email=guest.email, company=guest.company, headline=guest.headline)
    return GuestDetails(**names, **rest, ask_me_about=guest.ask_me_about, external_ref=guest.external_ref)


def cancel_guest(session: Session, guest: Attendee, *, by: Actor, at: datetime) -> None:
    """Take the place back: the door says so in red, the badge stops swapping. Safe to repeat."""
    if guest.cancelled_at is None:
        guest.cancelled_at = at
        guest.cancelled_by = by.person.id if by.person else None
        bump(session, f"event:{guest.event_id}")


def restore_guest(session: Session, guest: Attendee) -> None:
    """Give a cancelled place back."""
    guest.cancelled_at = guest.cancelled_by = None
    bump(session, f"event:{guest.event_id}")
