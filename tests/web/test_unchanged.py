"""A waiting phone that knows all is told so before Flask wakes up, under the same rules as by its view."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.cast import Cast
from webapp.accounts.sessions import end_all_sessions
from webapp.core.clock import now
from webapp.core.database import allow_writing, db, writing
from webapp.core.versions import bump
from webapp.settings import Settings
from webapp.web.current import current_settings
from webapp.web.security import standing_headers


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


def tag_on(phone: FlaskClient) -> dict[str, str]:
    """What this phone sends once it has seen a page."""
    return {"HX-PTag": phone.get("/pulse").headers["HX-PTag"], "HX-Request-Type": "partial"}


def test_nothing_new_has_the_headers_of_every_answer_and_no_body(phone: FlaskClient) -> None:
    settings: Settings = current_settings()
    answer = phone.get("/pulse", headers=tag_on(phone))
    assert (answer.status_code, answer.data) == (304, b"")
    assert standing_headers(settings).items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_changed_is_told_at_the_next_question(phone: FlaskClient, cast: Cast) -> None:
    known = tag_on(phone)
    with writing() as session:
        bump(session, f"person:{cast.ann.person_id}")
        session.commit()
    assert phone.get("/pulse", headers=known).status_code == 200


def test_each_phone_is_asked_about_by_its_own_number(phone: FlaskClient, cast: Cast) -> None:
    with writing() as session:
        bump(session, f"person:{cast.ann.person_id}")
        session.commit()
    known, bens = tag_on(phone), cast.browser(cast.ben.person_id)
    assert known != tag_on(bens)
    assert (phone.get("/pulse", headers=known).status_code, bens.get("/pulse", headers=known).status_code) == (304, 200)


def test_an_ended_session_hears_nothing_new_no_more(phone: FlaskClient, cast: Cast) -> None:
    known = tag_on(phone)
    with writing() as session:
        end_all_sessions(session, cast.ann.person_id, now())
        session.commit()
    answer = phone.get("/pulse", headers=known)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_somebody_elses_phone_that_names_the_same_tag_is_asked_who_it_is(
    phone: FlaskClient, client: FlaskClient
) -> None:
    answer = client.get("/pulse", headers=tag_on(phone))
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_a_tag_means_nothing_at_another_address_or_with_another_method(phone: FlaskClient) -> None:
    known = tag_on(phone)
    assert phone.get("/people", headers=known).status_code == 200
    assert phone.post("/pulse", headers=known | {"Sec-Fetch-Site": "same-origin"}).status_code == 405


def test_a_thread_that_has_written_asks_as_a_reader(phone: FlaskClient) -> None:
    known = tag_on(phone)
    with writing() as session:
        bump(session, "person:somebody")
        allow_writing(True)
        assert phone.get("/pulse", headers=known).status_code == 304
        session.rollback()


def test_a_database_that_fails_is_left_to_the_page_that_says_so(
    phone: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tag_on(phone)

    def gone(secret: str) -> None:
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr("webapp.accounts.sessions.digest", gone)  # both questions about the cookie begin with it
    assert phone.get("/pulse", headers=known).status_code == 503
    db.session.remove()
