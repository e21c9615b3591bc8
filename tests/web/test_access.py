"""Markers: who may knock, and how those are told who may not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from webapp.web.access import UnmarkedRoute, door_crew, guard_all_routes, public, signed_in


def test_a_view_with_two_markers_stops_the_server() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/", "both", signed_in(public(lambda: "")))
    with pytest.raises(UnmarkedRoute, match="both"):
        guard_all_routes(app)


def test_a_marker_keeps_the_name_of_its_view() -> None:
    def show() -> str:
        """Show it."""
        return ""

    marked = door_crew(show)
    assert (marked.__name__, marked.__doc__) == ("show", "Show it.")


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(client: FlaskClient) -> None:
    response = client.get("/me/card?from=sheet")
    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=/me/card?from%3Dsheet"


def test_a_write_is_not_repeated_after_signing_in(client: FlaskClient) -> None:
    assert client.post("/me/card").headers["Location"] == "/sign-in"


def test_a_poll_whose_session_is_over_moves_the_whole_page(client: FlaskClient) -> None:
    response = client.get("/pulse", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert response.status_code == 200
    assert response.data == b""
    assert response.headers["HX-Redirect"].startswith("/sign-in")


def test_an_ended_session_ends_at_once(cast: Cast) -> None:
    phone, laptop = cast.browser(cast.ann.person_id), cast.browser(cast.ann.person_id)
    assert phone.get("/me/sessions").status_code == 200
    laptop.post("/me/sessions/others/ending")
    assert phone.get("/me/sessions").status_code == 303
    assert laptop.get("/me/sessions").status_code == 200


def test_a_door_that_is_not_there_is_not_there_for_strangers(cast: Cast, client: FlaskClient) -> None:
    assert client.get(f"/events/{cast.mixer.id}/door").status_code == 404


def test_a_phone_that_is_no_door_any_more_is_told_so(cast: Cast) -> None:
    phone = cast.browser(door_key="a key that was taken back")
    response = phone.get(f"/events/{cast.mixer.id}/door")
    assert response.headers["Location"] == "/door"
    assert phone.get("/door").status_code == 410
