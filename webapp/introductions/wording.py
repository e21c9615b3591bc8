"""What a paragraph may say before two yeses: a first name and a reason (trust.md 1, row 17)."""

import re
from collections.abc import Mapping

from webapp.core.text import search_key
from webapp.events.names import split_name
from webapp.swaps.common_ground import CommonGround

LONGEST = 600
"""Characters of one paragraph."""

_ADDRESS = re.compile(r"\S@\S|https?://|\bwww\.|(?:\d[\s()./-]*){7,}", re.IGNORECASE)
"""What anybody can be found by: an address of any kind, a number to ring."""
_NAMES = ("company", "email", "phone", "link")
"""Fields of a card that say who it is as plainly as the family name does."""


def first_name(name: str) -> str:
    """What somebody is called before they said yes."""
    given, family = split_name(name)
    return given or family


def says_too_much(words: str, name: str, fields: Mapping[str, str]) -> bool:
    """Whether this paragraph about somebody tells more than a first name: family name, company or a way to them."""
    family, said = split_name(name)[1], f" {_plain(words)} "
    telling = [family, *(fields.get(field, "") for field in _NAMES)]
    return bool(_ADDRESS.search(words)) or any(f" {_plain(text)} " in said for text in telling if _plain(text))


def _plain(text: str) -> str:
    """Words alone, as they are looked for: without case, accents and what stands between them."""
    return " ".join(re.findall(r"\w+", search_key(text)))


def topics_of(ground: CommonGround) -> tuple[str, ...]:
    """What two people have to say to each other, where one could help the other first."""
    return ground.help_with or ground.both_said
