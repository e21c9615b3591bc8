"""A table of contacts to entries: what Google, Outlook, Thunderbird, Apple and others write as CSV.

Read leniently, unlike a guest list: a stray quotation mark costs its own row at most, never the rows behind it.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.contacts.entries import Entry, Line, Why, entry
from webapp.core.text import search_key
from webapp.events.headings import Field, field_of

MAX_COLUMNS = 200
"""Outlook writes ninety."""
LONGEST_CELL = 10_000

_PHONE = re.compile(r"\b(phone|mobile|cell|tel|telefon|telephone|handy|telefono|movil|portable|mobil|mobiltelefon)\b")
_NOT_A_NUMBER = re.compile(r"\b(type|label|pager|fax|telefax|isdn|telex|assistant|yomi|phonetic)\b")
_NOTE = re.compile(r"^(notes?|notizen?|notas?|note)$")
_LINK = re.compile(r"^(website( 1 value)?|web page( 1)?|url|webseite|page web|pagina web|homepage)$")
_MAIL = re.compile(
    r"^(primary |secondary )?(e ?mail|adresse de messagerie)( address| adresse)?( \d)?( value| address| adresse)?$"
)
_COMPANY = re.compile(r"^(organization( 1 name| name)?|organisation|company|firma|societe|empresa)$")
_MIDDLE = re.compile(r"^(middle name|additional name|zweiter vorname|deuxieme prenom)$")


@dataclass(frozen=True)
class _Columns:
    """Which columns hold what."""

    name: list[int]
    given: list[int]
    family: list[int]
    company: list[int]
    emails: list[int]
    phones: list[int]
    link: list[int]
    note: list[int]

    @property
    def enough(self) -> bool:
        return bool(self.name or self.given or self.family or self.emails)


def read(text: str) -> Iterator[Line]:
    """Each row as somebody, or why not; nothing if this is no table with headings."""
    rows = _rows(text)
    number, headings = next(rows, (0, []))
    columns = _columns(headings)
    if not columns.enough:
        return
    for number, cells in rows:
        if any(map(str.strip, cells)):
            yield Line(number, _row(cells, columns))


def _row(cells: Sequence[str], columns: _Columns) -> Entry | Why:
    if len(cells) > MAX_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
        return "too long"

    def said(which: list[int]) -> list[str]:
        return [cells[at] for at in which if at < len(cells) and cells[at].strip()]

    def first(which: list[int]) -> str:
        return next(iter(said(which)), "")

    parts = " ".join(said(columns.given) + said(columns.family))
    # Google puts several of a kind into one cell.
    emails = [one for cell in said(columns.emails) for one in cell.split(":::")]
    phones = [one for cell in said(columns.phones) for one in cell.split(":::")]
    name = first(columns.name) or parts
    return entry(name, first(columns.company), emails, phones, first(columns.link), " ".join(said(columns.note))) or (
        "no name"
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin in."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text))
    while True:
        began = reader.line_num + 1
        try:
            yield began, next(reader)
        except csv.Error:
            yield began, ["x" * (LONGEST_CELL + 1)]
        except StopIteration:
            return


def _delimiter(text: str) -> str:
    head = text[:LONGEST_CELL].partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(headings: Sequence[str]) -> _Columns:
    keys = [" ".join(search_key(heading).split()) for heading in headings[:MAX_COLUMNS]]
    fields = [field_of(heading) for heading in headings[:MAX_COLUMNS]]

    def where(pattern: re.Pattern[str], *also: Field) -> list[int]:
        return [at for at, key in enumerate(keys) if pattern.search(key) or fields[at] in also]

    none = re.compile(r"$^")
    return _Columns(
        name=where(none, Field.NAME),
        given=[*where(none, Field.GIVEN_NAME), *where(_MIDDLE)],
        family=where(none, Field.FAMILY_NAME),
        company=where(_COMPANY, Field.COMPANY),
        emails=where(_MAIL, Field.EMAIL),
        phones=[at for at in where(_PHONE) if not _NOT_A_NUMBER.search(keys[at])],
        link=where(_LINK),
        note=where(_NOTE),
    )
