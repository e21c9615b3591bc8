"""Which kinds of outcome are offered first: those that this season is about (practice D3)."""

from collections.abc import Mapping, Sequence

from webapp.chains.words import OUTCOME_WORDS
from webapp.web.words import LazyString

FIRST: Mapping[str, Sequence[str]] = {
    "work": ("job", "referral", "client"),
    "change": ("mentor", "job", "idea"),
    "cv": ("help_given", "idea", "referral"),
    "inside": ("idea", "mentor", "help_received"),
    "people": ("friend", "mentor", "help_received"),
    "fun": ("friend", "idea"),
    "talk": ("idea", "friend"),
}
"""What this season is about → what may come of it, the likeliest first."""


def offered(season: str) -> dict[str, LazyString]:
    """Every kind of outcome with its words, those of this season first."""
    first = [*FIRST.get(season, ())]
    return {kind: OUTCOME_WORDS[kind] for kind in dict.fromkeys([*first, *OUTCOME_WORDS])}
