"""Who could help with something: by what people offer on their open cards, my notes, and my own words. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from webapp.contacts.outside import Outside
from webapp.core.text import search_key
from webapp.swaps.stories import Met

Where = Literal["offer", "line", "topic", "note", "tag"]
OFFERS: tuple[tuple[Where, str], ...] = (("offer", "can_help_with"), ("topic", "ask_me_about"), ("line", "headline"))
"""What of a card speaks of help, what they offer first. A company never does."""
MOST = 60


@dataclass(frozen=True)
class Helper:
    """Somebody who could help, and the words that say so."""

    person_id: UUID
    name: str
    line: str
    where: Where
    said: str


def helpers(
    people: Iterable[Sequence[Met]], words: str, notes: Callable[[Met], str], tags: Callable[[UUID], Sequence[str]]
) -> list[Helper]:
    """Whom I met and who could help, those who offer it first. Each of `people` is every meeting with one of them."""
    keys = search_key(words).split()
    found: list[Helper] = []
    for met in people if keys else ():
        said = [
            *_of_card(met[0]),
            *(("note", notes(one)) for one in met),
            *(("tag", tag) for tag in tags(met[0].person_id)),
        ]
        hit = next(((where, text) for where, text in said if all(key in search_key(text) for key in keys)), None)
        if hit:
            found.append(Helper(met[0].person_id, met[0].name, met[0].line, *hit))
    order: tuple[Where, ...] = ("offer", "tag", "note", "topic", "line")
    return sorted(found, key=lambda one: (order.index(one.where), search_key(one.name)))[:MOST]


def _of_card(met: Met) -> list[tuple[Where, str]]:
    fields = met.card.fields if met.card else {}
    return [(where, fields[field]) for where, field in OFFERS if fields.get(field)]


def outside_helpers(contacts: Iterable[Outside], words: str) -> list[Outside]:
    """Who from elsewhere could help, by what I wrote of them."""
    keys = search_key(words).split()
    return [
        one
        for one in contacts
        if keys and all(key in search_key(f"{one.said.note} {one.said.company}") for key in keys)
    ]
