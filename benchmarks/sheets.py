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

from webapp.core import child
from webapp.core.qr import choose
from webapp.people.printing import print_sheet
from webapp.people.sheet import PAPERS, PenSheet, SheetContact, SheetWords

TURNS = 5
PAGE = "https://mixer.example.org/people/"
NAMES = ("Ana Silva", "Łukasz Žižkovský", "山田 花子", "محمد الأمين", "Bartholomew Featherstonehaugh", "Zoë 🎉 O'Neil")
WORDS = SheetWords(
    ask_me_about="Ask about",
    boxes=("Write", "Call", "Meet"),
    code="Code that opens their page",
    not_recorded="And whom you did not scan",
    blanks=("Name", "How to reach them", "What you want to remember"),
    more="",
    private="The sheet of Ann Example. The notes on it are private.",
    page="Page",
    of="of",
)


def sheet(count: int) -> PenSheet:
    """The same invented evening every time."""
    contacts = tuple(contact(number) for number in range(count))
    title, when = "The people you met", "Thursday, November 19, 2026, Old Customs House"
    return PenSheet(title, "Autumn mixer", when, "en", *PAPERS["a4"], WORDS, contacts, choose(PAGE + str(UUID(int=0))))


def contact(number: int) -> SheetContact:
    """Someone with a full card, and a note about every second one."""
    return SheetContact(
        name=NAMES[number % len(NAMES)],
        headline="Builds stubborn websites for small harbours",
        how=f"7:{number % 60:02d} PM. You swapped.",
        ask_me_about="sailing and bread",
        ways=(f"guest{number}@example.org",),
        remark="",
        note="Knows a sailmaker. Wants the recipe of the dark one." if number % 2 else "",
        promises=("Send the recipe",) if number % 3 == 1 else (),
        meeting_id=str(UUID(int=number * 99991)),
        code_text=PAGE + str(UUID(int=2**120 + number)),
    )


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
    assert isinstance(print_sheet(wanted), bytes)


def loading() -> None:
    """A process that only loads what drawing needs."""
    subprocess.run([sys.executable, "-c", "import webapp.people.sheet_pdf"], check=True, cwd=child.ROOT)


def main(count: int) -> None:
    """Print the three."""
    wanted = sheet(count)
    print(f"{count} contacts on A4, WeasyPrint {version('weasyprint')}, best of {TURNS}, seconds")
    print(f"tap      {best(lambda: tap(wanted)):.2f}")
    print(f"loading  {best(loading):.2f}")
    from webapp.people.sheet_pdf import sheet_pdf  # here, so that the tap is not helped by it

    sheet_pdf(wanted)
    print(f"drawing  {best(lambda: sheet_pdf(wanted)):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
