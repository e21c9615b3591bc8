"""What does a person's own sheet for the pen cost, from the tap to the whole file?

    python -m benchmarks.sheets [CONTACTS]

`tap` is the product's own path: somebody has looked at the button for a few seconds, so a child that has loaded its
libraries draws and leaves a file. `unexpected` is a tap nobody saw coming: a fresh child. `drawing` is a sheet in a
process that has drawn before. Seconds of the clock, the best of several, because other work disturbs.
"""

import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from uuid import UUID

from tests.people.test_sheet import contact, sheet_of
from webapp.core import child
from webapp.people.printing import expect_a_tap, print_sheet
from webapp.people.sheet import PenSheet

TURNS = 5
LOOKING = 4.0


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The shortest of some turns, in seconds, without what goes before."""
    seconds = []
    for _ in range(TURNS):
        before()
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


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
    print(f"{count} contacts on A4, WeasyPrint {version('weasyprint')}, best of {TURNS}, seconds")
    print(f"tap         {best(lambda: tap(wanted), look):.2f}")
    print(f"unexpected  {best(lambda: tap(wanted), child.send_home):.2f}")
    from webapp.people.sheet_pdf import sheet_pdf  # here, so that the tap is not helped by it

    sheet_pdf(wanted)
    print(f"drawing     {best(lambda: sheet_pdf(wanted)):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
