"""Where I am signed in, and my card."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.front_door import SESSION, give_cookie, is_signed_in, secret_in
from tests.cast import Cast
from tests.conftest import make_client
from webapp.accounts.cards import choose_reach, get_card
from webapp.accounts.models import Card, SignInSession
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee

CARD = {"name": "Ann A.", "headline": "Boat builder", "can_help_with": "sails", "ask_me_about": "sailing"}


def sessions_of(person_id: UUID) -> list[SignInSession]:
    db.session.rollback()
    db.session.expire_all()
    rows = select(SignInSession).where(SignInSession.person_id == person_id).order_by(SignInSession.id)
    return list(db.session.scalars(rows))


def card_of(person_id: UUID) -> Card:
    db.session.rollback()
    db.session.expire_all()
    return get_card(db.session(), person_id)


@pytest.mark.parametrize("path", ["/me/sessions", "/me/card", "/me/address", "/fresh-code"])
def test_my_pages_ask_a_stranger_to_sign_in(client: FlaskClient, path: str) -> None:
    assert (client.get(path).location or "").startswith(f"/sign-in?next={path}")


def test_sessions_are_listed_and_this_one_is_marked(cast: Cast, ann: Attendee) -> None:
    client, _other = cast.browser(ann.person_id), cast.browser(ann.person_id)
    page = client.get("/me/sessions").text
    assert page.count("Test browser</h2>") == 2
    assert page.count("Here, now") == 1


def test_a_session_that_is_ended_is_over_with_the_next_request(cast: Cast, ann: Attendee) -> None:
    here, there = cast.browser(ann.person_id), cast.browser(ann.person_id)
    there_id = sessions_of(ann.person_id)[1].id
    assert here.post(f"/me/sessions/{there_id}/ending").location == "/me/sessions"
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_nobody_ends_the_session_of_another(cast: Cast, ann: Attendee) -> None:
    anns, bens = cast.browser(ann.person_id), cast.browser(cast.ben.person_id)
    bens.post(f"/me/sessions/{sessions_of(ann.person_id)[0].id}/ending")
    assert is_signed_in(anns)


def test_all_other_sessions_end_at_once(cast: Cast, ann: Attendee) -> None:
    here, *others = (cast.browser(ann.person_id) for _ in range(4))
    here.post("/me/sessions/others/ending")
    assert [is_signed_in(client) for client in (here, *others)] == [True, False, False, False]


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(
    app: Flask, cast: Cast, ann: Attendee
) -> None:
    client, thief = cast.browser(ann.person_id), make_client(app)
    secret = secret_in(client)
    assert secret
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert secret_in(client) is None
    give_cookie(thief, SESSION, secret)
    assert not is_signed_in(thief)


def test_signing_out_leaves_a_door_phone_its_door(cast: Cast, ann: Attendee) -> None:
    _actor, key = cast.door()
    client = cast.browser(ann.person_id, door_key=key)
    assert client.post("/sign-out").headers["Clear-Site-Data"] == '"cache"'
    assert client.get_cookie("__Host-mixwell-door", "mix.example.org")


def test_reading_keeps_a_session_alive_with_one_write_an_hour(cast: Cast, ann: Attendee) -> None:
    client, start = cast.browser(ann.person_id), now()
    seen = []
    for minutes in (30, 61, 90, 125):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            client.get("/me/card")
        seen.append(round((sessions_of(ann.person_id)[0].seen_at - start).total_seconds() / 60))
    assert seen == [0, 61, 61, 125]


def test_a_card_is_kept_as_typed(cast: Cast, ann: Attendee) -> None:
    client = cast.browser(ann.person_id)
    answer = client.post("/me/card", data=CARD | {"link": "example.org/ann", "ask_on_badge": "y"})
    assert (answer.status_code, answer.location) == (303, "/me")
    card = card_of(ann.person_id)
    assert (card.person.name, card.headline, card.link) == ("Ann A.", "Boat builder", "https://example.org/ann")
    assert (card.can_help_with, card.ask_me_about, card.ask_on_badge) == ("sails", "sailing", True)


def test_a_refused_card_loses_nothing_that_was_typed(cast: Cast, ann: Attendee) -> None:
    client = cast.browser(ann.person_id)
    answer = client.post("/me/card", data=CARD | {"name": " ", "phone": "ring me", "link": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert answer.text.count('class="field-error"') == 3
    assert 'value="Boat builder"' in answer.text
    assert card_of(ann.person_id).headline == ""


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "ftp://example.org", "https://", "me", "https://user@example.org", "http://[", "a b.org"],
)
def test_a_link_leads_to_a_web_page_or_nowhere(cast: Cast, ann: Attendee, link: str) -> None:
    assert cast.browser(ann.person_id).post("/me/card", data=CARD | {"link": link}).status_code == 422


def test_no_line_can_turn_or_hide_the_text_beside_it(cast: Cast, ann: Attendee) -> None:
    cast.browser(ann.person_id).post("/me/card", data=CARD | {"headline": "Boat\u202e\r\nbuilder"})
    assert card_of(ann.person_id).headline == "Boat builder"


def test_a_form_changes_no_column_it_does_not_show(cast: Cast, ann: Attendee) -> None:
    data = CARD | {"version": "99", "person_id": "x", "reach_email": "y", "reach_chosen_at": "2026-01-01", "id": "x"}
    cast.browser(ann.person_id).post("/me/card", data=data)
    card = card_of(ann.person_id)
    assert (card.version, card.reach_email, card.reach_chosen_at) == (2, False, None)


def test_ways_to_be_reached_can_be_changed_once_they_were_chosen(cast: Cast, ann: Attendee) -> None:
    client = cast.browser(ann.person_id)
    assert "reach_email" not in client.get("/me/card").text
    with writing() as session:
        choose_reach(session, ann.person_id, {"email"}, at=now())
        session.commit()
    assert 'id="reach_email"' in client.get("/me/card").text
    client.post("/me/card", data=CARD | {"email": "ann@example.org", "reach_phone": "y"})
    card = card_of(ann.person_id)
    assert (card.reach_email, card.reach_phone) == (False, True)
