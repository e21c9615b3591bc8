"""Bringing a database to the schema of this code, and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

_MIGRATIONS = Path(__file__).parents[1] / "migrations"


def config_for(url: str) -> Config:
    """Alembic's configuration for the database at this address."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up to this revision, all or nothing."""
    command.upgrade(config_for(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate down to this revision, all or nothing."""
    command.downgrade(config_for(url), revision)


def is_current(url: str) -> bool:
    """Whether the database has exactly the schema of this code."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_heads()
    engine.dispose()
    return set(here) == set(ScriptDirectory.from_config(config_for(url)).get_heads())
