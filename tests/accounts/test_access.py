"""A fresh code before dangerous acts, and the way back to them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.front_door import SESSION, digits, give_cookie, is_signed_in, letters, secret_in, sign_in, wrong
from tests.cast import Cast
from tests.conftest import make_client
from webapp.accounts.access import fresh_code
from webapp.accounts.codes import TRIES
from webapp.accounts.models import Address
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with one dangerous page and one dangerous write below it."""
    app.add_url_rule("/danger", "danger", fresh_code(lambda: "the dangerous page"))
    app.add_url_rule("/danger/now", "danger_now", fresh_code(lambda: "it is done"), methods=["POST"])
    return app


def ask_fresh(app: Flask, client: FlaskClient, drain: Any, wanted: str = "/danger") -> str:
    client.post("/fresh-code/mail", data={"next": wanted})
    drain()
    return digits(letters(app)[-1])


def test_a_stranger_is_asked_to_sign_in_first(client: FlaskClient) -> None:
    assert (client.get("/danger").location or "").startswith("/sign-in?next=/danger")


def test_a_dangerous_page_asks_for_a_code_and_comes_back(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id)
    door = client.get("/danger?all=yes").location
    assert door == "/fresh-code?next=/danger?all%3Dyes"
    assert "ann@example.org" in client.get(door).text
    code = ask_fresh(app, client, drain, "/danger?all=yes")
    answer = client.post("/fresh-code", data={"code": code, "next": "/danger?all=yes"})
    assert (answer.status_code, answer.location) == (303, "/danger?all=yes")
    assert client.get("/danger").text == "the dangerous page"


def test_a_dangerous_write_comes_back_to_the_page_above_it(cast: Cast, ann: Attendee) -> None:
    client = cast.browser(ann.person_id)
    assert client.post("/danger/now").location == "/fresh-code?next=/danger"
    partial = client.post("/danger/now", headers={"HX-Request-Type": "partial"})
    assert partial.headers["HX-Redirect"] == "/fresh-code?next=/danger"


def test_a_code_typed_at_sign_in_is_fresh_for_ten_minutes(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    sign_in(app, client, drain, "ann@example.org")
    assert client.get("/danger").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=10, seconds=2)):
        assert client.get("/danger").status_code == 303


def test_the_secret_from_before_is_worthless_after_a_fresh_code(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    client, thief = cast.browser(ann.person_id), make_client(app)
    stolen = secret_in(client)
    assert stolen
    give_cookie(thief, SESSION, stolen)
    assert is_signed_in(thief)
    client.post("/fresh-code", data={"code": ask_fresh(app, client, drain)})
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_fresh_code_is_good_only_in_the_session_that_asked(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client, other = cast.browser(ann.person_id), cast.browser(ann.person_id)
    code = ask_fresh(app, client, drain)
    assert other.post("/fresh-code", data={"code": code}).status_code == 422
    assert other.get("/danger").status_code == 303
    assert client.post("/fresh-code", data={"code": code}).status_code == 303


def test_a_code_for_signing_in_is_no_fresh_code_and_the_other_way_round(
    app: Flask, cast: Cast, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    inside = cast.browser(ann.person_id)
    code = ask_fresh(app, inside, drain)
    client.post("/sign-in", data={"email": "ann@example.org"})
    assert client.post("/sign-in/code", data={"code": code}).status_code == 422
    drain()
    assert inside.post("/fresh-code", data={"code": digits(letters(app)[-1])}).status_code == 422


def test_a_fresh_code_comes_without_a_link(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    ask_fresh(app, cast.browser(ann.person_id), drain)
    assert "/sign-in/link/" not in letters(app)[-1].as_string()


def test_five_wrong_fresh_codes_need_a_new_one(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id)
    code = ask_fresh(app, client, drain)
    answers = [client.post("/fresh-code", data={"code": wrong(code)}) for _ in range(TRIES)]
    assert {answer.status_code for answer in answers} == {422}
    assert "Ask for a new one" in answers[-1].text
    assert client.post("/fresh-code", data={"code": code}).status_code == 422


def test_the_way_back_stays_on_this_server(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id)
    answer = client.post("/fresh-code", data={"code": ask_fresh(app, client, drain), "next": "//evil.example"})
    assert answer.location == "/"


def test_looking_at_the_page_mails_nothing(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id)
    for _ in range(5):
        client.get("/fresh-code?next=/danger")
    drain()
    assert letters(app) == []


def test_someone_without_an_address_is_asked_for_one(app: Flask, cast: Cast, drain: Any) -> None:
    client = cast.browser(cast.guest("Ana Silva", claimed=True).person_id)
    assert "/me/address" in client.get("/fresh-code").text
    assert client.post("/fresh-code/mail").location == "/me/address"
    client.post("/me/address", data={"email": "ana@example.org"})
    drain()
    letter = letters(app)[-1]
    assert letter["To"] == "ana@example.org"
    assert client.post("/me/address/code", data={"code": digits(letter)}).status_code == 303
    assert "ana@example.org" in client.get("/fresh-code").text


def test_an_address_that_is_anothers_by_now_stays_theirs(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(cast.guest("Ana Silva", claimed=True).person_id)
    client.post("/me/address", data={"email": "ann@example.org"})
    drain()
    answer = client.post("/me/address/code", data={"code": digits(letters(app)[-1])})
    assert (answer.status_code, "someone else’s" in answer.text) == (422, True)
    owners = db.session.scalars(db.select(Address.person_id).where(Address.confirmed_at.is_not(None))).all()
    assert owners == [ann.person_id]


def test_an_address_that_is_confirmed_is_not_changed_here(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id)
    client.post("/me/address", data={"email": "new@example.org"})
    drain()
    assert letters(app) == []
