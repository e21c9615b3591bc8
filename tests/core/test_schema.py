"""The schema: models equal migrations, and migrations go up, down and up again with data in every table."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, func, insert, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import webapp.app  # noqa: F401  # all models register with it
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import Base
from webapp.core.identifiers import new_id
from webapp.core.versions import version_of


@pytest.fixture
def url(tmp_path: Path, postgresql_url: str | None) -> Any:
    """An empty database, without any table."""
    if postgresql_url is None:
        yield f"sqlite:///{tmp_path / 'migrated.db'}"
        return
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrated"))
        connection.execute(text("CREATE DATABASE migrated"))
    admin.dispose()
    base, _, query = postgresql_url.partition("?")
    yield f"{base.rpartition('/')[0]}/migrated?{query}"


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def rows_by_table(engine: Engine) -> dict[str, int]:
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in found.sorted_tables}


def test_migrations_make_exactly_what_the_models_say(url: str) -> None:
    schema.upgrade(url)
    engine = create_engine(url, poolclass=NullPool)
    assert differences(engine) == []
    assert schema.is_current(url)


def test_migrations_go_up_down_and_up_again(url: str) -> None:
    schema.upgrade(url)
    schema.downgrade(url, "base")
    assert set(rows_by_table(create_engine(url, poolclass=NullPool))) == {"alembic_version"}
    schema.upgrade(url)
    assert differences(create_engine(url, poolclass=NullPool)) == []


def test_upgrading_a_filled_database_again_keeps_every_row(url: str) -> None:
    schema.upgrade(url)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        same = {"name": "Circle", "hue": 30, "zone": "UTC", "created_at": now()}
        circles = [same | {"id": new_id()} for _ in range(50)]
        connection.execute(insert(Base.metadata.tables["circles"]), circles)
    before = rows_by_table(engine)
    schema.upgrade(url)
    assert rows_by_table(engine) == before


def test_what_phones_were_told_before_stays_what_they_know(url: str) -> None:
    schema.upgrade(url)
    schema.downgrade(url, "0011")
    engine, person = create_engine(url, poolclass=NullPool), new_id()
    with engine.begin() as connection:
        connection.execute(insert(Base.metadata.tables["versions"]), {"subject": f"person:{person}", "number": 7})
    schema.upgrade(url)
    with Session(engine) as session:
        assert version_of(session, f"person:{person}") == 7


def test_a_migration_cannot_erase_children_by_rebuilding_their_parent(tmp_path: Path) -> None:
    """The trap of batch mode (stack decision P3): the rebuild drops the parent while children still point at it."""
    from alembic.operations import Operations

    url = f"sqlite:///{tmp_path / 'filled.db'}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)"))
        connection.execute(text("CREATE TABLE child (id INTEGER, up INTEGER REFERENCES parent ON DELETE CASCADE)"))
        connection.execute(text("INSERT INTO parent VALUES (1, 'x')"))
        connection.execute(text("INSERT INTO child VALUES (1, 1)"))

    def children_after_rebuild(foreign_keys: str) -> int:
        with engine.connect() as connection:
            connection.execute(text(f"PRAGMA foreign_keys={foreign_keys}"))
            connection.commit()
            with Operations(MigrationContext.configure(connection)).batch_alter_table("parent", recreate="always"):
                pass
            left = connection.scalar(text("SELECT count(*) FROM child"))
            connection.rollback()
            return left or 0

    assert children_after_rebuild("OFF") == 1
    assert children_after_rebuild("ON") == 0, "the canary no longer dies: is the rule still needed?"


def test_the_newest_revision_is_read_from_file_names_as_alembic_reads_it_from_their_content() -> None:
    assert ScriptDirectory.from_config(schema.config_for("sqlite://")).get_heads() == [schema.newest()]


def test_asking_about_a_database_that_is_not_there_makes_no_file(tmp_path: Path) -> None:
    assert not schema.is_current(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []
