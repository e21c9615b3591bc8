"""From a thing to everything that led to it, or that it led to: one recursive query, of any length.

`UNION` takes each thing once, so that a circle ends and what many paths share is walked once; the links between the
things that were found are read after that.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, String, Uuid, cast, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.chains.kinds import Node
from webapp.chains.models import TIES, Link


class Led(NamedTuple):
    """That one thing led to another. Keys are ids as the database gave them: what is never looked at is never made."""

    key: str
    from_kind: str
    from_key: str
    to_kind: str
    to_key: str
    tie: str

    @property
    def id(self) -> UUID:
        """The link itself."""
        return UUID(self.key)

    @property
    def source(self) -> Node:
        """What led there."""
        return known_node(self.from_kind, self.from_key)

    @property
    def to(self) -> Node:
        """What it led to."""
        return known_node(self.to_kind, self.to_key)


@lru_cache(maxsize=20_000)
def known_node(kind: str, key: str) -> Node:
    """Made once, however many links name it."""
    return Node(kind, UUID(key))


_Id = InstrumentedAttribute[UUID]


def behind(session: Session, person_id: UUID, node_id: UUID) -> list[Led]:
    """Every link on the way to this thing, as this person drew them."""
    return _walk(session, person_id, node_id, along=Link.from_id, against=Link.to_id)


def beyond(session: Session, person_id: UUID, node_id: UUID) -> list[Led]:
    """Every link on the ways that begin at this thing."""
    return _walk(session, person_id, node_id, along=Link.to_id, against=Link.from_id)


def all_links(session: Session, person_id: UUID) -> list[Led]:
    """Every link this person drew."""
    return _led(session, select(*_plain()).where(Link.person_id == person_id))


def _walk(session: Session, person_id: UUID, node_id: UUID, *, along: _Id, against: _Id) -> list[Led]:
    start = select(literal(node_id, Uuid()).label("node"), literal(person_id, Uuid()).label("whose"))
    walk = start.cte("walk", recursive=True)
    # Whose they are is asked of the walk: named once more, SQLite would go through all their links at each step.
    mine = (against == walk.c.node) & (Link.person_id == walk.c.whose)
    walk = walk.union(select(along, Link.person_id).join(walk, mine))
    mine = (against == walk.c.node) & (Link.person_id == walk.c.whose)
    return _led(session, select(*_plain()).join(walk, mine))


def _plain() -> list[ColumnElement[str]]:
    """The columns of a link as `Led` has them, ids as text."""
    ids = [cast(column, String) for column in (Link.id, Link.from_id, Link.to_id)]
    return [ids[0], Link.from_kind.expression, ids[1], Link.to_kind.expression, ids[2], Link.tie.expression]


def _led(session: Session, links: Executable) -> list[Led]:
    return list(map(Led._make, session.connection().execute(links)))


def told_in_order(links: Sequence[Led], end: Node) -> list[Node]:
    """Each thing once, behind everything that led to it, `end` last; a circle is cut where it was entered."""
    before: dict[Node, list[Node]] = {}
    for link in links:
        before.setdefault(link.to, []).append(link.source)
    order: dict[Node, None] = {}
    entered, todo = {end}, [(end, iter(before.get(end, ())))]
    while todo:
        node, sources = todo[-1]
        source = next(sources, None)
        if source is None:
            order[node] = None
            todo.pop()
        elif source not in entered:
            entered.add(source)
            todo.append((source, iter(before.get(source, ()))))
    return list(order)


def strength(links: Iterable[Led], order: Sequence[Node]) -> str:
    """How surely the last of these things came of the first: the best way there, each way as weak as its weakest link.

    Nothing that led there is *unknown*.
    """
    into: dict[Node, list[Led]] = {}
    for link in links:
        into.setdefault(link.to, []).append(link)
    weakness: dict[Node, int] = {}
    for node in order:
        ways = [max(TIES.index(link.tie), weakness.get(link.source, 0)) for link in into.get(node, ())]
        weakness[node] = min(ways, default=0)
    return TIES[weakness[order[-1]]] if into.get(order[-1]) else "unknown"
