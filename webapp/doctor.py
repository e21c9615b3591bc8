"""What a keeper of this server should know before the evening: each finding says whether it is fine and what to do."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from webapp.core import qr, schema
from webapp.core.clock import now
from webapp.core.database import UnsafeDatabase, db, init_database
from webapp.core.mail import Relay
from webapp.core.operations import Operation
from webapp.core.outbox import OutboxRow
from webapp.core.sqlite import library_version, may_use_wal
from webapp.core.tokens import CROCKFORD, Keyring
from webapp.settings import Settings, SettingsError, read_settings

SAMPLE_TOKEN = CROCKFORD[:24]
REMEMBERED_ADDRESS = "base-url"
ROOMIEST_VERSION = 3
"""QR version above which a printed badge gets hard to read in the dark."""
RELEASED = datetime(2026, 9, 21, tzinfo=UTC)
"""No server of this version ran before: a clock that says so is wrong."""
LATE = timedelta(minutes=5)
"""How long a mail or another job may wait before its runner is missed."""

_INSTALL_PAPER = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"
FONTS = (
    ("Chinese, Japanese and Korean names", "Noto Sans CJK", "fonts-noto-cjk"),
    ("Arabic, Hebrew, Thai and Indian names", "Noto Sans Arabic", "fonts-noto-core"),
    ("emoji", "Noto Color Emoji", "fonts-noto-color-emoji"),
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `do` is empty when it is fine."""

    what: str
    do: str = ""

    @property
    def fine(self) -> bool:
        """Whether nothing needs doing."""
        return not self.do


def examine(environ: Mapping[str, str]) -> list[Finding]:
    """Everything a keeper should look at, in the order to mend it."""
    try:
        settings = read_settings(environ)
    except SettingsError as error:
        return [Finding("settings", problem) for problem in error.problems]
    checks = CHECKS if settings.data_dir.exists() else (_no_folder, *CHECKS)
    return [Finding("settings"), *(finding for check in checks for finding in check(settings))]


def _no_folder(settings: Settings) -> Iterator[Finding]:
    yield Finding(f"data folder {settings.data_dir}", "It is not there yet. Run: mixwell db upgrade")


def _master_key(settings: Settings) -> Iterator[Finding]:
    if not settings.master_key_file.exists():
        yield Finding("master key", "The first start makes it. Then keep a copy apart from backups (docs/operate.md).")
        return
    try:
        Keyring.load(settings.master_key_file)
        yield Finding("master key, its owner's alone")
    except (OSError, ValueError) as error:
        yield Finding("master key", f"It cannot be used: {error}. Put your copy at {settings.master_key_file}")


def _database(settings: Settings) -> Iterator[Finding]:
    """What is true of a connection as the server opens it, not of what we meant to set."""
    try:
        current = schema.is_current(settings.database_url)
        yield Finding("database schema", "" if current else "It is not at this version. Run: mixwell db upgrade")
        if current:
            yield from _connected(settings)
    except UnsafeDatabase as error:
        yield Finding("database durability", f"A power cut could take back what was acknowledged: {error}.")
    except DBAPIError as error:
        what = str(error.orig).strip().partition("\n")[0]
        yield Finding("database", f"It does not answer ({what}). Check MIXWELL_DATABASE_URL, or restore a backup.")


def _connected(settings: Settings) -> Iterator[Finding]:
    app = Flask("doctor")
    init_database(app, settings.database_url)
    with app.app_context():
        with db.engine.connect() as connection:
            yield from (_sqlite if settings.sqlite_file else _postgresql)(connection)
            yield from _clock_against(connection)
            yield from _jobs(connection)
        db.engine.dispose()


def _sqlite(connection: Connection) -> Iterator[Finding]:
    version = ".".join(map(str, library_version()))
    synchronous = ("off", "normal", "full", "extra")[int(_ask(connection, "PRAGMA synchronous"))]
    journal = _ask(connection, "PRAGMA journal_mode")
    slow = "" if may_use_wal(library_version()) else " (slower, because this library may not be trusted with a log)"
    weak = "" if synchronous in {"full", "extra"} else "A power cut could take back what was acknowledged."
    yield Finding(f"SQLite {version}, synchronous {synchronous}, journal {journal}{slow}", weak)
    whole = _ask(connection, "PRAGMA quick_check") == "ok"
    yield Finding("database file is whole", "" if whole else "It is damaged. Run: mixwell restore FILE")


def _postgresql(connection: Connection) -> Iterator[Finding]:
    asked = (_ask(connection, f"SHOW {name}") for name in ("server_version", "synchronous_commit", "fsync"))
    yield Finding("PostgreSQL {}, synchronous commit {}, fsync {}".format(*asked))


def _ask(connection: Connection, question: str) -> str:
    return str(connection.scalar(text(question)))


def _clock_against(connection: Connection) -> Iterator[Finding]:
    """Screen codes live 30 seconds, so the clock matters; without a network only a step back can be noticed."""
    last = connection.scalar(select(func.max(Operation.received_at)))
    if now() < RELEASED or (last and now() < last - timedelta(minutes=1)):
        yield Finding("clock", f"It says {now():%Y-%m-%d %H:%M} UTC, which is past. Set the clock.")
    else:
        yield Finding(f"clock says {now():%Y-%m-%d %H:%M} UTC")


def _jobs(connection: Connection) -> Iterator[Finding]:
    undone = select(func.count()).where(OutboxRow.done_at.is_(None))
    given_up = connection.scalar(undone.where(OutboxRow.gave_up_at.is_not(None)))
    late = connection.scalar(undone.where(OutboxRow.gave_up_at.is_(None), OutboxRow.due_at < now() - LATE))
    yield Finding(
        "mails and jobs", f"{late} wait for over five minutes. Is the server or worker running?" if late else ""
    )
    if given_up:
        yield Finding("mails and jobs given up", f"{given_up} failed eight times. Mend the mail relay, then send anew.")


def _address(settings: Settings) -> Iterator[Finding]:
    form = qr.choose(qr.badge_text(settings.base_url, SAMPLE_TOKEN))
    long = "Badges need a code that is hard to read in the dark. Use a shorter address."
    what = f"address {settings.base_url}, badge codes {form.modules_wide} modules wide"
    yield Finding(what, long if form.version > ROOMIEST_VERSION else "")
    note = settings.data_dir / REMEMBERED_ADDRESS
    before = note.read_text().strip() if note.exists() else settings.base_url
    if before != settings.base_url:
        yield Finding(
            f"address was {before}",
            f"Badges printed before point there. Keep it answering, or print anew and: rm {note}",
        )
    elif settings.data_dir.exists():
        note.write_text(settings.base_url)


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url.startswith("folder:"):
        yield Finding("mail goes to a folder, to nobody")
        return
    try:
        Relay(settings.smtp_url).greet()
        yield Finding("mail relay takes our mail")
    except OSError as error:
        yield Finding("mail relay", f"It would not have us ({error}). Check MIXWELL_SMTP_URL and the network.")


def _paper(_settings: Settings) -> Iterator[Finding]:
    script = "import weasyprint; weasyprint.HTML(string='<p>Aa').write_pdf()"
    made = _output(sys.executable, "-c", script)
    yield Finding("paper", "" if made is not None else f"No PDF can be made. Run: {_INSTALL_PAPER}")
    families = _output("fc-list", ":", "family")
    if families is None:
        yield Finding("fonts", f"Fontconfig does not answer. Run: {_INSTALL_PAPER}")
        return
    for whom, family, package in FONTS:
        missing = f"They would print as boxes. Run: apt-get install {package}"
        yield Finding(f"font for {whom}", "" if family in families else missing)


def _output(*command: str) -> str | None:
    """What a program prints, or None if it fails or hangs."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_master_key, _database, _address, _mail, _paper)
