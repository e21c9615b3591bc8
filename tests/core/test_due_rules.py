"""When somebody is due: each time once, never at night, on every wall, in any order. Pure, so that all can be tried."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from webapp.core.due_rules import (
    LONGEST,
    OPENS,
    PATIENCE,
    REST,
    Quiet,
    Rhythm,
    Tie,
    Wall,
    asks_for_rest,
    due,
    fires,
    first_morning,
    is_late,
    is_quiet,
    silences,
    when_awake,
)

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC")
MET = datetime(2026, 10, 20, 19, tzinfo=UTC)
"""A few days before Europe's clocks go back."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONDON = Wall("Europe/London")


@dataclass(frozen=True)
class Step:
    """What happens, so long after the step before: a run, a touch that was some days ago, another day, a date typed."""

    what: str
    later: timedelta
    days: int = 0


@dataclass
class Life:
    """A tie, what happens to it, and what was told when: (due time, moment)."""

    tie: Tie
    quiet: Quiet | None
    steps: list[Step]
    fired: list[tuple[datetime, datetime]] = field(default_factory=list)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    days = st.integers(1, 40)
    wall = Wall(draw(st.sampled_from(ZONES)), draw(st.sampled_from((OPENS, time(0), time(2, 30), time(23, 45)))))
    met_at = MET + draw(st.integers(0, 24 * 365)) * HOUR
    ideal = draw(days)
    clock = st.sampled_from([time(hour, minute) for hour in range(24) for minute in (0, 45)])
    quiet = draw(st.none() | st.tuples(clock, clock).filter(lambda pair: pair[0] != pair[1]))
    kinds = st.sampled_from(("run", "run", "run", "touch", "another day", "type"))
    gaps = st.integers(0, 40 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))
    steps = draw(st.lists(st.builds(Step, kinds, gaps, days), max_size=12))
    return Life(Tie(wall, met_at, Rhythm(ideal, ideal * 2)), quiet, steps)


Run = Callable[[Tie, datetime, Quiet | None], tuple[Tie, datetime | None]]


def our_run(tie: Tie, at: datetime, quiet: Quiet | None) -> tuple[Tie, datetime | None]:
    when = fires(tie, at, quiet)
    return (replace(tie, told_for=when) if when else tie), when


def live(life: Life, run: Run = our_run) -> None:
    """Let it all happen, and hold that each due time is told once, not too early, not at night, and none is lost."""
    at, tie = life.tie.met_at, life.tie
    for step in [*life.steps, Step("run", LONGEST * DAY), Step("run", 25 * HOUR), Step("run", 25 * HOUR)]:
        at += step.later
        before = due(tie)
        assert before
        match step.what:
            case "touch":
                tie = tie.touched(max(at - step.days * DAY, life.tie.met_at))
                assert (due(tie) or before) >= before, "a touch moved the clock back"
            case "another day":
                tie = tie.put_off(tie.wall.day_of(at) + step.days * DAY, at)
            case "type":
                tie = replace(tie, next_on=tie.wall.day_of(at) + step.days * DAY)
            case _:
                tie, told = run(tie, at, life.quiet)
                awake = not is_quiet(life.quiet, at, tie.wall.zone)
                if told:
                    life.fired.append((told, at))
                    assert awake, "told at night"
                    assert told <= at, "told too early"
                if awake and before <= at:
                    later_than_told = [one for one, _ in life.fired if one >= before]
                    assert later_than_told, "a missed run lost a due time"
    told_of = [one for one, _ in life.fired]
    assert len(told_of) == len(set(told_of)), "told twice"


@given(lives())
@settings(max_examples=150, deadline=None)
def test_d14_each_due_time_is_told_exactly_once_and_never_in_quiet_hours(life: Life) -> None:
    live(life)


@given(lives(), st.data())
@settings(max_examples=50, deadline=None)
def test_any_order_of_touches_ends_alike(life: Life, data: st.DataObject) -> None:
    moments = [life.tie.met_at + step.later for step in life.steps]
    shuffled = data.draw(st.permutations(moments))
    one, other = life.tie, life.tie
    for moment in moments:
        one = one.touched(moment)
    for moment in shuffled:
        other = other.touched(moment)
    assert due(one) == due(other)


def monica(tie: Tie, at: datetime, quiet: Quiet | None) -> tuple[Tie, datetime | None]:
    """The canary: is it this hour of that day, then add the interval to the old date; past dates are moved on."""
    when, local = due(tie), at.astimezone(ZoneInfo(tie.wall.zone))
    assert when
    assert tie.rhythm
    told = when if when.astimezone(local.tzinfo).date() == local.date() and local.hour == tie.wall.opens.hour else None
    day = tie.wall.day_of(when)
    while tie.wall.opening(day) <= at:
        day += tie.rhythm.ideal * DAY
    return replace(tie, put_off_until=day), told if not is_quiet(quiet, at, tie.wall.zone) else None


def fails(life: Life, run: Run) -> bool:
    try:
        live(life, run)
    except AssertionError:
        return True
    return False


def test_the_canary_of_an_hour_that_is_asked_for_is_found_out() -> None:
    found = find(lives(), lambda life: fails(life, monica), settings=settings(max_examples=200, deadline=None))
    assert fails(found, monica)
    assert not fails(replace(found, fired=[]), our_run)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_d14_a_call_on_day_twenty_of_thirty_makes_day_fifty() -> None:
    tie = Tie(LONDON, MET, Rhythm(30, 60))
    assert due(tie) == moment("2026-11-19T08:30Z")
    assert due(tie.touched(MET + 20 * DAY)) == moment("2026-12-09T08:30Z")
    assert due(tie.touched(MET + 20 * DAY).touched(MET + 3 * DAY)) == moment("2026-12-09T08:30Z")


@pytest.mark.parametrize(
    ("zone", "met", "opens"),
    [
        ("Europe/London", "2026-10-20T19:00Z", "2026-11-19T08:30+00:00"),
        ("Europe/London", "2027-03-20T19:00Z", "2027-04-19T08:30+01:00"),
        ("America/New_York", "2026-10-20T01:00Z", "2026-11-18T08:30-05:00"),
        ("Pacific/Auckland", "2026-09-10T19:00Z", "2026-10-11T08:30+13:00"),
    ],
)
def test_summer_time_moves_no_morning(zone: str, met: str, opens: str) -> None:
    assert due(Tie(Wall(zone), moment(met), Rhythm(30, 60))) == moment(opens)


def test_a_date_from_the_talk_stands_until_it_came_whatever_is_said_before() -> None:
    tie = replace(Tie(LONDON, MET, Rhythm(30, 60)), next_on=date(2026, 10, 29))
    assert due(tie) == due(tie.touched(moment("2026-10-25T12:00Z"))) == moment("2026-10-29T08:30Z")
    assert due(tie.touched(moment("2026-10-29T12:00Z"))) == moment("2026-11-28T08:30Z")
    assert due(replace(tie, rhythm=None)) == moment("2026-10-29T08:30Z")
    assert due(replace(tie, rhythm=None).touched(moment("2026-10-29T12:00Z"))) is None


def test_three_silences_ask_for_a_longer_rhythm_or_for_rest() -> None:
    tie = Tie(LONDON, MET, Rhythm(30, 60))
    for number in range(1, PATIENCE + 1):
        at = due(tie)
        assert at
        assert not asks_for_rest(tie, at)
        tie = tie.put_off(LONDON.day_of(at) + DAY, at)
        assert silences(tie, at) == number
    at = due(tie)
    assert at
    assert asks_for_rest(tie, at)
    assert not asks_for_rest(tie.touched(at), at + 30 * DAY), "a touch is an answer"


def test_what_lies_there_for_three_weeks_is_three_silences() -> None:
    tie = Tie(LONDON, MET, Rhythm(30, 60))
    at = due(tie)
    assert at
    assert not asks_for_rest(tie, at + 20 * DAY)
    assert asks_for_rest(tie, at + 21 * DAY)
    assert Rhythm(30, 60).longer() == Rhythm(60, 120)
    assert Rhythm(1000, 1200).longer() == Rhythm(LONGEST, LONGEST)


def test_the_worst_is_a_number_of_its_own() -> None:
    tie = Tie(LONDON, MET, Rhythm(30, 45))
    assert not is_late(tie, moment("2026-12-04T08:29Z"))
    assert is_late(tie, moment("2026-12-04T08:30Z"))
    assert not is_late(replace(tie, rhythm=None), moment("2030-01-01T00:00Z"))


@pytest.mark.parametrize(
    ("ends", "hours", "opens"),
    [
        ("2026-11-19T20:00Z", 3, "2026-11-20T08:30Z"),
        ("2026-11-19T20:00Z", 0, "2026-11-20T08:30Z"),
        ("2026-11-19T20:00Z", 14, "2026-11-20T10:00Z"),
        ("2026-11-19T20:00Z", 48, "2026-11-21T20:00Z"),
        ("2026-11-19T08:00Z", 3, "2026-11-20T08:30Z"),
        ("2026-11-20T02:00Z", 3, "2026-11-20T08:30Z"),
    ],
)
def test_a3_the_queue_opens_in_the_morning_or_after_my_own_rest(ends: str, hours: int, opens: str) -> None:
    assert first_morning(moment(ends), "Europe/London", hours * HOUR) == moment(opens)
    assert hours != REST // HOUR or first_morning(moment(ends), "Europe/London") == moment(opens)


def test_who_wants_no_quiet_is_awake() -> None:
    assert when_awake(None, MET, "UTC") == MET
    assert not is_quiet(None, MET, "UTC")
