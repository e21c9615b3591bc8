"""Many doors, one badge, one moment: the unique key decides, and without it the same crowd gets in twice."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text

from tests.cast import Cast
from tests.faults.hall import Answer, Door, Server, make_badges
from webapp.checkin.models import CheckIn
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.settings import Settings

DOORS = 4


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """Our server: threads on SQLite, two processes on PostgreSQL."""
    server = Server(settings)
    yield server
    server.kill()


def rush(server: Server, cast: Cast, tokens: list[str]) -> list[Answer]:
    """Hold each badge to all doors in the same moment; all answers."""
    answers: list[Answer] = []
    moment = threading.Barrier(DOORS)

    def stand(key: str) -> None:
        door = Door(server, cast.mixer.id, key)
        for token in tokens:
            moment.wait(timeout=300)
            answers.append(door.scan(token, new_id()))
        door.hang_up()

    keys = [cast.door(name=f"Phone {number}")[1] for number in range(DOORS)]
    crew = [threading.Thread(target=stand, args=(key,)) for key in keys]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return answers


def admissions() -> tuple[int, int]:
    """(rows, distinct guests) that are in."""
    db.session.rollback()
    query = select(func.count(), func.count(CheckIn.attendee_id.distinct())).where(CheckIn.undone_at.is_(None))
    rows, guests = db.session.execute(query).one()
    return rows, guests


@pytest.mark.parametrize("badges", [150, pytest.param(500, marks=pytest.mark.slow)])
def test_each_badge_at_four_doors_at_once_is_one_admission_and_no_error(
    server: Server, cast: Cast, badges: int
) -> None:
    tokens = make_badges(cast, badges)
    server.start()
    answers = rush(server, cast, tokens)
    assert len(answers) == badges * DOORS
    assert {answer.status for answer in answers} == {200}
    assert [answer.outcome for answer in answers].count("agreed") == badges
    assert admissions() == (badges, badges)


def test_without_the_key_and_with_an_if_instead_the_same_crowd_gets_in_twice(server: Server, cast: Cast) -> None:
    tokens = make_badges(cast, 60)
    with writing() as session:
        session.execute(text("DROP INDEX uq_check_ins_live"))
        session.commit()
    server.weakness = "check-then-insert"
    server.start()
    answers = rush(server, cast, tokens)
    rows, guests = admissions()
    _put_the_key_back()
    assert rows > guests
    assert [answer.outcome for answer in answers].count("agreed") == rows


def _put_the_key_back() -> None:
    """On PostgreSQL the tables are those of the whole run."""
    with writing() as session:
        session.execute(text("DELETE FROM check_ins"))
        session.execute(
            text("CREATE UNIQUE INDEX uq_check_ins_live ON check_ins (attendee_id) WHERE undone_at IS NULL")
        )
        session.commit()
