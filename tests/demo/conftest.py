"""A demo of its own for these tests: seeded once, tonight."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.core.clock import now
from webapp.core.database import db
from webapp.demo.command import ready
from webapp.settings import Settings, read_settings

ADDRESS = "http://127.0.0.1:8123"


def demo_settings(folder: Path, address: str = ADDRESS) -> Settings:
    """Settings as bin/demo makes them."""
    return read_settings({"MIXWELL_MODE": "demo", "MIXWELL_BASE_URL": address, "MIXWELL_DATA_DIR": str(folder)})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo's application on a fresh sample."""
    app = ready(demo_settings(tmp_path_factory.mktemp("demo") / "sample"), now())
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def inside(demo: Flask) -> Iterator[None]:
    """What a test looks up by itself; requests have contexts of their own."""
    with demo.app_context():
        yield
        db.session.remove()


@pytest.fixture
def phone(demo: Flask) -> FlaskClient:
    """A browser at the demo."""
    client = demo.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client
