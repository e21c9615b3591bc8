"""Which column of a table is what: guessed from headings and contents, corrected by the organizer.

A column without a field is not kept, anywhere; the desk names each of them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webapp.core.text import search_key
from webapp.events import headings
from webapp.events.headings import Field as Field  # the word belongs to this module for everyone who maps columns
from webapp.events.tables import Table

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NAME = re.compile(r"[^\W\d_][^\d@/:]*")
_SALUTATIONS = frozenset(
    "mr mrs ms miss mx dr prof herr frau hr fr m mme mlle sr sra srta dhr mevr sig sig.ra dott".split()
)


@dataclass(frozen=True)
class Mapping:
    """One field or None per column, in the table's order."""

    columns: tuple[Field | None, ...]

    def column_of(self, field: Field) -> int | None:
        """The first column that is this field."""
        return next((at for at, mapped in enumerate(self.columns) if mapped is field), None)

    @property
    def unmapped(self) -> tuple[int, ...]:
        """The columns that will not be kept."""
        return tuple(at for at, mapped in enumerate(self.columns) if mapped is None)

    def to_json(self) -> list[str]:
        """For `mapping_from_choices`."""
        return [mapped or "" for mapped in self.columns]


@dataclass(frozen=True)
class NoNameColumn:
    """Nothing says who the guests are."""


@dataclass(frozen=True)
class ColumnTwice:
    """Two columns claim to be this."""

    field: Field


MappingProblem = NoNameColumn | ColumnTwice


def mapping_from_choices(choices: Sequence[str]) -> Mapping:
    """One choice per column, as a form or `Mapping.to_json` gives them; what names no field means not kept."""
    known = {field.value: field for field in Field}
    return Mapping(tuple(known.get(choice) for choice in choices))


def mapping_problems(mapping: Mapping) -> tuple[MappingProblem, ...]:
    """What keeps this mapping from being used; nothing when it is fit."""
    named = {Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME} & {*mapping.columns}
    missing = () if named else (NoNameColumn(),)
    return (*missing, *(ColumnTwice(field) for field in Field if mapping.columns.count(field) > 1))


def guess_mapping(table: Table) -> Mapping:
    """The likeliest mapping: headings first, then columns that look like addresses or names."""
    fields = _by_headings(table)
    _read_bare_name(table, fields)
    _by_contents(table, fields)
    found = {column: field for field, column in fields.items()}
    return Mapping(tuple(found.get(at) for at in range(len(table.header))))


def _by_headings(table: Table) -> dict[Field, int]:
    """The best column for each field: the guest's own before the buyer's, then the leftmost."""
    best: dict[Field, tuple[int, int]] = {}
    for at, heading in enumerate(table.header):
        found = headings.meaning(heading)
        if found and _believable(found[0], list(_cells(table, at))):
            best[found[0]] = min(best.get(found[0], (99, 0)), (found[1], at))
    return {field: at for field, (_, at) in best.items()}


def _believable(field: Field, cells: list[str]) -> bool:
    """Whether the contents agree with the heading. A column without contents is nobody's."""
    match field:
        case Field.EXTERNAL_REF:
            # An order number stands for several guests, and a running number for another one next time.
            running = [str(number) for number in range(1, len(cells) + 1)]
            return bool(cells) and cells != running and len(set(cells)) >= 0.9 * len(cells)
        case Field.HEADLINE:  # "Title" of Mr and Mrs
            return _share(cells, lambda cell: search_key(cell) in _SALUTATIONS) < 0.5 and bool(cells)
        case _:
            return bool(cells)


def _read_bare_name(table: Table, fields: dict[Field, int]) -> None:
    """*Name, Vorname*, *Nom, Prénom*, *Nome, Cognome*: beside one half of a name the bare word means the other half."""
    at = fields.get(Field.NAME)
    halves = {Field.GIVEN_NAME, Field.FAMILY_NAME} & fields.keys()
    if at is not None and len(halves) == 1 and headings.is_bare_name(table.header[at]):
        (missing,) = {Field.GIVEN_NAME, Field.FAMILY_NAME} - halves
        fields[missing] = fields.pop(Field.NAME)


def _by_contents(table: Table, fields: dict[Field, int]) -> None:
    """Fill in an address and a name where no heading told, from columns that hold little else."""
    looks: tuple[tuple[Field, set[Field], Callable[[str], bool]], ...] = (
        (Field.EMAIL, {Field.EMAIL}, lambda cell: bool(_MAIL.fullmatch(cell))),
        (Field.NAME, {Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME}, lambda cell: bool(_NAME.fullmatch(cell))),
    )
    for field, instead, fits in looks:
        if instead & fields.keys():
            continue
        free = [at for at in range(len(table.header)) if at not in fields.values() and not _known(table.header[at])]
        likely = [at for at in free if _share(list(_cells(table, at)), fits) > 0.6]
        if likely:
            fields[field] = likely[0]


def _known(heading: str) -> bool:
    return headings.field_of(heading) is not None


def _cells(table: Table, column: int) -> Iterator[str]:
    """The cells of this column that say something."""
    return filter(None, (row.cell(column).strip() for row in table.rows))


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, cells)) / len(cells) if cells else 0
