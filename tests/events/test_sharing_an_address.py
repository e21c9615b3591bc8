"""Two guests whose host knows one address: a couple, or an assistant who booked for both. They stay two people."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.front_door import ask, digits, is_signed_in, letters, sign_in, type_code
from tests.cast import Cast
from tests.conftest import make_client
from tests.events.test_claiming import as_stored
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address, Person
from webapp.badges.documents import private_code_of
from webapp.badges.issuing import issue, typed_code_of
from webapp.contacts.models import Meeting
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import digest
from webapp.events.inviting import link_of
from webapp.events.models import Attendee, Invitation
from webapp.web.current import current_keyring

SHARED = "both@example.org"
BASE = "https://mix.example.org"


@pytest.fixture
def couple(cast: Cast) -> tuple[Attendee, Attendee]:
    """Ida and Jon, brought in with one address."""
    return cast.guest("Ida Berg", email=SHARED), cast.guest("Jon Berg", email=SHARED)


def invitation_of(guest: Attendee) -> str:
    invitation = Invitation(id=new_id(), event_id=guest.event_id, attendee_id=guest.id, round=1, asked_at=now())
    link = link_of(current_keyring(), invitation.id)
    invitation.link_digest = digest(link)
    with writing() as session:
        session.add(invitation)
        session.commit()
    return f"/invitation/{link}"


def slip_of(guest: Attendee) -> dict[str, str]:
    keyring = current_keyring()
    with writing() as session:
        [badge] = issue(session, [guest], keyring=keyring, base_url=BASE, at=now())
        codes = {"badge_code": typed_code_of(badge, keyring), "private_code": private_code_of(guest, keyring)}
        session.commit()
    return codes


def whose(guest: Attendee) -> Any:
    return as_stored(Attendee, guest.id).person_id


def name_in(client: FlaskClient) -> str:
    return client.get("/me").text


def choose(client: FlaskClient, guest: Attendee) -> None:
    assert type_code(client, digits(letters(client.application)[-1])).location == "/sign-in/person"
    page = client.get("/sign-in/person").text
    assert "Ida Berg" in page
    assert "Jon Berg" in page
    client.post("/sign-in/person", data={"person": str(guest.person_id)})


def test_the_first_signs_in_by_mail_and_the_second_by_slip_and_gives_an_address_of_their_own(
    app: Flask, couple: tuple[Attendee, Attendee], drain: Any
) -> None:
    ida, jon = couple
    people = {ida.person_id, jon.person_id}
    idas, jons, jons_slip = make_client(app), make_client(app), slip_of(jon)
    ask(idas, SHARED)
    drain()
    choose(idas, ida)
    drain()
    assert as_stored(Attendee, ida.id).claimed_at
    assert not as_stored(Attendee, jon.id).claimed_at
    assert jons.post("/claim", data=jons_slip).status_code == 303
    assert "Jon Berg" in name_in(jons)
    assert {whose(ida), whose(jon)} == people
    jons.post("/me/address", data={"email": "jon@example.org"})
    drain()
    assert jons.post("/me/address/code", data={"code": digits(letters(app)[-1])}).status_code == 303
    back = make_client(app)
    sign_in(app, back, drain, "jon@example.org")
    assert "Jon Berg" in name_in(back)
    assert "Ida Berg" in name_in(idas)


def test_the_shared_address_is_the_first_ones_and_the_second_cannot_have_it_too(
    app: Flask, couple: tuple[Attendee, Attendee], drain: Any
) -> None:
    ida, jon = couple
    jons_slip, idas, jons = slip_of(jon), make_client(app), make_client(app)
    ask(idas, SHARED)
    drain()
    choose(idas, ida)
    jons.post("/claim", data=jons_slip)
    jons.post("/me/address", data={"email": SHARED})
    drain()
    refused = jons.post("/me/address/code", data={"code": digits(letters(app)[-1])})
    assert refused.status_code == 422
    assert "Try another" in refused.text
    owners = select(Address.person_id).where(Address.address_key == SHARED, Address.confirmed_at.is_not(None))
    with writing() as session:
        assert session.scalars(owners).all() == [ida.person_id]


def test_each_has_an_invitation_of_their_own(app: Flask, couple: tuple[Attendee, Attendee]) -> None:
    clients = []
    for guest in couple:
        client, link = make_client(app), invitation_of(guest)
        assert client.post(link).status_code == 303
        clients.append((client, guest.name, guest.person_id))
    for client, name, _person in clients:
        assert name in name_in(client)
    assert [whose(guest) for guest in couple] == [person for _client, _name, person in clients]


def test_the_second_invitation_on_the_first_ones_phone_asks_who_it_is_for(
    app: Flask, couple: tuple[Attendee, Attendee]
) -> None:
    ida, jon = couple
    people = [ida.person_id, jon.person_id]
    phone, idas, jons = make_client(app), invitation_of(ida), invitation_of(jon)
    phone.post(idas)
    assert "signed in here as Ida Berg" in phone.get(jons).text
    assert phone.post(jons).location == jons, "without an answer nothing is claimed"
    assert not as_stored(Attendee, jon.id).claimed_at
    assert phone.post(jons, data={"who": "them"}).status_code == 303
    assert "Jon Berg" in name_in(phone)
    assert [whose(guest) for guest in couple] == people


def test_who_says_that_both_are_theirs_has_both(app: Flask, couple: tuple[Attendee, Attendee]) -> None:
    ida, jon = couple
    phone, idas, jons = make_client(app), invitation_of(ida), invitation_of(jon)
    phone.post(idas)
    phone.post(jons, data={"who": "me"})
    assert whose(jon) == whose(ida)


def test_a_slip_on_anothers_phone_asks_who_it_is_for(app: Flask, couple: tuple[Attendee, Attendee]) -> None:
    ida, jon = couple
    jon_id, phone, idas, slip = jon.person_id, make_client(app), invitation_of(ida), slip_of(jon)
    phone.post(idas)
    asked = phone.post("/claim", data=slip)
    assert asked.status_code == 422
    assert "signed in here as Ida Berg" in asked.text
    assert phone.post("/claim", data=slip | {"who": "them"}).status_code == 303
    assert whose(jon) == jon_id
    assert "Jon Berg" in name_in(phone)


def test_what_a_badge_had_got_before_it_was_claimed_comes_with_it(app: Flask, cast: Cast, drain: Any) -> None:
    evening_out = EveningOut(app, cast)
    for guest in (cast.ann, cast.ben):
        evening_out.arrive(guest)
    listed = evening_out.arrive(cast.guest("Ann at Work", email="ann@work.example.org"))
    gone, slip = listed.person_id, slip_of(listed)
    evening_out.meet(cast.ben, listed)
    anns = cast.browser(cast.ann.person_id)
    assert anns.post("/claim", data=slip | {"who": "me"}).status_code == 303
    drain()
    with writing() as session:
        assert session.get(Person, gone) is None
        [meeting] = session.scalars(select(Meeting)).all()
        assert {meeting.first_id, meeting.second_id} == {cast.ann.person_id, cast.ben.person_id}
    assert "Ben Adeyemi" in anns.get("/next").text
    assert is_signed_in(anns)
