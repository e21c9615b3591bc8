"""QR codes: what they say, how they are chosen once, how they are drawn again from three stored numbers.

The matrix of a badge code *is* the badge token, so it is never kept; version, level and mask are, and they make
drawing five times cheaper because no mask is searched for.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from PIL import Image
from qrcode import QRCode, constants

Level = Literal["L", "M", "Q", "H"]
Modules = tuple[tuple[bool, ...], ...]

# Version 1 is never used: a badge that small has no alignment pattern and reads worse when tilted (scanning.md, 4).
SMALLEST_VERSION = 2
# ISO/IEC 18004 asks for four light modules around a symbol.
QUIET_MODULES = 4

_CORRECTION: dict[Level, int] = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
_STRONGEST_FIRST: tuple[Level, ...] = ("H", "Q", "M", "L")


@dataclass(frozen=True)
class QrForm:
    """The three numbers that, with the text, decide every module of a symbol."""

    version: int
    level: Level
    mask: int

    @property
    def modules_wide(self) -> int:
        """Modules along one side, without the quiet margin."""
        return 17 + 4 * self.version


@dataclass(frozen=True)
class Drawing:
    """A symbol for screens: the `d` of a path whose strokes are one unit wide, black on a white square.

    One unit a module; `size` is the square's side in units, quiet margin included.
    """

    strokes: str
    size: int


def badge_text(base_url: str, token: str) -> str:
    """What a printed badge says: the badge page's address in upper case, for QR's compact alphanumeric mode."""
    return f"{base_url.rstrip('/')}/B/{token}".upper()


def screen_text(base_url: str, code: str) -> str:
    """What a phone's screen code says, in the same form as a badge."""
    return f"{base_url.rstrip('/')}/S/{code}".upper()


def choose(text: str) -> QrForm:
    """The smallest version from 2 up that holds `text`, then the strongest level that does not enlarge it.

    Costs about 4 ms for the mask search: call it once, when the code is issued. Raises `DataOverflowError` above
    4,296 characters.
    """
    version = _smallest_version(text, "L")
    level = next(level for level in _STRONGEST_FIRST if _smallest_version(text, level) == version)
    return QrForm(version, level, _symbol(text, version, level).best_mask_pattern())


def modules(text: str, form: QrForm) -> Modules:
    """Rows of modules, True is dark, without a quiet margin. Raises `DataOverflowError` if `text` outgrows `form`."""
    symbol = _symbol(text, form.version, form.level, form.mask)
    symbol.make(fit=False)
    return tuple(tuple(bool(module) for module in row) for row in symbol.modules)


def png(text: str, form: QrForm, border: int = QUIET_MODULES, box: int = 8) -> bytes:
    """The symbol as a 1-bit PNG, `box` pixels a module, with `border` light modules around it."""
    side = form.modules_wide
    # Pillow's mode 1 takes a byte a pixel when filled this way; the file has one bit.
    dark = bytes(0 if module else 255 for row in modules(text, form) for module in row)
    picture = Image.new("1", (side + 2 * border, side + 2 * border), 1)
    picture.paste(Image.frombytes("L", (side, side), dark).convert("1", dither=Image.Dither.NONE), (border, border))
    file = io.BytesIO()
    picture.resize((picture.width * box, picture.height * box), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def draw(text: str, form: QrForm) -> Drawing:
    """The symbol for a page. Strokes, each from where the last one ended: a third of the bytes of outlines."""
    strokes, at = [f"M{QUIET_MODULES} {QUIET_MODULES}.5"], (0, 0)
    for x, y, length in dark_bars(text, form):
        strokes.append(f"m{x - at[0]} {y - at[1]}h{length}")
        at = (x + length, y)
    return Drawing("".join(strokes), form.modules_wide + 2 * QUIET_MODULES)


def dark_bars(text: str, form: QrForm) -> Iterator[tuple[int, int, int]]:
    """Left, top and length of every horizontal run of dark modules, counted from the symbol's top left module."""
    for y, row in enumerate(modules(text, form)):
        x = 0
        for dark, group in groupby(row):
            length = len(list(group))
            if dark:
                yield x, y, length
            x += length


def _smallest_version(text: str, level: Level) -> int:
    return int(_symbol(text, None, level).best_fit(start=SMALLEST_VERSION))


def _symbol(text: str, version: int | None, level: Level, mask: int | None = None) -> "QRCode[Image.Image]":
    symbol: QRCode[Image.Image] = QRCode(version, _CORRECTION[level], mask_pattern=mask)
    symbol.add_data(text, optimize=0)
    return symbol
