"""People as the import and the desk make them."""

import pytest
from sqlalchemy import func, select

from tests.cast import Cast
from webapp.accounts import people
from webapp.accounts.addresses import NotAnAddress
from webapp.accounts.models import Address, Card, Person
from webapp.accounts.sessions import find_person_ref
from webapp.core.clock import now
from webapp.core.database import db, writing


def test_an_imported_person_has_an_empty_card_and_an_unproven_address(cast: Cast) -> None:
    with writing() as session:
        ana = people.make_unclaimed(session, "Ana Silva", "Ana@Example.org", now())
        session.commit()
    assert db.session.get_one(Card, ana.id).email == ""
    assert ana.claimed_at is None
    assert people.confirmed_address(db.session(), ana.id) is None
    assert people.written_address(db.session(), ana.id, "ana@example.org") == "Ana@example.org"


def test_a_person_may_have_no_address_at_all(cast: Cast) -> None:
    with writing() as session:
        ana = people.make_unclaimed(session, "Ana Silva", "", now())
        session.commit()
    assert db.session.scalar(select(func.count()).select_from(Address)) == 0
    assert db.session.get_one(Person, ana.id).name == "Ana Silva"


def test_a_broken_address_is_said_to_be_one(cast: Cast) -> None:
    with writing() as session, pytest.raises(NotAnAddress):
        people.make_unclaimed(session, "Ana Silva", "ana(at)example.org", now())


def test_an_organizer_is_found_by_their_address_or_made(cast: Cast) -> None:
    with writing() as session:
        dora = people.find_or_make_by_address(session, "DORA@example.org", "Dora Lindqvist", now())
        again = people.find_or_make_by_address(session, "dora@example.org", "D.", now())
        session.commit()
    assert dora.id == again.id
    assert again.name == "Dora Lindqvist"


def test_an_invitation_claims_its_person_and_signs_them_in(cast: Cast) -> None:
    guest = cast.guest("Ana Silva", email="ana@example.org")
    with writing() as session:
        person = session.get_one(Person, guest.person_id)
        secret = people.sign_in_person(session, person, proven_address="ana@example.org", browser="Safari", at=now())
        session.commit()
    ref = find_person_ref(secret)
    assert ref
    assert (ref.id, ref.stepped_up_at) == (guest.person_id, None)
    assert people.confirmed_address(db.session(), guest.person_id) == "ana@example.org"


def test_a_slip_claims_without_proving_any_address(cast: Cast) -> None:
    guest = cast.guest("Ana Silva", email="ana@example.org")
    with writing() as session:
        people.claim_person(session, session.get_one(Person, guest.person_id), proven_address=None, at=now())
        session.commit()
    assert people.confirmed_address(db.session(), guest.person_id) is None
    assert people.known_people(db.session(), "ana@example.org") == []


def test_thousands_are_made_as_one_is(cast: Cast) -> None:
    with writing() as session:
        first, second = people.make_all_unclaimed(
            session, [("Ana Silva", "Ana@Example.org"), ("Ben O’Hara", "")], now()
        )
        session.commit()
    assert db.session.get_one(Person, second).name == "Ben O’Hara"
    assert (db.session.get_one(Card, first).version, db.session.get_one(Card, second).email) == (1, "")
    assert people.written_address(db.session(), first, "ana@example.org") == "Ana@example.org"
    with writing() as session, pytest.raises(NotAnAddress):
        people.make_all_unclaimed(session, [("Ana Silva", "ana(at)example.org")], now())


def test_a_correction_reaches_the_unclaimed_and_nobody_else(cast: Cast) -> None:
    claimed = cast.person("Ben O’Hara", "ben@example.org")
    with writing() as session:
        ana = people.make_unclaimed(session, "Anna Silva", "anna@example.org", now())
        corrected = {ana.id: ("Ana Silva", "ana@example.org"), claimed.id: ("Benjamin", "new@example.org")}
        people.correct_unclaimed(session, corrected, now())
        session.commit()
    assert db.session.get_one(Person, ana.id).name == "Ana Silva"
    assert people.written_address(db.session(), ana.id, "anna@example.org") is None
    assert people.written_address(db.session(), ana.id, "ana@example.org") == "ana@example.org"
    assert db.session.get_one(Person, claimed.id, populate_existing=True).name == "Ben O’Hara"
    assert people.written_address(db.session(), claimed.id, "new@example.org") is None


def test_a_place_alone_opens_nobodys_account(cast: Cast) -> None:
    claimed, unclaimed = cast.person("Ben O’Hara", "ben@example.org"), cast.person("Ana Silva", claimed=False)
    session = db.session()
    assert people.may_open(session, unclaimed, None)
    assert people.may_open(session, claimed, "BEN@example.org")
    assert not people.may_open(session, claimed, None)
    assert not people.may_open(session, claimed, "mallory@example.org")
