"""What a phone sends, read strictly: a batch of operations, each of which may be odd by itself. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast, get_args
from uuid import UUID

from webapp.core.door_rules import Measured, Stamp

SCHEMA = 1
MOST_OPERATIONS = 100
MOST_BYTES = 64 * 1024
MOST_FIELDS, LONGEST_FIELD, LONGEST_WORD = 16, 8000, 64
LAST_SEQUENCE = 2**31 - 1
LONGEST_OFFSET_MS = 1e14
"""About three thousand years: a clock may be as wrong as it likes, a number may not."""
_LEAP = re.compile(r"(T\d\d:\d\d):60")

Decision = Literal["admitted", "refused", "kept"]


@dataclass(frozen=True)
class Said:
    """One operation as its phone said it. `list_made_at`: of the list by which the phone decided."""

    id: UUID
    kind: str
    sequence: int
    owner: str
    stamp: Stamp
    clock: Measured
    body: Mapping[str, str]
    decided: Decision | None
    list_made_at: datetime | None


@dataclass(frozen=True)
class Batch:
    """`operations` are as they came, each to be read by itself; `sent` is the phone's own time of sending."""

    sent: Stamp
    operations: Sequence[Any]


def read_batch(raw: object) -> Batch | None:
    """The batch; None when it is none, and then nothing in it was looked at."""
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA or isinstance(raw["schema"], bool):
        return None
    operations, sent = raw.get("operations"), read_stamp(raw, "now")
    if sent is None or not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        return None
    return Batch(sent, operations)


def read_operation(raw: object) -> Said | None:
    """One operation; None when it is not whole."""
    if not isinstance(raw, dict):
        return None
    named, stamp, body = read_uuid(raw.get("id")), read_stamp(raw, "at"), _body(raw.get("body"))
    kind, owner, sequence = _word(raw.get("kind")), _word(raw.get("owner")), read_sequence(raw)
    if named is None or stamp is None or body is None or kind is None or owner is None or sequence is None:
        return None
    decided, clock = raw.get("decided"), Measured(_span(raw.get("offset")), _span(raw.get("rtt")))
    if decided not in (None, *get_args(Decision)):
        return None
    shown = cast("Decision | None", decided)
    return Said(named, kind, sequence, owner, stamp, clock, body, shown, read_time(raw.get("list")))


def read_uuid(raw: object) -> UUID | None:
    """The UUID in this text."""
    try:
        return UUID(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def read_sequence(raw: Mapping[str, Any]) -> int | None:
    """The phone's own count of this operation."""
    number = raw.get("seq")
    whole = isinstance(number, int) and not isinstance(number, bool)
    return cast("int", number) if whole and 0 < cast("int", number) <= LAST_SEQUENCE else None


def read_time(raw: object) -> datetime | None:
    """A time with its zone; a leap second is the one before it."""
    try:
        at = datetime.fromisoformat(_LEAP.sub(r"\1:59", raw)) if isinstance(raw, str) else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def read_stamp(raw: Mapping[str, Any], name: str) -> Stamp | None:
    """A moment of the phone; `name` is where its wall clock stands."""
    wall, mono, boot = read_time(raw.get(name)), _number(raw.get("mono")), _word(raw.get("boot"))
    return Stamp(wall, int(mono), boot) if wall and mono is not None and boot else None


def _span(raw: object) -> timedelta | None:
    number = _number(raw)
    return None if number is None else timedelta(milliseconds=number)


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return float(raw) if abs(raw) < LONGEST_OFFSET_MS and math.isfinite(raw) else None


def _word(raw: object) -> str | None:
    return raw if isinstance(raw, str) and 0 < len(raw) <= LONGEST_WORD else None


def _body(raw: object) -> Mapping[str, str] | None:
    if not isinstance(raw, dict) or len(raw) > MOST_FIELDS:
        return None
    fine = all(_word(name) and isinstance(text, str) and len(text) <= LONGEST_FIELD for name, text in raw.items())
    return raw if fine else None
