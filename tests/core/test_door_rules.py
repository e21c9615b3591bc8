"""The clock rule and what facts come to: pure, so that every order and every clock can be tried (trust.md 2.8)."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.door_rules import (
    CLOCKS_AGREE,
    FURTHEST_OFF,
    Corrected,
    Entry,
    Measured,
    Stamp,
    Undo,
    correct,
    share,
    stand,
)

TRUE = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
"""Ten minutes before Europe's clocks go back."""
PAIRED = TRUE - timedelta(hours=2)
WAITED = timedelta(minutes=20)
ARRIVAL = TRUE + WAITED
ROUND_TRIP = timedelta(milliseconds=80)
SECOND = timedelta(seconds=1)


def told(off: timedelta, measured: timedelta | None, *, jump: timedelta = timedelta(), boot: str = "a") -> Corrected:
    """An act at TRUE on a phone that is `off` ahead, its clock changed by `jump` before it sent at ARRIVAL."""
    act = Stamp(TRUE + off, 1_000, boot)
    sent = Stamp(ARRIVAL + off + jump, 1_000 + WAITED // timedelta(milliseconds=1), "a")
    return correct(act, sent, Measured(measured, ROUND_TRIP), since=PAIRED, arrival=ARRIVAL)


@pytest.mark.parametrize("minutes", [0, 1, -1, 9.9, -9.9])
def test_a_clock_whose_error_was_measured_is_corrected(minutes: float) -> None:
    off = timedelta(minutes=minutes)
    assert told(off, off) == Corrected(TRUE, SECOND)


@pytest.mark.parametrize("off", [timedelta(minutes=11), -timedelta(days=1), timedelta(days=1), -timedelta(days=20_000)])
def test_a_clock_that_is_far_off_is_flagged_and_still_corrected(off: timedelta) -> None:
    found = told(off, off)
    assert (found.at, found.clamped) == (TRUE, True)
    assert found.uncertainty == ARRIVAL - PAIRED, "and nothing closer is claimed"


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(minutes=30)])
def test_an_unmeasured_clock_ahead_ends_at_arrival(off: timedelta) -> None:
    assert told(off, None) == Corrected(ARRIVAL, ARRIVAL - PAIRED, clamped=True)


def test_an_unmeasured_clock_of_1970_ends_at_the_last_contact() -> None:
    act = Stamp(datetime(1970, 1, 1, tzinfo=UTC), 1_000, "a")
    sent = Stamp(act.wall + WAITED, 1_000 + 1_200_000, "a")
    found = correct(act, sent, Measured(None, None), since=PAIRED, arrival=ARRIVAL)
    assert found == Corrected(PAIRED, ARRIVAL - PAIRED, clamped=True)


@pytest.mark.parametrize("jump", [CLOCKS_AGREE + SECOND, -CLOCKS_AGREE - SECOND, -timedelta(hours=1)])
def test_a_clock_that_jumped_while_the_act_waited_is_flagged(jump: timedelta) -> None:
    assert told(timedelta(), timedelta(), jump=jump).clamped


@pytest.mark.parametrize("jump", [SECOND, -SECOND, CLOCKS_AGREE])
def test_a_leap_second_is_no_jump(jump: timedelta) -> None:
    assert told(timedelta(), timedelta(), jump=jump) == Corrected(TRUE, SECOND)


def test_another_run_of_the_page_has_another_stop_watch() -> None:
    assert not told(timedelta(), timedelta(), boot="before").clamped


def test_the_clocks_of_summer_and_winter_are_one_time() -> None:
    summer = datetime.fromisoformat("2026-10-25T02:50:00+02:00")
    winter = datetime.fromisoformat("2026-10-25T02:10:00+01:00")
    act, sent = Stamp(summer, 0, "a"), Stamp(winter, 1_200_000, "a")
    found = correct(act, sent, Measured(timedelta(), ROUND_TRIP), since=PAIRED, arrival=ARRIVAL)
    assert found == Corrected(TRUE, SECOND)


def test_the_ends_of_time_break_nothing() -> None:
    for wall in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)):
        act = Stamp(wall, 0, "a")
        for offset in (timedelta(days=900_000), -timedelta(days=900_000), None):
            found = correct(act, act, Measured(offset, None), since=PAIRED, arrival=ARRIVAL)
            assert PAIRED <= found.at <= ARRIVAL
            assert found.clamped


spans = st.timedeltas(min_value=-timedelta(days=400), max_value=timedelta(days=400))


@given(spans, spans | st.none(), spans, st.sampled_from(["a", "before"]))
def test_no_clock_leads_into_the_future_or_before_the_last_contact(
    off: timedelta, measured: timedelta | None, jump: timedelta, boot: str
) -> None:
    found = told(off, measured, jump=jump, boot=boot)
    assert found.at <= ARRIVAL
    assert found.at >= PAIRED - SECOND
    believed = measured is not None and abs(measured) <= FURTHEST_OFF
    assert found.clamped or believed


@given(st.timedeltas(-FURTHEST_OFF, FURTHEST_OFF), st.timedeltas(-ROUND_TRIP / 2, ROUND_TRIP / 2))
def test_the_error_of_a_good_clock_is_that_of_its_measuring(off: timedelta, wrong_by: timedelta) -> None:
    measured = off + wrong_by
    found = told(off, measured)
    assert found.clamped == (abs(measured) > FURTHEST_OFF)
    assert abs(found.at - TRUE) <= ROUND_TRIP


# What facts come to.


def entry(number: int, seconds: int, hand: str = "a", uncertain: int = 1) -> Entry:
    return Entry(UUID(int=number), TRUE + seconds * SECOND, hand, number, uncertain * SECOND)


def undo(number: int, of: int, seconds: int, hand: str = "a", *, leaves: bool = False, organizer: bool = False) -> Undo:
    at = TRUE + seconds * SECOND
    return Undo(UUID(int=number), UUID(int=of), at, hand, number, SECOND, leaves, organizer)


hands = st.sampled_from("ab")
entries = st.lists(st.builds(entry, st.integers(1, 12), st.integers(0, 900), hands), max_size=6)
undos = st.lists(
    st.builds(
        undo,
        st.integers(20, 40),
        st.integers(1, 12),
        st.integers(0, 1_600),
        hands,
        leaves=st.booleans(),
        organizer=st.booleans(),
    ),
    max_size=5,
)


@given(entries, undos, st.randoms(use_true_random=False))
def test_any_order_of_facts_comes_to_the_same(seen: list[Entry], taken: list[Undo], shuffled: Random) -> None:
    seen = list({one.operation: one for one in seen}.values())
    taken = list({one.operation: one for one in taken}.values())
    first = stand(seen, taken)
    for pile in (seen, taken):
        shuffled.shuffle(pile)
    assert stand(seen, taken) == first
    if first.live:
        assert first.live.operation not in first.ended
    assert bool(first.live) == (len({one.operation for one in seen} - set(first.ended)) > 0)


def test_in_the_same_second_the_name_of_the_phone_decides_and_then_its_count() -> None:
    assert stand([entry(2, 0, "b"), entry(3, 0, "a"), entry(1, 0, "b")], []).live == entry(3, 0, "a")
    assert stand([entry(2, 0, "b"), entry(1, 0, "b")], []).live == entry(1, 0, "b")


def test_a_second_visit_is_no_double() -> None:
    visits = stand([entry(1, 0), entry(2, 400, "b")], [undo(9, 1, 300, leaves=True)])
    assert visits.live == entry(2, 400, "b")
    assert visits.doubles == []
    assert [[one.operation.int for one in stay] for stay in visits.stays] == [[1], [2]]


def test_two_on_one_visit_are_a_double_and_what_fired_twice_is_not() -> None:
    found = stand([entry(1, 0), entry(2, 3), entry(3, 60, "b")], [])
    assert [[one.operation.int for one in stay] for stay in found.doubles] == [[1, 3]]


def test_places_are_shared_out_and_never_more_than_there_are() -> None:
    assert [share(10, 3), share(2, 3), share(-4, 3), share(5, 0)] == [3, 0, 0, 5]
