"""The real server, started and stopped as hosts do it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool

import webapp
from tests.cast import Cast
from tests.faults.hall import Server, free_port
from tests.keeper.conftest import Mixwell, start
from tests.keeper.relay import relay, silent_relay
from webapp.backup import BackupError, restore
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.outbox import LEASE, OutboxRow
from webapp.serving import THREADS
from webapp.settings import Settings, read_settings

HEAVY = ("weasyprint", "fontTools", "pydyf", "alembic", "openpyxl", "reportlab")
"""What paper, migrations and tests need; the web process is to be light."""


@pytest.fixture
def upgraded(mixwell: Mixwell) -> Mixwell:
    """A server that has been set up."""
    mixwell("db", "upgrade")
    mixwell("organizer", "invite", "dora@example.org")
    return mixwell


def ask(port: int, method: str = "GET", path: str = "/sign-in", body: str = "") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def wait_until(happened: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        return ask(port) == 200
    except (OSError, HTTPException):
        return False


Serving = Callable[..., "tuple[subprocess.Popen[str], int]"]


@pytest.fixture
def serving(upgraded: Mixwell) -> Iterator[Serving]:
    """Start the real command and wait for its first answer; the process and its port."""
    running: list[subprocess.Popen[str]] = []

    def begin(*words: str, **variables: str) -> tuple["subprocess.Popen[str]", int]:
        port = free_port()
        address = {"MIXWELL_BASE_URL": f"http://127.0.0.1:{port}"}
        options = [] if "PORT" in variables else ["--port", str(port)]
        port = int(variables.get("PORT", port))
        running.append(start("serve", *options, *words, **address | variables))
        wait_until(lambda: answers(port))
        return running[-1], port

    yield begin
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def stop(process: "subprocess.Popen[str]") -> str:
    """What it said, once its last process has ended after SIGTERM."""
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


def test_it_listens_on_this_machine_only_unless_a_host_names_a_port(serving: Serving) -> None:
    process, port = serving()
    stop(process)
    hosted, other = serving(PORT=str(free_port()))
    assert f"at 0.0.0.0:{other}." in stop(hosted)
    guarded, third = serving("--host", "127.0.0.1", PORT=str(free_port()))
    assert f"at 127.0.0.1:{third}." in stop(guarded)
    assert port


def test_a_stopped_server_does_not_wait_for_a_mail_that_hangs_and_the_sweep_sends_it(
    serving: Serving, folder: Path
) -> None:
    with silent_relay() as (address, listener):
        process, port = serving(MIXWELL_SMTP_URL=address)
        assert ask(port, "POST", "/sign-in", "email=dora%40example.org") == 303
        hanging, _ = listener.accept()
        stop(process)
        assert trouble() == [None], "it waited until the relay had kept it waiting for too long"
        hanging.close()
    with relay() as (address, taken):
        app = webapp.create_app(read_settings(dict(os.environ) | {"MIXWELL_SMTP_URL": address}))
        with app.app_context():
            tools = app.extensions["mixwell.tools"]
            assert outbox.sweep(tools, at=now() + LEASE * 2) == 1
            assert outbox.sweep(tools, at=now() + LEASE * 4) == 0
        assert len(taken.keys) == 1


def trouble() -> list[str | None]:
    """What is noted of each mail that is not out: nothing of one that was cut off."""
    engine = create_engine(read_settings().database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return list(connection.scalars(select(OutboxRow.last_error).where(OutboxRow.done_at.is_(None))))


def test_an_idle_server_stops(serving: Serving) -> None:
    process, _ = serving()
    stop(process)


def test_nothing_is_restored_while_it_runs_and_it_can_be_afterwards(
    serving: Serving, upgraded: Mixwell, tmp_path: Path
) -> None:
    file = tmp_path / "mixwell.backup"
    upgraded("backup", file)
    process, _ = serving()
    with pytest.raises(BackupError, match="in use"):
        restore(read_settings(), file, at=now())
    stop(process)
    assert upgraded("restore", file).exit_code == 0


def test_the_web_process_loads_nothing_heavy(upgraded: Mixwell) -> None:
    script = f"import sys; from webapp import cli; cli._app(); print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif("config.getoption('--database') != 'postgresql'", reason="SQLite is served by one process")
def test_two_web_processes_share_the_jobs_and_do_none_twice(
    settings: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    guests = [cast.person(f"Guest {number}", f"guest{number}@example.org") for number in range(40)]
    with relay(seconds=0.1) as (address, taken):
        monkeypatch.setenv("MIXWELL_SMTP_URL", address)
        server = Server(settings)
        server.start()
        try:
            for number in range(len(guests)):
                assert ask(server.port, "POST", "/sign-in", f"email=guest{number}%40example.org") == 303
            wait_until(lambda: undone(settings) == 0)
        finally:
            server.stop()
    sys.stdout.write(f"{len(taken.keys)} mails by processes {sorted(taken.brought_by)}\n")
    assert len(taken.keys) == len(set(taken.keys)) == len(guests)
    assert len(taken.brought_by) == 2


def undone(settings: Settings) -> int:
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        waiting = select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))
        return connection.scalar(waiting) or 0


@pytest.mark.parametrize(("soft", "hard", "kept"), [(256, 1024, 824), (8192, 8192, 4000), (128, 128, THREADS)])
def test_as_many_phones_stay_connected_as_the_system_allows_files(soft: int, hard: int, kept: int) -> None:
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, HARD));"
        "from webapp.serving import connections_allowed; print(connections_allowed(),"
        "resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    ).replace("SOFT, HARD", f"{soft}, {hard}")
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(kept), str(max(soft, min(hard, 4200)))]
