"""Writers take turns, readers cannot write, times keep their zone."""

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, StatementError

from webapp.circles.models import Circle
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.sqlite import may_use_wal
from webapp.core.versions import bump, version_of


def count_up(app: Flask, times: int) -> None:
    with app.app_context():
        for _ in range(times):
            with writing() as session:
                seen = version_of(session, "shared")
                session.execute(text("DELETE FROM versions"))
                session.execute(text("INSERT INTO versions (subject, number) VALUES ('shared', :n)"), {"n": seen + 1})
                session.commit()


def test_eight_writers_that_read_before_they_write_lose_nothing(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the write lock is SQLite's; PostgreSQL has rows locks and unique keys of its own")
    threads = [threading.Thread(target=count_up, args=(app, 20)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert version_of(db.session(), "shared") == 160


def test_a_page_that_only_reads_cannot_write(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("enforced by SQLite's query_only")
    with pytest.raises(OperationalError, match="readonly"):
        bump(db.session(), "anyone")
    db.session.rollback()


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    naive = datetime(2026, 11, 22, 19, 0)  # noqa: DTZ001  # the point of the test
    circle = Circle(id=new_id(), name="x", hue=1, zone="Europe/London", created_at=naive)
    with writing() as session:
        session.add(circle)
        with pytest.raises(StatementError, match="zone"):
            session.flush()


def test_times_come_back_as_utc(app: Flask) -> None:
    at = now()
    circle = Circle(id=new_id(), name="x", hue=1, zone="Europe/London", created_at=at)
    with writing() as session:
        session.add(circle)
        session.commit()
    db.session.expire_all()
    kept = db.session.get_one(Circle, circle.id).created_at
    assert (kept, kept.tzinfo) == (at, UTC)


def test_libraries_with_the_wal_reset_bug_are_refused_a_write_ahead_log() -> None:
    assert [may_use_wal(v) for v in ((3, 40, 1), (3, 46, 1), (3, 50, 4), (3, 51, 2))] == [False] * 4
    assert [may_use_wal(v) for v in ((3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 4))] == [True] * 4
