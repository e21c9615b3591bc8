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
OPACITIES: Final = (1, 0.7, 0.4)
TONES: Final = len(OPACITIES)
CELL: Final = 32
COLUMNS: Final = 2
SHAPES: Final = 6

PATHS: Final[dict[Kind, str]] = {
    "disc": "M-12 0a12 12 0 1 0 24 0a12 12 0 1 0-24 0Z",
    "ring": "M-13 0a13 13 0 1 0 26 0a13 13 0 1 0-26 0ZM-6 0a6 6 0 1 1 12 0a6 6 0 1 1-12 0Z",
    "square": "M-8-11H8a3 3 0 0 1 3 3V8a3 3 0 0 1-3 3H-8a3 3 0 0 1-3-3V-8a3 3 0 0 1 3-3Z",
    "diamond": "M0-14 14 0 0 14-14 0Z",
    "triangle": "M0-13 13 12H-13Z",
    "half": "M-13 6a13 13 0 0 1 26 0Z",
    "quarter": "M-12 12V-12A24 24 0 0 1 12 12Z",
    "bar": "M-8-5H8a5 5 0 0 1 0 10H-8a5 5 0 0 1 0-10Z",
}
"""How each kind is drawn, as an SVG path around the middle of its cell; what lies inside twice is a hole."""


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

    @property
    def path(self) -> str:
        """Its outline as an SVG path around its own middle, not yet turned."""
        return PATHS[self.kind]

    @property
    def opacity(self) -> float:
        """How much of the ink its tone has, 0 to 1."""
        return OPACITIES[self.tone]


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
