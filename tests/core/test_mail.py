"""Mail as a real relay and a real reader get it."""

import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from webapp.core.identifiers import new_id
from webapp.core.mail import Letter, Mailer, outlet_for


class Relay:
    """An SMTP server of this test: keeps what it takes, refuses who is told to."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Refuse one address for ever."""
        if address.startswith("full@"):
            return "552 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Keep the letter."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@pytest.fixture
def relay() -> Iterator[tuple[Relay, str]]:
    """A relay and its address."""
    handler = Relay()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


def letter(to: str = "ann@example.org", **changes: Any) -> Letter:
    """A letter to Ann."""
    values = dict(
        subject="Tonight, 19:00: Zoë’s mixer 🎉", text="Your place is ready.\n", html="<p>Your place is ready.</p>"
    )
    return Letter(new_id(), to, **values | changes)


def mailer(url: str) -> Mailer:
    """What sends from our address."""
    return Mailer(outlet_for(url), "Mixwell <hello@mix.example.org>", "mix.example.org")


def test_a_letter_arrives_as_it_was_written(relay: tuple[Relay, str]) -> None:
    server, url = relay
    sent = letter(headers={"Auto-Submitted": "auto-generated"})
    mailer(url).send(sent)
    (message,) = server.taken
    assert message["Subject"] == sent.subject
    assert message["To"] == "ann@example.org"
    assert message["From"] == "Mixwell <hello@mix.example.org>"
    assert message["Message-ID"] == f"<{sent.key}@mix.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "Your place is ready." in plain.get_content()
    assert "<p>Your place is ready.</p>" in rich.get_content()


def test_the_same_letter_twice_is_one_letter_to_its_reader(relay: tuple[Relay, str]) -> None:
    server, url = relay
    again = letter()
    mailer(url).send(again)
    mailer(url).send(again)
    assert len({message["Message-ID"] for message in server.taken}) == 1


def test_a_refused_letter_is_said_to_be_refused(relay: tuple[Relay, str]) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mailer(relay[1]).send(letter("full@example.org"))


def test_no_relay_is_an_error_that_can_be_tried_again() -> None:
    with pytest.raises(OSError, match="refused"):
        mailer("smtp://127.0.0.1:9").send(letter())


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_break_cannot_add_a_header(relay: tuple[Relay, str], field: str) -> None:
    """S-39: whatever a name or a subject holds, a mail has the headers we gave it."""
    with pytest.raises(ValueError, match=r"[Hh]eader|linefeed"):
        mailer(relay[1]).send(letter(**{field: "ann@example.org\r\nBcc: eve@example.org"}))
    assert relay[0].taken == []


def test_outside_production_letters_lie_in_a_folder(tmp_path: Path) -> None:
    mailer(f"folder:{tmp_path}").send(letter())
    (file,) = tmp_path.glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == "ann@example.org"
