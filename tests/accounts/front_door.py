"""Steps that many tests of the front door take: ask, read the mail, type the code."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from webapp.accounts.models import SignInSession
from webapp.core.database import db
from webapp.settings import Settings

SESSION = "__Host-mixwell-session"
ASKING = "__Host-mixwell-asking"
DOMAIN = "mix.example.org"


def letters(app: Flask) -> list[EmailMessage]:
    """All mails sent so far, oldest first."""
    settings: Settings = app.extensions["mixwell.settings"]
    files = sorted(Path(settings.smtp_url.removeprefix("folder:")).glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]


def words(letter: EmailMessage) -> str:
    """The plain text of a mail."""
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def digits(letter: EmailMessage) -> str:
    """The code a mail brings: the first thing in its subject and in its text."""
    code = str(letter["Subject"])[:6]
    assert words(letter).startswith(code)
    return code


def link(letter: EmailMessage) -> str:
    """The path of the link a mail brings."""
    found = re.search(r"https://mix\.example\.org(/sign-in/link/\S+)", words(letter))
    assert found
    return found[1]


def ask(client: FlaskClient, address: str, wanted: str = "") -> TestResponse:
    """Type an address on the sign-in page."""
    return client.post("/sign-in", data={"email": address, "next": wanted})


def type_code(client: FlaskClient, code: str) -> TestResponse:
    """Type a code on the page after it."""
    return client.post("/sign-in/code", data={"code": code})


def sign_in(app: Flask, client: FlaskClient, drain: Any, address: str, wanted: str = "") -> TestResponse:
    """Ask, read, type."""
    ask(client, address, wanted)
    drain()
    return type_code(client, digits(letters(app)[-1]))


def wrong(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def session_count() -> int:
    """How many sessions were ever opened."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SignInSession)) or 0


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the server knows who this browser is."""
    return client.get("/me/sessions").status_code == 200


def secret_in(client: FlaskClient) -> str | None:
    """The session secret this browser holds."""
    cookie = client.get_cookie(SESSION, DOMAIN)
    return cookie.value if cookie else None


def give_cookie(client: FlaskClient, name: str, value: str) -> None:
    """Put a cookie into this browser."""
    client.set_cookie(name, value, domain=DOMAIN, secure=True)
