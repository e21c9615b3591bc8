"""The connector's part: two people, a paragraph for each, asking both, taking it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.outbox import put
from webapp.core.tokens import Keyring, Sealed
from webapp.core.versions import bump
from webapp.followups.quiet import quiet_hours_of, when_awake
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.rules import WAITS, connector_sees
from webapp.introductions.verdicts import Asked, AskedOften, AskVerdict, BackVerdict, Drafted, TakenBack, TooLate
from webapp.swaps.queries import open_to

ASKED = "introduction.asked"

MOST_OPEN = 20
"""Introductions one person may wait for at a time (trust.md 5.4)."""
MOST_PER_PAIR = 3
"""How often one may try to bring the same two together (trust.md 5.4)."""


@dataclass(frozen=True)
class Paragraphs:
    """What each of the two is asked with, by their person id, as clean lines; and whether one mail to both is fine."""

    words: Mapping[UUID, str]
    by_mail: bool


def draft(
    session: Session, operation: UUID, first_id: UUID, second_id: UUID, *, by: Actor, at: datetime, aside: bool = False
) -> Drafted:
    """Think of bringing these two together; `aside`: of not doing so. Safe to repeat.

    Raises NotHere unless both are in this person's story and gave them a card that is still open.
    """
    me = by.someone.id
    check_both_open(session, me, first_id, second_id)

    def act() -> Drafted:
        begun = session.scalar(_drafts(me).where(_of_pair(first_id, second_id)).limit(1))
        if begun is None:
            begun = Introduction(id=new_id(), connector_id=me, first_id=first_id, second_id=second_id, drafted_at=at)
            begun.by_mail = False
            session.add(begun)
            session.flush()
            for person_id in (first_id, second_id):
                session.add(new_ask(begun.id, person_id))
        begun.put_aside_at = at if aside else None
        session.flush()
        return Drafted(begun.id)

    body = {"first": str(first_id), "second": str(second_id), "aside": str(aside)}
    return once(session, Envelope(operation, "introduction", by.label, body), Drafted, act, at=at)


def new_ask(introduction_id: UUID, person_id: UUID) -> IntroductionAsk:
    """The place for one side's paragraph and answer."""
    return IntroductionAsk(id=new_id(), introduction_id=introduction_id, person_id=person_id, by_mail=False, fields=[])


def check_both_open(session: Session, me: UUID, first_id: UUID, second_id: UUID) -> None:
    """Raises NotHere unless these are two others in this person's story whose cards are open to them."""
    two = {first_id, second_id}
    if len(two - {me}) < 2 or set(open_to(session, me, two)) != two:
        raise NotHere
    if not all(meetings_of_pair(session, me, other) for other in two):
        raise NotHere


def ask(
    session: Session,
    operation: UUID,
    introduction_id: UUID,
    asked: Paragraphs,
    *,
    by: Actor,
    keyring: Keyring,
    at: datetime,
) -> AskVerdict:
    """Ask both, each alone; or pass a wish on to the one who was wished for. Safe to repeat.

    Raises NotHere when it is not this person's to send, or one of the two took their card back.
    """
    me, sealed = by.someone.id, Sealed(keyring, "notes")

    def act() -> AskVerdict:
        mine = get_own(session, introduction_id, me)
        if connector_sees(mine.course, at) not in {"draft", "wished"}:
            return Asked(mine.id)
        check_both_open(session, me, mine.first_id, mine.second_id)
        if _asks_too_often(session, mine, at):
            return AskedOften(mine.id)
        mine.asked_at, mine.by_mail = at, asked.by_mail
        for one in _asks_to_send(session, mine):
            one.sealed_words = sealed.seal(asked.words[one.person_id], owner=one.person_id)
            _put_question(session, one, at)
        bump(session, f"person:{me}")
        session.flush()
        return Asked(mine.id)

    # Keyed: a short text could be found again from a plain hash.
    said = keyring.mac("introduction", *(f"{person} {words}" for person, words in sorted(asked.words.items())))
    body = {"introduction": str(introduction_id), "words": said.hex(), "by_mail": str(asked.by_mail)}
    return once(session, Envelope(operation, "ask for introduction", by.label, body), AskVerdict, act, at=at)


def _asks_to_send(session: Session, mine: Introduction) -> list[IntroductionAsk]:
    """Whom to ask: both, or of a wish the one it was for; whoever wished has said yes and written their own words."""
    theirs = select(IntroductionAsk).where(IntroductionAsk.introduction_id == mine.id)
    asks = {one.person_id: one for one in session.scalars(theirs)}
    people = [mine.second_id] if mine.wished_at else [mine.first_id, mine.second_id]
    for person_id in set(people) - asks.keys():
        asks[person_id] = new_ask(mine.id, person_id)
        session.add(asks[person_id])
    return [asks[person_id] for person_id in people]


def _put_question(session: Session, one: IntroductionAsk, at: datetime) -> None:
    awake = when_awake(quiet_hours_of(session, one.person_id), at, "UTC")
    put(session, ASKED, cause=one.id, at=at, recipient=one.person_id, due_at=awake, ask_id=str(one.id))
    bump(session, f"person:{one.person_id}")


def _asks_too_often(session: Session, mine: Introduction, at: datetime) -> bool:
    """By what the connector did alone: nobody learns from it what anybody answered."""
    asked = (Introduction.connector_id == mine.connector_id) & Introduction.asked_at.is_not(None)
    waits = asked & (Introduction.asked_at > at - WAITS) & Introduction.withdrawn_at.is_(None)
    waits &= Introduction.made_at.is_(None)
    same = _of_pair(mine.first_id, mine.second_id)
    if _count(session, waits) >= MOST_OPEN:
        return True
    return _count(session, waits & same) > 0 or _count(session, asked & same) >= MOST_PER_PAIR


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Introduction).where(which)) or 0


def withdraw(session: Session, operation: UUID, introduction_id: UUID, *, by: Actor, at: datetime) -> BackVerdict:
    """Ask nobody any more; once it is made it is the two's own. Safe to repeat. Raises NotHere if not this person's."""
    me = by.someone.id

    def act() -> BackVerdict:
        mine = get_own(session, introduction_id, me)
        if mine.made_at:
            return TooLate(mine.id)
        mine.withdrawn_at = mine.withdrawn_at or at
        bump(session, *(f"person:{person}" for person in (me, mine.first_id, mine.second_id)))
        return TakenBack(mine.id)

    body = {"introduction": str(introduction_id)}
    return once(session, Envelope(operation, "withdraw introduction", by.label, body), BackVerdict, act, at=at)


def put_aside(session: Session, introduction_id: UUID, *, by: Actor, at: datetime) -> None:
    """Not these two, or not this wish: nobody is told. Safe to repeat. Raises NotHere if not this person's."""
    mine = get_own(session, introduction_id, by.someone.id)
    if not mine.asked_at:
        mine.put_aside_at = mine.put_aside_at or at
    session.flush()


def get_own(session: Session, introduction_id: UUID, connector_id: UUID) -> Introduction:
    """This introduction, held until the transaction ends. Raises NotHere unless this person connects it."""
    found = session.scalar(select(Introduction).where(Introduction.id == introduction_id).with_for_update())
    if found is None or found.connector_id != connector_id:
        raise NotHere
    return found


def _drafts(connector_id: UUID) -> Select[Introduction]:
    mine = select(Introduction).where(Introduction.connector_id == connector_id, Introduction.asked_at.is_(None))
    return mine.where(Introduction.wished_at.is_(None), Introduction.withdrawn_at.is_(None))


def _of_pair(one: UUID, other: UUID) -> ColumnElement[bool]:
    return Introduction.first_id.in_((one, other)) & Introduction.second_id.in_((one, other))
