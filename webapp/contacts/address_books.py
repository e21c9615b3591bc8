"""An old address book, from bytes to entries: vCards or a table, whichever the bytes say. Nobody is kept here.

What cannot be read is said with its line and why, and the rest is read all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from webapp.contacts import contact_tables, vcards_in
from webapp.contacts.entries import Entry, Line, Why
from webapp.events.charsets import decode
from webapp.events.refusals import Refusal, Refused

MAX_BYTES = 8_000_000
"""An address book with photos of a few hundred people; the photos are passed over."""
MAX_ENTRIES = 2_000
"""People of one file."""


@dataclass(frozen=True)
class Unread:
    """What was passed over: its line in the file, and why."""

    line: int
    why: Why


@dataclass(frozen=True)
class Book:
    """Everybody in a file once, in its order, and what was not read."""

    entries: Sequence[Entry]
    unread: Sequence[Unread]

    def to_json(self) -> dict[str, Any]:
        """For `from_json`."""
        return {"entries": [asdict(one) for one in self.entries], "unread": [asdict(one) for one in self.unread]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Book":
        """The book that `to_json` wrote down."""
        return cls([Entry.from_json(one) for one in kept["entries"]], [Unread(**one) for one in kept["unread"]])


@dataclass(frozen=True)
class TooBig:
    """The file has more bytes than are read."""


@dataclass(frozen=True)
class TooManyEntries:
    """More people than one file may bring; `found` is their number."""

    found: int


@dataclass(frozen=True)
class NobodyThere:
    """Neither a contact card nor a table with names; or nobody could be read. `unread` says what there was."""

    unread: Sequence[Unread]


@dataclass(frozen=True)
class NotText:
    """Its signs cannot be told; `refusal` says why."""

    refusal: Refusal


Trouble = TooBig | TooManyEntries | NobodyThere | NotText


def read_book(content: bytes) -> Book | Trouble:
    """The people in this file, once each, or why it is none."""
    if len(content) > MAX_BYTES:
        return TooBig()
    try:
        text, _, _ = decode(content, None)
    except Refused as refused:
        return NotText(refused.refusal)
    book = _once(vcards_in.read(text) if vcards_in.are_cards(text) else contact_tables.read(text))
    if len(book.entries) > MAX_ENTRIES:
        return TooManyEntries(len(book.entries))
    return book if book.entries else NobodyThere(book.unread)


def _once(found: Iterator[Line]) -> Book:
    entries, unread = dict[str, Entry](), []
    for line in found:
        if isinstance(line.said, Entry):
            entries.setdefault(line.said.key, line.said)
        else:
            unread.append(Unread(line.number, line.said))
    return Book(list(entries.values()), unread)
