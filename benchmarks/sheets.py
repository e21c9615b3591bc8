"""What does a person's own sheet for the pen cost, from the tap to the whole file?

    python -m benchmarks.sheets [CONTACTS]

`tap` is the product's own path: a fresh child that loads its libraries, draws and leaves a file. `loading` is the part
of it that goes by before the first line is drawn; `drawing` is a sheet in a process that has drawn before. Seconds of
the clock, the best of several, because other work disturbs.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from uuid import UUID

from tests.people.test_sheet import contact, sheet_of
from webapp.core import child
from webapp.people.printing import print_sheet
from webapp.people.sheet import PenSheet
from webapp.people.sheet_pdf import sheet_pdf

TURNS = 5


def best(work: Callable[[], object]) -> float:
    """The shortest of some turns, in seconds."""
    seconds = []
    for _ in range(TURNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def tap(wanted: PenSheet) -> None:
    """As the page does it."""
    assert isinstance(print_sheet(wanted, UUID(int=1)), bytes)


def loading() -> None:
    """A process that only loads what drawing needs."""
    subprocess.run([sys.executable, "-c", "import webapp.people.sheet_pdf"], check=True, cwd=child.ROOT)


def main(count: int) -> None:
    """Print the three."""
    wanted = sheet_of(*(contact(number) for number in range(count)))
    print(f"{count} contacts on A4, WeasyPrint {version('weasyprint')}, best of {TURNS}, seconds")
    print(f"tap      {best(lambda: tap(wanted)):.2f}")
    print(f"loading  {best(loading):.2f}")
    sheet_pdf(wanted)
    print(f"drawing  {best(lambda: sheet_pdf(wanted)):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
