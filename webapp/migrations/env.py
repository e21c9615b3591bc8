"""Alembic's entry. SQLite rebuilds a table by dropping it, so foreign keys are off meanwhile and checked afterwards:
with them on, altering `events` would delete every guest by cascade.
"""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from webapp.core.database import Base, UTCDateTime


class BrokenReferences(Exception):
    """A migration left rows pointing nowhere; it was rolled back."""


def run() -> None:
    """Migrate in one transaction on a connection of its own, outside the application's rules for writers."""
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            connection.execute(text("PRAGMA journal_mode=WAL"))
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            connection.commit()
            # The driver would commit before each DDL statement; half a migration must never remain.
            connection.connection.dbapi_connection.isolation_level = None  # type: ignore[union-attr]  # SQLite's own
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=_render
        )
        context.run_migrations()
        if sqlite:
            _check_references(connection)
        connection.commit()
    engine.dispose()


def _render(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """How a migration writes our own column type."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen.imports.add("from webapp.core.database import UTCDateTime")
        return "UTCDateTime()"
    return False


def _check_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
    if broken:
        raise BrokenReferences(", ".join(sorted({row[0] for row in broken})))


run()
