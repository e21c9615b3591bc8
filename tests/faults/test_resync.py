"""F05, S-19: many doors without a network tell what they did in any order, and it always comes to the same."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast
from tests.faults.offline_evening import Evening, State, flags_in_order, state_of, without_limits
from webapp.checkin.queries import count_inside
from webapp.core.database import db
from webapp.core.operations import Operation
from webapp.core.quarantine import QuarantinedOperation


@pytest.fixture
def few(app: Flask, cast: Cast) -> Evening:
    """Five doors with twenty-four scans each."""
    return _played(app, Evening(cast, 5, 24))


def _played(app: Flask, evening: Evening) -> Evening:
    without_limits(app)
    evening.play()
    return evening


def _told(evening: Evening, seed: int) -> tuple[State, str]:
    """(what it came to, what a flag would have come to) after one way of telling."""
    evening.forget()
    evening.tell(seed)
    return state_of(evening.cast), flags_in_order(evening.arrived)


def _check(evening: Evening, state: State) -> None:
    """Every operation is known once, every badge that was let in is in once, every double is listed once."""
    count = select(func.count())
    assert db.session.scalar(count.select_from(Operation)) == evening.operations == len(state.facts)
    assert db.session.scalar(count.select_from(QuarantinedOperation)) == 0
    assert len(state.inside) == len(evening.entries) == count_inside(db.session(), evening.cast.mixer.id)
    doubles = sorted(len(entries) for entries in evening.entries.values() if len(entries) > 1)
    assert sorted(len(entries) for _, entries in state.cases) == doubles
    first = {min(entries, key=lambda act: act["true"])["id"] for entries in evening.entries.values()}
    assert {str(operation) for _, operation, _ in state.inside} == first


def test_five_doors_tell_in_two_orders_and_it_comes_to_one_state_where_a_flag_comes_to_two(few: Evening) -> None:
    told = [_told(few, seed) for seed in (1, 2)]
    _check(few, told[-1][0])
    assert len({state.digest for state, _ in told}) == 1
    assert len({flag for _, flag in told}) == 2, "the canary: one flag, applied as things come"


@pytest.mark.slow
def test_f05_thirty_doors_with_five_hundred_scans_come_to_one_state_in_ten_orders(app: Flask, cast: Cast) -> None:
    evening = _played(app, Evening(cast, 30, 500))
    told = [_told(evening, seed) for seed in range(10)]
    _check(evening, told[-1][0])
    assert sum(len(phone.queue) for phone in evening.doors) >= 15_000
    assert len({state.digest for state, _ in told}) == 1
    assert len({flag for _, flag in told}) == 10
