"""Backup and restore of everything a server knows, but its master key, which is kept apart (`docs/operate.md`).

SQLite: `VACUUM INTO` takes a consistent copy while doors are open; a plain copy of a live file passes its own check and
silently misses rows. PostgreSQL: `pg_dump` and `pg_restore`, found on the PATH.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from webapp.core import schema
from webapp.in_use import alone
from webapp.settings import Settings


class BackupError(Exception):
    """It could not be done; the message says what to do. What was there before is untouched."""


def back_up(settings: Settings, target: Path) -> None:
    """Write one file with all acknowledged writes up to now, readable by its owner only. Raises BackupError.

    The file appears whole or not at all, and an older one of this name stays until then.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        _copy(settings, partial)
        _make_durable(partial)
        partial.replace(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def restore(settings: Settings, source: Path, *, at: datetime) -> Path | None:
    """Put a backup in place, at the schema of this version; what was there is set aside and its file returned.

    Raises BackupError, also while a server or worker runs on this data.
    """
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    name = f"before-restore-{at:%Y%m%d-%H%M%S}"
    try:
        with alone(settings.data_dir):
            if database := settings.sqlite_file:
                return _restore_sqlite(database, source, database.with_name(f"{name}.db"))
            return _restore_postgresql(settings, source, settings.data_dir / f"{name}.dump")
    except BlockingIOError as error:
        raise BackupError("The database is in use. Stop the server and its worker, then restore.") from error
    except OSError as error:
        raise BackupError(f"{error.filename or source} cannot be written: {error.strerror}.") from error


def _copy(settings: Settings, target: Path) -> None:
    if schema.revision_of(settings.database_url) is None:
        raise BackupError("There is no database yet. Run: mixwell db upgrade")
    if settings.sqlite_file:
        _copy_sqlite(settings.sqlite_file, target)
        _check_sqlite(target)
    else:
        _run(settings, "pg_dump", "--format=custom", f"--file={target}")


def _make_durable(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _copy_sqlite(database: Path, target: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{database} could not be copied: {error}. Run: mixwell doctor") from error


def _check_sqlite(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file.name} is damaged or not a backup. Use another one.") from error
    if verdict != "ok" or broken:
        raise BackupError(f"{file.name} is damaged. Use an older backup.")


def _restore_sqlite(database: Path, source: Path, aside: Path) -> Path | None:
    fresh = database.with_suffix(".restoring")
    try:
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        shutil.copyfile(source, fresh)
        _check_sqlite(fresh)
        _bring_up_to_date(f"sqlite:///{fresh}", source)
        _fold_log_in(fresh)
        _make_durable(fresh)
        before = _set_aside(database, aside)
        fresh.replace(database)
    finally:
        for leftover in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + leftover).unlink(missing_ok=True)
    return before


def _bring_up_to_date(url: str, source: Path) -> None:
    """Migrate what was restored; refuse what is not ours or of a later version."""
    revision = schema.revision_of(url)
    if revision is None:
        raise BackupError(f"{source.name} is not a backup of Mixwell.")
    if revision > schema.newest():
        raise BackupError(f"{source.name} is of a later version of Mixwell. Install that version first.")
    schema.upgrade(url)


def _set_aside(database: Path, aside: Path) -> Path | None:
    if not database.exists():
        return None
    _fold_log_in(database)
    aside.touch(mode=0o600)
    shutil.copyfile(database, aside)  # copied, not moved: at no moment is there no database
    return aside


def _fold_log_in(database: Path) -> None:
    """Leave one file that holds everything, no write-ahead log beside it. Refused while anybody else has it open."""
    with closing(sqlite3.connect(database, timeout=0.2)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError as error:
            raise BackupError("The database is in use. Stop the server and its worker, then restore.") from error


def _restore_postgresql(settings: Settings, source: Path, aside: Path) -> Path | None:
    _run(settings, "pg_restore", f"--file={os.devnull}", str(source), connected=False)  # reads it to the end
    engine = create_engine(settings.database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            _require_nobody_else(connection)
        before = aside if schema.revision_of(settings.database_url) else None
        if before:
            back_up(settings, before)
        try:
            _load(settings, engine, source)
        except BackupError:
            if before:
                _load(settings, engine, before)
            raise
    except OperationalError as error:
        raise BackupError("The database does not answer. Run: mixwell doctor") from error
    return before


def _load(settings: Settings, engine: Engine, dump: Path) -> None:
    with engine.begin() as connection:
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)
    _run(settings, "pg_restore", "--single-transaction", "--no-owner", "--no-privileges", str(dump))
    _bring_up_to_date(settings.database_url, dump)


def _require_nobody_else(connection: Connection) -> None:
    mine = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    if connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}")):  # noqa: S608  # our own words
        raise BackupError("The database is in use. Stop the server and its worker, then restore.")


def _run(settings: Settings, name: str, *arguments: str, connected: bool = True) -> None:
    """Run one of PostgreSQL's own programs. The password goes by the environment: others can read a command line."""
    program = shutil.which(name)
    if program is None:
        raise BackupError(f"{name} is not on the PATH. It comes with PostgreSQL's client programs.")
    url = make_url(settings.database_url).set(drivername="postgresql")
    environ = os.environ | ({"PGPASSWORD": url.password} if isinstance(url.password, str) else {})
    database = f"--dbname={url._replace(password=None).render_as_string(hide_password=False)}"
    command = [program, *([database] if connected else []), *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(done.stderr.strip() or f"{name} failed.")
