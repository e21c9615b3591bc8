"""Text with delimiters (CSV, TSV, a copied range) to numbered records, strictly: a stray quote is named, not mended."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator

from webapp.events.refusals import Refused, TooManyColumns, UnclosedQuote

Record = tuple[int, list[str]]

_DELIMITERS = (",", ";", "\t", "|")
# For a list with one column, where commas belong to the names. Nobody types a unit separator.
_NONE = "\x1f"
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_RECORDS = 50
_LONG_LINE = 1_000_000


def records(text: str, max_columns: int) -> Iterator[Record]:
    """Each record with its row number as a spreadsheet shows it, blank ones included.

    Any of the three line endings. A first line *sep=;*, as Excel writes it, names the delimiter and is no row. Raises
    Refused with UnclosedQuote, or with TooManyColumns for a line so long that its cells would fill the memory.
    """
    text, delimiter = _declared_delimiter(text)
    delimiter = delimiter or _likely_delimiter(text)
    number = 0
    try:
        for number, cells in enumerate(_reader(_lines(text, delimiter, max_columns), delimiter, strict=True), 1):
            yield number, cells
    except csv.Error:  # a quote that never ends, or ends inside a cell: everything behind it is in doubt
        raise Refused(UnclosedQuote(number + 1)) from None


def _lines(text: str, delimiter: str, max_columns: int) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > _LONG_LINE and (found := line.count(delimiter) + 1) > max_columns:
            raise Refused(TooManyColumns(found, max_columns))
        yield line


def _declared_delimiter(text: str) -> tuple[str, str | None]:
    first = text[:7].splitlines()[:1]
    if first and first[0].lower().startswith("sep=") and len(first[0]) == 5:
        return text[5:].lstrip("\r\n"), first[0][4]
    return text, None


def _reader(lines: Iterable[str], delimiter: str, strict: bool) -> "Iterator[list[str]]":
    return csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=True)


def _likely_delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have equally many cells, if any has more than one."""
    sample = text[:_SAMPLE_CHARACTERS]
    best = max(_DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))
    return best if _agreement(sample, best) > (0, 0) else _NONE


def _agreement(sample: str, delimiter: str) -> tuple[float, int]:
    """(share of rows with the usual width, width of the first row); (0, 0) where this parts nothing."""
    widths = list(_widths(sample, delimiter))
    if not widths:
        return 0, 0
    usual, count = Counter(widths).most_common(1)[0]
    # "Silva, Ana" under a single heading has a comma in every row but the first; a title line has none above many.
    if usual < 2 or (usual == 2 and widths[0] < 2):
        return 0, 0
    return count / len(widths), widths[0]


def _widths(sample: str, delimiter: str) -> Iterator[int]:
    try:
        for number, cells in enumerate(_reader(io.StringIO(sample, newline=""), delimiter, strict=False)):
            if number == _SAMPLE_RECORDS:
                return
            if cells:
                yield len(cells)
    except csv.Error:  # the sample ends inside a quote longer than the reader allows
        return
