"""Introductions as each of the three may see them. Nothing here reads what somebody else answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.accounts.cards import get_card
from webapp.accounts.models import Person
from webapp.contacts.models import Block
from webapp.contacts.queries import meetings_of
from webapp.core.actor import NotHere
from webapp.core.tokens import Sealed
from webapp.introductions.asked import shown_asks
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.rules import WAITS, WISH_WAITS, State, connector_sees, may_pass_on, wisher_sees
from webapp.introductions.suggesting import Suggestion, suggestions
from webapp.introductions.wording import first_name
from webapp.swaps.granting import fields_to_give
from webapp.swaps.queries import names_for
from webapp.swaps.stories import Evening

MOST_WISHES = 5
"""Wishes of others somebody sees at a time."""


@dataclass(frozen=True)
class Question:
    """What I am asked: by whom, about whom by first name alone, and why. `answer`: what I said, "" for nothing."""

    ask_id: UUID
    connector: str
    other: str
    words: str
    answer: str
    by_mail: bool
    until: datetime


@dataclass(frozen=True)
class Mine:
    """Two people I bring together, as I call them, and how it stands for me."""

    introduction_id: UUID
    first_id: UUID
    second_id: UUID
    first: str
    second: str
    state: State
    until: datetime | None
    thanks: int
    wished: bool


@dataclass(frozen=True)
class Wish:
    """Somebody asks me to introduce them to somebody I know."""

    introduction_id: UUID
    wisher: str
    wanted: str
    words: str


@dataclass(frozen=True)
class MyWish:
    """What I asked of somebody who knows somebody."""

    introduction_id: UUID
    connector: str
    words: str
    state: State
    until: datetime


@dataclass(frozen=True)
class Meant:
    """One that was made for me: who brought us together, with whom."""

    introduction_id: UUID
    connector: str
    other_id: UUID
    other: str
    made_at: datetime
    said_hello: bool
    thanked: bool


@dataclass(frozen=True)
class Made:
    """One that was made and in which I am one of the three: whom I brought together, or who brought me to whom."""

    introduction_id: UUID
    made_at: datetime
    connector: str | None
    others: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """How many I made and how many were made for me, side by side; mine alone (practices B12, C20)."""

    given: int
    received: int


def called(session: Session, me: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """What this person calls those of these people who are in their story. Asks no more for many than for one."""
    wanted = set(people)
    meetings = [met for met in meetings_of(session, me) if met.other_of(me) in wanted] if wanted else []
    names = names_for(session, me, meetings)
    return {met.other_of(me): names[met.id] for met in reversed(meetings)}


def asked_of(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> list[Question]:
    """What this person is asked now: what waits first, then what they answered and may still change."""
    rows = shown_asks(session, person_id, at)
    names = called(session, person_id, [introduction.connector_id for _ask, introduction in rows])
    others = _first_names(session, [introduction.other_of(person_id) for _ask, introduction in rows])
    asked = [
        Question(
            ask_id=ask.id,
            connector=names[introduction.connector_id],
            other=others[introduction.other_of(person_id)],
            words=sealed.open(ask.sealed_words, owner=person_id) if ask.sealed_words else "",
            answer=ask.answer or "",
            by_mail=introduction.by_mail,
            until=_since(introduction.asked_at) + WAITS,
        )
        for ask, introduction in rows
        if introduction.connector_id in names
    ]
    return sorted(asked, key=lambda one: one.answer != "")


def _since(at: datetime | None) -> datetime:
    assert at  # noqa: S101  # the query asked for rows that have it
    return at


def _first_names(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    if not people:
        return {}
    known = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(people))))
    return {row.id: first_name(row.name) for row in known}


def my_fields(session: Session, person_id: UUID) -> list[str]:
    """What of this person's card goes with a yes said now."""
    return fields_to_give(session, get_card(session, person_id), None)


def made_by(session: Session, me: UUID, at: datetime) -> list[Mine]:
    """Everybody I bring together, the latest first; not whom I blocked, and not what I put aside."""
    query = _connected(me).where(Introduction.put_aside_at.is_(None))
    rows = [row for row in session.scalars(query) if connector_sees(row.course, at) not in {"wished", "put aside"}]
    return _as_mine(session, me, rows, at)


def get_mine(session: Session, introduction_id: UUID, me: UUID, at: datetime) -> Mine:
    """One of them. Raises NotHere for one that is not mine to see."""
    found = session.scalars(_connected(me).where(Introduction.id == introduction_id)).all()
    shown = _as_mine(session, me, found, at)
    if not shown:
        raise NotHere
    return shown[0]


def _connected(me: UUID) -> Select[Introduction]:
    mine = select(Introduction).where(Introduction.connector_id == me, ~_blocked_by(me))
    return mine.order_by(func.coalesce(Introduction.asked_at, Introduction.drafted_at).desc(), Introduction.id)


def _blocked_by(me: UUID) -> ColumnElement[bool]:
    """One of the three is somebody this person wants nothing to do with."""
    three = (Introduction.connector_id, Introduction.first_id, Introduction.second_id)
    return exists().where(Block.blocker_id == me, or_(*(Block.blocked_id == one for one in three)))


def _as_mine(session: Session, me: UUID, rows: Collection[Introduction], at: datetime) -> list[Mine]:
    names = called(session, me, {person for row in rows for person in (row.first_id, row.second_id)})
    thanks = _thanks(session, [row.id for row in rows if row.made_at])
    return [
        Mine(
            introduction_id=row.id,
            first_id=row.first_id,
            second_id=row.second_id,
            first=names[row.first_id],
            second=names[row.second_id],
            state=connector_sees(row.course, at),
            until=row.asked_at + WAITS if row.asked_at else None,
            thanks=thanks.get(row.id, 0),
            wished=row.wished_at is not None,
        )
        for row in rows
        if {row.first_id, row.second_id} <= names.keys()
    ]


def _thanks(session: Session, introductions: Collection[UUID]) -> dict[UUID, int]:
    if not introductions:
        return {}
    said = select(IntroductionAsk.introduction_id, func.count()).where(IntroductionAsk.thanked_at.is_not(None))
    said = said.where(IntroductionAsk.introduction_id.in_(introductions)).group_by(IntroductionAsk.introduction_id)
    return {row[0]: row[1] for row in session.execute(said)}


def words_of(session: Session, introduction_id: UUID, sealed: Sealed) -> dict[UUID, str]:
    """The paragraphs of an introduction by whom they are for; whoever may read which has been asked before."""
    asks = session.scalars(select(IntroductionAsk).where(IntroductionAsk.introduction_id == introduction_id))
    return {one.person_id: sealed.open(one.sealed_words, owner=one.person_id) for one in asks if one.sealed_words}


def wishes_for(session: Session, me: UUID, sealed: Sealed, at: datetime) -> list[Wish]:
    """What others wish of me as their connector, the oldest first."""
    wished = _connected(me).where(Introduction.wished_at > at - WAITS, _still_wished(Introduction.first_id))
    oldest_first = session.scalars(wished.order_by(None).order_by(Introduction.wished_at, Introduction.id))
    rows = [row for row in oldest_first if may_pass_on(row.course, at)][:MOST_WISHES]
    names = called(session, me, {person for row in rows for person in (row.first_id, row.second_id)})
    return [
        Wish(
            row.id,
            names[row.first_id],
            names[row.second_id],
            words_of(session, row.id, sealed).get(row.first_id, ""),
        )
        for row in rows
        if {row.first_id, row.second_id} <= names.keys()
    ]


def _still_wished(wisher: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whoever wished has not taken it back."""
    part = (IntroductionAsk.introduction_id == Introduction.id) & (IntroductionAsk.person_id == wisher)
    return exists().where(part, IntroductionAsk.answer == "yes")


def wished_by(session: Session, me: UUID, sealed: Sealed, at: datetime) -> list[MyWish]:
    """What I wished for in the last four weeks and was not made yet; whatever became of it looks the same."""
    mine = select(Introduction).where(Introduction.first_id == me, Introduction.wished_at > at - 2 * WISH_WAITS)
    mine = mine.where(Introduction.made_at.is_(None), _still_wished(Introduction.first_id))
    mine = mine.where(~_blocked_by(me)).order_by(Introduction.wished_at.desc())
    rows = session.scalars(mine).all()
    names = called(session, me, [row.connector_id for row in rows])
    return [
        MyWish(
            row.id,
            names[row.connector_id],
            words_of(session, row.id, sealed).get(me, ""),
            wisher_sees(row.course, at),
            _since(row.wished_at) + WISH_WAITS,
        )
        for row in rows
        if row.connector_id in names
    ]


def made_for(session: Session, me: UUID) -> list[Meant]:
    """What was made for me, the latest first; nothing with or by somebody I blocked."""
    query = (
        select(Introduction, IntroductionAsk)
        .join(IntroductionAsk, IntroductionAsk.introduction_id == Introduction.id)
        .where(IntroductionAsk.person_id == me, Introduction.made_at.is_not(None), ~_blocked_by(me))
        .order_by(Introduction.made_at.desc(), Introduction.id)
    )
    rows = session.execute(query).all()
    others = [row.Introduction.other_of(me) for row in rows]
    names = called(session, me, {*others, *(row.Introduction.connector_id for row in rows)})
    hello = _said_hello(session, [row.Introduction.id for row in rows])
    return [
        Meant(
            introduction_id=row.Introduction.id,
            connector=names[row.Introduction.connector_id],
            other_id=other,
            other=names[other],
            made_at=_since(row.Introduction.made_at),
            said_hello=row.Introduction.id in hello,
            thanked=row.IntroductionAsk.thanked_at is not None,
        )
        for row, other in zip(rows, others, strict=True)
        if {other, row.Introduction.connector_id} <= names.keys()
    ]


def _said_hello(session: Session, introductions: Collection[UUID]) -> set[UUID]:
    if not introductions:
        return set()
    said = IntroductionAsk.said_hello_at.is_not(None) & IntroductionAsk.introduction_id.in_(introductions)
    return set(session.scalars(select(IntroductionAsk.introduction_id).where(said)))


def get_meant(session: Session, introduction_id: UUID, me: UUID) -> Meant:
    """One that was made for me. Raises NotHere otherwise."""
    found = next((one for one in made_for(session, me) if one.introduction_id == introduction_id), None)
    if found is None:
        raise NotHere
    return found


def tally_of(session: Session, person_id: UUID) -> Tally:
    """How many this person made, and how many were made for them."""
    made = select(func.count()).select_from(Introduction).where(Introduction.made_at.is_not(None))
    given = session.scalar(made.where(Introduction.connector_id == person_id)) or 0
    mine = or_(Introduction.first_id == person_id, Introduction.second_id == person_id)
    return Tally(given, session.scalar(made.where(mine)) or 0)


def made_with(session: Session, me: UUID) -> list[Made]:
    """Every one that was made and that I gave (`connector` is None) or was given, the latest first. Of somebody I
    blocked, or who left, there is none."""
    around = select(Introduction).where(_one_of_three(me), Introduction.made_at.is_not(None), ~_blocked_by(me))
    rows = session.scalars(around.order_by(Introduction.made_at.desc(), Introduction.id)).all()
    names = called(session, me, {person for row in rows for person in row.three} - {me})
    return [_made(row, me, names) for row in rows if set(row.three) - {me} <= names.keys()]


def _made(row: Introduction, me: UUID, names: Mapping[UUID, str]) -> Made:
    two = tuple(names[person] for person in (row.first_id, row.second_id) if person != me)
    return Made(row.id, _since(row.made_at), names.get(row.connector_id), two)


def days_made(session: Session, person_id: UUID) -> list[date]:
    """The days on which an introduction was made that this person gave or was given."""
    made = select(Introduction.made_at).where(_one_of_three(person_id))
    return [at.date() for at in session.scalars(made) if at]


def _one_of_three(person_id: UUID) -> ColumnElement[bool]:
    return or_(
        *(one == person_id for one in (Introduction.connector_id, Introduction.first_id, Introduction.second_id))
    )


def pairs_thought_of(session: Session, me: UUID) -> set[frozenset[UUID]]:
    """Whom this person has thought of together before, whatever became of it."""
    pairs = select(Introduction.first_id, Introduction.second_id).where(Introduction.connector_id == me)
    return {frozenset(pair) for pair in session.execute(pairs)}


def has_any(session: Session, person_id: UUID) -> bool:
    """Whether this person is one of the three anywhere: most evenings nobody is, and nothing more need be asked."""
    three = (Introduction.connector_id, Introduction.first_id, Introduction.second_id)
    return bool(session.scalar(select(exists().where(or_(*(one == person_id for one in three))))))


def suggested_to(session: Session, me: UUID, evenings: Sequence[Evening]) -> list[Suggestion]:
    """Two of this person's contacts who could meet, unless they were thought of before."""
    return suggestions(evenings, pairs_thought_of(session, me)) if suggestions(evenings, ()) else []
