"""From a thing to everything that led to it, or that it led to: one recursive query, of any length.

`UNION` takes each link once, so that a circle ends and a link that many paths share is walked once.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, String, select, type_coerce
from sqlalchemy.orm import Session

from webapp.chains.kinds import Node
from webapp.chains.models import TIES, Link


class Led(NamedTuple):
    """That one thing led to another. `key` is the link's id as the database gave it: few are ever asked for."""

    key: UUID | str
    from_kind: str
    from_id: UUID
    to_kind: str
    to_id: UUID
    tie: str

    @property
    def id(self) -> UUID:
        """The link itself."""
        return self.key if isinstance(self.key, UUID) else UUID(self.key)

    @property
    def source(self) -> Node:
        """What led there."""
        return Node(self.from_kind, self.from_id)

    @property
    def to(self) -> Node:
        """What it led to."""
        return Node(self.to_kind, self.to_id)


_COLUMNS = (Link.id, Link.from_kind, Link.from_id, Link.to_kind, Link.to_id, Link.tie)
_AND_WHOSE = (*_COLUMNS, Link.person_id)


def behind(session: Session, person_id: UUID, node_id: UUID) -> list[Led]:
    """Every link on the way to this thing, as this person drew them."""
    walk = _from_here(Link.person_id == person_id, Link.to_id == node_id)
    return _walk(session, walk, Link.to_id == walk.c.from_id)


def beyond(session: Session, person_id: UUID, node_id: UUID) -> list[Led]:
    """Every link on the ways that begin at this thing."""
    walk = _from_here(Link.person_id == person_id, Link.from_id == node_id)
    return _walk(session, walk, Link.from_id == walk.c.to_id)


def all_links(session: Session, person_id: UUID) -> list[Led]:
    """Every link this person drew."""
    return list(map(Led._make, session.execute(select(*_COLUMNS).where(Link.person_id == person_id))))


def _from_here(*where: ColumnElement[bool]) -> CTE:
    return select(*_AND_WHOSE).where(*where).cte("walk", recursive=True)


def _walk(session: Session, walk: CTE, further: ColumnElement[bool]) -> list[Led]:
    # Whose they are is asked of the walk: named once more, SQLite would go through all their links at each step.
    whole = walk.union(select(*_AND_WHOSE).join(walk, further & (Link.person_id == walk.c.person_id)))
    # As the database keeps them: making each id once is half of the whole time on SQLite.
    plain = [type_coerce(whole.c[column.key], String) for column in _COLUMNS]
    made: dict[UUID | str, UUID] = {}
    rows = session.execute(select(*plain))
    return [Led(row[0], row[1], _made(made, row[2]), row[3], _made(made, row[4]), row[5]) for row in rows]


def _made(made: dict[UUID | str, UUID], key: UUID | str) -> UUID:
    found = made.get(key)
    if found is None:
        found = made[key] = key if isinstance(key, UUID) else UUID(key)
    return found


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
