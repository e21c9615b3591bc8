"""What do two thousand waiting phones cost, and what do they do to a door?

    python -m benchmarks.phones [PHONES] [--seconds 20]

One server as `mixwell serve` runs it (SQLite, one process with threads). Every phone is signed in, keeps its connection
and asks `/pulse` with what it knows: a tenth of them every 3 s as on Scan, the others every 20 s. A door checks in
five guests a second, first alone, then with the phones. The goal: the phones take at most 0.25 of a two-core machine,
which is half a core, and the door's 95th percentile stays below 300 ms in the same run. Phones, door and server share
this machine.
"""

import argparse
import asyncio
import math
import os
import random
import resource
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from flask import current_app
from sqlalchemy import insert, select

import webapp
from benchmarks.checkin import environment, group_cpu, server
from tests.cast import Cast
from tests.conftest import FIXED_KEY
from tests.faults.hall import make_badges
from webapp.accounts.models import SignInSession
from webapp.core.clock import now
from webapp.core.database import allow_writing, db
from webapp.core.identifiers import new_id
from webapp.core.tokens import digest, random_secret
from webapp.events.models import Attendee
from webapp.settings import Settings, read_settings

ON_SCAN, ELSEWHERE = 3.0, 20.0
"""Seconds between two questions of a phone."""
A_TENTH = 10
ARRIVALS = 5
"""Guests a second at the door: more than two doors do."""
FIRST_ROUND = 60.0
"""Seconds in which all phones ask for the first time: a whole answer each, which a page would have brought."""
SETTLING = 5.0
"""Seconds after which what was left of that round is answered."""
PATIENCE = 300.0
"""Seconds until the phones must all know a version."""
SPREAD = 0.2
"""Phones are not in step: each interval differs by so much of itself."""


@dataclass(frozen=True)
class Hall:
    """A filled database: whose cookies the phones hold, and the door with its guests."""

    settings: Settings
    cookies: list[str]
    path: str
    key: str
    tokens: list[str]


def fill(folder: Path, phones: int, guests: int) -> Hall:
    """So many people signed in, so many guests to come."""
    (folder / "master.key").write_text(FIXED_KEY)
    (folder / "master.key").chmod(0o600)
    settings = read_settings(environment(folder, f"sqlite:///{folder}/mixwell.db"))
    with webapp.create_app(settings).app_context():
        allow_writing(True)
        db.create_all()
        cast = Cast(current_app)
        cookies = sign_in(cast, phones)
        hall = Hall(settings, cookies, f"/events/{cast.mixer.id}/check-ins", cast.door()[1], make_badges(cast, guests))
        db.session.commit()
        allow_writing(False)
        db.session.remove()
        db.engine.dispose()
    return hall


def sign_in(cast: Cast, number: int) -> list[str]:
    """So many guests with a live session each; what their cookies hold."""
    make_badges(cast, number)
    secrets, at = [random_secret() for _ in range(number)], now()
    people = db.session.scalars(select(Attendee.person_id).where(Attendee.family_name == "Crowd").limit(number)).all()
    rows = [
        dict(id=new_id(), person_id=person, secret_digest=digest(secret), browser="Phone", created_at=at, seen_at=at)
        for person, secret in zip(people, secrets, strict=True)
    ]
    db.session.execute(insert(SignInSession), rows)
    return secrets


@dataclass
class Heard:
    """What the phones were answered, and how long that took, in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    reopened: int = 0


class Span:
    """The seconds that count: they begin when every phone holds a connection and knows a version, as from its page."""

    def __init__(self, seconds: int, phones: int) -> None:
        self._seconds, self._unknowing = seconds, phones
        self.begun = threading.Event()
        self.begin = self.end = math.inf

    def one_knows(self) -> None:
        """Another phone has been told what it asks about from now on."""
        self._unknowing -= 1
        if not self._unknowing:
            self.begin = time.monotonic() + SETTLING
            self.end = self.begin + self._seconds
            self.begun.set()


async def phone(port: int, cookie: str, every: float, span: Span, heard: Heard) -> None:
    """One phone: ask, wait, ask again with what it knows; what it hears counts within the span."""
    await asyncio.sleep(random.uniform(0, FIRST_ROUND))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    _, tag = await ask(reader, writer, port, cookie, "")
    span.one_knows()
    await asyncio.sleep(random.uniform(0, every))
    while (started := time.monotonic()) < span.end:
        try:
            status, tag = await ask(reader, writer, port, cookie, tag)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The server keeps so many connections and no more; a phone opens another, and that is in its time.
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            status, tag = await ask(reader, writer, port, cookie, tag)
            heard.reopened += 1
        if started >= span.begin:
            heard.statuses[status] += 1
            heard.times.append(time.monotonic() - started)
        pause = every * random.uniform(1 - SPREAD, 1 + SPREAD)
        if time.monotonic() + pause > span.end:
            break
        await asyncio.sleep(pause)
    writer.close()


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, cookie: str, tag: str
) -> tuple[int, str]:
    """(status, what the phone knows now) of one question over a connection that stays."""
    lines = ["GET /pulse HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: mixwell-session={cookie}", "HX-Request: true"]
    lines += [f"HX-PTag: {tag}"] if tag else []
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    await reader.readexactly(int(fields.get("content-length", 0)))
    return int(head.split()[1]), fields.get("hx-ptag", tag)


async def wait(hall: Hall, port: int, span: Span) -> Heard:
    """All phones until the end of the span."""
    heard = Heard()
    pace = [ON_SCAN if n % A_TENTH == 0 else ELSEWHERE for n in range(len(hall.cookies))]
    await asyncio.gather(*(phone(port, *each, span, heard) for each in zip(hall.cookies, pace, strict=True)))
    return heard


def door(hall: Hall, port: int, tokens: list[str], times: list[float]) -> None:
    """Check guests in, one after the other, at the door's pace."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    headers |= {"HX-Request-Type": "partial", "Cookie": f"mixwell-door={hall.key}"}
    for token in tokens:
        started = time.monotonic()
        body = urlencode({"code": f"HTTPS://127.0.0.1:{port}/B/{token}", "operation_id": new_id()})
        connection.request("POST", hall.path, body, headers)
        response = connection.getresponse()
        assert b'data-outcome="agreed"' in response.read(), response.status
        times.append(time.monotonic() - started)
        time.sleep(max(0, 1 / ARRIVALS - times[-1]))


def at(share: float, times: list[float]) -> float:
    """The percentile in milliseconds."""
    return sorted(times)[int(len(times) * share)] * 1000


def measure(hall: Hall, seconds: int) -> None:
    """The door alone, then the door with the phones; the server's processor time of both."""
    half = len(hall.tokens) // 2
    alone: list[float] = []
    together: list[float] = []
    with server("full", hall.settings) as (port, group):

        def arrivals(tokens: list[str], times: list[float]) -> float:
            before, started = group_cpu(group) or 0, time.monotonic()
            door(hall, port, tokens, times)
            return ((group_cpu(group) or 0) - before) / (time.monotonic() - started)

        quiet = arrivals(hall.tokens[:half], alone)
        span = Span(seconds, len(hall.cookies))
        with ThreadPoolExecutor(1) as hall_full_of_phones:
            waiting = hall_full_of_phones.submit(lambda: asyncio.run(wait(hall, port, span)))
            assert span.begun.wait(PATIENCE), "the phones never all knew a version"
            time.sleep(SETTLING)
            busy = arrivals(hall.tokens[half:], together)
            heard = waiting.result()
    show(len(hall.cookies), heard, seconds, (alone, together), (quiet, busy))


def show(
    phones: int, heard: Heard, seconds: int, door_times: tuple[list[float], list[float]], cores: tuple[float, float]
) -> None:
    """The table: the phones, then the door without and with them."""
    alone, together = door_times
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(heard.statuses.items()))
    rate = f"{len(heard.times) / seconds:.0f} questions a second"
    print(f"\nphones    {phones}, {rate}: {answers}, {heard.reopened} opened anew")
    print(
        "          " + ", ".join(f"p{share * 100:.0f} {at(share, heard.times):.0f} ms" for share in (0.5, 0.95, 0.99))
    )
    print(f"door      p95 {at(0.95, alone):.0f} ms alone, {at(0.95, together):.0f} ms with the phones (goal 300)")
    share = (cores[1] - cores[0]) / (os.cpu_count() or 1)
    print(f"server    {cores[0]:.2f} cores for the door alone, {cores[1]:.2f} with the phones")
    print(f"          the phones take {share:.2f} of this machine (goal 0.25)")


def main() -> None:
    """Fill a hall and measure it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("phones", nargs="?", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=20)
    asked = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * asked.phones + 200)), hard))
    print(f"{asked.phones} phones for {asked.seconds} s, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with TemporaryDirectory() as folder:
        measure(fill(Path(folder), asked.phones, 2 * ARRIVALS * asked.seconds), asked.seconds)


if __name__ == "__main__":
    main()
