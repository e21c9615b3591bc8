"""`bin/demo`: migrate, seed, say where it is, serve."""

import os
import shutil
import socket
import sys
from pathlib import Path

from qrcode import QRCode

import webapp
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.demo.evening import is_seeded, seed
from webapp.serving import Bind, serve
from webapp.settings import Settings, SettingsError, read_settings


class DemoRefusedError(Exception):
    """The demo does not start here; the message says why and what to do."""


def run_demo(host: str, port: int, *, fresh: bool) -> None:
    """Serve the sample evening until a signal ends it. Raises DemoRefusedError."""
    settings = _demo_settings(host, port)
    _require_free(host, port)
    if fresh and settings.data_dir.exists():
        shutil.rmtree(settings.data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema.upgrade(settings.database_url)
    app = webapp.create_app(settings)
    tools = app.extensions["mixwell.tools"]
    with app.app_context(), writing() as session:
        if not is_seeded(session):
            seed(session, keyring=tools.keyring, base_url=settings.base_url, at=now())
            session.commit()
    _say_where(settings)
    serve(app, settings, Bind(host, port))


def _demo_settings(host: str, port: int) -> Settings:
    if os.environ.get("MIXWELL_MODE", "demo") != "demo":
        raise DemoRefusedError(
            "MIXWELL_MODE is set to something else. The demo signs anyone in as anyone: never there."
        )
    if os.environ.get("MIXWELL_DATABASE_URL") or os.environ.get("DATABASE_URL"):
        raise DemoRefusedError("A database is set in the environment. The demo uses its own file only; unset it.")
    shown = "127.0.0.1" if host in {"127.0.0.1", "localhost"} else host
    folder = os.environ.get("MIXWELL_DATA_DIR", str(Path("var") / "demo"))
    own = {"MIXWELL_MODE": "demo", "MIXWELL_BASE_URL": f"http://{shown}:{port}", "MIXWELL_DATA_DIR": folder}
    try:
        return read_settings(own)
    except SettingsError as error:
        raise DemoRefusedError(str(error)) from error


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DemoRefusedError(f"Port {port} is taken. Try: bin/demo --port {port + 1}") from error


def _say_where(settings: Settings) -> None:
    address = f"{settings.base_url}/cast"
    code = QRCode(border=2)
    code.add_data(address)
    code.print_ascii(out=sys.stdout, invert=sys.stdout.isatty())
    sys.stdout.write(f"\nMixwell is ready: {address}\n")
    sys.stdout.flush()
