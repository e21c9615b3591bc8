"""Where things stand on a badge, in millimetres from its top left corner, for any size of badge.

Three arrangements of the one layout *Name first*: `tall` (code and its words in the lower third), `wide` (code to the
right, words beside it) and `small` (as wide, with the accent as a stripe at the side: the name keeps its height).
"""

from dataclasses import dataclass
from typing import Literal

from webapp.badges.stocks import Stock
from webapp.core.qr import QUIET_MODULES, QrForm

Shape = Literal["tall", "wide", "small"]

# Scanning.md, 5: a symbol of 30 mm with modules of 1 mm is the floor, 35 to 40 mm is kind to phones in the dark.
LEAST_MODULE = 1.0
LEAST_SYMBOL = 30.0
KIND_SYMBOL = 37.0

# Below this height a band across the top would take the name's room.
_BAND_FROM = 60.0


@dataclass(frozen=True)
class Box:
    """A place on a badge, in millimetres."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Distance of the lower edge from the top of the badge."""
        return self.top + self.height


@dataclass(frozen=True)
class Arrangement:
    """The places of one badge. `code` includes the white margin and is None on stock too small for a code."""

    shape: Shape
    pad: float
    band: Box
    given: Box
    who: Box
    ask: Box
    words: Box
    code: Box | None


class CodeTooLargeError(ValueError):
    """The code, at 1 mm a module, does not fit on this stock: the web address is too long."""


def arrange(stock: Stock, form: QrForm) -> Arrangement:
    """The places on this stock for codes of this form. Raises CodeTooLargeError."""
    if not stock.carries_code:
        return _without_code(stock)
    arrangement = _tall(stock, form) if stock.height > stock.width else _wide(stock, form)
    if arrangement.given.height < 5 or arrangement.words.width < 20:
        raise CodeTooLargeError(f"{stock.key}: a code of {form.modules_wide} modules leaves no room for a name")
    return arrangement


def code_side(form: QrForm, symbol: float) -> float:
    """Side of a code with its white margin, at least `symbol` mm wide without it and 1 mm a module."""
    module = max(LEAST_MODULE, symbol / form.modules_wide)
    return module * (form.modules_wide + 2 * QUIET_MODULES)


def _tall(stock: Stock, form: QrForm) -> Arrangement:
    pad = 7.0
    band = Box(0, 0, stock.width, 18)
    side = code_side(form, KIND_SYMBOL)
    quiet = side * QUIET_MODULES / (form.modules_wide + 2 * QUIET_MODULES)
    # The dark modules, not their white margin, line up with the text above.
    code = Box(stock.width - pad + quiet - side, stock.height - 20.5 - side + quiet, side, side)
    given = Box(pad, band.bottom + 7, stock.width - 2 * pad, 0.44 * (code.top - band.bottom))
    who = Box(pad, given.bottom, given.width, code.top - given.bottom - 1)
    ask = Box(pad, code.top + quiet, code.left + quiet - 2 * pad, side - 2 * quiet)
    return Arrangement("tall", pad, band, given, who, ask, Box(pad, code.bottom, given.width, 11), code)


def _wide(stock: Stock, form: QrForm) -> Arrangement:
    small = stock.height < _BAND_FROM
    pad = 3.5 if small else 5.5
    band = Box(0, 0, 4.5, stock.height) if small else Box(0, 0, stock.width, 9.5)
    side = code_side(form, LEAST_SYMBOL)
    quiet = side * QUIET_MODULES / (form.modules_wide + 2 * QUIET_MODULES)
    code = Box(stock.width - max(1.0, pad - quiet) - side, stock.height - max(1.0, pad - quiet) - side, side, side)
    left, top = (band.width + pad, pad - 1) if small else (pad, band.bottom + 2.5)
    given = Box(left, top, stock.width - left - pad, code.top - top)
    column = code.left - left - 1
    words = Box(left, code.bottom - quiet - 8.5, column, 8.5)
    middle = Box(left, given.bottom, column, words.top - given.bottom - 1.5)
    return Arrangement("small" if small else "wide", pad, band, given, middle, middle, words, code)


def _without_code(stock: Stock) -> Arrangement:
    pad = 2.5
    band = Box(0, 0, 2.5, stock.height)
    left, width = band.width + pad, stock.width - band.width - 2 * pad
    words = Box(left, stock.height - 5.5, width, 4)
    given = Box(left, 2, width, 0.5 * (words.top - 2))
    rest = Box(left, given.bottom, width, words.top - given.bottom)
    return Arrangement("small", pad, band, given, rest, rest, words, None)
