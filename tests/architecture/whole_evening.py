"""A whole evening and the morning after in the house; what left it is kept: pages, papers, mails, pushes, log, dump.

What is looked for afterwards is typed or planted before: a note about somebody, a phone number nobody was given, codes.
"""

import io
import logging
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pypdfium2
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.architecture.house import House, open_house
from tests.architecture.routes import OPENED_BY_A_SECRET, Knock, address, knock, knocks, table
from tests.core.push_service import Phone, PushService, push_service
from tests.web.pages import elements
from webapp.badges.models import Document
from webapp.badges.printing import KINDS, file_of
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Event
from webapp.followups.morning import morning_after
from webapp.reactions import CHORES

TYPED = "zebrawood murmur"
"""What Ann of the mixer writes wherever a page about somebody else lets her."""
ABOUT_OTHERS = ("people.show", "swaps.sheet")
NOT_ABOUT_THEM = {"phone", "link", "email"}
"""Fields on those pages that are about herself."""


SAID_TO_THEM = ("/report", "/kind-line", "/notes")
"""Forms there whose words are for somebody else's eyes."""


@dataclass
class Kept:
    """Everything that left the house."""

    house: House
    pages: list[tuple[Knock, TestResponse]] = field(default_factory=list)
    papers: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    log: str = ""
    dump: bytes = b""
    typed_into: list[str] = field(default_factory=list)

    def shown_to(self, text: str) -> set[str]:
        """Roles that were shown this text on a page or in a file of their own; addresses asked for do not count."""
        return {cell.role for cell, said in self.shown() if text in said}

    def shown(self) -> Iterator[tuple[Knock, str]]:
        """Every page and file that was shown, unpacked and read; not what a secret in its address opens."""
        open_to_all = ((cell, said) for cell, said in self.pages if cell.endpoint not in OPENED_BY_A_SECRET)
        return ((cell, read(answer.data)) for cell, answer in open_to_all if answer.status_code == 200)


def read(data: bytes) -> str:
    """What a page, a PDF or an archive says."""
    if data.startswith(b"%PDF-1.7\n%\xf0"):
        return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode("utf-8", "replace")


@contextmanager
def whole_evening(app: Flask, folder: Path) -> Iterator[Kept]:
    """Play it once, and give what came of it."""
    said, logged = io.StringIO(), io.StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(logged)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with open_house(app) as house, push_service() as service, redirect_stdout(said), redirect_stderr(said):
            kept = Kept(house)
            _play(kept, service)
            kept.log, kept.dump = said.getvalue() + logged.getvalue(), dump_of(house.file, folder / "dump.db")
            yield kept
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _play(kept: Kept, service: PushService) -> None:
    house, phone = kept.house, Phone("anns-phone", service.base)
    house.browser("inside").post("/me/push", data=phone.form)
    _write_about_somebody(kept)
    _print_everything(kept)
    for email in ("ann@kestrelmixer.example.org", "nobody@example.org"):
        house.browser("stranger").post("/sign-in", data={"email": email})
    house.browser("organizer").post(address(house.app, "invitations.create_rehearsal", "POST", house.mixer))
    _run_jobs(house)
    kept.pages = [(cell, knock(house, cell)) for cell in knocks(house.app, "GET", table()["GET"])]
    _wait_for_the_morning(house)
    kept.pushes = [f"{phone.read(one)} {one.path} {one.headers}" for one in service.received]
    files = sorted((house.app.extensions["mixwell.settings"].data_dir / "mail").glob("*.eml"))
    kept.mails = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]


def _write_about_somebody(kept: Kept) -> None:
    """Fill every text field of every form on pages about another person, whatever it is called."""
    house, browser = kept.house, kept.house.browser("inside")
    for endpoint in ABOUT_OTHERS:
        page = browser.get(address(house.app, endpoint, "GET", house.mixer)).text
        for form in (element for name, element in elements(html5lib.parse(page)) if name == "form"):
            data, fields = _filled(form)
            if fields and not form.get("action", "").endswith(SAID_TO_THEM):
                answer = browser.post(form.get("action", ""), data=data)
                assert answer.status_code in {200, 303}, f"{endpoint}: {form.get('action')}"
                kept.typed_into += fields


def _filled(form: Element) -> tuple[dict[str, str], list[str]]:
    data, fields = {}, []
    for name, element in elements(form):
        key, kind = element.get("name", ""), element.get("type", "text" if name == "input" else "")
        if name == "textarea" or (name == "input" and kind == "text" and key not in NOT_ABOUT_THEM):
            data[key] = TYPED
            fields.append(key)
        elif name == "input" and (kind == "hidden" or "checked" in element.attrib):
            data[key] = element.get("value", "on")
    return data, fields


def _print_everything(kept: Kept) -> None:
    house, made = kept.house, kept.house.app.extensions["mixwell.settings"].data_dir
    for kind in KINDS:
        path = address(house.app, "badges.create_document", "POST", house.mixer)
        house.browser("organizer").post(path, data={"kind": kind})
        _run_jobs(house)
    mine = select(Document.kind, Document.id).where(Document.event_id == house.mixer.values["event_id"])
    for kind, document_id in db.session.execute(mine.where(Document.id != house.mixer.values["document_id"])).all():
        kept.papers[kind] = read(file_of(document_id, made).read_bytes())
    db.session.rollback()


def _run_jobs(house: House) -> None:
    db.session.remove()
    outbox.sweep(house.app.extensions["mixwell.tools"], at=now())
    db.session.remove()


def _wait_for_the_morning(house: House) -> None:
    """Every chore there is, at the minute of the hourly ones, in the morning after."""
    event = db.session.get_one(Event, house.mixer.values["event_id"])
    morning = morning_after(event.ends_at, event.zone).replace(minute=40)
    db.session.remove()
    with time_machine.travel(morning, tick=False):
        for chore in CHORES:
            chore(house.app.extensions["mixwell.tools"], now())
            db.session.remove()
        _run_jobs(house)


def dump_of(file: Path, target: Path) -> bytes:
    """What a thief of a backup holds."""
    db.session.remove()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    return target.read_bytes()


def hits(said: str | bytes, secrets: list[str]) -> list[str]:
    """Which of these stand in what was said, whatever the letter case."""
    text = (said if isinstance(said, str) else said.decode("latin-1")).casefold()
    return [secret for secret in secrets if secret.casefold() in text or _as_bytes(secret) in text]


def _as_bytes(secret: str) -> str:
    """How letters beyond Latin would stand in raw bytes."""
    return secret.casefold().encode().decode("latin-1")


def digits_of(mail: EmailMessage) -> list[str]:
    """Sign-in codes in a subject."""
    return re.findall(r"\b\d{6}\b", str(mail["Subject"]))
