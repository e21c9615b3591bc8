"""Rows of a list and the guests we know, by every key they can meet by."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from webapp.core.text import search_key
from webapp.events.columns import Field
from webapp.events.guest_rows import GuestValues, name_key

Changes = dict[str, tuple[str, str]]

_Key = TypeVar("_Key", str, tuple[str, ...])

MAX_NAMESAKES = 50
"""How many of one name are compared. A placeholder may fill a list, and each with all would take minutes."""

_NAME_PARTS = (Field.GIVEN_NAME, Field.FAMILY_NAME)
_COMPARED = (Field.NAME, *_NAME_PARTS, Field.EMAIL, Field.COMPANY, Field.HEADLINE, Field.EXTERNAL_REF)


@dataclass(frozen=True)
class KnownGuest:
    """A guest of the event as we have them; "" where we know nothing."""

    id: UUID
    name: str
    given_name: str
    family_name: str
    email: str
    company: str
    headline: str
    external_ref: str
    cancelled: bool


_Details = tuple[str, str]


def _details(said: GuestValues | KnownGuest) -> _Details:
    return search_key(said.company), search_key(said.headline)


def _contradict(one: _Details, other: _Details) -> bool:
    """Whether both say something about company or headline, and not the same."""
    return any(first and second and first != second for first, second in zip(one, other, strict=True))


@dataclass(frozen=True)
class Line:
    """A usable row with its keys."""

    number: int
    values: GuestValues
    name_key: str
    email_key: str
    details: _Details

    @classmethod
    def of(cls, number: int, values: GuestValues) -> "Line":
        return cls(number, values, values.name_key, values.email_key, _details(values))

    def may_be(self, other: "Line") -> bool:
        """Whether both, of one name, can be one human: a second ticket, or with and without an address."""
        one_address = not (self.email_key and other.email_key) or self.email_key == other.email_key
        return one_address and not _contradict(self.details, other.details)


class Guests:
    """Known guests by every key, and which of them a row has already claimed."""

    def __init__(self, known: Sequence[KnownGuest], typed: Collection[Field]) -> None:
        self._typed = [name for name in _COMPARED if name in typed]
        self.name_keys = {guest.id: name_key(guest.name) for guest in known}
        self.details = {guest.id: _details(guest) for guest in known}
        self.by_all = _grouped(known, self.all_of)
        self.by_ref = _grouped(known, lambda guest: guest.external_ref)
        self.by_email = _grouped(known, lambda guest: guest.email.casefold())
        self.by_name = _grouped(known, lambda guest: self.name_keys[guest.id])
        self.taken: set[UUID] = set()

    def all_of(self, said: GuestValues | KnownGuest) -> tuple[str, ...]:
        """Everything the list has a column for."""
        return tuple(getattr(said, name) for name in self._typed)

    def closest(
        self, line: Line, candidates: Iterable[KnownGuest], fits: Callable[[KnownGuest], bool] = lambda guest: True
    ) -> KnownGuest | None:
        """The free candidate that fits and differs in the fewest fields from what the row says."""
        free = islice((guest for guest in candidates if guest.id not in self.taken), MAX_NAMESAKES)
        return min(filter(fits, free), key=lambda guest: self._differences(line.values, guest), default=None)

    def _differences(self, values: GuestValues, guest: KnownGuest) -> int:
        return sum(old != new for old, new in zip(self.all_of(guest), self.all_of(values), strict=True))

    def agree(self, line: Line, guest: KnownGuest) -> bool:
        """Whether nothing but the address tells a row and a guest of one name apart."""
        refs = {line.values.external_ref, guest.external_ref} - {""}
        return len(refs) < 2 and not _contradict(line.details, self.details[guest.id])

    def changes(self, values: GuestValues, guest: KnownGuest) -> Changes:
        """What the row would change on this guest. The guessed parts of a name follow the name."""
        changes: Changes = {}
        for name in _COMPARED:
            old, new = getattr(guest, name), getattr(values, name)
            same = old.casefold() == new.casefold() if name is Field.EMAIL else old == new
            follows = name in _NAME_PARTS and Field.NAME in changes
            if not same and (follows or (new and name in self._typed)):
                changes[name.value] = (old, new)
        return changes


def _grouped(known: Iterable[KnownGuest], key: Callable[[KnownGuest], _Key]) -> dict[_Key, list[KnownGuest]]:
    groups: dict[_Key, list[KnownGuest]] = defaultdict(list)
    for guest in known:
        if key(guest):
            groups[key(guest)].append(guest)
    return groups
