"""Lists to bring in, and the sample export mended row by row."""

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Cast
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.importing import ImportVerdict, bring_in, rehearse_run
from webapp.events.models import Attendee, Event, ImportRun
from webapp.events.rehearsal import Choice
from webapp.events.staging import stage
from webapp.events.tables import Table, read_table
from webapp.events.taking_back import Ties, UndoVerdict, undo_import

MIXER = Path(__file__).parent / "files" / "mixer-200.csv"
HEADINGS = ["Name", "E-mail", "Company", "Ticket number"]


def csv_of(*rows: list[str], headings: list[str] = HEADINGS) -> bytes:
    """A list as a spreadsheet saves it."""
    file = io.StringIO()
    csv.writer(file).writerows([headings, *rows])
    return file.getvalue().encode()


def staged(event: Event, *rows: list[str], headings: list[str] = HEADINGS) -> ImportRun:
    """These rows, waiting to be brought in."""
    return staged_bytes(event, csv_of(*rows, headings=headings))


def staged_bytes(event: Event, content: bytes, file_name: str = "list.csv") -> ImportRun:
    """This file, waiting to be brought in."""
    table = read_table(content, file_name)
    assert isinstance(table, Table)
    with writing() as session:
        run = stage(session, event, table, run_id=new_id(), file_name=file_name, by=NOBODY, at=now())
        session.commit()
    return run


def brought_in(
    event: Event, run: ImportRun, *, seen: str | None = None, choices: dict[int, Choice] | None = None
) -> ImportVerdict:
    """The run brought in, with these decisions."""
    with writing() as session:
        run = session.get_one(ImportRun, run.id)
        run.choices = {str(number): choice.value for number, choice in (choices or {}).items()}
        session.flush()
        verdict = bring_in(session, session.get_one(Event, event.id), run, seen=seen, by=NOBODY, at=now())
        session.commit()
    return verdict


def taken_back(app: Flask, event: Event, run: ImportRun, at: datetime | None = None) -> UndoVerdict:
    """The run undone, bound guests left alone."""
    ties: Ties = app.extensions["mixwell.ties"]
    with writing() as session:
        run = session.get_one(ImportRun, run.id)
        verdict = undo_import(session, session.get_one(Event, event.id), run, ties=ties, by=NOBODY, at=at or now())
        session.commit()
    return verdict


def guests_by_name(event: Event) -> dict[str, Attendee]:
    """The event's guests as they are in the database now."""
    db.session.rollback()
    query = db.select(Attendee).where(Attendee.event_id == event.id).execution_options(populate_existing=True)
    return {guest.name: guest for guest in db.session.scalars(query)}


def counts(run: ImportRun) -> dict[str, int]:
    """How many rows the rehearsal has of each kind."""
    rehearsal = rehearse_run(db.session(), run)
    kinds = ("new", "changed", "same", "doubtful", "bad")
    return {kind: len(getattr(rehearsal, kind)) for kind in kinds if getattr(rehearsal, kind)}


def upload(
    browser: FlaskClient, event: Event, content: bytes, file_name: str = "list.csv", **form: str
) -> TestResponse:
    """A file dropped on the import page."""
    data: dict[str, Any] = {"list": (io.BytesIO(content), file_name), **form}
    return browser.post(f"/events/{event.id}/imports", data=data, content_type="multipart/form-data")


def organizer(cast: Cast, *, fresh: bool = False) -> FlaskClient:
    """Dora's browser."""
    return cast.browser(cast.dora.id, fresh=fresh)
