"""S-34: an address changes when both mailboxes say so, and the old one may take it back for three days."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.front_door import ask, digits, is_signed_in, letters, sign_in, words, wrong
from tests.cast import Cast
from tests.conftest import make_client
from webapp.accounts.models import Address, AddressChange
from webapp.accounts.people import confirm_address
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee

OLD, NEW, NEWER = "ann@example.org", "ann@new.example.org", "ann@newer.example.org"


def addresses_of(person_id: UUID) -> list[tuple[str, bool]]:
    db.session.rollback()
    db.session.expire_all()
    rows = db.session.scalars(select(Address).where(Address.person_id == person_id).order_by(Address.id))
    return [(row.address, row.confirmed_at is not None) for row in rows]


def mail_to(app: Flask, address: str) -> list[Any]:
    return [letter for letter in letters(app) if letter["To"] == address]


def begin(client: FlaskClient, new: str) -> Any:
    """Ask on the page, as its form would."""
    page = client.get("/me/address/change").text
    [old] = re.findall(r'name="old" value="([^"]+)"', page)
    return client.post("/me/address/change", data={"old": old, "email": new})


def prove(client: FlaskClient, side: str, code: str) -> Any:
    return client.post(f"/me/address/change/{side}", data={"code": code})


def change(app: Flask, client: FlaskClient, drain: Any, old: str, new: str) -> str:
    """The whole way; returns the path of the way back."""
    assert begin(client, new).status_code == 303
    drain()
    assert prove(client, "old", digits(mail_to(app, old)[-1])).status_code == 303
    assert prove(client, "new", digits(mail_to(app, new)[-1])).status_code == 303
    drain()
    return way_back(mail_to(app, old)[-1])


def way_back(letter: Any) -> str:
    found = re.search(r"https://mix\.example\.org(/address-reversal/\S+)", words(letter))
    assert found
    return found[1]


def test_s_34_both_mailboxes_say_yes_and_both_are_told(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id, fresh=True)
    begin(client, NEW)
    drain()
    assert NEW in words(mail_to(app, OLD)[-1]), "the old mailbox knows what its code would do"
    assert OLD in client.get("/me/address").text
    prove(client, "old", digits(mail_to(app, OLD)[-1]))
    assert addresses_of(ann.person_id) == [(OLD, True)]
    prove(client, "new", digits(mail_to(app, NEW)[-1]))
    assert addresses_of(ann.person_id) == [(NEW, True)]
    drain()
    assert [str(mail_to(app, to)[-1]["Subject"]) for to in (OLD, NEW)] == ["Your sign-in address has changed"] * 2
    assert "/address-reversal/" in words(mail_to(app, OLD)[-1])
    assert "/address-reversal/" not in words(mail_to(app, NEW)[-1])
    assert sign_in(app, make_client(app), drain, NEW).status_code == 303


def test_s_34_the_old_address_opens_nothing_any_more(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    change(app, cast.browser(ann.person_id, fresh=True), drain, OLD, NEW)
    before = len(letters(app))
    ask(make_client(app), OLD)
    drain()
    assert len(letters(app)) == before


def test_s_34_without_a_fresh_sign_in_nothing_begins(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client = cast.browser(ann.person_id)
    for answer in (client.get("/me/address/change"), client.post("/me/address/change", data={"email": NEW})):
        assert answer.location.startswith("/fresh-code")
    with time_machine.travel(now() - timedelta(minutes=11)):
        stale = cast.browser(ann.person_id, fresh=True)
    assert stale.get("/me/address/change").location.startswith("/fresh-code")
    drain()
    assert letters(app) == []


@pytest.mark.parametrize("side", ["old", "new"])
def test_s_34_one_mailbox_alone_changes_nothing(app: Flask, cast: Cast, ann: Attendee, drain: Any, side: str) -> None:
    client = cast.browser(ann.person_id, fresh=True)
    begin(client, NEW)
    drain()
    code = digits(mail_to(app, OLD if side == "old" else NEW)[-1])
    other = "new" if side == "old" else "old"
    assert prove(client, other, code).status_code == 422, "the code of one mailbox is not the other's"
    assert prove(client, side, code).status_code == 303
    assert prove(client, side, code).status_code == 422
    assert addresses_of(ann.person_id) == [(OLD, True)]
    with time_machine.travel(now() + timedelta(minutes=31)):
        late = digits(mail_to(app, NEW if side == "old" else OLD)[-1])
        assert prove(client, other, late).status_code == 422
    assert addresses_of(ann.person_id) == [(OLD, True)]


def test_s_34_a_code_works_in_the_browser_that_asked_and_nowhere_else(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    client, thief = cast.browser(ann.person_id, fresh=True), cast.browser(ann.person_id, fresh=True)
    begin(client, NEW)
    drain()
    assert prove(thief, "old", digits(mail_to(app, OLD)[-1])).status_code == 422
    assert prove(client, "old", wrong(digits(mail_to(app, OLD)[-1]))).status_code == 422
    assert prove(client, "old", digits(mail_to(app, OLD)[-1])).status_code == 303


def test_s_34_whose_address_was_typed_is_not_to_be_seen(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    client, said = cast.browser(ann.person_id, fresh=True), []
    assert cast.ben.email == "ben@example.org"
    for address in ("ben@example.org", "nob@example.org"):
        answer = begin(client, address)
        page = client.get("/me/address").text.replace(address, "…")
        said.append((answer.status_code, answer.data, answer.location, page))
    assert said[0] == said[1]
    drain()
    assert len(mail_to(app, "nob@example.org")) == 1


def test_s_34_an_address_of_somebody_else_is_not_taken_even_with_both_codes(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    client, ben = cast.browser(ann.person_id, fresh=True), cast.ben
    begin(client, ben.email)
    drain()
    prove(client, "old", digits(mail_to(app, OLD)[-1]))
    answer = prove(client, "new", digits(mail_to(app, ben.email)[-1]))
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    assert addresses_of(ann.person_id) == [(OLD, True)]
    assert addresses_of(ben.person_id) == [(ben.email, True)]


def test_the_address_one_has_is_no_change(cast: Cast, ann: Attendee) -> None:
    answer = begin(cast.browser(ann.person_id, fresh=True), "ANN@example.org")
    assert answer.status_code == 422
    assert "opens your door already" in answer.text


def test_s_34_the_old_mailbox_takes_it_back_and_everybody_is_out(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    thief, own = cast.browser(ann.person_id, fresh=True), cast.browser(ann.person_id)
    back, stranger = change(app, thief, drain, OLD, NEW), make_client(app)
    assert [stranger.get(back).status_code for _ in range(2)] == [200, 200], "looking changes nothing"
    assert addresses_of(ann.person_id) == [(NEW, True)]
    assert "yours again" in stranger.post(back).text
    assert addresses_of(ann.person_id) == [(OLD, True)]
    assert [is_signed_in(client) for client in (thief, own)] == [False, False]
    assert sign_in(app, make_client(app), drain, OLD).status_code == 303
    before = len(letters(app))
    ask(make_client(app), NEW)
    drain()
    assert len(letters(app)) == before


def test_s_34_a_way_back_is_good_once_and_for_three_days(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    back, stranger = change(app, cast.browser(ann.person_id, fresh=True), drain, OLD, NEW), make_client(app)
    with time_machine.travel(now() + timedelta(hours=72, seconds=1)):
        assert (stranger.get(back).status_code, stranger.post(back).status_code) == (404, 422)
    mutated = back[:-1] + ("0" if back[-1] != "0" else "1")
    assert (stranger.get(mutated).status_code, stranger.post(mutated).status_code) == (404, 422)
    assert addresses_of(ann.person_id) == [(NEW, True)]
    with time_machine.travel(now() + timedelta(hours=71, minutes=58)):
        assert stranger.post(back).status_code == 200
        signed_in = cast.browser(ann.person_id)
        assert stranger.post(back).status_code == 422
        assert is_signed_in(signed_in), "a used way back ends nothing"


def test_s_34_it_works_after_a_second_change_whose_own_way_back_is_then_dead(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    thief = cast.browser(ann.person_id, fresh=True)
    first = change(app, thief, drain, OLD, NEW)
    second = change(app, thief, drain, NEW, NEWER)
    begin(thief, "third@example.org")
    stranger = make_client(app)
    assert stranger.post(first).status_code == 200
    assert addresses_of(ann.person_id) == [(OLD, True)]
    assert stranger.post(second).status_code == 422, "that link lies in the thief's own mailbox"
    assert addresses_of(ann.person_id) == [(OLD, True)]
    assert not db.session.scalars(select(AddressChange).where(AddressChange.done_at.is_(None))).all()


def test_s_34_the_first_way_back_outlives_the_second(app: Flask, cast: Cast, ann: Attendee, drain: Any) -> None:
    thief = cast.browser(ann.person_id, fresh=True)
    first, second = change(app, thief, drain, OLD, NEW), change(app, thief, drain, NEW, NEWER)
    assert make_client(app).post(second).status_code == 200
    assert addresses_of(ann.person_id) == [(NEW, True)]
    assert make_client(app).post(first).status_code == 200
    assert addresses_of(ann.person_id) == [(OLD, True)]


def test_an_address_given_up_is_kept_for_its_owner_while_they_may_take_it_back(
    app: Flask, cast: Cast, ann: Attendee, drain: Any
) -> None:
    change(app, cast.browser(ann.person_id, fresh=True), drain, OLD, NEW)
    other = cast.person("Someone Else")
    for after, theirs in ((timedelta(), False), (timedelta(hours=73), True)):
        with writing() as session:
            assert confirm_address(session, session.merge(other), OLD, now() + after) is theirs
            session.rollback()
