"""How large a name may be: measured with the brand fonts' own widths, estimated on the safe side for other scripts.

No name is cut. It is broken where a person would break it (space, hyphen, before a particle), shrinks in steps to the
size that still reads across a table, and only then breaks inside words.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil
from typing import Literal

from fontTools.ttLib import TTFont

from webapp.core.child import ROOT

Family = Literal["print-name-800", "print-text-400"]
"""Of names the wider weight, of texts the regular one: bold has an allowance of its own."""

FONTS = ROOT / "static" / "vendor" / "fonts"

# Sizes are multiples of this, so that a thousand badges need a few dozen CSS classes.
STEP_MM = 0.25
SMALLEST_MM = 1.5
# A word broken inside is worse than one a little too small, up to this share of the floor.
WHOLE_WORDS_TO = 0.75

# Belongs to the word after it: "de la Cruz" breaks before "de", never after "la".
_PARTICLES = frozenset(
    "al ap ben bin bint da das de dei del della den der des di dos du el ibn la las le los ten ter "
    "van vom von y zu zum zur 'd d' e".split()
)

# Em a character in bold Noto: set names were measured, the widest of each script is a few hundredths below.
_SCRIPT_WIDTHS = {
    "ARABIC": 0.68,
    "ARMENIAN": 0.76,
    "BENGALI": 0.62,
    "CYRILLIC": 0.7,
    "DEVANAGARI": 0.62,
    "GEORGIAN": 0.74,
    "GREEK": 0.66,
    "HANGUL": 0.95,
    "HEBREW": 0.64,
    "LATIN": 0.75,
    "TAMIL": 1.15,
    "THAI": 0.6,
}
_FLAT_SCRIPTS = ("ARMENIAN", "CYRILLIC", "GREEK", "HEBREW", "HYPHEN-MINUS")
_CAPITAL_EXTRA = 0.12
_WIDE_WIDTH = 1.0
_EMOJI_WIDTH = 1.3
_OTHER_WIDTH = 1.4

_ZERO_WIDTH_JOINER = "\u200d"


@dataclass(frozen=True)
class Fitted:
    """A text as it will stand on the badge. Size is the em in mm, leading the line height in em.

    `branded` says that our own font has every character.
    """

    lines: tuple[str, ...]
    size: float
    leading: float
    branded: bool
    right_to_left: bool
    readable: bool

    @property
    def height(self) -> float:
        """Millimetres from the top of the first line to the bottom of the last."""
        return len(self.lines) * self.size * self.leading


@dataclass(frozen=True)
class Piece:
    """What stays on one line, with the space after it, if any. Width in em, without that space."""

    text: str
    width: float
    space: float


def leading(text: str, branded: bool) -> float:
    """Line height in em: Latin is set tight, flat scripts a little looser, marks above and below need air."""
    if branded:
        return 1.05
    return 1.15 if all(sign == " " or _is_flat(sign) for sign in text) else 1.25


def _is_flat(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in ("W", "F") or _script(sign) in _FLAT_SCRIPTS


def fit(text: str, family: Family, width: float, height: float, largest: float, floor: float) -> Fitted:
    """The largest size, in quarter millimetres, at which `text` fits a box of `width` by `height` mm.

    A word that would need less than three quarters of `floor` is broken inside, and a text smaller than `floor` is
    marked as not readable. Nothing is cut: past every limit the result is as small as SMALLEST_MM.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    branded = is_branded(text, family)
    room = _Room(width, height, leading(text, branded))
    pieces = list(_pieces(text, family))
    size = room.largest_for(pieces, min(largest, height), floor * WHOLE_WORDS_TO)
    if size is None:
        pieces = list(_broken(text, family))
        size = room.largest_for(pieces, min(floor, height), SMALLEST_MM) or SMALLEST_MM
    lines = tuple(_balanced(pieces, width / size))
    return Fitted(lines, size, room.leading, branded, is_right_to_left(text), size >= floor)


def advance(text: str, family: Family) -> float:
    """Width of `text` in em, on the safe side (kerning only makes it narrower)."""
    known = _advances(family)
    return sum(known[ord(sign)] if ord(sign) in known else _estimate(sign) for sign in _drawn(text)) * 1.02


def is_branded(text: str, family: Family) -> bool:
    """Whether our own font has every character. If not, the whole text is set in Noto: no word in two faces.

    The end of a line is no character: nothing is drawn there.
    """
    return all(sign == "\n" or ord(sign) in _advances(family) for sign in text)


def is_right_to_left(text: str) -> bool:
    """By the first character that has a direction (Unicode bidirectional algorithm, rules P2 and P3)."""
    strong = (kind for sign in text if (kind := unicodedata.bidirectional(sign)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


@cache
def _advances(family: Family) -> Mapping[int, float]:
    """Code point to em, over all files of the family; the newest Latin wins where they overlap."""
    widths: dict[int, float] = {}
    for path in sorted(FONTS.glob(f"{family}-*.woff2"), reverse=True):
        font = TTFont(path)
        metrics, unit = font["hmtx"], font["head"].unitsPerEm
        widths |= {code: metrics[name][0] / unit for code, name in font.getBestCmap().items()}
    return widths


def _drawn(text: str) -> Iterator[str]:
    """Characters that take room: no marks, no joiners, and of a joined emoji only the first."""
    previous = ""
    for sign in text:
        joined = previous == _ZERO_WIDTH_JOINER or "\U0001f3fb" <= sign <= "\U0001f3ff"
        if not joined and unicodedata.category(sign) not in ("Mn", "Me", "Cf", "Cc"):
            yield sign
        previous = sign


def _estimate(sign: str) -> float:
    if unicodedata.category(sign) == "So":
        return _EMOJI_WIDTH
    if unicodedata.east_asian_width(sign) in ("W", "F"):
        return _WIDE_WIDTH
    return _SCRIPT_WIDTHS.get(_script(sign), _OTHER_WIDTH) + (_CAPITAL_EXTRA if sign.isupper() else 0)


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _pieces(text: str, family: Family) -> Iterator[Piece]:
    """Words and halves of hyphenated words; a particle travels with the word after it."""
    space = advance(" ", family)
    held = ""
    words = text.split(" ")
    for word, following in pairwise([*words, ""]):
        held += word
        if following and word.casefold() in _PARTICLES:
            held += " "
            continue
        *heads, tail = held.replace("-", "-\n").split("\n")
        yield from (Piece(head, advance(head, family), 0) for head in heads)
        if tail:
            yield Piece(tail, advance(tail, family), space)
        held = ""


def _broken(text: str, family: Family) -> Iterator[Piece]:
    """Every visible character by itself, with the marks and joiners that belong to it."""
    cluster = ""
    for sign in text:
        clings = unicodedata.category(sign) in ("Mn", "Me", "Mc", "Cf") or "\U0001f3fb" <= sign <= "\U0001f3ff"
        if cluster and not clings and not cluster.endswith(_ZERO_WIDTH_JOINER):
            yield Piece(cluster, advance(cluster, family), 0)
            cluster = ""
        cluster += sign
    if cluster:
        yield Piece(cluster, advance(cluster, family), 0)


@dataclass(frozen=True)
class _Room:
    """A box in millimetres and the line height, in em, of what is to go in."""

    width: float
    height: float
    leading: float

    def largest_for(self, pieces: list[Piece], largest: float, smallest: float) -> float | None:
        """The largest size in steps from `largest` down to `smallest` at which the pieces fit, if one does."""
        steps = range(int(largest / STEP_MM), ceil(smallest / STEP_MM) - 1, -1)
        return next((step * STEP_MM for step in steps if self._holds(pieces, step * STEP_MM)), None)

    def _holds(self, pieces: list[Piece], size: float) -> bool:
        lines = _wrap(pieces, self.width / size)
        widest = max(width for _, width in lines)
        return widest * size <= self.width and len(lines) * size * self.leading <= self.height


def _wrap(pieces: list[Piece], limit: float) -> list[tuple[str, float]]:
    """Greedy lines with their widths, none wider than `limit` em unless a single piece is."""
    lines: list[tuple[str, float]] = []
    line, width, space = "", 0.0, 0.0
    for piece in pieces:
        if line and width + space + piece.width > limit:
            lines.append((line, width))
            line, width, space = "", 0.0, 0.0
        line += (" " if space else "") + piece.text
        width += space + piece.width
        space = piece.space
    return [*lines, (line, width)]


def _balanced(pieces: list[Piece], limit: float) -> list[str]:
    """As few lines as `limit` em allow, as even as they come: a last line of one short word looks like a mistake."""
    lines = _wrap(pieces, limit)
    low = max((piece.width for piece in pieces), default=0.0)
    for _ in range(12 if len(lines) > 1 else 0):
        middle = (low + limit) / 2
        narrower = _wrap(pieces, middle)
        if len(narrower) == len(lines):
            lines, limit = narrower, middle
        else:
            low = middle
    return [line for line, _ in lines]
