"""What the organizer sees of a rehearsal: rows made ready for the page, nothing decided here."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from webapp.events.columns import Field, Mapping
from webapp.events.rehearsal import Choice, GuestValues, KnownGuest, Reason, Rehearsal, RowPlan, Why
from webapp.events.tables import Row, Table

SHOWN = 200
"""Rows of one kind on a page. Of a list with more, the first are mended first."""
SAMPLES = 6

_NAMES = (Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME)
_COMPARED = (Field.NAME, Field.EMAIL, Field.COMPANY, Field.HEADLINE, Field.EXTERNAL_REF)
_MAY_STAY_OUT = (Reason.DUPLICATE_ROW, Reason.CANCELLED_IN_LIST)
_TO_MEND: dict[Reason, Iterable[Field]] = {
    Reason.NO_NAME: _NAMES,
    Reason.DUPLICATE_ROW: (*_NAMES, Field.EMAIL),
    Reason.CANCELLED_IN_LIST: (Field.STATUS,),
    Reason.TOO_MANY_CELLS: Field,
}
"""Beside the field at fault itself."""


@dataclass(frozen=True)
class BadRow:
    """A row to mend in place, called by its name or what else it says. `shifted` asks for a tick that it is right."""

    number: int
    called: str
    why: Why
    texts: tuple[tuple[Field, str], ...]
    shifted: bool
    may_stay_out: bool


@dataclass(frozen=True)
class Side:
    """One field of a row beside the same of the guest (or the other row) it may mean."""

    field: Field
    listed: str
    ours: str


@dataclass(frozen=True)
class Doubt:
    """A row that waits for a decision."""

    plan: RowPlan
    sides: tuple[Side, ...]
    chosen: Choice | None


@dataclass(frozen=True)
class Change:
    """A row that changes a guest we have: (field, old, new) each."""

    number: int
    name: str
    values: tuple[tuple[Field, str, str], ...]


@dataclass(frozen=True)
class RehearsalPage:
    """All of it. `ready` rows are fine; `open` rows want the organizer."""

    ready: int
    open: int
    bad: Sequence[BadRow]
    doubts: Sequence[Doubt]
    changes: Sequence[Change]
    new: Sequence[RowPlan]
    unmentioned: Sequence[str]


def rehearsal_page(
    table: Table,
    mapping: Mapping,
    rehearsal: Rehearsal,
    known: Sequence[KnownGuest],
    choices: Lookup[int, Choice],
) -> RehearsalPage:
    """The rehearsal as the page shows it, no kind longer than SHOWN rows."""
    guests = {guest.id: guest for guest in known}
    undecided = sum(plan.row_number not in choices for plan in rehearsal.doubtful)
    to_mend = sum(not _may_stay_out(plan) for plan in rehearsal.bad)
    return RehearsalPage(
        ready=len(rehearsal.new) + len(rehearsal.changed) + len(rehearsal.same),
        open=undecided + to_mend,
        bad=_bad_rows(table, mapping, rehearsal),
        doubts=_doubts(rehearsal, guests, choices),
        changes=[_change(plan) for plan in rehearsal.changed[:SHOWN]],
        new=rehearsal.new[:SHOWN],
        unmentioned=[guests[guest_id].name for guest_id in rehearsal.unmentioned[:SHOWN]],
    )


def _may_stay_out(plan: RowPlan) -> bool:
    return plan.why is not None and plan.why.reason in _MAY_STAY_OUT


def _bad_rows(table: Table, mapping: Mapping, rehearsal: Rehearsal) -> list[BadRow]:
    rows = {row.number: row for row in table.rows}
    first = sorted(rehearsal.bad, key=_may_stay_out)  # what needs a hand comes before what may be left
    return [_bad_row(plan, plan.why, rows[plan.row_number], mapping) for plan in first[:SHOWN] if plan.why]


def _bad_row(plan: RowPlan, why: Why, row: Row, mapping: Mapping) -> BadRow:
    fields = {*_TO_MEND.get(why.reason, ()), why.field}
    columns = ((field, mapping.column_of(field)) for field in Field if field in fields)
    texts = tuple((field, row.cell(at)) for field, at in columns if at is not None)
    called = plan.values.name or plan.values.email or plan.values.external_ref
    return BadRow(plan.row_number, called, why, texts, why.reason is Reason.TOO_MANY_CELLS, _may_stay_out(plan))


def _doubts(rehearsal: Rehearsal, guests: Lookup[UUID, KnownGuest], choices: Lookup[int, Choice]) -> list[Doubt]:
    kinds = (rehearsal.new, rehearsal.changed, rehearsal.same, rehearsal.doubtful)
    rows = {plan.row_number: plan.values for kind in kinds for plan in kind}
    found = []
    for plan in rehearsal.doubtful[:SHOWN]:
        other = guests[plan.match] if plan.match else rows.get(plan.why.row or 0) if plan.why else None
        found.append(Doubt(plan, _sides(plan.values, other), choices.get(plan.row_number)))
    return found


def _sides(values: GuestValues, other: KnownGuest | GuestValues | None) -> tuple[Side, ...]:
    """Name, address, and whatever else tells the two apart."""
    pairs = ((field, getattr(values, field), getattr(other, field, "")) for field in _COMPARED)
    first = (Field.NAME, Field.EMAIL)
    return tuple(
        Side(field, listed, ours) for field, listed, ours in pairs if listed != ours or (listed and field in first)
    )


def _change(plan: RowPlan) -> Change:
    changes = {Field(name): values for name, values in plan.changes.items()}
    if Field.NAME in changes:  # its parts follow it and would say the same twice
        changes = {field: values for field, values in changes.items() if field not in _NAMES[1:]}
    values = tuple((field, old, new) for field, (old, new) in changes.items())
    return Change(plan.row_number, plan.values.name, values)


def samples(table: Table) -> list[str]:
    """For each column, what its first cells with anything in them say."""
    return [" · ".join(islice(_cells(table, at), 2)) for at in range(len(table.header))]


def _cells(table: Table, column: int) -> Iterable[str]:
    return (cell[:40] for row in table.rows if (cell := row.cell(column).strip()))


def accents(rehearsal: Rehearsal) -> list[str]:
    """A few names by which one can see whether the encoding is right."""
    plans = (*rehearsal.new, *rehearsal.changed, *rehearsal.same, *rehearsal.doubtful)
    return list(islice((plan.values.name for plan in plans if not plan.values.name.isascii()), SAMPLES))
