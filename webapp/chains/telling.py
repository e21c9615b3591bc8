"""A chain as it is told: what led to an outcome in the order of the days, how long each wait was, how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select

from webapp.chains.kinds import Ledger, Node, Shown, in_order, shown
from webapp.chains.models import Outcome
from webapp.chains.walking import Led, all_links, behind, beyond, strength, told_in_order
from webapp.chains.words import months_between, span_words
from webapp.core.actor import NotHere


@dataclass(frozen=True)
class Stop:
    """One thing of a chain: how surely it led on (None at the end), how long until the next day that is known.

    `link_id` is the link by which it led on; None where it follows from the meeting itself.
    """

    shown: Shown
    tie: str | None
    link_id: UUID | None
    wait: str = ""


@dataclass(frozen=True)
class Came:
    """An outcome in plain words; `ends_on` is the day it came, or today while it is open."""

    id: UUID
    kind: str
    state: str
    words: str
    began_on: date
    closed_on: date | None
    ends_on: date

    @property
    def node(self) -> Node:
        """As chains name it."""
        return Node("outcome", self.id)


@dataclass(frozen=True)
class Chain:
    """An outcome and everything that led to it. `tie` says how surely; `months` from the first day known to its end.

    `hops` are the links of the longest way there; `need_wait` is how long it was looked for, if it was.
    """

    came: Came
    stops: Sequence[Stop]
    tie: str
    hops: int
    first_on: date | None
    months: int | None
    span: str
    need_wait: str

    @property
    def attributed(self) -> bool:
        """Whether it came, and came of something one can name."""
        return self.came.state == "closed" and self.tie in {"direct", "indirect"}

    @property
    def root(self) -> Shown:
        """Where it began."""
        return self.stops[0].shown


def outcomes_of(ledger: Ledger, today: date) -> list[Came]:
    """Everything that came of it or may come, the latest first."""
    mine = select(Outcome).where(Outcome.person_id == ledger.person_id)
    rows = ledger.session.scalars(mine.order_by(Outcome.began_on.desc(), Outcome.id.desc()))
    return [_came(ledger, row, today) for row in rows]


def _came(ledger: Ledger, row: Outcome, today: date) -> Came:
    words = ledger.opened(row.sealed_words)
    ends = row.closed_on or max(today, row.began_on)
    return Came(row.id, row.kind, row.state, words, row.began_on, row.closed_on, ends)


def chain_of(ledger: Ledger, outcome_id: UUID, today: date) -> Chain:
    """The chain of this outcome. Raises NotHere for somebody else's."""
    row = ledger.session.get(Outcome, outcome_id)
    if row is None or row.person_id != ledger.person_id:
        raise NotHere
    links = behind(ledger.session, ledger.person_id, outcome_id)
    nodes = {node for link in links for node in (link.source, link.to)} | {Node("outcome", outcome_id)}
    return _told(_came(ledger, row, today), links, shown(ledger, nodes))


def chains_of(ledger: Ledger, today: date) -> list[Chain]:
    """The chains of all outcomes, the latest first: a few queries, however many there are."""
    links, found = all_links(ledger.session, ledger.person_id), outcomes_of(ledger, today)
    nodes = {node for link in links for node in (link.source, link.to)} | {came.node for came in found}
    known = shown(ledger, nodes)
    into: dict[Node, list[Led]] = {}
    for link in links:
        into.setdefault(link.to, []).append(link)
    return [_told(came, _behind(into, came.node), known) for came in found]


def _behind(into: Mapping[Node, Sequence[Led]], end: Node) -> list[Led]:
    found: dict[str, Led] = {}
    todo = [end]
    while todo:
        for link in into.get(todo.pop(), ()):
            if link.key not in found:
                found[link.key] = link
                todo.append(link.source)
    return list(found.values())


def _told(came: Came, links: Sequence[Led], known: Mapping[Node, Shown]) -> Chain:
    order = told_in_order(links, came.node)
    things = _gatherings(order, links, known)
    whole = in_order([*things, *(known[node] for node in order[:-1])])
    first = min((one.day for one in whole if one.day), default=None)
    sought = min((one.day for one in whole if one.node.kind == "need" and one.day), default=None)
    return Chain(
        came=came,
        stops=_stops([*whole, known[came.node]], links, came),
        tie=strength(links, order),
        hops=_hops(links, order) + bool(things),
        first_on=first,
        months=months_between(first, came.ends_on) if first else None,
        span=span_words(first, came.ends_on) if first else "",
        need_wait=span_words(sought, came.ends_on) if sought else "",
    )


def _gatherings(order: Sequence[Node], links: Sequence[Led], known: Mapping[Node, Shown]) -> list[Shown]:
    """Where those were met with whom a way began: the meeting says so by itself."""
    led_to = {link.to for link in links if link.source.kind != "need"}
    began = [known[node] for node in order[:-1] if node not in led_to]
    where = {one.met_at: Shown(one.met_at, one.met_where, one.day) for one in began if one.met_at}
    return [one for node, one in where.items() if node not in order]


def _stops(whole: Sequence[Shown], links: Sequence[Led], came: Came) -> list[Stop]:
    out = {link.source: link for link in links}
    days = [*(one.day for one in whole[:-1]), came.ends_on]
    stops = []
    for number, one in enumerate(whole[:-1]):
        link, later = out.get(one.node), next(filter(None, days[number + 1 :]))
        wait = span_words(one.day, later) if one.day and one.day != later else ""
        stops.append(Stop(one, link.tie if link else "direct", link.id if link else None, wait))
    return [*stops, Stop(whole[-1], None, None)]


def _hops(links: Sequence[Led], order: Sequence[Node]) -> int:
    """Links of the longest way to the last of these; one that leads back in a circle is none."""
    into: dict[Node, list[Node]] = {}
    for link in links:
        into.setdefault(link.to, []).append(link.source)
    depth: dict[Node, int] = {}
    for node in order:
        depth[node] = max((depth[source] + 1 for source in into.get(node, ()) if source in depth), default=0)
    return depth[order[-1]]


def set_off(ledger: Ledger, start: Node) -> list[Stop]:
    """What one thing set off, itself first and then the oldest first. Raises NotHere if it is not theirs."""
    links = beyond(ledger.session, ledger.person_id, start.id)
    known = shown(ledger, {link.to for link in links} | {start})
    ties = {link.to: link for link in links}
    rest = in_order([one for node, one in known.items() if node != start])
    whole = [known[start], *rest]
    days = [one.day for one in whole]
    waits = [
        "",
        *(span_words(before, day) if before and day and before != day else "" for before, day in pairwise(days)),
    ]
    return [
        Stop(one, ties[one.node].tie if one.node in ties else None, None, wait)
        for one, wait in zip(whole, waits, strict=True)
    ]


def chains_through(ledger: Ledger, node: Node, today: date) -> list[Chain]:
    """The chains that run through this thing, the latest first."""
    return [chain for chain in chains_of(ledger, today) if any(stop.shown.node == node for stop in chain.stops)]
