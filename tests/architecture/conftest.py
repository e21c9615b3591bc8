"""The list of objects for all architecture tests: one of everything, in two circles that must not see each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

import webapp
from tests.architecture.house import House, open_house
from tests.conftest import BASE_URL, FIXED_KEY
from webapp.core.database import Base, db
from webapp.settings import Settings, read_settings


def house_settings(folder: Path) -> Settings:
    """Test settings with a SQLite file of their own, whatever database the run is on: pages are audited on SQLite."""
    key = folder / "master.key"
    key.write_text(FIXED_KEY)
    key.chmod(0o600)
    url = f"sqlite:///{folder / 'house.db'}"
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": BASE_URL, "MIXWELL_DATA_DIR": str(folder)}
    environ |= {"MIXWELL_PUSH_HOSTS": "localhost", "MIXWELL_PUSH_LOOPBACK": "yes"}
    return read_settings(environ | {"MIXWELL_DATABASE_URL": url, "MIXWELL_LIFT_LIMITS": "yes"})


def audited_app(folder: Path) -> Flask:
    """An application on the database in this folder."""
    app = webapp.create_app(house_settings(folder))
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture(scope="session")
def built_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Built once: it takes as long as fifty tests."""
    with open_house(audited_app(tmp_path_factory.mktemp("house"))) as everything:
        return everything


@pytest.fixture(scope="module")
def house(built_house: House) -> Iterator[House]:
    """Everything as it was at first, and a browser for each role."""
    with built_house.app.app_context():
        built_house.put_back()
        yield built_house
        db.session.remove()
        db.engine.dispose()
