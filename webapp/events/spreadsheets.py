"""Workbooks (XLSX, XLS, ODS) to numbered records of text, after a look that nothing in them unpacks without end."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from webapp.events.refusals import Locked, NotATable, Refused, TooLarge, TooManyColumns, TooManyRows

Record = tuple[int, list[str]]
Cell = int | float | str | bool | time | date | datetime | timedelta

MAX_UNPACKED = 100_000_000
# The reader makes room for every cell between the first and the last one with something in it.
MAX_AREA = 4_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CHUNK = 65_536


def is_workbook(content: bytes) -> bool:
    """Whether the bytes, not the name, say workbook: a ZIP (XLSX, ODS) or an old office file (XLS)."""
    return content.startswith((_ZIP, _OLE))


def records(content: bytes, suffix: str, max_rows: int, max_columns: int) -> Iterator[Record]:
    """The rows of the first visible sheet that has any, numbered as the sheet numbers them.

    Numbers as typed (no ".0" behind a telephone number), dates by ISO 8601, formulas as the value they last had.
    Raises Refused; the limits only name the refusal of a sheet whose far corners would fill the memory.
    """
    if content.startswith(_ZIP):
        _look_inside(content, suffix, max_rows, max_columns)
    elif _OLE_PASSWORD in content:
        raise Refused(Locked())
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            yield from _rows(_first_sheet(book))
    except PasswordError:
        raise Refused(Locked()) from None
    except CalamineError:
        raise Refused(NotATable(suffix)) from None


def _first_sheet(book: CalamineWorkbook) -> CalamineSheet | None:
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    sheets = map(book.get_sheet_by_name, names)
    return next((sheet for sheet in sheets if sheet.start is not None), None)


def _rows(sheet: CalamineSheet | None) -> Iterator[Record]:
    if sheet is None:
        return
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [cell_text(cell) for cell in cells]


def cell_text(cell: Cell) -> str:
    """What the cell says, as a person would copy it."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _look_inside(content: bytes, suffix: str, max_rows: int, max_columns: int) -> None:
    """Refuse what is no workbook, is too large unpacked, or has a cell so far out that the sheet would fill memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if (size := sum(part.file_size for part in parts)) > MAX_UNPACKED:
                raise Refused(TooLarge(size, MAX_UNPACKED))
            if package.testzip():  # a part that is larger than it says fails its checksum here
                raise Refused(NotATable(suffix))
            for part in _sheet_parts(parts, suffix):
                _refuse_far_corners(_Extent.of(package, part), max_rows, max_columns)
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Refused(NotATable(suffix)) from None


def _sheet_parts(parts: list[zipfile.ZipInfo], suffix: str) -> list[zipfile.ZipInfo]:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        return [part for part in parts if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename)]
    if {"mimetype", "content.xml"} <= names:
        return [part for part in parts if part.filename == "content.xml"]
    raise Refused(NotATable(suffix))


def _refuse_far_corners(extent: "_Extent", max_rows: int, max_columns: int) -> None:
    if extent.rows * extent.columns <= MAX_AREA:
        return
    if extent.rows > max_rows:
        raise Refused(TooManyRows(extent.rows, max_rows))
    raise Refused(TooManyColumns(extent.columns, max_columns))


class _Extent:
    """The last row and column with something in them, from a sheet's XML as it streams by; XLSX and ODS alike."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._cell = (0, 0)
        self._row = self._column = 0
        self._row_repeats = 1

    @classmethod
    def of(cls, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> "_Extent":
        extent = cls()
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = extent._start
        parser.StartDoctypeDeclHandler = _refuse_doctype
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return extent

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "c":
                self._cell = _position(attributes.get("r", "A1"))
            case "v" | "is":
                self._found(*self._cell)
            case "table":
                self._row = 0
            case "table-row":
                self._row_repeats = _repeats(attributes, "number-rows-repeated")
                self._row, self._column = self._row + self._row_repeats, 0
            case "table-cell" | "covered-table-cell":
                self._column += _repeats(attributes, "number-columns-repeated")
                self._cell = (self._row, self._column)
            case "p":
                self._found(*self._cell)

    def _found(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def _refuse_doctype(*_: object) -> None:
    """No workbook has one; in XML it is where expansion bombs and references to other files live."""
    raise ValueError("DOCTYPE in a workbook")


def _position(reference: str) -> tuple[int, int]:
    """(row, column) from 1 of a cell such as "AB12"."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError("a cell without a place")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _repeats(attributes: dict[str, str], name: str) -> int:
    return next((int(value) for key, value in attributes.items() if key.endswith(" " + name)), 1)
