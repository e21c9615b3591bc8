"""Guests by hand."""

from sqlalchemy import select

from tests.cast import Cast
from webapp.accounts.models import Address, Person
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.versions import version_of
from webapp.events.guests import GuestDetails, add_guest, change_guest
from webapp.events.models import Event


def test_a_guest_corrected_by_hand_is_found_under_the_new_name_and_address(cast: Cast) -> None:
    with writing() as session:
        event = session.get_one(Event, cast.mixer.id)
        guest = add_guest(
            session, event, GuestDetails("Anna Silva", email="anna@example.org"), source="by_hand", at=now()
        )
        before = version_of(session, f"event:{event.id}")
        change_guest(session, guest, GuestDetails("Ana Silva", email="ana@example.org"), at=now())
        session.commit()
    assert (guest.name, guest.family_name, guest.email_key) == ("Ana Silva", "Silva", "ana@example.org")
    assert db.session.get_one(Person, guest.person_id).name == "Ana Silva"
    assert db.session.scalars(select(Address.address_key)).all() == ["ana@example.org"]
    assert version_of(db.session(), f"event:{cast.mixer.id}") == before + 1
