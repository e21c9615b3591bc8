"""The cast page: anyone by one tap, every mail readable, and words that are true."""

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.demo.conftest import ADDRESS
from webapp.accounts.models import Person
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db
from webapp.demo.views import CAST
from webapp.events.models import Event


def open_page(phone: FlaskClient, path: str) -> str:
    response = phone.get(path, base_url=ADDRESS, follow_redirects=True)
    assert response.status_code == 200
    return response.text


def become(phone: FlaskClient, name: str) -> str:
    response = phone.post(f"/cast/{name}", base_url=ADDRESS, follow_redirects=True)
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize("name", ["ann", "ben", "dora"])
def test_one_tap_signs_in(phone: FlaskClient, name: str) -> None:
    become(phone, name)
    assert CAST[name].name in open_page(phone, "/me")


def test_one_tap_opens_the_door_without_an_account(phone: FlaskClient) -> None:
    page = become(phone, "cora")
    assert "Quayside mixer" in page
    assert phone.get("/people", base_url=ADDRESS).status_code == 303


def test_nobody_else_can_be_had(phone: FlaskClient) -> None:
    assert phone.post("/cast/eve", base_url=ADDRESS).status_code == 404


def test_the_words_about_ann_are_true(phone: FlaskClient) -> None:
    become(phone, "ann")
    waiting = open_page(phone, "/next")
    assert "Bo" in waiting
    assert "Máire Ó Súilleabháin" in waiting
    met = open_page(phone, "/people")
    assert all(name in met for name in ("山田 花子", "李娜", "Ben Adeyemi"))
    assert "Lantern mixer" in met


def test_the_words_about_ben_are_true(phone: FlaskClient) -> None:
    become(phone, "ben")
    assert "محمد الأمين" in open_page(phone, "/next")
    assert "李娜" in open_page(phone, "/people")


def test_a_note_of_last_month_is_on_the_persons_page(phone: FlaskClient, demo: Flask) -> None:
    become(phone, "ann")
    with demo.app_context():
        ben_id = db.session.scalars(
            select(Person.id).where(Person.name == "Ben Adeyemi", Person.claimed_at.is_not(None))
        ).one()
    assert "Send him the name of my printer" in open_page(phone, f"/people/{ben_id}")


def test_every_mail_that_was_sent_is_shown(phone: FlaskClient, demo: Flask) -> None:
    assert "None yet." in open_page(phone, "/cast")
    for address in ("annachebe@example.org", "benadeyemi@example.org"):
        phone.post("/sign-in", data={"email": address}, base_url=ADDRESS)
    with demo.app_context():
        outbox.sweep(demo.extensions["mixwell.tools"], at=now())
    page = open_page(phone, "/cast")
    assert "annachebe@example.org" in page
    assert "benadeyemi@example.org" in page
    assert f'href="{ADDRESS}/' in page


def test_after_the_evening_the_page_says_how_to_begin_anew(phone: FlaskClient, demo: Flask) -> None:
    with demo.app_context():
        end = max(db.session.scalars(select(Event.ends_at)))
    assert "has ended" not in open_page(phone, "/cast")
    with time_machine.travel(end, tick=False):
        assert "Start bin/demo again for a new one." in open_page(phone, "/cast")
        assert "has ended" in become(phone, "cora")


def test_elsewhere_there_is_no_cast(client: FlaskClient) -> None:
    assert client.get("/cast").status_code == 404
    assert client.post("/cast/dora").status_code == 404
