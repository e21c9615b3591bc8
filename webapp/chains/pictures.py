"""Where the lines and bars of a picture stand, in units of its view box. Each picture has its words beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from webapp.chains.activity import Month
from webapp.chains.telling import Chain, Stop
from webapp.intentions.moods import MOODS
from webapp.web.words import n_

WIDTH = 320
"""Of every picture: one unit is about a pixel on the smallest phone."""
EDGE = 12
"""What is left free on each side, so that a mark at the end is whole."""
ROW = 18
"""Height of one bar with the room below it."""
MOST_BARS = 60
"""Chains that are drawn; of more, the latest."""


@dataclass(frozen=True)
class Mark:
    """A thing on a line; hollow while it waits."""

    x: float
    waits: bool


@dataclass(frozen=True)
class Stroke:
    """The line from one thing to the next, dotted where the cause is unknown."""

    x: float
    width: float
    tie: str


@dataclass(frozen=True)
class Timeline:
    """A chain on one axis of days."""

    marks: Sequence[Mark]
    strokes: Sequence[Stroke]
    first_on: date
    last_on: date


@dataclass(frozen=True)
class Bar:
    """Months from the first day to what came of it, or to today while it is open."""

    y: int
    width: float
    months: int
    open: bool


@dataclass(frozen=True)
class Tick:
    """A number below the axis."""

    x: float
    number: int


@dataclass(frozen=True)
class Lag:
    """How long it takes: what came, what is open, and the median of what came (None where nothing did)."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    height: int
    closed: int
    still_open: int
    median: float | None
    median_x: float
    median_words: str


def timeline(chain: Chain) -> Timeline | None:
    """The chain as a line; None where fewer than two of its days are known."""
    days = [*(stop.shown.day for stop in chain.stops[:-1]), chain.came.ends_on]
    dated = [(stop, day) for stop, day in zip(chain.stops, days, strict=True) if day]
    if len(dated) < 2 or dated[0][1] == dated[-1][1]:
        return None
    first, last = dated[0][1], dated[-1][1]
    marks = [Mark(_place(day, first, last), stop.shown.waits) for stop, day in dated]
    pairs = pairwise(zip(marks, (stop for stop, _day in dated), strict=True))
    strokes = [
        Stroke(mark.x, round(later.x - mark.x, 1), _surely(chain.stops, stop, after))
        for (mark, stop), (later, after) in pairs
    ]
    return Timeline(marks, strokes, first, last)


def _place(day: date, first: date, last: date) -> float:
    part = (day - first).days / (last - first).days
    return round(EDGE + min(1.0, max(0.0, part)) * (WIDTH - 2 * EDGE), 1)


def _surely(stops: Sequence[Stop], one: Stop, other: Stop) -> str:
    """How surely it goes on between two things whose days are known: an unknown way between them is unknown."""
    between = stops[stops.index(one) : stops.index(other)]
    ties = [stop.tie for stop in between if stop.tie]
    return "unknown" if "unknown" in ties else ties[0]


def lag(chains: Sequence[Chain]) -> Lag:
    """Months from meeting to outcome, with those still open (practice E3)."""
    known = [(chain.months, chain.came.state != "closed") for chain in chains if chain.months is not None]
    drawn = sorted(known[:MOST_BARS], key=lambda one: (one[1], one[0]))
    steps = ticks(max((months for months, _open in drawn), default=1))
    room, longest = WIDTH - 2 * EDGE, steps[-1] or 1
    bars = [
        Bar(number * ROW, round(max(months / longest * room, 3), 1), months, is_open)
        for number, (months, is_open) in enumerate(drawn)
    ]
    came = [months for months, is_open in known if not is_open]
    middle = median(came) if came else None
    return Lag(
        bars=bars,
        ticks=[Tick(round(EDGE + step / longest * room, 1), step) for step in steps],
        height=len(bars) * ROW + 24,
        closed=len(came),
        still_open=len(known) - len(came),
        median=middle,
        median_x=round(EDGE + (middle or 0) / longest * room, 1),
        median_words=months_words(middle) if middle is not None else "",
    )


def months_words(months: float) -> str:
    """*7 months*, *7.5 months*."""
    number = int(months) if months == int(months) else months
    return str(n_("%(num)s month", "%(num)s months", number))


def ticks(longest: int) -> list[int]:
    """Round numbers of months from 0 to at least the longest, never more than five of them."""
    step = next(step for step in (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 480) if step * 4 >= longest)
    return [step * number for number in range(-(-max(longest, 1) // step) + 1)]


@dataclass(frozen=True)
class Column:
    """One month: a bar upwards for what was done, one downwards for what came; its middle; a dot for each mood.

    A dot is the line it lies on, the best first, and its radius.
    """

    x: float
    done: float
    came: float
    month: Month
    middle: float
    moods: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class TwoSeries:
    """Both on one axis, each to a scale of its own from 0 to `most_done` and `most_came`."""

    columns: Sequence[Column]
    width: float
    most_done: int
    most_came: int
    asked: bool
    felt: bool


HALF = 64
"""Height of each half of the picture of months."""
DOTS = (4.0, 5.5, 7.0)
"""Radius of the dot of a mood, felt once, twice, more often in a month."""


def _dots(month: Month) -> list[tuple[int, float]]:
    felt = [(line, month.moods.get(mood, 0)) for line, mood in enumerate(MOODS)]
    return [(line, DOTS[min(times, len(DOTS)) - 1]) for line, times in felt if times]


def two_series(months: Sequence[Month]) -> TwoSeries:
    """What was done and what came, month by month."""
    most_done = max((month.done for month in months), default=0)
    most_came = max((month.came for month in months), default=0)
    step = (WIDTH - 2 * EDGE) / max(1, len(months))
    columns = [
        Column(
            round(EDGE + number * step + step * 0.15, 1),
            round(month.done / (most_done or 1) * HALF, 1),
            round(month.came / (most_came or 1) * HALF, 1),
            month,
            round(EDGE + number * step + step / 2, 1),
            _dots(month),
        )
        for number, month in enumerate(months)
    ]
    asked, felt = any(month.enquiries for month in months), any(month.moods for month in months)
    return TwoSeries(columns, round(step * 0.7, 1), most_done, most_came, asked, felt)
