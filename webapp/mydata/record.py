"""The record of what is kept (`webapp/personal.toml`), as code reads it."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select

from webapp.core.database import Base

_FILE = Path(__file__).parents[1] / "personal.toml"
_ABOUT_THE_TABLE = frozenset({"purpose", "seen_by", "retention", "mine"})


@dataclass(frozen=True)
class Kept:
    """One table of the record: what for, how long, and which of its columns are personal: name → what it says."""

    table: Table
    purpose: str
    seen_by: str
    limit: "Limit"
    personal: Mapping[str, str]
    mine: Sequence[str]


@dataclass(frozen=True)
class Limit:
    """How long something is kept: days, and from when they count. `note` is "" or what else is to be said."""

    days: int
    counted_from: str
    note: str


@dataclass(frozen=True)
class Claim:
    """Which rows of a table are a person's, and which columns of them they may have; None: all personal ones."""

    rows: ColumnElement[bool]
    columns: frozenset[str] | None


@cache
def record() -> Sequence[Kept]:
    """Every table, in the order in which rows depend on each other."""
    whole = tomllib.loads(_FILE.read_text())
    return [_kept(table, whole) for table in Base.metadata.sorted_tables]


def as_written() -> Sequence[Kept]:
    """Every table, in the order of the file: people first."""
    order = list(tomllib.loads(_FILE.read_text())["tables"])
    return sorted(record(), key=lambda kept: order.index(kept.table.name))


def _kept(table: Table, whole: Mapping[str, Any]) -> Kept:
    entry = whole["tables"][table.name]
    words = {column: text for column, text in entry.items() if column not in _ABOUT_THE_TABLE}
    personal = {column: text.partition(": ")[2] for column, text in words.items() if text.startswith("personal:")}
    limit = limits()[entry["retention"]]
    return Kept(table, entry["purpose"], entry["seen_by"], limit, personal, entry.get("mine", []))


@cache
def limits() -> Mapping[str, Limit]:
    """How long, by the name under which tables and columns (`… @name`) refer to it."""
    rules = tomllib.loads(_FILE.read_text())["retention"]
    return {name: Limit(rule["days"], rule["counted_from"], rule.get("note", "")) for name, rule in rules.items()}


def claims(kept: Kept, person_id: UUID) -> Iterator[Claim]:
    """Whose rows are this person's, by the table's `mine`: `column`, or `column: the columns they may have`."""
    for words in kept.mine:
        path, _, columns = words.partition(": ")
        yield Claim(_condition(kept.table, path, person_id), frozenset(columns.split()) if columns else None)


def _condition(table: Table, path: str, person_id: UUID) -> ColumnElement[bool]:
    """`column` holds their id, in `label` form where it is a text; `column <- table.column` is listed in theirs."""
    name, _, there = path.partition(" <- ")
    column = table.c[name]
    if not there:
        return column.in_([person_id] if column.type.python_type is UUID else [str(person_id), f"person:{person_id}"])
    other, _, listed = there.partition(".")
    theirs = Base.metadata.tables[other]
    owner = next(kept for kept in record() if kept.table is theirs).mine[0]
    return column.in_(select(theirs.c[listed]).where(_condition(theirs, owner, person_id)))
