"""The mail with the code: who gets one, what it says, and that a real relay takes it."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.front_door import ask, digits, letters, link, words
from webapp.accounts.codes import LIFE
from webapp.accounts.mails import mail_code
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.mail import Mailer, outlet_for
from webapp.core.outbox import OutboxRow, Tools
from webapp.events.models import Attendee


class Letterbox:
    """What a relay was handed."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def relay() -> Iterator[tuple[Letterbox, int]]:
    letterbox = Letterbox()
    with socket.socket() as probe:  # aiosmtpd knocks at its own port to see itself up, so it has to know the number
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield letterbox, port
    controller.stop()


def test_a_known_address_gets_the_code_first_and_the_link_second(
    app: Flask, ann: Attendee, client: FlaskClient, drain: Any
) -> None:
    ask(client, " ANN@example.org ")
    drain()
    (letter,) = letters(app)
    assert letter["To"] == "ann@example.org"
    assert letter["Subject"] == f"{digits(letter)} is your Mixwell code"
    assert words(letter).index(digits(letter)) < words(letter).index(link(letter))


def test_both_forms_of_the_mail_say_the_same(app: Flask, ann: Attendee, client: FlaskClient, drain: Any) -> None:
    ask(client, "ann@example.org")
    drain()
    (letter,) = letters(app)
    page = letter.get_body(("html",))
    assert page
    assert digits(letter) in page.get_content()
    assert link(letter) in page.get_content()


def test_a_mail_names_nobody(app: Flask, ann: Attendee, client: FlaskClient, drain: Any) -> None:
    ask(client, "ann@example.org")
    drain()
    assert "Achebe" not in letters(app)[0].as_string()


def test_an_unknown_address_gets_no_mail_and_the_outbox_is_done_with_it(
    app: Flask, client: FlaskClient, drain: Any
) -> None:
    ask(client, "nobody@example.org")
    assert drain() == 1
    assert letters(app) == []
    assert drain() == 0


def test_a_code_that_died_waiting_is_not_mailed(app: Flask, ann: Attendee, client: FlaskClient) -> None:
    ask(client, "ann@example.org")
    db.session.remove()
    with time_machine.travel(now() + LIFE + timedelta(seconds=1)):
        outbox.sweep(app.extensions["mixwell.tools"], at=now())
    assert letters(app) == []


def test_a_mail_that_was_cut_off_is_sent_again_with_the_same_code_and_message_id(
    app: Flask, ann: Attendee, client: FlaskClient, relay: tuple[Letterbox, int]
) -> None:
    ask(client, "ann@example.org")
    db.session.remove()
    (row_id,) = outbox.due(now())
    row = db.session.get_one(OutboxRow, row_id)
    letterbox, port = relay
    for _ in range(2):
        mail_code(row_id, row.payload, with_relay(app, port))
    first, second = (envelope.content for envelope in letterbox.envelopes)
    assert isinstance(first, bytes)
    assert f"Message-ID: <{row_id}@mix.example.org>".encode() in first
    assert subject(first) == subject(second)


def with_relay(app: Flask, port: int) -> Tools:
    tools: Tools = app.extensions["mixwell.tools"]
    mailer = Mailer(outlet_for(f"smtp://127.0.0.1:{port}"), "Mixwell <hello@example.org>", "mix.example.org")
    return replace(tools, mailer=mailer)


def subject(content: bytes | str | None) -> bytes:
    assert isinstance(content, bytes)
    return next(line for line in content.splitlines() if line.startswith(b"Subject:"))


def test_a_real_relay_gets_one_letter_for_one_asking(
    app: Flask, ann: Attendee, client: FlaskClient, relay: tuple[Letterbox, int]
) -> None:
    letterbox, port = relay
    ask(client, "ann@example.org")
    db.session.remove()
    assert outbox.sweep(with_relay(app, port), at=now()) == 1
    assert outbox.sweep(with_relay(app, port), at=now()) == 0
    (envelope,) = letterbox.envelopes
    assert envelope.rcpt_tos == ["ann@example.org"]
    assert b"is your Mixwell code" in subject(envelope.content)
