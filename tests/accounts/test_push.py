"""The switch on Me: who is told where, as the browser said it; five browsers, five tries an hour, known services."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.architecture.words import messages_of
from tests.cast import Cast
from tests.core.push_service import Phone
from webapp.accounts.models import PushSubscription, SignInSession
from webapp.accounts.push import MOST, subscribe
from webapp.accounts.sessions import end_session
from webapp.core.actor import PersonRef
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.push import Receiver
from webapp.core.tokens import Keyring, Sealed
from webapp.mydata.collecting import everything_of
from webapp.mydata.joining import join
from webapp.mydata.leaving import erase
from webapp.web.builds import ROOT
from webapp.web.limits import LIMITS

SERVICE = "https://updates.push.services.mozilla.com/wpush/v2"


def phone(name: str) -> Phone:
    return Phone(name, SERVICE)


def ann_at(cast: Cast) -> FlaskClient:
    """A browser of Ann's."""
    return cast.browser(cast.ann.person_id)


def told() -> list[str]:
    """Which phones are told, by name."""
    db.session.rollback()
    rows = db.session.scalars(select(PushSubscription.endpoint).order_by(PushSubscription.created_at))
    return [endpoint.rpartition("/")[2] for endpoint in rows]


def test_the_switch_stands_where_it_was_left(cast: Cast) -> None:
    browser, mine = ann_at(cast), phone("mine")
    assert 'aria-checked="false"' in browser.get("/me/push").text
    assert browser.post("/me/push", data=mine.form).location == "/me#push"
    assert 'aria-checked="true"' in browser.get("/me/push").text
    assert 'aria-checked="false"' in ann_at(cast).get("/me/push").text, "another browser of hers is another phone"
    browser.post("/me/push/ending")
    assert 'aria-checked="false"' in browser.get("/me/push").text
    assert told() == []


def test_the_answer_to_a_script_is_the_switch(cast: Cast) -> None:
    answer = ann_at(cast).post("/me/push", data=phone("mine").form, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<push-switch id="push"')
    assert 'aria-checked="true"' in answer.text


def test_without_script_there_is_no_switch_and_nothing_is_asked(cast: Cast) -> None:
    page = ann_at(cast).get("/me").text
    assert '<push-switch id="push" data-from="/me/push" hidden></push-switch>' in page
    assert "mornings only" not in page


def test_the_key_on_the_page_is_ours(app: Flask, cast: Cast) -> None:
    tools = app.extensions["mixwell.tools"]
    assert f'data-key="{tools.pusher.public_key}"' in ann_at(cast).get("/me/push").text


@pytest.mark.parametrize(
    "odd",
    [
        {"endpoint": "https://push.example.com/x"},
        {"endpoint": "https://updates.push.services.mozilla.com.example.com/x"},
        {"endpoint": "https://169.254.169.254/latest"},
        {"endpoint": "https://localhost/x"},
        {"endpoint": "http://updates.push.services.mozilla.com/x"},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"auth": ""},
    ],
    ids=lambda odd: "".join(odd.values()) or "empty",
)
def test_s_41_what_is_no_subscription_at_a_known_service_is_refused_in_words(cast: Cast, odd: dict[str, str]) -> None:
    answer = ann_at(cast).post("/me/push", data=phone("x").form | odd, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 422
    assert "We do not know the service your browser uses for this." in answer.text
    assert told() == []


def test_one_browser_has_one_and_the_newest_counts(cast: Cast) -> None:
    browser = ann_at(cast)
    for name in ("first", "second", "second"):
        assert browser.post("/me/push", data=phone(name).form).status_code == 303
    assert told() == ["second"]


def test_a_browser_that_is_somebody_elses_now_is_theirs_alone(cast: Cast) -> None:
    """S-40: the endpoint moves."""
    shared = phone("shared")
    ann_at(cast).post("/me/push", data=shared.form)
    cast.browser(cast.ben.person_id).post("/me/push", data=shared.form)
    assert told() == ["shared"]
    assert db.session.scalars(select(PushSubscription.person_id)).all() == [cast.ben.person_id]


def test_five_are_told_and_the_sixth_takes_the_place_of_the_first(cast: Cast) -> None:
    assert LIMITS["push registration"] == f"{MOST} per hour"
    names = [f"phone-{number}" for number in range(MOST + 1)]
    with time_machine.travel(now(), tick=False) as clock:
        for name in names[:MOST]:
            clock.shift(timedelta(seconds=1))
            assert ann_at(cast).post("/me/push", data=phone(name).form).status_code == 303
        refused = ann_at(cast).post("/me/push", data=phone(names[MOST]).form)
        assert (refused.status_code, told()) == (429, names[:MOST])
        assert int(refused.headers["Retry-After"]) <= 3600
        clock.shift(timedelta(hours=1))
        assert ann_at(cast).post("/me/push", data=phone(names[MOST]).form).status_code == 303
        assert told() == names[1:]


def test_a_browser_that_signs_out_in_the_same_moment_is_not_told(cast: Cast) -> None:
    ann_at(cast)
    session_id = db.session.scalars(select(SignInSession.id)).one()
    ann, at = PersonRef(cast.ann.person_id, "Ann", session_id, None), now()
    with writing() as session:
        end_session(session, ann.id, session_id, at)
        subscribe(session, ann, Receiver.read(**phone("late").form), at=at)
        session.commit()
    assert told() == []


def test_it_is_exported_by_its_time_and_goes_with_the_person(app: Flask, cast: Cast) -> None:
    ann_at(cast).post("/me/push", data=phone("mine").form)
    sealed = Sealed(app.extensions["mixwell.tools"].keyring, "notes")
    mine = everything_of(db.session(), cast.ann.person_id, sealed, now())["records"]["push_subscriptions"]["rows"]
    db.session.rollback()
    assert [set(row) for row in mine] == [{"person_id", "endpoint", "created_at"}]
    with writing() as session:
        erase(session, cast.ann.person_id, at=now())
        session.commit()
    assert told() == []


def test_two_claims_of_one_human_keep_their_phones(app: Flask, cast: Cast) -> None:
    ann_at(cast).post("/me/push", data=phone("first").form)
    cast.browser(cast.ben.person_id).post("/me/push", data=phone("second").form)
    with writing() as session:
        join(
            session,
            cast.ann.person_id,
            cast.ben.person_id,
            sealed=Sealed(app.extensions["mixwell.tools"].keyring, "notes"),
            at=now(),
        )
        session.commit()
    assert len(told()) == 2
    assert set(db.session.scalars(select(PushSubscription.person_id))) == {cast.ann.person_id}


def test_when_the_row_of_a_session_goes_its_phone_goes(cast: Cast) -> None:
    ann_at(cast).post("/me/push", data=phone("mine").form)
    with writing() as session:
        session.delete(session.scalars(select(SignInSession)).one())
        session.commit()
    assert db.session.scalar(select(func.count()).select_from(PushSubscription)) == 0


def test_what_is_agreed_to_is_what_the_documents_say() -> None:
    said = " ".join((ROOT / "docs" / "consent.md").read_text().split())
    for words in ("Tell me on this phone, mornings only", "One line after an evening, between 8:30 and noon."):
        assert any(words in message for message in messages_of("accounts/_push.html"))
        assert words in said


def test_another_master_key_is_another_server_to_a_push_service(app: Flask, tmp_path: Path) -> None:
    pusher = app.extensions["mixwell.tools"].pusher
    other = replace(pusher, key=Keyring.load(tmp_path / "other.key").signing_key("push"))
    assert other.public_key != pusher.public_key
