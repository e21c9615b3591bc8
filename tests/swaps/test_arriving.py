"""Arriving on the spot, as walks over HTTP: the own badge, an address, a code; or badge and slip. And a lost phone."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.front_door import ask, digits, letters, secret_in, type_code
from tests.conftest import make_client
from tests.swaps.evening import EveningOut
from webapp.accounts.models import SignInSession
from webapp.badges.documents import private_code_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import digest
from webapp.events.models import Attendee
from webapp.swaps.models import Grant, KeptScan

NAME, ADDRESS = "Nils Newcomer", "nils@example.org"


def path_of(code: str) -> str:
    """The page behind a printed code."""
    return code.removeprefix("HTTPS://MIX.EXAMPLE.ORG")


@pytest.fixture
def nils(evening: EveningOut) -> Attendee:
    """On the list with an address, let in at the door, never here before."""
    return evening.arrive(evening.cast.guest(NAME, email=ADDRESS))


def claimed_at(guest_id: UUID) -> object:
    db.session.rollback()
    return db.session.scalar(select(Attendee.claimed_at).where(Attendee.id == guest_id))


def scan_from_camera(client: FlaskClient, code: str) -> str:
    """The phone's own camera opens the page behind the code; one tap, and the scan waits. Where it leads then."""
    before = client.get(path_of(code))
    answer = client.post(path_of(code))
    assert answer.location == "/scan/kept"
    page = client.get("/scan/kept").text
    assert not any(name in before.text + page for name in (NAME, "Nils", ADDRESS, "Ben")), "nothing before the proof"
    [door] = re.findall(r'href="(/sign-in\?next=[^"]+)"', page)
    return str(door)


def test_the_own_badge_an_address_and_a_code_claim_the_place(
    app: Flask, evening: EveningOut, nils: Attendee, drain: Callable[[], int]
) -> None:
    nils_id, phone = nils.id, make_client(app)
    door = scan_from_camera(phone, evening.code(nils))
    wanted = re.findall(r'name="next"[^>]*value="([^"]*)"', phone.get(door).text)
    assert wanted == ["/scan/kept"]
    assert ask(phone, ADDRESS, wanted[0]).location == "/sign-in/code"
    drain()
    assert "known here" in phone.get("/sign-in/code").text
    assert claimed_at(nils_id) is None
    assert type_code(phone, digits(letters(app)[-1])).location == "/scan/kept"
    drain()
    assert claimed_at(nils_id) is not None
    done = phone.post("/scan/kept", follow_redirects=True)
    assert done.status_code == 200
    assert "your own" in done.text
    assert NAME in phone.get("/me").text


def test_the_answer_is_the_same_for_an_address_nobody_has(
    app: Flask, evening: EveningOut, nils: Attendee, drain: Callable[[], int]
) -> None:
    code, said = evening.code(nils), []
    for address in (ADDRESS, "else@example.org"):
        phone = make_client(app)
        scan_from_camera(phone, code)
        answer = ask(phone, address, "/scan/kept")
        page = phone.get("/sign-in/code").text.replace(address, "…")
        said.append((answer.status_code, answer.data, answer.location, page))
    assert said[0] == said[1]
    drain()
    assert [letter["To"] for letter in letters(app)] == [ADDRESS]


def test_an_address_of_somebody_else_claims_their_place_and_not_that_of_the_badge(
    app: Flask, evening: EveningOut, nils: Attendee, drain: Callable[[], int]
) -> None:
    other = evening.cast.guest("Olga Other", email="olga@example.org")
    nils_id, other_id, phone = nils.id, other.id, make_client(app)
    scan_from_camera(phone, evening.code(nils))
    ask(phone, "olga@example.org", "/scan/kept")
    drain()
    type_code(phone, digits(letters(app)[-1]))
    drain()
    assert claimed_at(nils_id) is None
    assert claimed_at(other_id) is not None


def test_a_scan_of_somebody_waits_through_the_sign_in_and_becomes_a_swap(
    app: Flask, evening: EveningOut, nils: Attendee, drain: Callable[[], int]
) -> None:
    nils_person, ben_person, phone = nils.person_id, evening.cast.ben.person_id, make_client(app)
    scan_from_camera(phone, evening.code(evening.cast.ben))
    ask(phone, ADDRESS, "/scan/kept")
    drain()
    type_code(phone, digits(letters(app)[-1]))
    kept = phone.post("/scan/kept")
    assert kept.status_code == 303
    assert phone.post(kept.location, data={"intent": "give"}).status_code == 303
    db.session.rollback()
    given = select(Grant).where(Grant.giver_id == nils_person, Grant.receiver_id == ben_person)
    assert db.session.scalar(given)


def test_without_an_address_badge_and_slip_claim_the_place_and_the_scan_still_waits(
    app: Flask, evening: EveningOut
) -> None:
    guest = evening.arrive(evening.cast.guest("Nora No-Mail"))
    guest_id, phone = guest.id, make_client(app)
    codes = {"badge_code": evening.typed(guest), "private_code": private_code_of(guest, evening.keyring)}
    scan_from_camera(phone, evening.code(evening.cast.ben))
    assert 'href="/claim"' in phone.get("/scan/kept").text
    assert phone.post("/claim", data=codes | {"private_code": "22222222"}).status_code == 422
    assert phone.post("/claim", data=codes).location == "/scan/kept"
    assert claimed_at(guest_id) is not None
    assert "Finish" in phone.get("/scan/kept").text


def test_the_badge_alone_claims_nothing(app: Flask, evening: EveningOut, nils: Attendee) -> None:
    typed, nils_id, phone = evening.typed(nils), nils.id, make_client(app)
    for private in ("", typed):
        assert phone.post("/claim", data={"badge_code": typed, "private_code": private}).status_code == 422
    assert claimed_at(nils_id) is None


# A lost phone.


def session_in(client: FlaskClient) -> UUID:
    secret = secret_in(client)
    assert secret
    db.session.rollback()
    return db.session.scalars(select(SignInSession.id).where(SignInSession.secret_digest == digest(secret))).one()


def test_s_30_a_lost_phone_is_out_with_its_very_next_request(evening: EveningOut) -> None:
    cast = evening.cast
    lost, own = (cast.browser(cast.ann.person_id) for _ in range(2))
    page = own.get("/me/sessions").text
    lost_id = session_in(lost)
    assert f"/me/sessions/{lost_id}/ending" in page
    own.post(f"/me/sessions/{lost_id}/ending")
    refused = [lost.get(path) for path in ("/people", "/next", "/me", "/scan", "/pulse")]
    assert all(answer.location and answer.location.startswith("/sign-in") for answer in refused)
    assert own.get("/me").status_code == 200


def test_s_30_the_live_code_on_a_lost_phone_swaps_no_more(evening: EveningOut) -> None:
    cast = evening.cast
    lost, own = (cast.browser(cast.ann.person_id) for _ in range(2))
    lost_id = session_in(lost)
    code = evening.screen(lost_id)
    own.post(f"/me/sessions/{lost_id}/ending")
    evening.scan(cast.ben, code)
    db.session.rollback()
    assert db.session.scalars(select(Grant)).all() == []


def test_s_30_canary_the_code_of_the_phone_that_stays_swaps(evening: EveningOut) -> None:
    cast = evening.cast
    own = cast.browser(cast.ann.person_id)
    evening.scan(cast.ben, evening.screen(session_in(own)))
    assert evening.grant(cast.ann, cast.ben)


def test_s_30_what_a_lost_phone_had_kept_is_not_shown_on_it(evening: EveningOut) -> None:
    cast = evening.cast
    newcomer = cast.guest("Vera Visitor", email="vera@example.org", claimed=True)
    lost, own = (cast.browser(newcomer.person_id) for _ in range(2))
    lost.post("/scans", data={"code": evening.code(cast.ben)})
    db.session.rollback()
    [kept] = db.session.scalars(select(KeptScan).where(KeptScan.expires_at > now())).all()
    shown = f"/scan/kept/{kept.id}"
    assert lost.get(shown).status_code == 200
    own.post("/me/sessions/others/ending")
    answer: Any = lost.get(shown)
    assert answer.location.startswith("/sign-in")
    assert b"Ben" not in answer.data
    assert lost.post(shown, data={"intent": "give"}).location.startswith("/sign-in")
    assert own.get(shown).status_code == 200
