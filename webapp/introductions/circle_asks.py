"""One question to some of my contacts, each asked alone (practice B16): who passes, who is silent and who never saw it
look alike to me, and only a yes opens anything.

Nothing is sent. A question waits until the one week in which its reader is asked nothing else; where none comes before
it is over, it was silence. A block keeps it from being shown and is silence, too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from webapp.accounts.people import one_at_a_time
from webapp.contacts.asking import Asked, Wish
from webapp.contacts.asking import answer as answer_weekly
from webapp.contacts.models import Block, WeeklyQuestion
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed
from webapp.core.versions import bump
from webapp.introductions.models import CircleAsk, CircleAsked
from webapp.swaps.stories import Met, met_by, pair_story

KIND = "circle ask"
"""Of the question of the week."""
LONGEST_QUESTION = 200
MOST_ASKED = 12
"""People asked at once: more is a mailing."""
STANDS = timedelta(days=14)
MOST_OPEN = 2
"""Questions of one person that stand at a time."""
IN_A_QUARTER = 6
A_QUARTER = timedelta(days=90)
AGAIN_AFTER = timedelta(days=30)
"""How long the same person is not asked again by the same."""

Reason = Literal["no words", "nobody", "too many", "open", "often"]


@dataclass(frozen=True)
class AskedSome:
    """Each of them is asked, alone."""

    ask_id: UUID


@dataclass(frozen=True)
class NotAsked:
    """Nobody was asked; why."""

    reason: Reason


@dataclass(frozen=True)
class Closed:
    """It is over for everybody."""

    ask_id: UUID


@dataclass(frozen=True)
class MyAsk:
    """A question of mine: whom I asked, and who said yes. Nothing is known of anybody else."""

    id: UUID
    words: str
    asked_at: datetime
    until: datetime
    over: bool
    asked: Sequence[UUID]
    yes: Sequence[UUID]


@dataclass(frozen=True)
class StandingAsk:
    """What somebody asks me this week."""

    id: UUID
    asker_id: UUID
    asker: str
    words: str


def askable(session: Session, person_id: UUID, at: datetime) -> dict[UUID, list[Met]]:
    """Whom this person may ask: with whom they swapped cards and whom they did not ask lately; with every meeting."""
    mine = select(CircleAsked.person_id).join(CircleAsk, CircleAsk.id == CircleAsked.ask_id)
    lately = (CircleAsk.person_id == person_id) & (CircleAsk.asked_at > at - AGAIN_AFTER)
    asked = set(session.scalars(mine.where(lately)))
    found: dict[UUID, list[Met]] = {}
    for met in (met for evening in met_by(session, person_id) for met in evening.people):
        if met.state == "swapped" and met.person_id not in asked:
            found.setdefault(met.person_id, []).append(met)
    return found


def may_ask(session: Session, person_id: UUID, at: datetime) -> Reason | None:
    """Why this person asks nothing now; None if they may."""
    mine = select(func.count()).select_from(CircleAsk).where(CircleAsk.person_id == person_id)
    if (session.scalar(mine.where(_open(at))) or 0) >= MOST_OPEN:
        return "open"
    lately = session.scalar(mine.where(CircleAsk.asked_at > at - A_QUARTER)) or 0
    return "often" if lately >= IN_A_QUARTER else None


def ask_some(
    session: Session,
    operation: UUID,
    words: str,
    chosen: Collection[UUID],
    *,
    by: Actor,
    at: datetime,
    keyring: Keyring,
) -> AskedSome | NotAsked:
    """Ask each of these, alone. Safe to repeat. Whoever may not be asked is left out."""
    me, said = by.someone.id, clean_line(words, LONGEST_QUESTION)

    def act() -> AskedSome | NotAsked:
        one_at_a_time(session, me)
        asked = sorted(set(chosen) & askable(session, me, at).keys())
        reason = _why_not(said, len(asked)) or may_ask(session, me, at)
        if reason:
            return NotAsked(reason)
        return AskedSome(_put(session, said, asked, me, Sealed(keyring, "notes"), at))

    # Keyed: short words could be found again from a plain hash.
    body = {"words": keyring.mac("circle ask", said).hex(), "chosen": ",".join(sorted(map(str, chosen)))}
    return once(session, Envelope(operation, "ask some", by.label, body), AskedSome | NotAsked, act, at=at)


def _why_not(words: str, number: int) -> Reason | None:
    if not words:
        return "no words"
    return "nobody" if not number else "too many" if number > MOST_ASKED else None


def _put(session: Session, words: str, asked: Sequence[UUID], me: UUID, sealed: Sealed, at: datetime) -> UUID:
    ask = CircleAsk(id=new_id(), person_id=me, sealed_words=sealed.seal(words, owner=me), asked_at=at)
    ask.until = at + STANDS
    session.add(ask)
    session.flush()
    for person_id in asked:
        mine = sealed.seal(words, owner=person_id)
        session.add(CircleAsked(id=new_id(), ask_id=ask.id, person_id=person_id, sealed_words=mine))
    session.flush()
    return ask.id


def close_ask(session: Session, operation: UUID, ask_id: UUID, *, by: Actor, at: datetime) -> Closed:
    """It is over: whoever has not seen it never will. Safe to repeat. Raises NotHere when it is not mine."""

    def act() -> Closed:
        ask = session.get(CircleAsk, ask_id)
        if ask is None or ask.person_id != by.someone.id:
            raise NotHere
        ask.closed_at = ask.closed_at or at
        session.flush()
        return Closed(ask_id)

    return once(session, Envelope(operation, "close circle ask", by.label, {"ask": str(ask_id)}), Closed, act, at=at)


def wishes_by_person(session: Session, at: datetime) -> dict[UUID, list[Wish]]:
    """What could be asked of whom now, the longest waiting first. Across a block nothing is asked."""
    between = or_(
        (Block.blocker_id == CircleAsk.person_id) & (Block.blocked_id == CircleAsked.person_id),
        (Block.blocker_id == CircleAsked.person_id) & (Block.blocked_id == CircleAsk.person_id),
    )
    waiting = select(CircleAsked.person_id, CircleAsked.id).join(CircleAsk, CircleAsk.id == CircleAsked.ask_id)
    waiting = waiting.where(_open(at), CircleAsked.answered_at.is_(None), ~select(Block.id).where(between).exists())
    found: dict[UUID, list[Wish]] = {}
    for person_id, asked_id in session.execute(waiting.order_by(CircleAsk.asked_at, CircleAsked.id)):
        found.setdefault(person_id, []).append(Wish(KIND, asked_id))
    return found


def standing_ask(
    session: Session, asked: Asked | None, person_id: UUID, sealed: Sealed, at: datetime
) -> StandingAsk | None:
    """What this person is asked this week, if it is such a question and still stands."""
    row = session.get(CircleAsked, asked.about_id) if asked and asked.kind == KIND else None
    ask = session.get(CircleAsk, row.ask_id) if row else None
    if row is None or ask is None or ask.closed_at or ask.until <= at:
        return None
    try:
        asker = pair_story(session, person_id, ask.person_id)
    except NotHere:
        return None
    words = sealed.open(row.sealed_words, owner=person_id)
    return StandingAsk(row.id, ask.person_id, asker.name, words)


def answer_ask(session: Session, asked_id: UUID, person_id: UUID, *, yes: bool, at: datetime) -> None:
    """Yes, or a pass of which nobody hears. What was said first counts. Raises NotHere for what they were not asked."""
    row = session.get(CircleAsked, asked_id)
    shown = select(WeeklyQuestion.id).where(WeeklyQuestion.kind == KIND, WeeklyQuestion.about_id == asked_id)
    weekly = session.scalar(shown.where(WeeklyQuestion.person_id == person_id))
    if row is None or row.person_id != person_id or weekly is None:
        raise NotHere
    ask = session.get_one(CircleAsk, row.ask_id)
    answer_weekly(session, weekly, person_id, at=at)
    if row.answered_at is None:
        row.answered_at, row.said_yes = at, yes and ask.closed_at is None and at < ask.until
        # A pass changes nothing that the asker could see, not even a number.
        if row.said_yes:
            bump(session, f"person:{ask.person_id}")
    session.flush()


def asks_of(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> list[MyAsk]:
    """What this person asked, the latest first."""
    asks = session.scalars(_of(person_id).order_by(CircleAsk.asked_at.desc(), CircleAsk.id.desc())).all()
    rows = session.execute(
        select(CircleAsked.ask_id, CircleAsked.person_id, CircleAsked.said_yes)
        .where(CircleAsked.ask_id.in_([ask.id for ask in asks]))
        .order_by(CircleAsked.person_id)
    ).all()

    def mine(ask: CircleAsk) -> MyAsk:
        asked = [row.person_id for row in rows if row.ask_id == ask.id]
        yes = [row.person_id for row in rows if row.ask_id == ask.id and row.said_yes]
        words, over = sealed.open(ask.sealed_words, owner=person_id), bool(ask.closed_at) or ask.until <= at
        return MyAsk(ask.id, words, ask.asked_at, ask.until, over, asked, yes)

    return [mine(ask) for ask in asks]


def asked_words(session: Session, person_id: UUID, sealed: Sealed) -> list[tuple[str, datetime]]:
    """What others asked this person, as far as it was shown to them, and when they answered; the latest last."""
    shown = select(WeeklyQuestion.about_id).where(WeeklyQuestion.person_id == person_id, WeeklyQuestion.kind == KIND)
    mine = select(CircleAsked).where(CircleAsked.person_id == person_id, CircleAsked.id.in_(shown))
    rows = session.scalars(mine.where(CircleAsked.answered_at.is_not(None)).order_by(CircleAsked.answered_at)).all()
    return [(sealed.open(row.sealed_words, owner=person_id), row.answered_at) for row in rows if row.answered_at]


def _of(person_id: UUID) -> Select[CircleAsk]:
    return select(CircleAsk).where(CircleAsk.person_id == person_id)


def _open(at: datetime) -> ColumnElement[bool]:
    return CircleAsk.closed_at.is_(None) & (CircleAsk.until > at)
