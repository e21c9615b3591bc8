"""The front door as a browser meets it: one answer for all, nothing burnt by looking, one session for one proof."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.accounts.front_door import (
    ASKING,
    DOMAIN,
    SESSION,
    ask,
    digits,
    give_cookie,
    is_signed_in,
    letters,
    link,
    secret_in,
    session_count,
    sign_in,
    type_code,
    wrong,
)
from tests.cast import Cast
from tests.conftest import make_client
from webapp.accounts import codes, people, signing_in
from webapp.accounts.models import OneTimeCode
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee

SCANNERS = ["Barracuda", "Proofpoint", "SafeLinks", "Mimecast", "HeadlessChrome/130.0"]


def test_a_stranger_is_told_what_this_is_and_can_sign_in(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "You scan, they get your card. They scan back, you get theirs." in page
    assert 'action="/sign-in"' in page


def test_whoever_is_signed_in_comes_to_the_camera(cast: Cast, ann: Attendee) -> None:
    assert cast.browser(ann.person_id).get("/").location == "/scan"
    assert cast.browser(ann.person_id).get("/sign-in?next=/me").location == "/me"


def test_a_guest_signs_in_by_a_typed_code_and_comes_where_they_wanted(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    answer = sign_in(app, client, drain, "ann@example.org", "/me/card")
    assert (answer.status_code, answer.location) == (303, "/me/card")
    assert is_signed_in(client)
    assert client.get_cookie(ASKING, DOMAIN) is None


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    cookies = sign_in(app, client, drain, "ann@example.org").headers.getlist("Set-Cookie")
    (cookie,) = [cookie for cookie in cookies if cookie.startswith(f"{SESSION}=")]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain=" not in cookie


def test_a_wrong_code_says_how_many_tries_are_left(app: Flask, ann: Attendee, client: FlaskClient, drain: Any) -> None:
    ask(client, "ann@example.org")
    drain()
    answer = type_code(client, wrong(digits(letters(app)[-1])))
    assert (answer.status_code, "4 more tries" in answer.text) == (422, True)
    assert not is_signed_in(client)


def test_after_five_wrong_codes_the_page_asks_to_begin_again(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    ask(client, "ann@example.org")
    drain()
    right = digits(letters(app)[-1])
    answers = [type_code(client, wrong(right)) for _ in range(codes.TRIES)]
    assert "Ask for a new one" in answers[-1].text
    assert type_code(client, right).status_code == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["", "ann", "ann@", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_beside_the_field_and_kept(client: FlaskClient, address: str) -> None:
    answer = ask(client, address)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{address}"' in answer.text


def test_a_code_page_without_an_address_asked_begins_at_the_beginning(client: FlaskClient) -> None:
    assert client.get("/sign-in/code").location == "/sign-in"
    assert type_code(client, "123456").location == "/sign-in"
    assert client.get("/sign-in/person").location == "/sign-in"
    assert client.post("/sign-in/person", data={"person": "nobody"}).location == "/sign-in"


def test_people_who_share_an_address_see_each_others_names_only_after_the_proof(
    app: Flask, cast: Cast, client: FlaskClient, drain: Any
) -> None:
    for name in ("Bea Couple", "Bob Couple"):
        cast.person(name, "home@example.org", claimed=False)
    before = ask(client, "home@example.org").text + client.get("/sign-in/code").text
    drain()
    answer = type_code(client, digits(letters(app)[-1]))
    assert answer.location == "/sign-in/person"
    page = client.get("/sign-in/person").text
    assert ("Bob Couple" in before, "Bob Couple" in page) == (False, True)
    bob = re.findall(r'value="([0-9a-f-]{36})"', page)[1]
    assert client.post("/sign-in/person", data={"person": bob}).status_code == 303
    assert "Bob Couple" in client.get("/me/card").text


# S-26: looking burns nothing.
def test_looking_at_a_link_fifty_times_burns_nothing(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    ask(client, "ann@example.org")
    drain()
    path = link(letters(app)[-1])
    for name in SCANNERS:
        scanner = make_client(app)
        for method in ["GET", "HEAD"] * 5:
            answer = scanner.open(path, method=method, headers={"User-Agent": name})
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
    assert session_count() == 0
    assert client.post(path).status_code == 303
    assert is_signed_in(client)


def test_a_forwarded_link_opens_nothing_elsewhere(app: Flask, ann: Attendee, client: FlaskClient, drain: Any) -> None:
    ask(client, "ann@example.org")
    drain()
    path, thief = link(letters(app)[-1]), make_client(app)
    ask(thief, "nobody@example.org")
    assert thief.post(path).status_code == 422
    assert make_client(app).post(path).status_code == 422
    assert session_count() == 0
    cookie = client.get_cookie(ASKING, DOMAIN)
    assert cookie
    give_cookie(thief, ASKING, cookie.value)
    assert thief.post(path).status_code == 303, "canary: nothing but the browser's cookie was missing"


def test_a_link_without_its_browser_says_to_type_the_code(client: FlaskClient) -> None:
    assert "Type the code instead" in client.get("/sign-in/link/WHATEVER").text


# S-27: many at once, one session.
@pytest.mark.parametrize("way", ["code", "link"])
def test_fifty_posts_of_one_proof_open_one_session(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any, way: str
) -> None:
    statuses = post_at_once(app, client, drain, way, 50)
    assert session_count() == 1
    assert sorted(statuses) == [303] + [422] * 49


def test_without_the_one_update_many_posts_open_many_sessions(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "_live", lambda at: OneTimeCode.expires_at > at)
    monkeypatch.setattr(signing_in, "_let_in", careless)
    post_at_once(app, client, drain, "code", 6)
    assert session_count() > 1, "canary: it is the UPDATE that decides"


def careless(session: Any, _code_id: Any, key: str, person: Any, browser: str, at: Any) -> signing_in.SignedIn:
    secret = people.sign_in_person(session, person, proven_address=key, browser=browser, at=at)
    return signing_in.SignedIn(person.id, secret)


def post_at_once(app: Flask, client: FlaskClient, drain: Any, way: str, times: int) -> list[int]:
    """Ask once, then prove it from so many threads with the cookie of the one browser that asked; their statuses."""
    ask(client, "ann@example.org")
    drain()
    letter, cookie = letters(app)[-1], client.get_cookie(ASKING, DOMAIN)
    assert cookie
    db.session.remove()

    def post(_number: int) -> int:
        tab = make_client(app)
        give_cookie(tab, ASKING, cookie.value)
        return (type_code(tab, digits(letter)) if way == "code" else tab.post(link(letter))).status_code

    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(post, range(times)))


def test_no_code_link_or_address_is_logged(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(client, "ann@example.org", "/b/SECRETBADGE")
    drain()
    letter = letters(app)[-1]
    client.get(link(letter))
    client.post(link(letter))
    logged = "".join(capsys.readouterr())
    secrets = (
        digits(letter),
        link(letter).rpartition("/")[2],
        "ann@",
        "Achebe",
        "SECRETBADGE",
        secret_in(client) or "?",
    )
    assert "answered" in logged
    assert [secret for secret in secrets if secret in logged] == []


# S-28: is this address known here?
def test_known_and_unknown_addresses_get_the_same_bytes_cookies_and_statements(
    app: Flask, cast: Cast, ann: Attendee
) -> None:
    cast.person("Ana Silva", "ana@example.org", claimed=False)
    for name in ("Bea Couple", "Bob Couple"):
        cast.person(name, "two@example.org", claimed=False)
    whole_answer(app, "warm@example.org")
    addresses = ("ann@example.org", "ana@example.org", "two@example.org", "xyz@example.org")
    with time_machine.travel(now(), tick=False):
        answers = {whole_answer(app, address) for address in addresses}
    assert len(answers) == 1


def whole_answer(app: Flask, address: str) -> str:
    """Everything that could tell one address from another: bytes, headers, statements. Random secrets are masked."""
    client, statements = make_client(app), []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    answers = (ask(client, address), client.get("/sign-in/code"), type_code(client, "not it"))
    event.remove(db.engine, "before_cursor_execute", note)
    parts = [[answer.status_code, str(answer.headers), answer.text] for answer in answers]
    # Signed cookies are packed, so a random secret's length varies by a letter or two, whatever the address.
    masked = re.sub(r"asking=[^;]+", "asking=SECRET", repr((parts, statements)))
    assert statements
    return masked.replace(address, "ADDRESS")


# S-29: bombing a mailbox.
def test_an_address_is_mailed_thrice_in_a_quarter_of_an_hour_and_answered_alike_a_hundred_times(
    app: Flask, ann: Attendee, drain: Any
) -> None:
    answers = [ask_and_drain(app, drain) for _ in range(100)]
    assert len({(answer.status_code, answer.location, answer.data) for answer in answers}) == 1
    assert len(letters(app)) == 3


def ask_and_drain(app: Flask, drain: Any) -> TestResponse:
    answer = ask(make_client(app), "ann@example.org")
    drain()
    return answer


def test_an_address_is_mailed_ten_times_a_day(app: Flask, ann: Attendee, drain: Any) -> None:
    start = now()
    for number in range(16):
        with time_machine.travel(start + number * timedelta(minutes=6)):
            ask_and_drain(app, drain)
    assert len(letters(app)) == 10
    with time_machine.travel(start + timedelta(days=1, minutes=1)):
        ask_and_drain(app, drain)
    assert len(letters(app)) == 11


def test_a_mail_that_a_limit_stops_leaves_the_last_code_good(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    for _ in range(5):
        ask(client, "ann@example.org")
        drain()
    assert type_code(client, digits(letters(app)[-1])).status_code == 303


def test_a_network_that_asks_too_often_is_told_when_to_come_back(app: Flask, client: FlaskClient) -> None:
    answers = [type_code(client, "1") for _ in range(301)]
    assert [answer.status_code for answer in answers[-2:]] == [303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


# S-30: what was before the proof is worth nothing after it.
def test_signing_in_again_replaces_the_session_this_browser_had(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    client = cast.browser(cast.ben.person_id)
    bens = secret_in(client)
    assert bens
    ask(client, "ann@example.org")
    drain()
    type_code(client, digits(letters(app)[-1]))
    assert secret_in(client) != bens
    thief = make_client(app)
    give_cookie(thief, SESSION, bens)
    assert not is_signed_in(thief)


def test_a_cookie_planted_before_signing_in_is_not_the_one_used_after(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    give_cookie(client, SESSION, "planted")
    sign_in(app, client, drain, "ann@example.org")
    assert secret_in(client) != "planted"
    thief = make_client(app)
    give_cookie(thief, SESSION, "planted")
    assert not is_signed_in(thief)


def test_an_asking_cookie_that_was_changed_is_no_cookie(app: Flask, client: FlaskClient) -> None:
    ask(client, "ann@example.org")
    cookie = client.get_cookie(ASKING, DOMAIN)
    assert cookie
    assert client.get("/sign-in/code").status_code == 200
    give_cookie(client, ASKING, cookie.value[:-2] + "AA")
    assert client.get("/sign-in/code").location == "/sign-in"


# S-32: nobody is sent elsewhere.
HOSTS = ["evil.example", "EVIL.example", "evil.example:443", "user@evil.example", "mix.example.org@evil.example"]
SHAPES: list[Callable[[str], str]] = [
    lambda host: f"https://{host}",
    lambda host: f"HtTpS://{host}/",
    lambda host: f"//{host}",
    lambda host: f"///{host}",
    lambda host: f"////{host}/%2f..",
    lambda host: f"/\\{host}",
    lambda host: f"\\\\{host}",
    lambda host: f"\\/{host}",
    lambda host: f"/\t/{host}",
    lambda host: f"/\n/{host}",
    lambda host: f"\r\n//{host}",
    lambda host: f" //{host}",
    lambda host: f"https:{host}",
    lambda host: f"https:/{host}",
    lambda host: f"javascript://{host}/%0aalert(1)",
    lambda host: f"data:text/html,{host}",
    lambda host: f"{host}",
    lambda host: f"./{host}",
    lambda host: f"/\x00/{host}",
    lambda host: f"/\u2028/{host}",
]


def test_no_next_leads_to_another_server(app: Flask, cast: Cast, ann: Attendee) -> None:
    client = cast.browser(ann.person_id)
    payloads = [shape(host) for shape in SHAPES for host in HOSTS]
    assert len(payloads) >= 80
    answers = {payload: client.get("/sign-in", query_string={"next": payload}).location for payload in payloads}
    assert {payload: place for payload, place in answers.items() if place != "/"} == {}


@pytest.mark.parametrize(
    "payload", ["//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0a/x", "/me?x=1"]
)
def test_no_next_leads_away_after_a_real_sign_in_either(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any, payload: str
) -> None:
    place = sign_in(app, client, drain, "ann@example.org", payload).location
    assert place in {"/", "/%0d%0a/x", "/me?x=1"}
