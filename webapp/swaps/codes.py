"""What a phone read in the room: a badge, a typed code, or the live code on another phone. Pure.

The same grammar as `static/js/lib/badge-code.js`. A phone without a network adds a display name to its live code, for
another phone without a network to show; it proves nothing, and the server never looks at it.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from webapp.checkin import scans
from webapp.checkin.scans import BadgeToken, TypedCode
from webapp.core.text import clean_line
from webapp.core.tokens import CROCKFORD, SCREEN_CODE_LENGTH

LONGEST_NAME = 39
"""Signs of the display name in a live code: at most 24 bytes of UTF-8, as Crockford base32 (trust.md decision 12)."""

_SCREEN = re.compile(
    rf"(HTTPS?)://([^/?#@\\]+)/S/([{CROCKFORD}]{{{SCREEN_CODE_LENGTH}}})(?:-[{CROCKFORD}]{{2,{LONGEST_NAME}}})?"
)


@dataclass(frozen=True)
class ScreenCode:
    """The 39 letters that an unlocked phone shows."""

    code: str


Code = BadgeToken | TypedCode | ScreenCode


def read_code(text: str, base_url: str) -> Code | None:
    """The code in this text, in any letter case; None for everything else in the world."""
    return scans.read_code(text, base_url) or _screen_code(text, base_url)


def _screen_code(text: str, base_url: str) -> ScreenCode | None:
    line = clean_line(text, scans.LONGEST_TEXT)
    match = _SCREEN.fullmatch(line.upper()) if line.isascii() else None
    own = urlsplit(base_url)
    if match is None or match[2] != own.netloc.upper() or match[1] not in {"HTTPS", own.scheme.upper()}:
        return None
    return ScreenCode(match[3])
