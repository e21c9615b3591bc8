"""Friends of friends: somebody whom somebody I know knows, by one topic of theirs and without a name.

Both ties on the way there, mine to my friend and theirs to the other, are seen only if both their ends let them be. Who
looks therefore lets be looked at.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from webapp.accounts.models import Card
from webapp.contacts.models import Block
from webapp.contacts.queries import meetings_of
from webapp.core.actor import NotHere
from webapp.core.tokens import Keyring, crockford
from webapp.introductions.choices import allowed_by
from webapp.introductions.queries import called
from webapp.swaps.models import Grant
from webapp.swaps.queries import LIVE, UNBLOCKED

HANDLE = 26
"""Signs of the name under which an edge is asked for: 130 bits that say nothing about whose it is."""
MOST_SHOWN = 30
TOPIC = "ask_me_about"
"""The one field that is told: what somebody likes to be asked about, in their own words."""


@dataclass(frozen=True)
class Edge:
    """Somebody `connector` knows. `wanted_id` is for our acts; no page of whoever looks ever shows it."""

    handle: str
    connector_id: UUID
    connector: str
    topic: str
    wanted_id: UUID


def edges_of(session: Session, me: UUID, keyring: Keyring) -> list[Edge]:
    """Whom friends of this person know and let them see, in an order that tells nothing."""
    friends = _swapped_with(session, [me])
    beyond = {(friend, other): topic for (friend, other), topic in _topics(session, friends).items() if other != me}
    known = {met.other_of(me) for met in meetings_of(session, me)} | {other for _me, other in friends}
    away = _blocks_around(session, me)
    allowed = allowed_by(session, {me} | {person for tie in beyond for person in tie})
    names = called(session, me, {friend for friend, _other in beyond})
    edges = [
        Edge(_handle(keyring, me, friend, other), friend, names[friend], topic, other)
        for (friend, other), topic in beyond.items()
        if friend in names and other not in known | away and allowed.both(me, friend) and allowed.both(friend, other)
    ]
    return sorted(edges, key=lambda edge: edge.handle)[:MOST_SHOWN]


def get_edge(session: Session, me: UUID, handle: str, keyring: Keyring) -> Edge:
    """The edge of this name. Raises NotHere when this person does not, or no longer, see it."""
    found = next((edge for edge in edges_of(session, me, keyring) if edge.handle == handle), None)
    if found is None:
        raise NotHere
    return found


def _handle(keyring: Keyring, me: UUID, friend: UUID, other: UUID) -> str:
    return crockford(keyring.mac("edge", me, friend, other), HANDLE)


def _swapped_with(session: Session, people: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Ties of these people in which both hold the other's card: (one of them, the other)."""
    back = aliased(Grant)
    live_back = back.undone_at.is_(None) & back.withdrawn_at.is_(None)
    returned = (back.giver_id == Grant.receiver_id) & (back.receiver_id == Grant.giver_id) & live_back
    ties = select(Grant.receiver_id, Grant.giver_id).join(back, returned)
    rows = session.execute(ties.where(LIVE, UNBLOCKED, Grant.receiver_id.in_(people)))
    return [(row.receiver_id, row.giver_id) for row in rows]


def _topics(session: Session, friends: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], str]:
    """By tie of these friends: what the other end likes to be asked, if they gave the friend that."""
    people = {friend for _me, friend in friends}
    ties = set(_swapped_with(session, people)) if people else set()
    given = select(Grant.receiver_id, Grant.giver_id, Grant.fields, Card.ask_me_about)
    given = given.join(Card, Card.person_id == Grant.giver_id).where(LIVE, Grant.receiver_id.in_(people))
    return {
        (row.receiver_id, row.giver_id): row.ask_me_about
        for row in session.execute(given.where(Card.ask_me_about != ""))
        if TOPIC in row.fields and (row.receiver_id, row.giver_id) in ties
    }


def _blocks_around(session: Session, me: UUID) -> set[UUID]:
    """Whom this person blocked, or who blocked them."""
    mine = select(Block.blocker_id, Block.blocked_id).where(or_(Block.blocker_id == me, Block.blocked_id == me))
    return {person for pair in session.execute(mine) for person in pair} - {me}
