"""gunicorn, set up for us: threads in one process by default, jobs beside them, static files from memory."""

import gc
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from webapp.core.database import db
from webapp.in_use import in_use
from webapp.settings import Settings

THREADS = 16
"""Requests in the air per process; phones that wait ask again instead of holding one."""
CONNECTIONS = 4_000
"""Connections a process keeps open between two questions of a phone; one that is let go costs a handshake each time."""
SPARE_FILES = 200
"""Open files left to everything that is not a connection: database, threads, sockets to mail and push."""
PATIENCE = 4
"""Seconds a stopped server gives requests and jobs to end. A job cut off is run again by the next minute's sweep."""


@dataclass(frozen=True)
class Bind:
    """Where to listen; with `certificate` and `key` (PEM files) by https."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The application under gunicorn, without a configuration file."""

    def __init__(self, app: Flask, settings: Settings, bind: Bind, beside: Callable[[], object] | None = None) -> None:
        self._app = app
        self._options = _options(app, settings, bind, beside)
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application itself; gunicorn asks in each worker."""
        return self._app


def _options(app: Flask, settings: Settings, bind: Bind, beside: Callable[[], object] | None) -> dict[str, Any]:
    runner = app.extensions["mixwell.runner"]
    begun = [begin for begin in (runner.start if settings.jobs == "inline" else None, beside) if begin]
    secure = {"certfile": str(bind.certificate), "keyfile": str(bind.key)} if bind.certificate else {}
    return {
        "bind": f"{bind.host}:{bind.port}",
        "workers": settings.processes,
        "worker_class": "gthread",
        "threads": THREADS,
        "worker_connections": connections_allowed(),
        "keepalive": 30,
        "graceful_timeout": PATIENCE,
        "timeout": 60,
        "accesslog": None,  # our own log names routes; a path may hold a badge token
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "forwarded_allow_ips": "*" if settings.proxies else "127.0.0.1",
        # Threads started before the fork would stay in the master and never run a job.
        "post_worker_init": lambda worker: [begin() for begin in begun],
        "worker_exit": lambda server, worker: runner.stop(),
        **secure,
    }


def connections_allowed() -> int:
    """How many connections this process may keep, after asking the system for as many files as that takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE_FILES
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(files - SPARE_FILES, THREADS)


def serve(app: Flask, settings: Settings, bind: Bind, beside: Callable[[], object] | None = None) -> None:
    """Serve until a signal ends it. `beside` is begun with each worker and ends with it."""
    let_go_of_connections(app)
    # What the start has made is shared with the workers for good: a collection would write into all of it.
    gc.collect()
    gc.freeze()
    with in_use(settings.data_dir):
        Server(app, settings, bind, beside).run()


def work(app: Flask, settings: Settings) -> None:
    """Run mails and other jobs until a signal ends it."""
    with in_use(settings.data_dir):
        app.extensions["mixwell.runner"].run_for_ever(PATIENCE)


def let_go_of_connections(app: Flask) -> None:
    """Close what the start opened: a connection carried into a forked process would be shared by two, and break."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["mixwell.runner"].let_go()
