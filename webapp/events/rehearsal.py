"""What an import would do, row by row, before anything is written. Pure: the same list and guests, the same answer.

Certain matches are settled first, over all rows: what is equal, then by the ticket's own reference, by address and
name, by name where neither side has an address. Only guests left over then raise doubts. An empty cell erases nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from webapp.events.columns import Field, Mapping
from webapp.events.guest_rows import GuestValues as GuestValues  # what these lists are made of is said from here
from webapp.events.guest_rows import Reason as Reason
from webapp.events.guest_rows import Why as Why
from webapp.events.guest_rows import read_row
from webapp.events.matching import MAX_NAMESAKES, Changes, Guests, Line
from webapp.events.matching import KnownGuest as KnownGuest
from webapp.events.tables import Row, Table


class Kind(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class Choice(StrEnum):
    """What the organizer may say to a doubtful row. Nothing said is SKIP."""

    NEW = "new"
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True)
class RowPlan:
    """What would be done with one row. `changes` maps a field to (old, new) on the guest `match`."""

    row_number: int
    kind: Kind
    values: GuestValues
    match: UUID | None = None
    changes: Changes = field(default_factory=dict)
    why: Why | None = None
    notes: tuple[Why, ...] = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Rehearsal:
    """Every row in exactly one of five lists, in the file's order; `unmentioned` guests are not in it, and stay."""

    new: tuple[RowPlan, ...]
    changed: tuple[RowPlan, ...]
    same: tuple[RowPlan, ...]
    doubtful: tuple[RowPlan, ...]
    bad: tuple[RowPlan, ...]
    unmentioned: tuple[UUID, ...]


@dataclass(frozen=True)
class Settled:
    """What to write: guests to add from `values`; on `match`, `changes` and `values.cancelled` to set."""

    add: tuple[RowPlan, ...]
    update: tuple[RowPlan, ...]


def rehearse(table: Table, mapping: Mapping, known: Sequence[KnownGuest]) -> Rehearsal:
    """Compare the list with the event's guests. Nothing is lost: each row of the table is in the result once."""
    return _Rehearsing(table, mapping, known).result()


def settle(rehearsal: Rehearsal, choices: Lookup[int, Choice]) -> Settled:
    """The rehearsal with the organizer's answers to doubtful rows, by row number; an answer not offered is SKIP."""
    answered = [(choices.get(plan.row_number), plan) for plan in rehearsal.doubtful]
    chosen = [(choice, plan) for choice, plan in answered if choice in plan.choices]
    return Settled(
        add=(*rehearsal.new, *(plan for choice, plan in chosen if choice is Choice.NEW)),
        update=(*rehearsal.changed, *(plan for choice, plan in chosen if choice is Choice.UPDATE)),
    )


def mend(table: Table, mapping: Mapping, corrections: Lookup[int, Lookup[str, str]]) -> Table:
    """The table with cells as the organizer retyped them, {row number: {field: text}}; then rehearse it again.

    Fields without a column are left out. A mended row loses the cells it had too many of.
    """
    columns = {at: mapped for at, mapped in enumerate(mapping.columns) if mapped}

    def mended(row: Row) -> Row:
        texts = corrections.get(row.number)
        if texts is None:
            return row
        cells = (texts.get(columns.get(at, ""), row.cell(at)) for at in range(len(table.header)))
        return Row(row.number, tuple(cells))

    return replace(table, rows=tuple(map(mended, table.rows)))


class _Rehearsing:
    """One rehearsal in the making: lines are planned pass by pass, the surest first."""

    def __init__(self, table: Table, mapping: Mapping, known: Sequence[KnownGuest]) -> None:
        self.plans: dict[int, RowPlan] = {}
        self.known = known
        self.guests = Guests(known, {*filter(None, mapping.columns), Field.NAME})
        # Who comes is matched before who cancelled: a guest who cancelled and booked again is coming.
        self.lines = sorted(self._usable(table, mapping), key=lambda line: line.values.cancelled)
        self.refs = Counter(line.values.external_ref for line in self.lines)
        self.names = Counter(line.name_key for line in self.lines)
        self.emails = Counter(line.email_key for line in self.lines)
        self.namesakes: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            if not line.values.cancelled and len(self.namesakes[line.name_key]) < MAX_NAMESAKES:
                self.namesakes[line.name_key].append(line)

    def result(self) -> Rehearsal:
        for find in (self._by_all, self._by_ref, self._by_address, self._by_bare_name):
            self._match(find)
        for decide in (self._cancelled_stranger, self._doubt, self._guest_again, self._new):
            self._plan(decide)
        lists = {kind: tuple(plan for _, plan in sorted(self.plans.items()) if plan.kind is kind) for kind in Kind}
        return Rehearsal(
            **{kind.value: plans for kind, plans in lists.items()},
            unmentioned=tuple(guest.id for guest in self.known if guest.id not in self.guests.taken),
        )

    def _usable(self, table: Table, mapping: Mapping) -> list[Line]:
        """The lines that can be a guest; rows that cannot, and rows said twice, are planned as bad here."""
        first: dict[GuestValues, int] = {}
        lines = []
        for row in table.rows:
            values, why = read_row(row, table, mapping)
            line = Line.of(row.number, values)
            why = why or self._said_before(line, first)
            if why:
                self.plans[row.number] = RowPlan(row.number, Kind.BAD, values, why=why)
            else:
                lines.append(line)
        return lines

    def _said_before(self, line: Line, first: dict[GuestValues, int]) -> Why | None:
        """Whether an earlier row says the very same, but for the writing of name and address."""
        if not (line.values.email or line.values.external_ref):
            return None  # two equal names with nothing to tell them apart may still be two people: see _guest_again
        said = replace(line.values, name=line.name_key, given_name="", family_name="", email=line.email_key)
        earlier = first.setdefault(said, line.number)
        return Why(Reason.DUPLICATE_ROW, row=earlier) if earlier != line.number else None

    def _open(self) -> list[Line]:
        return [line for line in self.lines if line.number not in self.plans]

    def _plan(self, decide: Callable[[Line], RowPlan | None]) -> None:
        for line in self._open():
            if plan := decide(line):
                self.plans[line.number] = plan

    # Certain matches

    def _match(self, find: Callable[[Line], KnownGuest | None]) -> None:
        for line in self._open():
            if guest := find(line):
                self.guests.taken.add(guest.id)
                self.plans[line.number] = self._compared(line, guest)

    def _by_all(self, line: Line) -> KnownGuest | None:
        return self.guests.closest(line, self.guests.by_all.get(self.guests.all_of(line.values), []))

    def _by_ref(self, line: Line) -> KnownGuest | None:
        ref = line.values.external_ref
        found = self.guests.by_ref.get(ref, [])
        if len(found) > 1 or self.refs[ref] > 1:  # an order of several guests: the reference alone says nobody
            found = self._of_same_name(line, found)
        return self.guests.closest(line, found)

    def _by_address(self, line: Line) -> KnownGuest | None:
        return self.guests.closest(line, self._of_same_name(line, self.guests.by_email.get(line.email_key, [])))

    def _by_bare_name(self, line: Line) -> KnownGuest | None:
        if line.email_key:
            return None
        found = self.guests.by_name.get(line.name_key, [])
        return self.guests.closest(line, found, lambda guest: not guest.email and self.guests.agree(line, guest))

    def _of_same_name(self, line: Line, found: Iterable[KnownGuest]) -> list[KnownGuest]:
        return [guest for guest in found if self.guests.name_keys[guest.id] == line.name_key]

    def _compared(self, line: Line, guest: KnownGuest) -> RowPlan:
        changes = self.guests.changes(line.values, guest)
        if line.values.cancelled != guest.cancelled:
            reason = Reason.CANCELLED_IN_LIST if line.values.cancelled else Reason.CANCELLED_HERE
            return self._doubtful(line, reason, guest, Choice.UPDATE)
        if Field.NAME in changes and Field.EMAIL in changes and self.guests.name_keys[guest.id] != line.name_key:
            return self._doubtful(line, Reason.TICKET_CHANGED_HANDS, guest, Choice.UPDATE, Choice.NEW)
        kind = Kind.CHANGED if changes else Kind.SAME
        return RowPlan(line.number, kind, line.values, match=guest.id, changes=changes)

    def _doubtful(self, line: Line, reason: Reason, guest: KnownGuest | None, *choices: Choice) -> RowPlan:
        return RowPlan(
            line.number,
            Kind.DOUBTFUL,
            line.values,
            match=guest.id if guest else None,
            changes=self.guests.changes(line.values, guest) if guest else {},
            why=Why(reason, text=guest.name if guest else ""),
            choices=(*choices, Choice.SKIP),
        )

    # What is left over

    def _cancelled_stranger(self, line: Line) -> RowPlan | None:
        if not line.values.cancelled:
            return None
        return RowPlan(line.number, Kind.BAD, line.values, why=Why(Reason.CANCELLED_IN_LIST))

    def _doubt(self, line: Line) -> RowPlan | None:
        """A guest nobody else in the list claims, who has this address or this name."""
        guests = self.guests
        if line.email_key and (guest := guests.closest(line, guests.by_email.get(line.email_key, []))):
            guests.taken.add(guest.id)
            return self._doubtful(line, Reason.SAME_EMAIL_OTHER_NAME, guest, Choice.NEW, Choice.UPDATE)
        if guest := guests.closest(line, guests.by_name.get(line.name_key, [])):
            guests.taken.add(guest.id)
            return self._namesake_or_same(line, guest)
        return None

    def _namesake_or_same(self, line: Line, guest: KnownGuest) -> RowPlan:
        """The same name with an address on one side at most is the same guest, unless something says otherwise."""
        if line.email_key and guest.email:
            return self._doubtful(line, Reason.SAME_NAME_OTHER_EMAIL, guest, Choice.NEW, Choice.UPDATE)
        only = self.names[line.name_key] == 1 == len(self.guests.by_name[line.name_key])
        if only and self.guests.agree(line, guest):
            return self._compared(line, guest)
        return self._doubtful(line, Reason.SAME_NAME_OTHER_DETAILS, guest, Choice.NEW, Choice.UPDATE)

    def _guest_again(self, line: Line) -> RowPlan | None:
        """Whether an earlier row may be the same human: a second ticket, or the same name with and without address."""
        if self.names[line.name_key] == 1:
            return None
        for other in self.namesakes[line.name_key]:
            if other.number < line.number and line.may_be(other):
                plan = self._doubtful(line, Reason.SAME_PERSON_TWICE, None, Choice.NEW)
                return replace(plan, why=Why(Reason.SAME_PERSON_TWICE, row=other.number, text=other.values.name))
        return None

    def _new(self, line: Line) -> RowPlan:
        notes = []
        if line.email_key and self.emails[line.email_key] + len(self.guests.by_email.get(line.email_key, [])) > 1:
            notes.append(Why(Reason.SHARED_EMAIL, text=line.values.email))
        if self.names[line.name_key] + len(self.guests.by_name.get(line.name_key, [])) > 1:
            notes.append(Why(Reason.NAMESAKE, text=line.values.name))
        return RowPlan(line.number, Kind.NEW, line.values, notes=tuple(notes))
