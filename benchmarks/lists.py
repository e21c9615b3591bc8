"""What does a guest list cost, beside what Python's own reader needs for the same bytes?

    python -m benchmarks.lists

Processor seconds of one run, and each as a multiple of `csv`: a list of 5,000 rows read and rehearsed, and 12 MB of
nonsense refused.
"""

import csv
import io
import time
from collections.abc import Callable

from webapp.events.columns import guess_mapping
from webapp.events.rehearsal import rehearse
from webapp.events.tables import Table, read_table

LIST = "Name,Email,Company\n" + "".join(f"Guest {n},g{n}@example.org,Firm {n % 50}\n" for n in range(5_000))
NONSENSE = b"a\n" * 5_900_000


def worked(work: Callable[[], object]) -> float:
    """Processor seconds."""
    started = time.process_time()
    work()
    return time.process_time() - started


def look() -> None:
    """As the page does it."""
    sheet = read_table(LIST.encode(), "guests.csv")
    assert isinstance(sheet, Table)
    rehearse(sheet, guess_mapping(sheet), [])


def main() -> None:
    """Print the three."""
    plain = worked(lambda: list(csv.reader(io.StringIO(LIST))))
    for name, work in (("rehearsed", look), ("nonsense", lambda: read_table(NONSENSE, "guests.csv"))):
        seconds = worked(work)
        print(f"{name:10}{seconds:7.2f} s{seconds / plain:8.0f} x csv")


if __name__ == "__main__":
    main()
