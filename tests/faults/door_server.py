"""A real server in a process group of its own, for tests that kill it. Run as a module: PORT, then a weakness.

A weakness is a defence that is switched off, so that a test can prove that it would notice:
`none`, `check-then-insert` (look in one transaction, write in the next), `answer-first` (write half a second later),
`no-sync` (what SQLite calls NORMAL: a commit is in the operating system's memory only).
"""

import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

import webapp
from webapp.checkin import views
from webapp.checkin.models import CheckIn
from webapp.checkin.queries import find_guest
from webapp.checkin.scans import Scan
from webapp.checkin.verdicts import Admission, AlreadyIn, CheckedIn, UnknownBadge
from webapp.core.actor import Actor
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring
from webapp.events.models import Event
from webapp.serving import Bind, serve
from webapp.settings import read_settings


def check_then_insert(
    session: Session, event: Event, scan: Scan, *, by: Actor, at: datetime, keyring: Keyring
) -> Admission:
    """What most programs do: is there a row? No? Then make one."""
    guest = find_guest(session, event.id, scan.means, keyring)
    session.commit()
    time.sleep(0.005)  # whatever else such a program does between its look and its write
    if guest is None:
        return UnknownBadge()
    if guest.check_in_id and guest.at:
        return AlreadyIn(guest.check_in_id, guest.attendee_id, guest.at)
    entry = CheckedIn(new_id(), guest.attendee_id, at)
    session.execute(insert(CheckIn), _row(entry, event, scan))
    return entry


def _row(entry: CheckedIn, event: Event, scan: Scan) -> dict[str, object]:
    ids = dict(id=entry.check_in_id, event_id=event.id, attendee_id=entry.attendee_id, operation_id=scan.operation_id)
    return ids | dict(at=entry.at, how="badge")


class AnswerFirst:
    """Says welcome, and writes when there is time."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._waiting: list[dict[str, object]] = []
        threading.Thread(target=self._write_for_ever, daemon=True).start()

    def __call__(
        self, session: Session, event: Event, scan: Scan, *, by: Actor, at: datetime, keyring: Keyring
    ) -> Admission:
        """Welcome whoever the badge means."""
        guest = find_guest(session, event.id, scan.means, keyring)
        if guest is None:
            return UnknownBadge()
        entry = CheckedIn(new_id(), guest.attendee_id, at)
        self._waiting.append(_row(entry, event, scan))
        return entry

    def _write_for_ever(self) -> None:
        while True:
            time.sleep(0.5)
            rows, self._waiting = self._waiting, []
            with self._app.app_context(), writing() as session:
                if rows:
                    session.execute(insert(CheckIn), rows)
                session.commit()
                db.session.remove()


def trust_the_power(app: Flask) -> None:
    """What popular advice says of a write-ahead log."""
    with app.app_context():
        event.listen(db.engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=NORMAL"))


def weaken(app: Flask, weakness: str) -> None:
    """Switch a defence off."""
    if weakness == "no-sync":
        trust_the_power(app)
        return
    ways: dict[str, Callable[..., Admission]] = {"check-then-insert": check_then_insert}
    if weakness == "answer-first":
        ways[weakness] = AnswerFirst(app)
    if weakness != "none":
        vars(views)["check_in"] = ways[weakness]


if __name__ == "__main__":
    port, weakness = sys.argv[1:]
    settings = read_settings()
    app = webapp.create_app(settings)
    weaken(app, weakness)
    serve(app, settings, Bind("127.0.0.1", int(port)))
