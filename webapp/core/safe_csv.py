"""The one writer of CSV: a table of texts that a spreadsheet shows and never runs (trust.md S-36)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"
"""What begins a formula, as typed, in full width and in small form."""
_RUNS = re.compile(
    rf"\A(?=[\s\0]*[{_SIGNS}])|\A(?=[\t\r\n\0])"
    # Opened with a separator that is not ours, a cell ends where this one only pauses.
    rf"|(?<=[;|\t\r\n])(?=[ \0\"]*[{_SIGNS}])"
)


def inert(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could take what follows for a formula; else as it is."""
    return _RUNS.sub("'", text)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as UTF-8 with a mark that says so, every cell quoted and inert, lines ending in CRLF (RFC 4180)."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")
