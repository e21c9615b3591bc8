"""gunicorn, set up for us: threads in one process by default, jobs beside them, static files from memory."""

import os
from dataclasses import dataclass
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from webapp.settings import Settings

THREADS = 24
"""Requests in the air per process; phones that wait ask again instead of holding one."""


@dataclass(frozen=True)
class Bind:
    """Where to listen."""

    host: str
    port: int


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The application under gunicorn, without a configuration file."""

    def __init__(self, app: Flask, settings: Settings, bind: Bind) -> None:
        self._app = app
        self._options = _options(app, settings, bind)
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application itself; gunicorn asks in each worker."""
        return self._app


def processes(settings: Settings) -> int:
    """How many web processes: one on SQLite, whose write lock lives in the process; WEB_CONCURRENCY on PostgreSQL."""
    return 1 if settings.database_url.startswith("sqlite:") else int(os.environ.get("WEB_CONCURRENCY", "2"))


def _options(app: Flask, settings: Settings, bind: Bind) -> dict[str, Any]:
    runner = app.extensions["mixwell.runner"]
    inline = settings.jobs == "inline"
    return {
        "bind": f"{bind.host}:{bind.port}",
        "workers": processes(settings),
        "worker_class": "gthread",
        "threads": THREADS,
        "keepalive": 30,
        "graceful_timeout": 5,
        "timeout": 60,
        "accesslog": None,  # our own log names routes; a path may hold a badge token
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
        "forwarded_allow_ips": "*" if settings.proxies else "127.0.0.1",
        # Threads started before the fork would stay in the master and never run a job.
        "post_worker_init": lambda worker: runner.start() if inline else None,
        "worker_exit": lambda server, worker: runner.stop(),
    }


def serve(app: Flask, settings: Settings, bind: Bind) -> None:
    """Serve until a signal ends it."""
    Server(app, settings, bind).run()
