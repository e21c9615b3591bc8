"""What does a person's own sheet for the pen cost, from the tap to the whole file?

    python -m benchmarks.sheets [CONTACTS]

`tap` is the product's own path: somebody has looked at the button for a few seconds, so a child that has loaded its
libraries draws and leaves a file. `unexpected` is a tap nobody saw coming: a fresh child. `drawing` is a sheet in a
process that has drawn before. Seconds of the clock, median and best of several: people wait the one, other work on the
machine is the difference.
"""

import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from statistics import median
from uuid import UUID

from tests.people.test_sheet import contact, sheet_of
from webapp.core import child
from webapp.people.printing import expect_a_tap, print_sheet
from webapp.people.sheet import PenSheet

TURNS = 9
LOOKING = 4.0


def took(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> str:
    """Median and shortest of some turns, in seconds, without what goes before."""
    seconds = []
    for _ in range(TURNS):
        before()
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return f"{median(seconds):.2f}  {min(seconds):.2f}"


def look() -> None:
    """Somebody has the button before their eyes."""
    expect_a_tap()
    time.sleep(LOOKING)


def tap(wanted: PenSheet) -> None:
    """As the page does it."""
    assert isinstance(print_sheet(wanted, UUID(int=1)), bytes)


def main(count: int) -> None:
    """Print the three."""
    wanted = sheet_of(*(contact(number) for number in range(count)))
    print(f"{count} contacts on A4, WeasyPrint {version('weasyprint')}, {TURNS} turns, seconds: median, best")
    print(f"tap         {took(lambda: tap(wanted), look)}")
    print(f"unexpected  {took(lambda: tap(wanted), child.send_home)}")
    from webapp.people.sheet_pdf import sheet_pdf  # here, so that the tap is not helped by it

    sheet_pdf(wanted)
    print(f"drawing     {took(lambda: sheet_pdf(wanted))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
