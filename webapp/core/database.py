"""The one place that names Flask-SQLAlchemy, and the rules under which we write.

SQLite: write-ahead log, `synchronous=FULL` (a door opening is an external act, so no green before a sync), foreign keys
on, `BEGIN IMMEDIATE` for what writes, behind one fair lock in this process: SQLite's own busy handler is unfair and
eight waiting writers on it fall below one. A transaction outside `writing()` cannot write at all.
PostgreSQL: durability settings are verified at the first connection, with bounded waits.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, FromClause, MetaData, Table, Uuid, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from webapp.core.sqlite import library_version, may_use_wal

WRITE_WAIT = 5.0
"""Seconds a writer waits for its turn before the answer is 503 and the phone tries again with the same operation id."""


class DatabaseBusy(Exception):
    """Another writer held the database for longer than `WRITE_WAIT`. Nothing was written."""


class UnsafeDatabase(Exception):
    """The database would acknowledge writes that a power cut can take back."""


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; a plain timestamp on SQLite, `timestamptz` on PostgreSQL. Refuses naive times."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        instant = value.astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all models. Constraint names follow one convention, so that migrations can name what they change."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UTCDateTime(), UUID: Uuid(as_uuid=True)},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_write_lock = threading.Lock()


def allow_writing(allowed: bool) -> None:
    """Say for the rest of this context (a request, a job) whether its transactions write."""
    _writing.set(allowed)


@contextmanager
def writing() -> Iterator[Session]:
    """A session whose transactions may write. The caller commits; what it did not commit is rolled back."""
    if not _writing.get():
        db.session.commit()  # a transaction that began as a reader's ends here: it cannot become a writer's
    token = _writing.set(True)
    try:
        yield db.session()
    finally:
        db.session.rollback()
        _writing.reset(token)


def insert_once(session: Session, table: FromClause) -> Any:
    """An INSERT for this dialect to which `.on_conflict_do_nothing()` can be added: the key decides, not an `if`."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return build(cast("Table", table))


class FixedInsert:
    """An INSERT of a hot path, built once for each dialect: building a statement costs more than running it.

    Calling it with a session gives the statement, to be executed with the row as its parameters.
    """

    def __init__(self, table: FromClause, finish: Callable[[Any], Any]) -> None:
        self._table, self._finish = table, finish
        self._built: dict[str, Any] = {}

    def __call__(self, session: Session) -> Any:
        """The statement for this session's dialect."""
        dialect = session.get_bind().dialect.name
        if dialect not in self._built:
            self._built[dialect] = self._finish(insert_once(session, self._table))
        return self._built[dialect]


def init_database(app: Flask, url: str) -> None:
    """Bind the database to the application and put every engine under the rules above."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        _govern(db.engine)


def _engine_options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_size": 20, "max_overflow": 10, "pool_timeout": WRITE_WAIT}
    if url.startswith("postgresql"):
        bounded = "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
        return options | {"pool_pre_ping": True, "connect_args": {"options": bounded}}
    return options | {"connect_args": {"check_same_thread": False, "timeout": WRITE_WAIT}}


def _govern(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _verify_durability)
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine.pool, "checkin", _release_write_lock)


def _verify_durability(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone()[0] == "off":
                raise UnsafeDatabase(f"PostgreSQL runs with {setting}=off; turn it on")
    connection.rollback()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    journal = "WAL" if may_use_wal(library_version()) else "DELETE"
    for pragma in (f"journal_mode={journal}", "synchronous=FULL", "foreign_keys=ON", "mmap_size=0"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not _writing.get():
        _let_write(connection, False)
        connection.exec_driver_sql("BEGIN")
        return
    if not _write_lock.acquire(timeout=WRITE_WAIT):
        raise DatabaseBusy
    _record_of(connection)["holds_write_lock"] = True
    _let_write(connection, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _let_write(connection: Connection, may: bool) -> None:
    """Said to SQLite only when it changes: each statement lets another thread run first, and phones ask often."""
    if connection.info.get("may_write") != may:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if may else 'ON'}")
        connection.info["may_write"] = may


def _record_of(connection: Connection) -> dict[str, Any]:
    """What the pool remembers of this connection until it is given back, even when it breaks meanwhile."""
    return cast("dict[str, Any]", connection.connection.record_info)


def _release_write_lock(_connection: Any, record: Any) -> None:
    # At check-in the COMMIT has been answered, so the next writer never meets SQLite's own unfair waiting.
    if record.record_info.pop("holds_write_lock", False):
        _write_lock.release()
