"""The log names routes and ids: no code, no name, no address, whatever is asked and whatever breaks."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.architecture.house import PRIVATE_LINK, PRIVATE_NOTE, PRIVATE_PHONE, House
from tests.architecture.routes import Knock, knock, table

ALLOWED = {"request", "method", "route", "status", "ms", "actor", "event", "level", "timestamp", "error", "where"}
"""Fields of a line about a request (trust.md 5.5)."""


def secrets_of(house: House) -> Iterator[str]:
    """What must never stand in a log: codes, cookies, links, names, addresses, notes."""
    for side in (house.mixer, house.twin):
        yield from (*side.secrets, side.mark, str(side.values["link"]), str(side.values["pairing_code"]))
    for jar in house.cookies.values():
        yield from jar.values()
    yield from ("Achebe", "Adeyemi", "Lindqvist", "@", PRIVATE_LINK, PRIVATE_NOTE, PRIVATE_PHONE, "Autumn mixer")


def test_no_request_writes_a_code_a_name_or_an_address_into_the_log(
    house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    """S-44: every route, as those who find most there."""
    for method, role in (
        ("GET", "organizer"),
        ("GET", "inside"),
        ("GET", "door"),
        ("POST", "inside"),
        ("POST", "door"),
    ):
        for endpoint in table()[method]:
            knock(house, Knock(endpoint, method, role, "mixer", ""), headers={"User-Agent": "kestrelmixer spy"})
        house.put_back()
    said = "".join(capfd.readouterr())
    assert said.count('"answered"') > 200
    assert [secret for secret in secrets_of(house) if secret in said] == []
    assert {name for line in _lines(said) for name in line} <= ALLOWED | {"outcome", "kind", "row", "rows"}


def _lines(said: str) -> Iterator[dict[str, object]]:
    return (json.loads(line) for line in said.splitlines() if line.startswith("{"))


def test_a_failure_is_logged_by_its_place_and_not_by_its_message(
    app: Flask, client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    app.add_url_rule("/breaks/<name>", "breaks", view_func=_break)
    assert client.get("/breaks/Ann-Achebe?code=SECRET").status_code == 500
    said = "".join(capfd.readouterr())
    assert "ValueError" in said
    assert "/breaks/<name>" in said
    assert [word for word in ("Achebe", "SECRET", "Traceback") if word in said] == []


def _break(name: str) -> str:
    raise ValueError(f"cannot greet {name}")


def test_line_breaks_in_an_address_forge_no_line(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    client.get('/b/x%0d%0a{"event":"answered"}')
    assert [line["route"] for line in _lines("".join(capfd.readouterr()))] == ["/b/<token>"]
