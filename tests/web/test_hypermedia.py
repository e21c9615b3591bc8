"""How writes answer: the fragment for htmx, the page for a plain form, and never another server."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response, url_for
from flask.testing import FlaskClient

import webapp
from tests.conftest import make_client
from webapp.settings import Settings
from webapp.web.access import public
from webapp.web.hypermedia import also, answer, is_partial, leave_for, redirect_to, refuse

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
BOOSTED = {"HX-Request": "true", "HX-Request-Type": "full"}


def _changed() -> Response:
    also("errors/_problem.html", problem="429")
    return answer("errors/_problem.html", instead=url_for("accounts.home"), problem="404")


def _refused() -> Response:
    return refuse("errors/page.html", "errors/_problem.html", problem="404")


VIEWS: dict[str, Callable[[], Response]] = {
    "changed": _changed,
    "refused": _refused,
    "left": lambda: leave_for("/me"),
    "thrown": lambda: leave_for("//evil.example.com/"),
    "asked": lambda: Response(str(is_partial())),
    "sent": lambda: redirect_to("/people"),
}


@pytest.fixture
def browser(settings: Settings) -> Iterator[FlaskClient]:
    """A browser before an application with a few writes of this test."""
    app: Flask = webapp.create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for name, view in VIEWS.items():
        app.add_url_rule(f"/tried/{name}", f"tried.{name}", public(view), methods=["POST"])
    with app.app_context():
        yield make_client(app)


def test_htmx_gets_the_fragment_and_what_changed_beside_it(browser: FlaskClient) -> None:
    response = browser.post("/tried/changed", headers=PARTIAL)
    assert response.status_code == 200
    assert response.text.count('id="problem"') == 2
    assert "<html" not in response.text


@pytest.mark.parametrize("headers", [{}, BOOSTED])
def test_a_plain_form_and_a_boosted_one_are_sent_to_the_page(browser: FlaskClient, headers: dict[str, str]) -> None:
    response = browser.post("/tried/changed", headers=headers)
    assert (response.status_code, response.headers["Location"]) == (303, "/")


def test_a_refused_form_is_422_as_a_fragment_and_as_a_page(browser: FlaskClient) -> None:
    fragment, page = browser.post("/tried/refused", headers=PARTIAL), browser.post("/tried/refused")
    assert (fragment.status_code, page.status_code) == (422, 422)
    assert fragment.text.strip() in page.text
    assert "<html" in page.text
    assert "<html" not in fragment.text


def test_leaving_moves_the_whole_browser(browser: FlaskClient) -> None:
    assert browser.post("/tried/left", headers=PARTIAL).headers["HX-Redirect"] == "/me"
    assert browser.post("/tried/left").headers["Location"] == "/me"


def test_nobody_is_sent_to_another_server(browser: FlaskClient) -> None:
    response = browser.post("/tried/thrown", headers=PARTIAL)
    assert response.status_code == 500
    assert "HX-Redirect" not in response.headers


def test_only_a_partial_request_is_partial(browser: FlaskClient) -> None:
    asked = [browser.post("/tried/asked", headers=headers).text for headers in (PARTIAL, BOOSTED, {})]
    assert asked == ["True", "False", "False"]
    assert browser.post("/tried/sent", headers=PARTIAL).status_code == 303
