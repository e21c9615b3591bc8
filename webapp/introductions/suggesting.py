"""Two of my contacts from different circles of whom one could help the other (practices C19). Pure.

Words of their cards are compared; a title, a company or how many people somebody knows never count (practices D19).
Whether the two know each other already is not asked: the answer would be theirs, and a gap in this list would tell it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.swaps.common_ground import Topics, common_ground, words_in
from webapp.swaps.queries import CardView
from webapp.swaps.stories import Evening

MOST = 3
"""Pairs suggested at a time (peers 2.2.6)."""


@dataclass(frozen=True)
class Suggestion:
    """Two people who could meet, and the words in which they could: what one offers and the other looks for."""

    first_id: UUID
    first: str
    second_id: UUID
    second: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """A contact of mine whose card is open: in which circles we met, and when last."""

    card: CardView
    circles: frozenset[UUID | None]
    last: datetime


def suggestions(evenings: Sequence[Evening], thought_of: Collection[frozenset[UUID]]) -> list[Suggestion]:
    """The first pairs that could help each other, those with most to say and met last first."""
    known = _known(evenings)
    found = []
    for pair in _candidates(known):
        first, second = (known[person] for person in pair)
        if frozenset(pair) in thought_of or first.circles & second.circles:
            continue
        topics = common_ground(topics_on(first.card.fields), topics_on(second.card.fields)).help_with
        if topics:
            said = Suggestion(first.card.person_id, first.card.name, second.card.person_id, second.card.name, topics)
            found.append((-len(topics), -max(first.last, second.last).timestamp(), pair, said))
    return [said for *_order, said in sorted(found, key=lambda row: row[:3])[:MOST]]


def topics_on(fields: Mapping[str, str]) -> Topics:
    """What of a card is compared."""
    names = ("ask_me_about", "can_help_with", "looking_for", "not_about")
    return Topics(**{name: fields.get(name, "") for name in names})


def _known(evenings: Iterable[Evening]) -> dict[UUID, Known]:
    found: dict[UUID, Known] = {}
    for evening in evenings:
        circle = evening.event.circle_id if evening.event else None
        for met in evening.people:
            if met.card:
                before = found.get(met.person_id, Known(met.card, frozenset(), met.at))
                found[met.person_id] = Known(met.card, before.circles | {circle}, max(before.last, met.at))
    return found


def _candidates(known: Mapping[UUID, Known]) -> set[tuple[UUID, UUID]]:
    """Pairs of which one looks for a word the other offers: a thousand contacts are not half a million comparisons."""
    by_word: dict[str, tuple[set[UUID], set[UUID]]] = {}
    for person, one in known.items():
        for side, field in enumerate(("looking_for", "can_help_with")):
            for word in words_in(one.card.fields.get(field, "")):
                by_word.setdefault(word, (set(), set()))[side].add(person)
    pairs = ({seeker, helper} for seekers, helpers in by_word.values() for seeker in seekers for helper in helpers)
    return {(min(pair), max(pair)) for pair in pairs if len(pair) == 2}
