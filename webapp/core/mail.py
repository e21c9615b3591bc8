"""Mail as the standard library makes it, sent only from the outbox. Two outlets: a relay, or a folder of .eml files."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from webapp.core.clock import now

TIMEOUT = 10.0
"""Seconds a relay may take for each step."""


@dataclass(frozen=True)
class Letter:
    """One mail to one address. `key` (the outbox row) makes the Message-ID: a double send collapses at the reader."""

    key: UUID
    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Outlet(Protocol):
    """Where a finished message goes. `deliver` returns when the other side has taken it, or raises OSError."""

    def deliver(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True)
class Relay:
    """An SMTP server: `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://`."""

    url: str

    def deliver(self, message: EmailMessage) -> None:
        """Hand over to the relay; raises smtplib.SMTPException (an OSError) when it does not take the message."""
        with self._signed_in() as server:
            server.send_message(message)

    def greet(self) -> None:
        """Connect and sign in, and send nothing. Raises OSError when the relay would not have us."""
        with self._signed_in() as server:
            server.noop()

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        parts = urlsplit(self.url)
        with self._connect(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server

    def _connect(self, scheme: str, host: str, port: int | None) -> smtplib.SMTP:
        if scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT)
        server.ehlo()
        return server


@dataclass(frozen=True)
class Folder:
    """A folder of .eml files, one a message: for the demo and for looking at mail by hand."""

    path: Path

    def deliver(self, message: EmailMessage) -> None:
        """Write the message under a name that sorts by time; the same Message-ID overwrites itself."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0] + ".eml"
        partial = self.path / f".{name}"
        partial.write_bytes(message.as_bytes())
        partial.replace(self.path / name)


@dataclass(frozen=True)
class Mailer:
    """Makes and sends letters from one address. `domain` is the right side of every Message-ID."""

    outlet: Outlet
    sender: str
    domain: str

    def send(self, letter: Letter) -> None:
        """Send one letter now. Raises ValueError for header line breaks, OSError when it was not taken."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now())
        message["Message-ID"] = f"<{letter.key}@{self.domain}>"
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        self.outlet.deliver(message)


def outlet_for(url: str) -> Outlet:
    """The outlet an address names: `smtp://…`, `smtps://…` or `folder:PATH`."""
    return Folder(Path(url.removeprefix("folder:"))) if url.startswith("folder:") else Relay(url)
