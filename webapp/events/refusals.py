"""Why a file cannot be read as a guest list. Values, not exceptions, once they leave this feature's readers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TooLarge:
    """The file has more bytes than we read, packed or unpacked."""

    size: int
    limit: int


@dataclass(frozen=True)
class TooManyRows:
    """More guests than one list may have; `found` counts rows with anything in them, to 100,000."""

    found: int
    limit: int


@dataclass(frozen=True)
class TooManyColumns:
    """More columns than one list may have; usually something else than a guest list."""

    found: int
    limit: int


@dataclass(frozen=True)
class UnreadableEncoding:
    """The bytes mean nothing in this encoding, or in any we may guess when it is ""."""

    encoding: str


@dataclass(frozen=True)
class MixedEncoding:
    """Some lines are UTF-8, others are not; either reading would spoil names. `line` (from 1) is the first odd one."""

    line: int


@dataclass(frozen=True)
class NulBytes:
    """Text with zero bytes, at `line` (from 1): a cut-off file, or UTF-16 without its byte-order mark."""

    line: int


@dataclass(frozen=True)
class UnclosedQuote:
    """The row with this number holds a quotation mark that does not end where a cell ends."""

    row: int


@dataclass(frozen=True)
class NotATable:
    """Some other kind of file, or a broken one. `suffix` is the file name's, as ".pdf", or ""."""

    suffix: str


@dataclass(frozen=True)
class Locked:
    """A workbook with a password."""


@dataclass(frozen=True)
class EmptyTable:
    """Nothing in it, or a header and nobody below it."""


Refusal = (
    TooLarge
    | TooManyRows
    | TooManyColumns
    | UnreadableEncoding
    | MixedEncoding
    | NulBytes
    | UnclosedQuote
    | NotATable
    | Locked
    | EmptyTable
)


class Refused(Exception):
    """Carries a refusal out of nested readers. Never leaves `webapp.events.tables`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(type(refusal).__name__)
        self.refusal = refusal
