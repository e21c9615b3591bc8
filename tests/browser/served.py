"""A whole server for browser tests: real sockets, real jobs, mail in a folder."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

import webapp
from webapp.core import schema
from webapp.core.database import db
from webapp.settings import read_settings

GONE_MIDWAY = "ignore:Exception ignored in. <_io.FileIO name=.*static:pytest.PytestUnraisableExceptionWarning"
"""A page closed while it loads hangs up on a file: the test's server then leaves closing it to the collector."""

PATIENCE = 120.0
"""Seconds a mail may take while everything else runs too."""


@dataclass(frozen=True)
class House:
    """The application as it is served at `base`, with everything it keeps under `folder`."""

    app: Flask
    base: str
    folder: Path

    def mails_to(self, address: str, about: str = "") -> list[EmailMessage]:
        """The mails to this address with these words in their subject, oldest first."""
        files = sorted((self.folder / "mail").glob("[!.]*.eml"), key=lambda file: file.stat().st_mtime_ns)
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [mail for mail in mails if mail["To"] == address and about in str(mail["Subject"])]

    def wait_for_mail(self, address: str, about: str = "", *, after: int = 0) -> EmailMessage:
        """The next such mail beyond the first `after` ones, once the runner has sent it."""
        give_up = time.monotonic() + PATIENCE
        while len(mails := self.mails_to(address, about)) <= after:
            assert time.monotonic() < give_up, f"no mail came to {address}"
            time.sleep(0.05)
        return mails[after]


def words_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def link_in(mail: EmailMessage) -> str:
    """The first link in the plain text of a mail."""
    found = re.search(r"https?://\S+", words_of(mail))
    assert found, "the mail holds no link"
    return found[0]


class _Handler(WSGIRequestHandler):
    """Connections that stay open, as behind gunicorn, and no line for each of a hundred files a page is made of."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the application logs what it answers."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def a_house(folder: Path, mode: str = "test", *, port: int = 0, base: str = "", **more: str) -> Iterator[House]:
    """Serve an empty, migrated Mixwell on a free port until the block ends, jobs included; `more` are variables.

    `base` is its address where something stands in front of the port.
    """
    port = port or free_port()
    base = base or f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    environ = {"MIXWELL_MODE": mode, "MIXWELL_BASE_URL": base, "MIXWELL_DATA_DIR": str(folder)}
    settings = read_settings(environ | more)
    schema.upgrade(settings.database_url)
    app = webapp.create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
    thread = threading.Thread(target=server.serve_forever)
    app.extensions["mixwell.runner"].start()
    thread.start()
    try:
        yield House(app, base, folder)
    finally:
        server.shutdown()
        thread.join()
        app.extensions["mixwell.runner"].stop()
        with app.app_context():
            db.engine.dispose()
