"""Calendar files (RFC 5545), as far as we need them: moments in UTC, which a calendar shows by its owner's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WIDEST = 75
"""Bytes of one line; what is longer is folded (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Entry:
    """Something at a time; `uid` makes a second copy of it the same entry."""

    uid: str
    starts_at: datetime
    lasts: timedelta
    title: str
    text: str = ""
    link: str = ""


def write_calendar(entries: Iterable[Entry], at: datetime, *, name: str = "") -> bytes:
    """The file of these entries, as of now."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mixwell//Next//EN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_text(name)}"] if name else []
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{_moment(at)}", f"DTSTART:{_moment(entry.starts_at)}"]
        lines += [f"DTEND:{_moment(entry.starts_at + entry.lasts)}", f"SUMMARY:{_text(entry.title)}"]
        lines += [f"DESCRIPTION:{_text(entry.text)}"] if entry.text else []
        lines += [f"URL:{entry.link}", f"LOCATION:{_text(entry.link)}"] if entry.link else []
        lines += ["END:VEVENT"]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for sign, said in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(sign, said)
    return words.replace("\r", "")


def _folded(line: str) -> str:
    parts, room = [""], WIDEST
    for sign in line:
        if len((parts[-1] + sign).encode()) > room:
            parts.append("")
            room = WIDEST - 1  # the blank that folds it
        parts[-1] += sign
    return "\r\n ".join(parts)
