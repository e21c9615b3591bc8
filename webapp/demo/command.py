"""`bin/demo`: migrate, seed, say where it is, serve."""

import os
import shutil
import socket
import sys
from datetime import datetime
from pathlib import Path

from flask import Flask
from qrcode import QRCode
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool

import webapp
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.demo.evening import seed
from webapp.events.models import Event
from webapp.in_use import alone
from webapp.serving import Bind, serve
from webapp.settings import USUAL_DATA_DIR, Settings, SettingsError, read_settings

SAMPLE = "sample"
"""A file that says that everything beside it was invented, and at which address; only such a folder is ever emptied."""


class DemoRefusedError(Exception):
    """The demo does not start here; the message says why and what to do."""


def run_demo(host: str, port: int, *, fresh: bool) -> None:
    """Serve the sample evening until a signal ends it. Raises DemoRefusedError."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104  # refused
        raise DemoRefusedError("Phones need an address to type. Name this machine's own: bin/demo --host 192.168.1.20")
    settings = demo_settings(f"http://{host}:{port}")
    require_free(host, port)
    app = prepare(settings, fresh=fresh)
    address = f"{settings.base_url}/cast"
    show_code(address)
    say(f"\nMixwell is ready: {address}\nEnd it with Ctrl-C. A new sample: bin/demo --fresh")
    serve(app, settings, Bind(host, port))


def prepare(settings: Settings, *, fresh: bool) -> Flask:
    """The application with a sample that can go on, made anew where it cannot. Raises DemoRefusedError."""
    _require_a_place_of_its_own(settings.data_dir)
    if settings.data_dir.exists() and (why := "as asked" if fresh else why_anew(settings, now())):
        say(f"The sample begins anew, {why}.")
        shutil.rmtree(settings.data_dir)
    return ready(settings, now())


def why_anew(settings: Settings, at: datetime) -> str:
    """Why the sample that is there cannot go on; empty if it can, or if there is none."""
    marker = settings.data_dir / SAMPLE
    if not marker.exists():
        return ""
    if not marker.read_text():
        return "because making it was cut short"
    if marker.read_text() != settings.base_url:
        return "because its badges name another address"
    if not schema.is_current(settings.database_url):
        return "because it is of another version"
    ended = _tonight_ends(settings)
    return "because its evening has ended" if ended is None or ended <= at else ""


def _tonight_ends(settings: Settings) -> datetime | None:
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.scalar(select(func.max(Event.ends_at)))


def ready(settings: Settings, at: datetime) -> Flask:
    """The application with a sample to show, made now if there is none."""
    marker = settings.data_dir / SAMPLE
    if marker.exists():
        return webapp.create_app(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.touch()
    schema.upgrade(settings.database_url)
    app = webapp.create_app(settings)
    with app.app_context(), writing() as session:
        seed(session, keyring=app.extensions["mixwell.tools"].keyring, base_url=settings.base_url, at=at)
        session.commit()
    marker.write_text(settings.base_url)
    return app


def demo_settings(base_url: str) -> Settings:
    """Settings of a demo at this address. Raises DemoRefusedError where the environment is that of something real."""
    if os.environ.get("MIXWELL_MODE", "demo") != "demo":
        raise DemoRefusedError(
            "MIXWELL_MODE is set to something else. The demo signs anyone in as anyone: never there."
        )
    if os.environ.get("MIXWELL_DATABASE_URL") or os.environ.get("DATABASE_URL"):
        raise DemoRefusedError("A database is set in the environment. The demo uses its own file only; unset it.")
    folder = os.environ.get("MIXWELL_DATA_DIR") or str(USUAL_DATA_DIR.with_name("demo"))
    own = {"MIXWELL_MODE": "demo", "MIXWELL_BASE_URL": base_url, "MIXWELL_DATA_DIR": folder}
    try:
        return read_settings(own)
    except SettingsError as error:
        raise DemoRefusedError(str(error)) from error


def require_free(host: str, port: int) -> None:
    """Raises DemoRefusedError when something listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DemoRefusedError(f"Port {port} is taken. Try: bin/demo --port {port + 2}") from error


def _require_a_place_of_its_own(folder: Path) -> None:
    """Signing in as anyone, and emptying the folder, must never meet data that somebody needs."""
    if not folder.exists():
        return
    if not (folder / SAMPLE).exists() and any(folder.iterdir()):
        raise DemoRefusedError(f"{folder} holds something else. Name an empty folder by MIXWELL_DATA_DIR, or unset it.")
    try:
        with alone(folder):
            pass
    except BlockingIOError as error:
        raise DemoRefusedError("A demo runs on this sample already. End it there first, with Ctrl-C.") from error


def show_code(address: str) -> None:
    """Print this address as a code for a phone's camera."""
    code = QRCode(border=2)
    code.add_data(address)
    code.print_ascii(out=sys.stdout, invert=sys.stdout.isatty())


def say(words: str) -> None:
    """Print for whoever started the demo, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
