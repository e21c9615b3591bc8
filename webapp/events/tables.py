"""A file an organizer has, from anywhere, to a table of texts; or the reason why not. No guest is made here.

Everything stays inert text: a cell that begins with "=" is a cell that begins with "=". Meant to run in a child process
(`read_table_job`), because a stranger's workbook goes through a large reader.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path, PurePath
from statistics import mode
from typing import Any

from webapp.core.child import Progress
from webapp.events import charsets, delimited, headings, refusals, spreadsheets
from webapp.events.refusals import EmptyTable, NotATable, Refusal, Refused, TooLarge, TooManyColumns, TooManyRows

ENCODINGS = charsets.ENCODINGS

# trust.md 5.4, with the rows of issue A.
MAX_BYTES = 12_000_000
MAX_ROWS = 5_000
COUNTED_ROWS = 100_000
"""Where counting ends for a list that is too long by far."""
MAX_COLUMNS = 40
MAX_CELL = 2_000
"""Characters. Longer cells are kept one character too long, so that whoever needs the cell can say it was too long."""

_OPENING_ROWS = 10
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_OTHER_FILE = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<", b"{", b"BEGIN:V", b"{\\rtf", b"\x1f\x8b")
_OTHER_SUFFIXES = {
    ".pdf",
    ".doc",
    ".docx",
    ".pages",
    ".numbers",
    ".vcf",
    ".ics",
    ".html",
    ".htm",
    ".json",
    ".eml",
    ".msg",
}


@dataclass(frozen=True)
class Row:
    """One guest as written. `number` is what a spreadsheet shows in its margin."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """The text in this column, "" where the row ends before it."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """Headings and rows. `encoding` is "" for a workbook; `guessed` asks for a look at the accents.

    `headless` says that the first row was a guest already; the headings are then all "".
    """

    encoding: str
    guessed: bool
    headless: bool
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """For `from_json`, through JSON or a JSON column."""
        return {
            "encoding": self.encoding,
            "guessed": self.guessed,
            "headless": self.headless,
            "header": list(self.header),
            "rows": [[row.number, *row.cells] for row in self.rows],
        }

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "Table":
        """The table that `to_json` wrote down."""
        rows = tuple(Row(number, tuple(cells)) for number, *cells in table["rows"])
        return cls(table["encoding"], table["guessed"], table["headless"], tuple(table["header"]), rows)


def read_table(content: bytes, file_name: str, encoding: str | None = None) -> Table | Refusal:
    """The first table in a CSV, TSV, XLSX, XLS or ODS file; what it is, its bytes say, not its name.

    `encoding` is the organizer's declaration, one of ENCODINGS; without it byte-order mark, UTF-8, then a guess.
    """
    try:
        return _read(content, PurePath(file_name).suffix.lower()[:10], encoding or None)
    except Refused as refused:
        return refused.refusal


def _read(content: bytes, suffix: str, declared: str | None) -> Table:
    if len(content) > MAX_BYTES:
        raise Refused(TooLarge(len(content), MAX_BYTES))
    if spreadsheets.is_workbook(content):
        return _table(spreadsheets.records(content, suffix, MAX_ROWS, MAX_COLUMNS), "", guessed=False)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHER_FILE) or suffix in _OTHER_SUFFIXES:
        raise Refused(NotATable(suffix))
    text, encoding, guessed = charsets.decode(content, declared)
    return _table(delimited.records(text, MAX_COLUMNS), encoding, guessed)


def _table(records: Iterable[tuple[int, list[str]]], encoding: str, guessed: bool) -> Table:
    rows = _filled(records)
    opening = list(islice(rows, _OPENING_ROWS))
    if not opening:
        raise Refused(EmptyTable())
    if (widest := max(len(row.cells) for row in opening)) > MAX_COLUMNS:
        raise Refused(TooManyColumns(widest, MAX_COLUMNS))
    at = _header_index(opening)
    headless = _is_guest(opening[at].cells)
    guests = _counted([*opening[at if headless else at + 1 :]], rows)
    header = () if headless else tuple(cell.strip() for cell in opening[at].cells)
    return Table(encoding, guessed, headless, _widened(header, guests), guests)


def _filled(records: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    """The rows with anything in them, without the empty cells at their ends."""
    for number, cells in records:
        if not any(cells):
            continue
        width = max((at for at, cell in enumerate(cells, 1) if cell and not cell.isspace()), default=0)
        if width:
            yield Row(number, tuple(cell[: MAX_CELL + 1] for cell in cells[:width]))


def _header_index(opening: list[Row]) -> int:
    """Where the headings are: below a title line, if there is one above a table of three columns or more."""
    width = max(len(row.cells) for row in opening)
    if width < 3:
        return 0
    return next(
        at for at, row in enumerate(opening) if 2 * sum(map(bool, row.cells)) >= width or len(row.cells) == width
    )


def _is_guest(cells: tuple[str, ...]) -> bool:
    """Whether this first row is a guest, not headings: it has an e-mail address, or is a bare list of names."""
    if any(map(_MAIL.fullmatch, map(str.strip, cells))):
        return True
    return len(cells) <= 2 and not any(map(headings.field_of, cells))


def _counted(opening: list[Row], rest: Iterator[Row]) -> tuple[Row, ...]:
    """All rows, if they are not too many; else their true number, so that the organizer can judge."""
    rows = [*opening, *islice((_narrowed(row) for row in rest), MAX_ROWS + 1)]
    found = len(rows) + sum(1 for _ in islice(rest, COUNTED_ROWS - len(rows)))
    if found > MAX_ROWS:
        raise Refused(TooManyRows(found, MAX_ROWS))
    if not rows:
        raise Refused(EmptyTable())
    return tuple(rows)


def _narrowed(row: Row) -> Row:
    """A stray row of 100,000 cells keeps one cell too many and no more."""
    return Row(row.number, row.cells[: MAX_COLUMNS + 1])


def _widened(header: tuple[str, ...], guests: tuple[Row, ...]) -> tuple[str, ...]:
    """Headings for as many columns as rows usually have: a last column often has no heading."""
    usual = min(mode(len(row.cells) for row in guests), MAX_COLUMNS)
    return header + ("",) * (usual - len(header))


def read_table_job(payload: Mapping[str, str | None], progress: Progress) -> bytes:
    """For `core.child.run`: {"path", "file_name", "encoding"} to JSON that `table_from_json` reads."""
    with Path(payload["path"] or "").open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    outcome = read_table(content, payload["file_name"] or "", payload.get("encoding"))
    progress(1, 1)
    if isinstance(outcome, Table):
        return json.dumps({"table": outcome.to_json()}).encode()
    return json.dumps({"refusal": type(outcome).__name__, **asdict(outcome)}).encode()


def table_from_json(answer: bytes) -> Table | Refusal:
    """What `read_table_job` found."""
    found = json.loads(answer)
    if "table" in found:
        return Table.from_json(found["table"])
    refusal: Refusal = getattr(refusals, found.pop("refusal"))(**found)
    return refusal
