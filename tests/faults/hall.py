"""A hall full of badges, doors that scan them over real connections, and a journal of what was acknowledged."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import insert

from tests.cast import Cast
from tests.conftest import FIXED_KEY
from webapp.accounts.models import Person
from webapp.badges.models import Badge
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, lookup_id
from webapp.events.models import Attendee
from webapp.settings import Settings

ROOT = Path(__file__).parents[2]
_OUTCOME = re.compile(r'data-outcome="(\w+)"')


def make_badges(cast: Cast, number: int) -> list[str]:
    """So many guests of tonight's mixer with a badge each; the tokens. Three statements, not thousands."""
    keyring, event_id, at = Keyring(bytes.fromhex(FIXED_KEY)), cast.mixer.id, now()
    ids = [(new_id(), new_id(), new_id()) for _ in range(number)]
    tokens = [keyring.badge_token(event_id, badge_id, 1) for _, _, badge_id in ids]
    with writing() as session:
        session.execute(insert(Person), [dict(id=p, name=f"Guest {p}", created_at=at) for p, _, _ in ids])
        names = dict(event_id=event_id, source="import", given_name="Guest", family_name="Crowd", created_at=at)
        names |= dict(name="Guest Crowd", sort_key="crowd", search_key="guest crowd", box="C")
        session.execute(insert(Attendee), [names | dict(id=a, person_id=p) for p, a, _ in ids])
        drawn = dict(event_id=event_id, generation=1, qr_version=3, qr_level="Q", qr_mask=0, issued_at=at)
        badges = [
            drawn | dict(id=b, attendee_id=a, lookup_id=lookup_id(token), typed_mac=keyring.mac("x", b))
            for (_, a, b), token in zip(ids, tokens, strict=True)
        ]
        session.execute(insert(Badge), badges)
        session.commit()
    return tokens


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@dataclass
class Server:
    """Our server on loopback, restartable, in a process group that can be killed whole."""

    settings: Settings
    weakness: str = "none"
    port: int = field(default_factory=free_port)
    watched_by: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and return when the first answer came."""
        environ = os.environ | {
            "MIXWELL_MODE": "test",
            "MIXWELL_BASE_URL": f"http://127.0.0.1:{self.port}",
            "MIXWELL_DATA_DIR": str(self.settings.data_dir),
            "MIXWELL_DATABASE_URL": self.settings.database_url,
            "MIXWELL_LIFT_LIMITS": "yes",
            "WEB_CONCURRENCY": "2",
            "PYTHONPATH": str(ROOT),
        }
        command = [*self.watched_by, sys.executable, "-m", "tests.faults.door_server", str(self.port), self.weakness]
        with (self.settings.data_dir / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        for _ in range(1800):
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
                try:
                    connection.request("GET", "/door")
                    connection.getresponse().read()
                    return
                except (OSError, HTTPException):
                    time.sleep(0.1)
        raise AssertionError((self.settings.data_dir / "server.log").read_text()[-3000:])

    def stop(self) -> None:
        """Ask it to end, as an operator would, and wait."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=120)
            self._process = None

    def kill(self) -> None:
        """kill -9 the whole group, as a power switch would end it."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@dataclass(frozen=True)
class Answer:
    """What a door was told: HTTP status and the verdict's tone ("agreed" is a welcome)."""

    status: int
    outcome: str


@dataclass
class Door:
    """One phone with a connection of its own."""

    server: Server
    event_id: UUID
    key: str
    _connection: HTTPConnection | None = None

    def scan(self, token: str, operation_id: UUID) -> Answer:
        """Send one scan. Raises OSError or HTTPException when no whole answer came."""
        body = urlencode({"code": f"HTTPS://127.0.0.1:{self.server.port}/B/{token}", "operation_id": operation_id})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "Cookie": f"mixwell-door={self.key}",
        }
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            self._connection.request("POST", f"/events/{self.event_id}/check-ins", body, headers)
            response = self._connection.getresponse()
            text = response.read().decode()
        except (OSError, HTTPException):
            self.hang_up()
            raise
        found = _OUTCOME.search(text)
        return Answer(response.status, found[1] if found else "")

    def hang_up(self) -> None:
        """Close the connection; the next scan opens one."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def scan_until_answered(self, token: str, operation_id: UUID) -> Answer:
        """Send the same operation again and again until the server says something final."""
        for _ in range(1200):
            try:
                answer = self.scan(token, operation_id)
            except (OSError, HTTPException):
                time.sleep(0.05)
                continue
            if answer.status < 500:
                return answer
        raise AssertionError("the server did not come back")
