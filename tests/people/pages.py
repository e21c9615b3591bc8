"""What tests of People do and read: cards filled, notes written, names on a page, statements sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import event

from tests.cast import Cast
from webapp.accounts.models import Card, Person
from webapp.contacts.models import Meeting
from webapp.contacts.remembering import remember
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.tokens import Keyring, Sealed
from webapp.events.models import Attendee


def keyring(cast: Cast) -> Keyring:
    """The keys of this house."""
    keyring: Keyring = cast.app.extensions["mixwell.tools"].keyring
    return keyring


def fill_card(person_id: UUID, **values: object) -> None:
    """Write on this person's card."""
    with writing() as session:
        card = session.get_one(Card, person_id)
        for name, value in values.items():
            setattr(card, name, value)
        session.commit()


def rename(guest: Attendee, name: str) -> None:
    """What this guest calls themself from now on; their badge says what it said."""
    with writing() as session:
        session.get_one(Person, guest.person_id).name = name
        session.commit()


def write_note(cast: Cast, meeting_id: UUID, author: UUID, note: str, knew: bool | None = None) -> None:
    """The author's own words about this meeting."""
    with writing() as session:
        meeting, sealed = session.get_one(Meeting, meeting_id), Sealed(keyring(cast), "notes")
        remember(session, meeting, author, knew_each_other=knew, note=note, sealed=sealed, at=now())
        session.commit()


def words(text: str) -> str:
    """What a page says, without its markup."""
    body = text.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def names(text: str) -> list[str]:
    """The people a page lists, from top to bottom."""
    return re.findall(r'class="person-name"><a [^>]*><bdi>([^<]*)</bdi>', text)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile, with what it was given."""
    statements: list[str] = []

    def note(*seen: object) -> None:
        statements.append(f"{seen[2]} {seen[3]}")

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)
