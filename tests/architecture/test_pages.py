"""Every page, as every role sees it: valid, titled, labelled, sent without script, and in words we can translate."""

from dataclasses import replace
from pathlib import Path

import pytest

import webapp
from tests.architecture.conftest import house_settings
from tests.architecture.house import ROLES, House
from tests.architecture.routes import address, class_of, expected, table
from tests.web.pages import Page, read_page

SHOWN_TO = [
    pytest.param(role, endpoint, id=f"{endpoint}, {role}")
    for endpoint in table()["GET"]
    for role in ROLES
    if role in {"stranger", "outsider", "inside", "door", "organizer"} and expected("GET", endpoint, role) == "ok"
]
FRAGMENTS = {"checkin.counter", "checkin.guests", "badges.progress", "push.show", "swaps.exchange", "swaps.pulse"}
"""GETs that answer with a region, not with a page."""


@pytest.mark.parametrize(("role", "endpoint"), SHOWN_TO)
def test_every_page_is_whole(house: House, role: str, endpoint: str) -> None:
    page = page_of(house, role, endpoint)
    assert page is None or page.faults == []


def page_of(house: House, role: str, endpoint: str) -> Page | None:
    """The page this role sees there, or None where it is no page."""
    path = address(house.app, endpoint, "GET", house.mixer)
    response = house.browser(role).get(path, buffered=True)
    assert class_of(response, "GET") == "ok"
    if response.mimetype != "text/html" or endpoint in FRAGMENTS:
        return None
    return read_page(path, response.get_data(as_text=True))


def test_a_refused_address_is_a_whole_page_too(house: House) -> None:
    for path in ("/nothing/here", f"/events/{house.twin.event.id}"):
        response = house.browser("organizer").get(path)
        assert response.status_code == 404
        assert read_page(path, response.get_data(as_text=True)).faults == []


def test_the_check_finds_what_it_forbids() -> None:
    bad = (
        "<!doctype html><html><title> · Mixwell</title><p id=a><p id=a style='x'><input name=n><form><script>1</script>"
    )
    found = " ".join(read_page("/", bad).faults)
    for fault in ("title is", "0 h1", "id 'a' 2 times", "no label", "no action", "inline script", "inline style"):
        assert fault in found


def test_the_cast_page_is_whole_and_is_there_in_the_demo_only(house: House, tmp_path: Path) -> None:
    demo = replace(house_settings(tmp_path), mode="demo", base_url="http://127.0.0.1:8000")
    page = webapp.create_app(demo).test_client().get("/cast", base_url=demo.base_url)
    assert page.status_code == 200
    assert read_page("/cast", page.get_data(as_text=True)).faults == []
    assert house.browser("organizer").get("/cast").status_code == 404
