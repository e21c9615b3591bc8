"""What must still happen, happens: after a crash, a failure, a lost wake-up, and never twice for one cause."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.jobs import Runner
from webapp.core.outbox import ATTEMPTS, LEASE, Later, OutboxRow, Tools, put, renew, run, sweep

told: list[tuple[UUID, dict[str, Any]]] = []
woken: list[UUID] = []
"""What handlers did, and which rows a runner was woken for."""


def tell(row_id: UUID, payload: dict[str, Any], _tools: Tools) -> None:
    """Remember that it was done."""
    told.append((row_id, payload))


def stumble(_row_id: UUID, _payload: dict[str, Any], _tools: Tools) -> None:
    """Fail half-way, after writing something."""
    with writing() as session:
        session.add(_row("left.behind"))
        session.flush()
        raise OSError("the relay did not answer")


@pytest.fixture(autouse=True)
def wired(app: Flask) -> Iterator[None]:
    """Our own reactions, and a runner that only notes whom it was woken for."""
    told.clear()
    woken.clear()
    outbox.connect({"guest.greeted": [tell], "guest.lost": [stumble], "guest.told": [tell, stumble]}, woken.append)
    yield
    outbox.connect({}, lambda row_id: None)


@pytest.fixture
def tools(app: Flask) -> Tools:
    """The application's tools."""
    tools: Tools = app.extensions["mixwell.tools"]
    return tools


def ask(kind: str, cause: UUID | str = "cause", **payload: Any) -> UUID:
    """Put one thing into the outbox and commit; the id of its first row."""
    with writing() as session:
        put(session, kind, cause=cause, at=now(), **payload)
        session.commit()
        return session.scalars(select(OutboxRow.id).where(OutboxRow.cause == str(cause))).all()[0]


def row(row_id: UUID) -> OutboxRow:
    """The row as it stands now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(OutboxRow, row_id)


def _row(kind: str) -> OutboxRow:
    filled = OutboxRow(id=new_id(), kind=kind, handler="x", cause="x", recipient="", payload={}, attempts=0)
    filled.created_at = filled.due_at = now()
    return filled


def test_a_row_is_done_once(tools: Tools) -> None:
    row_id = ask("guest.greeted", name="Ann")
    assert run(row_id, tools, at=now())
    assert not run(row_id, tools, at=now())
    assert told == [(row_id, {"name": "Ann"})]
    assert row(row_id).done_at is not None


def test_one_cause_makes_one_row_for_each_handler(tools: Tools) -> None:
    for _ in range(3):
        ask("guest.told")
    assert len(db.session.scalars(select(OutboxRow)).all()) == 2
    assert len(woken) == 2


def test_nothing_is_due_because_of_what_was_rolled_back(tools: Tools) -> None:
    with writing() as session:
        put(session, "guest.greeted", cause="cause", at=now())
        session.rollback()
        session.commit()
    assert (woken, sweep(tools, at=now())) == ([], 0)


def test_the_runner_is_woken_after_the_commit_and_not_before() -> None:
    with writing() as session:
        put(session, "guest.greeted", cause="cause", at=now())
        session.flush()
        assert woken == []
        session.commit()
    assert len(woken) == 1


def test_a_failure_leaves_nothing_behind_and_is_tried_again_later_and_later(tools: Tools) -> None:
    row_id, at, waits = ask("guest.lost"), now(), []
    for _ in range(ATTEMPTS - 1):
        assert not run(row_id, tools, at=at)
        waits.append((row(row_id).due_at - at).total_seconds())
        at = row(row_id).due_at
    assert waits == [5 * 3**step for step in range(ATTEMPTS - 1)]
    assert row(row_id).last_error == "OSError"
    assert db.session.scalars(select(OutboxRow.kind)).all() == ["guest.lost"]


def test_a_service_that_wants_to_be_left_alone_longer_is(tools: Tools) -> None:
    def wait(_row_id: UUID, payload: dict[str, Any], _tools: Tools) -> None:
        raise Later(timedelta(seconds=int(payload["seconds"])))

    outbox.connect({"guest.told": [wait]}, woken.append)
    for seconds, waited in ((0, 5), (3, 5), (600, 600)):
        row_id, at = ask("guest.told", cause=str(seconds), seconds=str(seconds)), now()
        assert not run(row_id, tools, at=at)
        assert (row(row_id).due_at - at).total_seconds() == waited
        assert row(row_id).last_error == "Later"


def test_what_failed_eight_times_is_given_up_and_kept_to_be_seen(tools: Tools) -> None:
    row_id, at = ask("guest.lost"), now()
    for _ in range(ATTEMPTS):
        run(row_id, tools, at=at)
        at += timedelta(days=1)
    assert row(row_id).gave_up_at is not None
    assert sweep(tools, at=at + timedelta(days=365)) == 0


def test_a_runner_that_died_is_followed_by_the_sweeper_when_its_lease_is_over(tools: Tools) -> None:
    row_id, at = ask("guest.greeted"), now()
    claimed = outbox._claim(row_id, at)  # and then the process is gone
    assert claimed is not None
    assert sweep(tools, at=at + LEASE - timedelta(seconds=1)) == 0
    assert sweep(tools, at=at + LEASE + timedelta(seconds=1)) == 1
    assert len(told) == 1


def test_a_long_job_that_says_it_still_works_is_left_alone(tools: Tools) -> None:
    row_id, at = ask("guest.greeted"), now()
    outbox._claim(row_id, at)
    with writing() as session:
        renew(session, row_id, at=at + LEASE - timedelta(seconds=1))
        session.commit()
    assert sweep(tools, at=at + LEASE + timedelta(seconds=1)) == 0


def test_two_runners_that_want_the_same_row_do_it_once(app: Flask, tools: Tools) -> None:
    row_id, start, done = ask("guest.greeted"), threading.Barrier(4), []

    def hurry() -> None:
        start.wait()
        with app.app_context():
            done.append(run(row_id, tools, at=now()))
            db.session.remove()

    runners = [threading.Thread(target=hurry) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(done) == [False, False, False, True]
    assert len(told) == 1


def test_the_real_consumer_does_what_is_committed(app: Flask, tools: Tools, tmp_path: Any) -> None:
    """huey's own threads, woken by a commit: from the act to the mail."""
    runner, heard = Runner(tmp_path / "jobs.db", None), threading.Event()

    def run_here(row_id: UUID) -> None:
        with app.app_context():
            run(row_id, tools, at=now())
            db.session.remove()
        heard.set()

    outbox.connect({"guest.greeted": [tell]}, runner.attach(run_here, lambda: None))
    runner.start(workers=1)
    try:
        row_id = ask("guest.greeted", name="Ann")
        assert heard.wait(120)
    finally:
        runner.stop()
    assert told == [(row_id, {"name": "Ann"})]
    assert row(row_id).done_at is not None
