"""The morning after, played: chores and outbox run, mails read from the folder."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from tests.swaps.evening import EveningOut
from webapp.core import outbox
from webapp.core.database import db
from webapp.events.models import Event
from webapp.followups.jobs import put_morning_mails
from webapp.followups.morning import morning_after
from webapp.settings import Settings

BASE = "https://mix.example.org"


def next_morning(evening: EveningOut, hours: float = 0.1) -> datetime:
    """So many hours after half past eight where the event was."""
    db.session.rollback()
    event = db.session.get_one(Event, evening.cast.mixer.id)
    return morning_after(event.ends_at, event.zone).astimezone(UTC) + timedelta(hours=hours)


def mails(evening: EveningOut, at: datetime, settings: Settings) -> dict[str, EmailMessage]:
    """What is in the mail folder after the chores and the outbox ran, by whom it is to."""
    tools = evening.app.extensions["mixwell.tools"]
    db.session.remove()
    put_morning_mails(tools, at)
    outbox.sweep(tools, at=at)
    files = (settings.data_dir / "mail").glob("*.eml")
    parsed = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
    return {str(mail["To"]): mail for mail in parsed}


def words(mail: EmailMessage) -> str:
    """What it says as plain text."""
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def html(mail: EmailMessage) -> str:
    """The same in HTML."""
    body = mail.get_body(("html",))
    assert body
    return str(body.get_content())


def link_in(mail: EmailMessage) -> str:
    """The path of the page behind this mail."""
    found = re.search(rf"{BASE}(/morning/[^#\s]+)", words(mail))
    assert found
    return found[1]
