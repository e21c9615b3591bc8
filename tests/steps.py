"""How much work something is, counted and not timed: the same on every machine, however busy.

A line of Python run is one step, and each turn of a loop is one, in libraries too. What C does within one call is one.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LINEAR = 1.2
"""What is still in proportion: `growth` of sorting, say."""


def steps(work: Callable[[], object]) -> int:
    """Do the work once and count."""
    counted, before = 0, sys.gettrace()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal counted
        counted += event in ("call", "line")
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted


def growth(work: Callable[[int], Callable[[], object]], size: int, full: int) -> float:
    """How many times as many steps each piece needs among `full` pieces as it needs among few: 1 where it is linear.

    Told by the curve through the steps of `size` pieces, twice and four times as many. `work` prepares so many pieces
    and gives what is counted.
    """
    work(size)()  # what is made once in a process is not counted
    one, two, four = (steps(work(size * times)) for times in (1, 2, 4))
    bend = (four - 3 * two + 2 * one) / (6 * size**2)
    slope = (two - one) / size - 3 * size * bend
    return 1 + bend * full / slope if bend else 1.0
