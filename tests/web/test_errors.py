"""Errors say what happened and what to do; nothing of the inside leaves, and nothing half-written stays."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.core.clock import now
from webapp.core.database import DatabaseBusy, db
from webapp.core.identifiers import new_id
from webapp.core.operations import OperationReused
from webapp.web.access import public

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def _half_written() -> str:
    db.session.add(Person(id=new_id(), name="Half Written", created_at=now(), claimed_at=None))
    db.session.flush()
    raise ValueError("with a secret in it")


def _raise(error: Exception) -> str:
    raise error


@pytest.fixture
def broken(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser before views that break in every way."""
    views = {
        "half": _half_written,
        "busy": lambda: _raise(DatabaseBusy()),
        "reused": lambda: _raise(OperationReused("x")),
    }
    for name, view in views.items():
        app.add_url_rule(f"/breaks/{name}", f"breaks.{name}", public(view), methods=["POST"])
    return client


def test_a_write_that_breaks_leaves_nothing_behind(broken: FlaskClient) -> None:
    response = broken.post("/breaks/half")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_busy_database_asks_to_come_back_in_two_seconds(broken: FlaskClient) -> None:
    response = broken.post("/breaks/busy")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


def test_an_operation_id_used_for_something_else_is_refused(broken: FlaskClient) -> None:
    assert broken.post("/breaks/reused").status_code == 422


@pytest.mark.parametrize("name", ["half", "busy", "reused"])
def test_htmx_gets_what_went_wrong_as_a_region(broken: FlaskClient, name: str) -> None:
    region = broken.post(f"/breaks/{name}", headers=PARTIAL).text
    assert region.lstrip().startswith('<section id="problem"')
    assert 'role="alert"' in region


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.delete("/sign-in")
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
