"""kill -9 in the middle of the rush: whatever was acknowledged is there, and nobody is in twice.

It proves that no answer leaves before its transaction is committed. That a commit also survives a power cut is a matter
of `synchronous=FULL` and `synchronous_commit=on`, which are verified at start-up.
"""

import random
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from tests.cast import Cast
from tests.faults.hall import Answer, Door, Server, make_badges
from webapp.checkin.models import CheckIn
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.settings import Settings

DOORS = 4
SEED = 20261122
ANSWERS_BETWEEN_KILLS = 60


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """Our server, started."""
    server = Server(settings)
    yield server
    server.kill()


@dataclass
class Journal:
    """What the doors were told, kept by the doors."""

    acknowledged: dict[UUID, Answer] = field(default_factory=dict)
    changed: list[UUID] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self, door: Door, tokens: list[str], chance: random.Random) -> None:
        """Scan until told to stop; a tenth of the operations is sent again, as after a dropout."""
        for token in tokens:
            if self.stop.is_set():
                break
            operation_id = new_id()
            answer = self.acknowledged[operation_id] = door.scan_until_answered(token, operation_id)
            if chance.random() < 0.1 and door.scan_until_answered(token, operation_id) != answer:
                self.changed.append(operation_id)
        door.hang_up()

    def wait_for_more(self, answers: int) -> None:
        """Wait until so many more were acknowledged, however slow the machine is."""
        enough = len(self.acknowledged) + answers
        while len(self.acknowledged) < enough:
            time.sleep(0.005)

    @property
    def welcomed(self) -> set[UUID]:
        """Operations that were answered green."""
        return {operation_id for operation_id, answer in self.acknowledged.items() if answer.outcome == "agreed"}


def rush_and_kill(server: Server, cast: Cast, kills: int) -> Journal:
    """Scan at four doors, a third of the badges at two of them, while the server is killed so many times."""
    sys.stdout.write(f"seed {SEED}\n")
    chance, journal = random.Random(SEED), Journal()
    tokens = make_badges(cast, 200 * (kills + 1))
    crew = []
    for number in range(DOORS):
        own = tokens[number::DOORS]
        # Of other doors: twice at one door within seconds is one scan, and has no row of its own.
        shared = chance.sample(sorted(set(tokens) - set(own)), len(tokens) // 12)
        queue = chance.sample(own + shared, len(own) + len(shared))
        door = Door(server, cast.mixer.id, cast.door(name=f"Phone {number}")[1])
        crew.append(threading.Thread(target=journal.work, args=(door, queue, random.Random(SEED + number))))
    server.start()
    for one in crew:
        one.start()
    for _ in range(kills):
        journal.wait_for_more(ANSWERS_BETWEEN_KILLS)
        time.sleep(chance.uniform(0, 0.2))
        server.kill()
        server.start()
    journal.stop.set()
    for one in crew:
        one.join()
    return journal


def kept() -> set[UUID]:
    """Operations that let somebody in, as the database has them."""
    db.session.rollback()
    return set(db.session.scalars(select(CheckIn.operation_id)))


def promise_kept(server: Server, cast: Cast, kills: int) -> None:
    journal = rush_and_kill(server, cast, kills)
    sys.stdout.write(f"{len(journal.acknowledged)} answers, {len(journal.welcomed)} welcomes, {kills} kills\n")
    assert len(journal.acknowledged) > ANSWERS_BETWEEN_KILLS * kills
    assert journal.welcomed - kept() == set()
    assert journal.changed == []
    assert {answer.status for answer in journal.acknowledged.values()} == {200}
    doubled = select(CheckIn.attendee_id).where(CheckIn.undone_at.is_(None)).group_by(CheckIn.attendee_id)
    assert db.session.scalars(doubled.having(func.count() > 1)).all() == []
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_killed_three_times_in_the_rush_it_keeps_every_welcome(server: Server, cast: Cast) -> None:
    promise_kept(server, cast, 3)


@pytest.mark.slow
def test_killed_ten_times_in_the_rush_it_keeps_every_welcome(server: Server, cast: Cast) -> None:
    promise_kept(server, cast, 10)


def test_a_server_that_answers_first_and_writes_later_is_caught(server: Server, cast: Cast) -> None:
    server.weakness = "answer-first"
    journal = rush_and_kill(server, cast, 2)
    assert journal.welcomed - kept() != set()
