"""The picture two people share: six simple shapes made from the id of their meeting.

It depends on the meeting alone, never on the people, so it says nothing about either of them and is the same on
both phones, on the People page and on paper, for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

Kind = Literal["disc", "ring", "square", "diamond", "triangle", "half", "quarter", "bar"]

KINDS: Final[tuple[Kind, ...]] = ("disc", "ring", "square", "diamond", "triangle", "half", "quarter", "bar")
TONES: Final = 3
CELL: Final = 32
COLUMNS: Final = 2
SHAPES: Final = 6


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of the picture, drawn around the middle of its cell.

    x, y: the middle, in units of a 64 wide and 96 high drawing. turn: degrees clockwise. tone: 0 (strongest) to 2.
    """

    kind: Kind
    x: int
    y: int
    turn: int
    tone: int


def _shape(place: int, kind_byte: int, manner_byte: int) -> Shape:
    row, column = divmod(place, COLUMNS)
    quarter_turns, tone = manner_byte % 4, manner_byte // 4 % TONES
    middle = CELL // 2
    kind = KINDS[kind_byte % len(KINDS)]
    return Shape(kind, column * CELL + middle, row * CELL + middle, quarter_turns * 90, tone)


def shapes(meeting_id: UUID) -> tuple[Shape, ...]:
    """The six shapes of a meeting, row by row; the same id gives the same picture on every machine and release."""
    digest = sha256(b"pair picture" + meeting_id.bytes).digest()
    return tuple(_shape(place, digest[2 * place], digest[2 * place + 1]) for place in range(SHAPES))
