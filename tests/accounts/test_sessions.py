"""Sessions: limits to the second, at most ten, ended at once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text

from tests.cast import Cast
from webapp.accounts import sessions
from webapp.accounts.models import Person
from webapp.accounts.sessions import IDLE, LONGEST, MOST, find_person_ref
from webapp.core.actor import PersonRef
from webapp.core.database import db, writing
from webapp.core.tokens import digest

START = datetime(2026, 11, 22, 19, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def opened(person_id: UUID, at: datetime = START) -> str:
    with writing() as session:
        person = session.get_one(Person, person_id)
        secret = sessions.open_session(session, person, browser="Firefox · Android", at=at)
        session.commit()
    return secret


def alive(secret: str, at: datetime) -> bool:
    db.session.rollback()
    with time_machine.travel(at, tick=False):
        return find_person_ref(secret) is not None


@pytest.mark.parametrize(("after", "good"), [(IDLE - SECOND, True), (IDLE, False), (IDLE + SECOND, False)])
def test_a_browser_not_used_for_two_weeks_is_signed_out(cast: Cast, after: timedelta, good: bool) -> None:
    secret = opened(cast.ann.person_id)
    assert alive(secret, START + after) is good


@pytest.mark.parametrize(("after", "good"), [(LONGEST - SECOND, True), (LONGEST, False), (LONGEST + SECOND, False)])
def test_no_session_lives_longer_than_ninety_days(cast: Cast, after: timedelta, good: bool) -> None:
    secret = opened(cast.ann.person_id)
    ref = found(secret, START)
    with writing() as session:
        sessions.mark_seen(session, ref.session_id, START + LONGEST - timedelta(hours=2))
        session.commit()
    assert alive(secret, START + after) is good


def found(secret: str, at: datetime) -> PersonRef:
    with time_machine.travel(at, tick=False):
        ref = find_person_ref(secret)
    assert ref
    return ref


def test_the_eleventh_session_ends_the_oldest(cast: Cast) -> None:
    secrets = [opened(cast.ann.person_id, START + number * SECOND) for number in range(MOST + 1)]
    at = START + timedelta(minutes=1)
    assert [alive(secret, at) for secret in secrets] == [False] + [True] * MOST


def test_one_persons_sessions_never_end_anothers(cast: Cast) -> None:
    bens = opened(cast.ben.person_id)
    anns = [opened(cast.ann.person_id, START + SECOND) for _ in range(MOST + 1)]
    with writing() as session:
        sessions.end_other_sessions(session, cast.ann.person_id, found(anns[-1], START + SECOND).session_id, START)
        sessions.end_session(session, cast.ann.person_id, found(bens, START).session_id, START)
        session.commit()
    assert alive(bens, START + SECOND)
    assert [alive(secret, START + SECOND) for secret in anns] == [False] * MOST + [True]


def test_a_fresh_code_gives_a_new_secret_and_the_old_one_is_worthless(cast: Cast) -> None:
    before = opened(cast.ann.person_id)
    at = START + timedelta(hours=1)
    with writing() as session:
        after = sessions.step_up(session, found(before, START).session_id, at)
        session.commit()
    assert not alive(before, at)
    assert found(after, at).stepped_up_at == at


@pytest.mark.parametrize(
    ("after", "fresh"), [(timedelta(minutes=10), True), (timedelta(minutes=10) + SECOND, False), (SECOND, True)]
)
def test_a_fresh_code_opens_dangerous_acts_for_ten_minutes(cast: Cast, after: timedelta, fresh: bool) -> None:
    secret = opened(cast.ann.person_id)
    with writing() as session:
        secret = sessions.step_up(session, found(secret, START).session_id, START)
        session.commit()
    assert sessions.is_fresh(found(secret, START), START + after) is fresh


def test_the_cookies_secret_is_nowhere_in_the_database(cast: Cast) -> None:
    secret = opened(cast.ann.person_id)
    rows = db.session.execute(text("SELECT * FROM sign_in_sessions")).all()
    assert secret not in repr(rows)
    assert digest(secret).hex() in repr(rows) or repr(digest(secret)) in repr(rows)
