"""Backup and restore of everything a server knows, but its master key, which is kept apart (`docs/operate.md`).

SQLite: `VACUUM INTO` takes a consistent copy while doors are open; a plain copy of a live file passes its own check and
silently misses rows. PostgreSQL: `pg_dump` and `pg_restore`.
"""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from webapp.core import schema
from webapp.settings import Settings


class BackupError(Exception):
    """It could not be done; the message says what to do. What was there before is untouched."""


def back_up(settings: Settings, target: Path) -> None:
    """Write one file with all acknowledged writes up to now, readable by its owner only. Raises BackupError."""
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    if settings.database_url.startswith("sqlite:"):
        _copy_sqlite(_sqlite_file(settings), partial)
    else:
        _run(["pg_dump", "--format=custom", f"--file={partial}", _libpq_url(settings)])
    partial.chmod(0o600)
    partial.replace(target)


def restore(settings: Settings, source: Path) -> Path | None:
    """Put a backup in place; the database before it is set aside, and returned (SQLite). Raises BackupError.

    The server must be stopped: an open database would go on writing into the file set aside.
    """
    if not source.exists():
        raise BackupError(f"There is no file {source.name}.")
    if not settings.database_url.startswith("sqlite:"):
        _run(
            [
                "pg_restore",
                "--clean",
                "--if-exists",
                "--single-transaction",
                "--no-owner",
                "-d",
                _libpq_url(settings),
                str(source),
            ]
        )
        return None
    _check_sqlite(source)
    before = _set_aside(_sqlite_file(settings))
    fresh = _sqlite_file(settings).with_suffix(".restoring")
    shutil.copy(source, fresh)
    fresh.chmod(0o600)
    fresh.replace(_sqlite_file(settings))
    schema.upgrade(settings.database_url)
    return before


def _copy_sqlite(database: Path, target: Path) -> None:
    if not database.exists():
        raise BackupError("There is no database yet. Run: mixwell db upgrade")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    _check_sqlite(target)


def _check_sqlite(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file.name} is not a backup of Mixwell.") from error
    if verdict != "ok":
        raise BackupError(f"{file.name} is damaged. Use an older backup.")


def _set_aside(database: Path) -> Path | None:
    if not database.exists():
        return None
    if not _alone(database):
        raise BackupError("The database is in use. Stop the server and its worker, then restore.")
    aside = database.with_suffix(".before-restore")
    database.replace(aside)
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    return aside


def _alone(database: Path) -> bool:
    """Whether nobody else has the file open: only then can the write-ahead log be folded in and left."""
    with closing(sqlite3.connect(database, timeout=0.2)) as connection:
        try:
            return bool(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete")
        except sqlite3.OperationalError:
            return False


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _libpq_url(settings: Settings) -> str:
    return make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise BackupError(f"{command[0]} is not installed. It comes with PostgreSQL's client programs.")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(done.stderr.strip() or f"{command[0]} failed.")
