"""What a name as typed means to a badge and to the table it lies on: given part, family part, order, box.

The name itself is never rewritten; these are guesses for setting type and finding a badge. The desk can correct them.
"""

import re

from webapp.core.text import search_key

OTHER_BOX = "#"
"""The last box. One for every script but Latin: a volunteer who cannot read Ж or 张 finds one box, not thirty with a
badge each, and *Find by name* names the box for those who can."""

# Small words that begin a family name when they stand inside a name.
_PARTICLES = frozenset(
    "af al av ben bin bint da das de del della den der des di dos du e el ibn la las le lo los"
    " 't te ten ter van vom von y zu zum zur".split()
)
# What may follow a comma or end a name without being a given name.
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv esq esq. md m.d. phd ph.d. mba cpa".split())
# Han, kana and Hangul: family first, mostly written without a space.
_FAMILY_FIRST = re.compile(
    "[\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff・·]+"
)


def split_name(full: str) -> tuple[str, str]:
    """(given, family) of a name in one piece; family is "" when nobody could tell, as with one word or 张伟."""
    before, comma, after = (part.strip() for part in full.partition(","))
    if comma and after and after.casefold() not in _SUFFIXES:
        return after, before
    words = full.split()
    if len(words) < 2:
        return full.strip(), ""
    if all(map(_FAMILY_FIRST.fullmatch, words)):
        return " ".join(words[1:]), words[0]
    start = _family_start(words)
    return " ".join(words[:start]), " ".join(words[start:])


def _family_start(words: list[str]) -> int:
    """Where the family name begins: at its first particle, else at the last word that is not *Jr.* or the like."""
    end = len(words) - 1
    while end > 1 and words[end].casefold() in _SUFFIXES:
        end -= 1
    return next((at for at in range(1, end) if words[at].casefold() in _PARTICLES), end)


def join_name(given: str, family: str) -> str:
    """The whole name from two columns: family first and unparted where that is how the script writes it."""
    if _FAMILY_FIRST.fullmatch(given) and _FAMILY_FIRST.fullmatch(family):
        return family + given
    return f"{given} {family}".strip()


def sort_key(given: str, family: str) -> str:
    """Guests in the order of their badges: by surname as printed, particles included, then by given name."""
    # A tab sorts before the space, so Silva comes before Silva Santos.
    return f"{search_key(family or given)}\t{search_key(given)}"


def box_letter(given: str, family: str) -> str:
    """The box a badge lies in: "A" to "Z" by the surname as printed, accents aside, or OTHER_BOX.

    *van Dijk* lies in V because V is what can be read on the badge; nobody at a door knows which country's rule to use.
    """
    first = search_key(family or given)[:1].upper()
    return first if "A" <= first <= "Z" else OTHER_BOX
