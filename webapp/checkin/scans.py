"""What a camera read, a hand typed or a finger picked, sorted before anything acts on it.

Pure, and the same grammar as `static/js/lib/badge-code.js`: our own origin, `/B/`, 24 Crockford letters, nothing else.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from webapp.core.tokens import BADGE_TOKEN_LENGTH, TYPED_CODE_LENGTH, Keyring, lookup_id

LONGEST_TEXT = 512
"""Characters; whatever is longer was not read from a badge."""

_SIGN = "[0-9A-HJKMNP-TV-Z]"
_BADGE = re.compile(rf"(HTTPS?)://([^/?#@\\]+)/B/({_SIGN}{{{BADGE_TOKEN_LENGTH}}})")
_TYPED = re.compile(rf"{_SIGN}{{{TYPED_CODE_LENGTH}}}")
# Only ASCII changes case: str.upper() would turn the dotless i or long s of a look-alike host into our letters.
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AS_READ = str.maketrans("OIL", "011")
_GAPS = re.compile(r"[\s-]")


@dataclass(frozen=True)
class BadgeToken:
    """The 24 letters in a badge's code, or in the code of an invitation mail, which is the same."""

    token: str


@dataclass(frozen=True)
class TypedCode:
    """The 8 letters under a badge's code."""

    code: str


@dataclass(frozen=True)
class FoundByName:
    """A guest whom the door found by name."""

    attendee_id: UUID


@dataclass(frozen=True)
class BadgeLookup:
    """The look-up id of a badge, as a phone keeps it that scanned without a network: no code leaves its memory."""

    lookup: str


Means = BadgeToken | BadgeLookup | TypedCode | FoundByName


@dataclass(frozen=True)
class Scan:
    """One attempt to let somebody in, with the id made before it was sent.

    `anyway` was asked: the room is full. `sequence` is the phone's own count of what it did.
    """

    operation_id: UUID
    means: Means
    device_time: datetime | None = None
    anyway: bool = False
    sequence: int | None = None


def read_code(text: str, base_url: str) -> BadgeToken | TypedCode | None:
    """The badge or typed code in this text, in any letter case; None for everything else in the world."""
    if len(text) > LONGEST_TEXT:
        return None
    return _own_address(text.strip().translate(_UPPER), base_url) or read_typed(text)


def _own_address(upper: str, base_url: str) -> BadgeToken | None:
    match = _BADGE.fullmatch(upper)
    own = urlsplit(base_url)
    if match is None or match[2] != own.netloc.upper() or match[1] not in {"HTTPS", own.scheme.upper()}:
        return None
    return BadgeToken(match[3])


def read_typed(text: str) -> TypedCode | None:
    """The eight letters from under a badge in this text, or None."""
    code = _GAPS.sub("", text.translate(_UPPER)).translate(_AS_READ)
    return TypedCode(code) if _TYPED.fullmatch(code) else None


def key_of(means: Means, event_id: UUID, keyring: Keyring) -> str:
    """What is looked up, and what an operation remembers of a scan: an id or a one-way key, never a code."""
    match means:
        case BadgeToken(token):
            return lookup_id(token)
        case BadgeLookup(lookup):
            return lookup
        case TypedCode(code):
            return keyring.typed_mac(event_id, code).hex()
        case FoundByName(attendee_id):
            return str(attendee_id)


def how(means: Means) -> str:
    """The word for this way of arriving, as stored."""
    match means:
        case BadgeToken() | BadgeLookup():
            return "badge"
        case TypedCode():
            return "typed"
        case FoundByName():
            return "name"
