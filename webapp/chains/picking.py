"""What somebody may pick as a part of a chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.chains.kinds import KINDS, Ledger, Node, Shown, is_mine, read_node
from webapp.web.words import LazyString


@dataclass(frozen=True)
class Choice:
    """Things of one kind under their heading, the latest first."""

    heading: LazyString | str
    things: Sequence[Shown]


def choices_of(ledger: Ledger) -> list[Choice]:
    """Everything of this person's that may have led somewhere, kind by kind."""
    found = []
    for kind in KINDS.values():
        ids = kind.all_of(ledger)
        things = sorted(kind.resolve(ledger, ids).values(), key=_day, reverse=True) if ids else []
        found += [Choice(kind.heading, things)] if things else []
    return found


def _day(one: Shown) -> date:
    return one.day or date.min


def picked(ledger: Ledger, text: str) -> Node | None:
    """What an address or a form names, if it is theirs."""
    node = read_node(text)
    return node if node and is_mine(ledger, node) else None
