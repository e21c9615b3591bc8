"""Bringing a database to the schema of this code, and telling whether it is there.

Alembic is loaded by what migrates, not by every start of the server.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parents[1] / "migrations"


def config_for(url: str) -> "Config":
    """Alembic's configuration for the database at this address."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up to this revision, all or nothing."""
    from alembic import command

    command.upgrade(config_for(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate down to this revision, all or nothing."""
    from alembic import command

    command.downgrade(config_for(url), revision)


def is_current(url: str) -> bool:
    """Whether the database has exactly the schema of this code. Makes no file where there is none."""
    return revision_of(url) == newest()


def newest() -> str:
    """The last of our revisions. Their files are numbered in order: `0001_the_first_evening.py`."""
    return max(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def revision_of(url: str) -> str | None:
    """The revision a database is at, or None if it holds nothing of ours."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return None
    engine = create_engine(address, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    finally:
        engine.dispose()
