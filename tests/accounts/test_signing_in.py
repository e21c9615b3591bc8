"""Whom a proven address lets in."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from tests.cast import Cast, keep
from webapp.accounts import codes, people, signing_in
from webapp.accounts.codes import NoCode, Wish, WrongCode
from webapp.accounts.models import Address, Person
from webapp.accounts.signing_in import SignedIn, SignInVerdict, WhoAreYou
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring

BROWSER = "the asking browser"
SHARED = "home@example.org"


@pytest.fixture
def keyring(app: Flask) -> Keyring:
    keyring: Keyring = app.extensions["mixwell.tools"].keyring
    return keyring


def proven(keyring: Keyring, key: str) -> SignInVerdict:
    with writing() as session:
        code_id = codes.ask_for_code(session, keyring, Wish(codes.SIGN_IN, key, BROWSER), now())
        proof = codes.try_code(session, keyring, codes.SIGN_IN, BROWSER, codes.digits_of(keyring, code_id), now())
        verdict = signing_in.sign_in_by(session, proof, browser="Firefox", at=now())
        session.commit()
    return verdict


def chosen(person_id: UUID, browser: str = BROWSER, later: timedelta = timedelta()) -> SignInVerdict:
    with writing() as session:
        verdict = signing_in.choose_person(session, browser, person_id, browser="Firefox", at=now() + later)
        session.commit()
    return verdict


def person(person_id: UUID) -> Person:
    db.session.expire_all()
    return db.session.get_one(Person, person_id)


def owner(key: str) -> str | None:
    db.session.rollback()
    known = people.known_people(db.session(), key)
    return people.confirmed_address(db.session(), known[0].id) if known else None


def test_an_imported_guest_claims_their_place_by_their_address(cast: Cast, keyring: Keyring) -> None:
    guest = cast.person("Ana Silva", "ana@example.org", claimed=False)
    assert isinstance(verdict := proven(keyring, "ana@example.org"), SignedIn)
    assert verdict.person_id == guest.id
    assert person(guest.id).claimed_at
    assert owner("ana@example.org") == "ana@example.org"


def test_coming_back_does_not_change_when_it_was_claimed(cast: Cast, keyring: Keyring) -> None:
    ann = person(cast.ann.person_id)
    before = ann.claimed_at
    assert isinstance(proven(keyring, "ann@example.org"), SignedIn)
    assert person(ann.id).claimed_at == before


def test_an_address_nobody_has_lets_nobody_in_even_with_its_code(app: Flask, keyring: Keyring) -> None:
    assert proven(keyring, "nobody@example.org") == NoCode()


def test_a_wrong_code_passes_through_as_it_is(app: Flask) -> None:
    assert signing_in.sign_in_by(db.session(), WrongCode(3), browser="Firefox", at=now()) == WrongCode(3)


def test_people_who_share_an_address_say_who_they_are(cast: Cast, keyring: Keyring) -> None:
    bea, bob = (cast.person(name, SHARED, claimed=False) for name in ("Bea Couple", "Bob Couple"))
    assert proven(keyring, SHARED) == WhoAreYou()
    assert isinstance(verdict := chosen(bob.id), SignedIn)
    assert verdict.person_id == bob.id
    assert person(bob.id).claimed_at
    assert not person(bea.id).claimed_at
    assert [known.id for known in people.known_people(db.session(), SHARED)] == [bob.id]


def test_a_choice_is_made_once_and_only_among_those_who_share_the_address(cast: Cast, keyring: Keyring) -> None:
    bea, _bob = (cast.person(name, SHARED, claimed=False) for name in ("Bea Couple", "Bob Couple"))
    proven(keyring, SHARED)
    assert chosen(cast.ann.person_id) == NoCode()
    assert chosen(bea.id, browser="another browser") == NoCode()
    assert chosen(bea.id, later=codes.LIFE) == NoCode()
    assert isinstance(chosen(bea.id), SignedIn)
    assert chosen(bea.id) == NoCode()


def test_nobody_can_choose_before_the_address_is_proven(cast: Cast, keyring: Keyring) -> None:
    bea, _bob = (cast.person(name, SHARED, claimed=False) for name in ("Bea Couple", "Bob Couple"))
    with writing() as session:
        codes.ask_for_code(session, keyring, Wish(codes.SIGN_IN, SHARED, BROWSER), now())
        session.commit()
    assert signing_in.find_waiting_choice(db.session(), BROWSER, now()) is None
    assert chosen(bea.id) == NoCode()


def test_someone_imported_twice_under_one_name_is_not_asked_which_they_are(cast: Cast, keyring: Keyring) -> None:
    first = cast.person("Ana Silva", "ana@example.org", claimed=False)
    cast.person("Ana Silva", "ana@example.org", claimed=False)
    assert isinstance(verdict := proven(keyring, "ana@example.org"), SignedIn)
    assert verdict.person_id == first.id


def test_the_owner_of_an_address_is_not_asked_about_others_who_hope_for_it(cast: Cast, keyring: Keyring) -> None:
    cast.person("Somebody Else", "ann@example.org", claimed=False)
    ann = cast.ann
    assert isinstance(verdict := proven(keyring, "ann@example.org"), SignedIn)
    assert verdict.person_id == ann.person_id


def test_a_wrong_address_in_an_import_does_not_open_a_claimed_persons_door(cast: Cast, keyring: Keyring) -> None:
    ann = cast.ann
    wrong = Address(id=new_id(), person_id=ann.person_id, address="x@example.org", address_key="x@example.org")
    wrong.created_at = now()
    keep(wrong)
    assert proven(keyring, "x@example.org") == NoCode()


def test_an_address_with_an_owner_is_not_taken_over_by_a_later_proof(cast: Cast) -> None:
    ann, ben = person(cast.ann.person_id), person(cast.ben.person_id)
    with writing() as session:
        assert not people.confirm_address(session, ben, "ann@example.org", now())
        assert people.confirm_address(session, ann, "ann@example.org", now())
        session.commit()
