"""bin/demo never meets data that somebody needs, and a sample evening is always tonight."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import QueuePool

from tests.demo.conftest import demo_settings
from webapp.core.clock import now
from webapp.core.database import db
from webapp.demo.command import SAMPLE, DemoRefusedError, ready, run_demo, why_anew
from webapp.events.models import Event
from webapp.in_use import in_use
from webapp.serving import let_go_of_connections


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the sample, named by the environment, in which nothing else is set."""
    for name in ("MIXWELL_MODE", "MIXWELL_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MIXWELL_DATA_DIR", str(tmp_path / "sample"))
    return tmp_path / "sample"


def refusal(host: str = "127.0.0.1", *, fresh: bool = False) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DemoRefusedError) as refused:
        run_demo(host, port, fresh=fresh)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("MIXWELL_MODE", "production", "MIXWELL_MODE"),
        ("MIXWELL_DATABASE_URL", "postgresql://localhost/mixwell", "database"),
        ("DATABASE_URL", "postgres://localhost/mixwell", "database"),
    ],
)
def test_production_settings_refuse_the_demo(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
) -> None:
    monkeypatch.setenv(name, value)
    assert word in refusal()
    assert not own_folder.exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_that_holds_something_else_is_neither_shown_nor_emptied(own_folder: Path, fresh: bool) -> None:
    own_folder.mkdir()
    (own_folder / "mixwell.db").write_bytes(b"a real evening")
    assert "holds something else" in refusal(fresh=fresh)
    assert (own_folder / "mixwell.db").read_bytes() == b"a real evening"


def test_a_sample_that_is_being_shown_is_not_emptied_by_a_second_demo(own_folder: Path) -> None:
    own_folder.mkdir()
    (own_folder / SAMPLE).touch()
    with in_use(own_folder):
        assert "runs on this sample already" in refusal(fresh=True)
    assert (own_folder / SAMPLE).exists()


def test_an_address_nobody_can_type_is_refused() -> None:
    assert "--host 192.168.1.20" in refusal("0.0.0.0")  # noqa: S104  # refused


def test_a_sample_goes_on_until_its_evening_ends(own_folder: Path) -> None:
    settings = demo_settings(own_folder)
    assert why_anew(settings, now()) == ""
    app = ready(settings, now())
    with app.app_context():
        end = db.session.scalars(select(func.max(Event.ends_at))).one()
        db.session.remove()
        db.engine.dispose()
    assert why_anew(settings, end - timedelta(seconds=1)) == ""
    assert why_anew(settings, end) == "because its evening has ended"
    assert "another address" in why_anew(demo_settings(own_folder, "http://127.0.0.1:8999"), now())
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()
    assert "another version" in why_anew(settings, now())


def test_a_sample_that_was_cut_short_begins_anew(own_folder: Path) -> None:
    own_folder.mkdir()
    (own_folder / SAMPLE).touch()
    assert "cut short" in why_anew(demo_settings(own_folder), now())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed on Linux")
def test_what_the_start_opened_is_closed_before_the_server_forks(own_folder: Path) -> None:
    app = ready(demo_settings(own_folder), now())
    let_go_of_connections(app)
    with app.app_context():
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.checkedout() + pool.checkedin() == 0
    open_files = {handle.resolve() for handle in Path("/proc/self/fd").iterdir() if handle.exists()}
    assert not {file for file in open_files if file.parent == own_folder}
