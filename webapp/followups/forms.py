"""From forms of Next to clean values."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID

from webapp.contacts.touching import WAYS, Deed, Way
from webapp.core.due_rules import Rhythm, Wall
from webapp.followups.drafts import About
from webapp.followups.keeping import EVERY_FEW_MONTHS, NOW_AND_THEN, own_rhythm

RHYTHMS: dict[str, Rhythm | None] = {"now": NOW_AND_THEN, "months": EVERY_FEW_MONTHS, "no": None}
"""What a tap on *Keep in touch?* means."""
FURTHEST = timedelta(days=3 * 366)
"""How far away a day may be that somebody names."""


def says_rhythm(form: Mapping[str, str]) -> bool:
    """Whether the form chose how to keep in touch."""
    return form.get("rhythm") in {*RHYTHMS, "own"}


def read_rhythm(form: Mapping[str, str]) -> Rhythm | None:
    """How to keep in touch; None lets it rest."""
    if form.get("rhythm") == "own":
        return own_rhythm(*(_number(form.get(name, "")) for name in ("ideal", "worst")))
    return RHYTHMS[form["rhythm"]]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def read_next_day(text: str, today: date) -> date | None:
    """A day after today, not too far away; None for anything else."""
    day = read_day(text)
    return day if day and today < day <= today + FURTHEST else None


def read_day(text: str) -> date | None:
    """A day as browsers write it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_deed(form: Mapping[str, str], wall: Wall, at: datetime) -> Deed | None:
    """What was done: today means now, an earlier day its opening; None without a way."""
    way = read_way(form.get("way", ""))
    if way is None:
        return None
    day = read_day(form.get("day", ""))
    happened_at = at if day is None or day == wall.day_of(at) else wall.opening(day)
    return Deed(way, happened_at, form.get("words", ""), no_agenda=form.get("no_agenda") == "yes")


def read_way(text: str) -> Way | None:
    """One of the ways of keeping in touch."""
    return next((way for way in WAYS if way == text), None)


def read_about(text: str) -> About:
    """What the words are for; a hello if nothing else was said."""
    found: About | None = next((about for about in get_args(About) if about == text), None)
    return found or "hello"


def read_ids(texts: list[str]) -> list[UUID]:
    """Ids that were ticked; anything else is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
