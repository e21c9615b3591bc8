"""Keeping in touch, one act at a time: said by its author, read by its author alone, taken back if it never was.

The other side's clock may go by it where both took part; nobody is shown what somebody else wrote down.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from webapp.contacts.models import Block, Touch
from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed

Way = Literal["message", "mail", "call", "coffee", "video", "introduction", "shared"]
"""How somebody kept in touch."""
WAYS: tuple[Way, ...] = get_args(Way)
TOGETHER: tuple[Way, ...] = ("call", "coffee", "video")
"""Ways in which both take part by their nature; of the others, both did if one of them says there was an answer."""
LONGEST_WORDS = 300
"""Characters of what a touch was about: a line or two."""


@dataclass(frozen=True)
class Deed:
    """What somebody says they did: in which way, when it was, about what; `no_agenda` if it asked for nothing."""

    way: Way
    happened_at: datetime
    words: str = ""
    no_agenda: bool = False


@dataclass(frozen=True)
class Logged:
    """It is in my story with them."""

    touch_id: UUID


@dataclass(frozen=True)
class NotYetHappened:
    """A touch is what was, not what will be."""


@dataclass(frozen=True)
class TakenBack:
    """Written down by mistake; it never was."""

    other_id: UUID


@dataclass(frozen=True)
class OpenedTouch:
    """A touch of mine, its words opened for me. `answered_at` is None until I say that they answered."""

    id: UUID
    other_id: UUID
    way: Way
    no_agenda: bool
    happened_at: datetime
    answered_at: datetime | None
    words: str


def log_touch(
    session: Session, operation: UUID, other_id: UUID, deed: Deed, *, by: Actor, keyring: Keyring, at: datetime
) -> Logged | NotYetHappened:
    """Write down that I kept in touch. Safe to repeat. Raises NotHere for somebody who is not in my story."""
    me, line = by.someone.id, clean_line(deed.words, LONGEST_WORDS)

    def act() -> Logged | NotYetHappened:
        if not meetings_of_pair(session, me, other_id):
            raise NotHere
        if deed.happened_at > at:
            return NotYetHappened()
        row = Touch(id=new_id(), person_id=me, other_id=other_id, way=deed.way, no_agenda=deed.no_agenda)
        row.happened_at, row.logged_at = deed.happened_at, at
        row.sealed_words = Sealed(keyring, "notes").seal(line, owner=me) if line else None
        session.add(row)
        session.flush()
        return Logged(row.id)

    # Keyed: a short text could be found again from a plain hash.
    said = {"other": str(other_id), "deed": keyring.mac("touch", repr(deed)).hex()}
    return once(session, Envelope(operation, "log touch", by.label, said), Logged | NotYetHappened, act, at=at)


def take_back_touch(session: Session, operation: UUID, touch_id: UUID, *, by: Actor, at: datetime) -> TakenBack:
    """It never was. Safe to repeat. Raises NotHere for a touch that is not mine."""

    def act() -> TakenBack:
        mine = _get(session, touch_id, by.someone.id)
        session.execute(delete(Touch).where(Touch.id == mine.id))
        return TakenBack(mine.other_id)

    envelope = Envelope(operation, "take back touch", by.label, {"touch": str(touch_id)})
    return once(session, envelope, TakenBack, act, at=at)


def say_answered(session: Session, touch_id: UUID, person_id: UUID, *, answered: bool, at: datetime) -> UUID:
    """They answered, or not yet after all; who they are. Safe to repeat. Raises NotHere for one that is not mine."""
    mine = _get(session, touch_id, person_id)
    mine.answered_at = (mine.answered_at or at) if answered else None
    session.flush()
    return mine.other_id


def _get(session: Session, touch_id: UUID, person_id: UUID) -> Touch:
    found = session.get(Touch, touch_id)
    if found is None or found.person_id != person_id or not meetings_of_pair(session, person_id, found.other_id):
        raise NotHere
    return found


def all_touches_of(session: Session, person_id: UUID, sealed: Sealed) -> dict[UUID, list[OpenedTouch]]:
    """How this person kept in touch with everybody, by person, the newest first: their own words, for them alone."""
    found: dict[UUID, list[OpenedTouch]] = {}
    for row in session.scalars(_newest_first(person_id)):
        found.setdefault(row.other_id, []).append(_opened(row, sealed))
    return found


def touches_of(session: Session, person_id: UUID, other_id: UUID, sealed: Sealed) -> list[OpenedTouch]:
    """How this person kept in touch with the other, the newest first."""
    rows = session.scalars(_newest_first(person_id).where(Touch.other_id == other_id))
    return [_opened(row, sealed) for row in rows]


def last_touches(session: Session, person_id: UUID) -> dict[UUID, datetime]:
    """When this person and each other were last in touch, by person: as they say themselves, and as the other says
    where both took part. What somebody behind a block says counts for nobody."""
    mine = select(Touch.other_id, Touch.happened_at).where(Touch.person_id == person_id)
    to_me = and_(Touch.other_id == person_id, took_part(), ~_blocked())
    theirs = select(Touch.person_id, Touch.happened_at).where(to_me)
    each = union_all(mine, theirs).subquery()
    latest = select(each.c.other_id, func.max(each.c.happened_at)).group_by(each.c.other_id)
    return dict(session.execute(latest).all())


def last_touch(session: Session, person_id: UUID, other_id: UUID) -> datetime | None:
    """When these two were last in touch, as above."""
    return last_touches(session, person_id).get(other_id)


def took_part() -> ColumnElement[bool]:
    """Of a touch: both had a part in it."""
    return or_(Touch.way.in_(TOGETHER), Touch.answered_at.is_not(None))


def _blocked() -> ColumnElement[bool]:
    one_way = and_(Block.blocker_id == Touch.person_id, Block.blocked_id == Touch.other_id)
    other_way = and_(Block.blocker_id == Touch.other_id, Block.blocked_id == Touch.person_id)
    return exists().where(or_(one_way, other_way))


def _newest_first(person_id: UUID) -> Select[Touch]:
    newest = (Touch.happened_at.desc(), Touch.logged_at.desc(), Touch.id.desc())
    return select(Touch).where(Touch.person_id == person_id).order_by(*newest)


def _opened(row: Touch, sealed: Sealed) -> OpenedTouch:
    words = sealed.open(row.sealed_words, owner=row.person_id) if row.sealed_words else ""
    way = next(one for one in WAYS if one == row.way)
    return OpenedTouch(row.id, row.other_id, way, row.no_agenda, row.happened_at, row.answered_at, words)
