"""What a keeper of this server should know before the evening: each finding says whether it is fine and what to do."""

import smtplib
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from webapp.core import qr, schema
from webapp.core.sqlite import library_version, may_use_wal
from webapp.core.tokens import CROCKFORD, Keyring
from webapp.settings import Settings, SettingsError, read_settings

SAMPLE_TOKEN = CROCKFORD[:24]
REMEMBERED_ADDRESS = "base-url"


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
    return [Finding("settings"), *(finding for check in CHECKS for finding in check(settings))]


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield Finding(f"data folder {folder}", "It is made at the first start. Run: mixwell db upgrade")
    elif folder.stat().st_mode & 0o007:
        yield Finding(f"data folder {folder}", f"Others may read it. Run: chmod 700 {folder}")
    else:
        yield Finding(f"data folder {folder}")


def _master_key(settings: Settings) -> Iterator[Finding]:
    if not settings.master_key_file.exists():
        yield Finding(
            "master key", "It is made at the first start. Then keep a copy apart from backups (docs/operate.md)."
        )
        return
    try:
        Keyring.load(settings.master_key_file)
        yield Finding("master key, readable by its owner only")
    except (PermissionError, ValueError) as error:
        yield Finding("master key", str(error))


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url.startswith("sqlite:"):
        yield from _sqlite(settings)
    try:
        current = schema.is_current(settings.database_url)
    except Exception as error:  # noqa: BLE001  # whatever a driver raises means the same to a keeper
        yield Finding("database", f"It does not answer ({type(error).__name__}). Check MIXWELL_DATABASE_URL.")
        return
    yield Finding("database schema", "" if current else "It is not at this version. Run: mixwell db upgrade")


def _sqlite(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, library_version()))
    journal = "write-ahead log" if may_use_wal(library_version()) else "rollback journal, slower"
    yield Finding(f"SQLite {version}, synchronous=FULL, {journal}")
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if file.exists():
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
        yield Finding("database file is whole", "" if verdict == "ok" else "It is damaged. Restore the last backup.")


def _address(settings: Settings) -> Iterator[Finding]:
    form = qr.choose(qr.badge_text(settings.base_url, SAMPLE_TOKEN))
    wide = form.modules_wide
    short = f"Use a shorter address: badges need a code of {wide} modules, harder to read in the dark."
    yield Finding(f"address {settings.base_url}, codes {wide} modules wide", short if form.version > 3 else "")
    yield from _address_change(settings)


def _address_change(settings: Settings) -> Iterator[Finding]:
    note = settings.data_dir / REMEMBERED_ADDRESS
    before = note.read_text().strip() if note.exists() else settings.base_url
    if settings.data_dir.exists() and not note.exists():
        note.write_text(settings.base_url)
    if before != settings.base_url:
        yield Finding(
            f"address was {before}",
            f"Badges printed before point there. Keep it answering, or print again and remove {note.name}.",
        )


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url.startswith("folder:"):
        yield Finding("mail goes to a folder, to nobody")
        return
    parts = urlsplit(settings.smtp_url)
    try:
        with smtplib.SMTP(parts.hostname or "", parts.port or 587, timeout=5) as server:
            server.noop()
        yield Finding(f"mail relay {parts.hostname} answers")
    except (OSError, socket.gaierror):
        yield Finding(f"mail relay {parts.hostname}", "It does not answer. Check MIXWELL_SMTP_URL and the network.")


def _paper(_settings: Settings) -> Iterator[Finding]:
    fonts = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core fonts-noto-cjk"
    script = "import weasyprint; weasyprint.HTML(string='<p>Aa').write_pdf()"
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    yield Finding("paper: Pango and WeasyPrint", "" if made.returncode == 0 else f"PDFs cannot be made. Run: {fonts}")
    yield from _fonts(fonts)


def _fonts(install: str) -> Iterator[Finding]:
    try:
        listed = subprocess.run(["fc-list", ":family"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        yield Finding("fonts", f"Fontconfig does not answer. Run: {install} fontconfig")
        return
    for family, script in (("Noto Sans CJK", "Chinese, Japanese, Korean"), ("Noto Sans Arabic", "Arabic")):
        yield Finding(f"font for {script}", "" if family in listed else f"Names would print as boxes. Run: {install}")
    emoji = "Noto Color Emoji" in listed
    yield Finding(
        "font for emoji", "" if emoji else "Emoji would print as boxes. Run: apt-get install fonts-noto-color-emoji"
    )


def _clock(_settings: Settings) -> Iterator[Finding]:
    """Tokens on screens live 30 seconds, so a clock years off is the one mistake to catch without a network."""
    released = 1_790_000_000  # 2026-09-21: no server of this version ran before
    yield Finding(
        "clock", "" if time.time() > released else "It is years behind. Set the clock, screen codes depend on it."
    )


CHECKS: list[Callable[[Settings], Iterator[Finding]]] = [
    _data_folder,
    _master_key,
    _database,
    _address,
    _mail,
    _paper,
    _clock,
]
