"""The list of objects for all architecture tests: one of everything, in two circles that must not see each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

import webapp
from tests.architecture.house import House, open_house
from tests.conftest import BASE_URL, FIXED_KEY
from webapp.core.database import Base
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


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Everything, and a browser for each role."""
    app = webapp.create_app(house_settings(tmp_path_factory.mktemp("house")))
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with open_house(app) as everything:
        yield everything
