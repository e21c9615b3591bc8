"""Calendar files (RFC 5545): moments in UTC, which every calendar shows by its owner's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import vobject
from vobject.icalendar import utc

PRODUCT = "-//Mixwell//Next//EN"


@dataclass(frozen=True)
class Entry:
    """Something at a time; `uid` makes a second copy of it the same entry, `link` a web link as forms let it in."""

    uid: str
    starts_at: datetime
    lasts: timedelta
    title: str
    text: str = ""
    link: str = ""


def write_calendar(entries: Iterable[Entry], at: datetime, *, name: str = "") -> bytes:
    """The file of these entries, as of now."""
    calendar = vobject.iCalendar()
    calendar.add("prodid").value = PRODUCT
    calendar.add("method").value = "PUBLISH"
    if name:
        calendar.add("x-wr-calname").value = name
    for entry in entries:
        _add(calendar, entry, at)
    written: str = calendar.serialize()
    return written.encode()


def _add(calendar: vobject.base.Component, entry: Entry, at: datetime) -> None:
    event = calendar.add("vevent")
    # vobject knows UTC by this object alone.
    moments = {"dtstamp": at, "dtstart": entry.starts_at, "dtend": entry.starts_at + entry.lasts}
    for kind, moment in moments.items():
        event.add(kind).value = moment.astimezone(utc)
    texts = {"uid": entry.uid, "summary": entry.title, "description": entry.text}
    texts |= {"location": entry.link}
    for kind, text in texts.items():
        if text:
            event.add(kind).value = text
    if entry.link:
        line = event.add("url")
        line.value, line.encoded = entry.link, True  # an address is no text: nothing in it is escaped
