"""What an address of People asks for. It is typed, kept and followed by hand, so it may hold anything."""

from collections.abc import Mapping
from typing import get_args
from uuid import UUID

from webapp.core.text import clean_line
from webapp.people.search import Wanted
from webapp.swaps.stories import State

LONGEST_WORDS = 120
"""Characters that are looked for; what is typed beyond is left out."""


def read_wanted(asked: Mapping[str, str]) -> Wanted:
    """Who is looked for; what no page of ours would ask is as good as not asked."""
    words = clean_line(asked.get("q", ""), LONGEST_WORDS)
    state = next((state for state in get_args(State) if state == asked.get("state")), None)
    ids = {f"{name}_id": _id(asked.get(name, "")) for name in ("event", "circle", "tag")}
    return Wanted(words, state=state, promised=asked.get("promise") == "open", **ids)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
