"""What follows one that was made: a first word, thanks to whoever connected, and three questions, once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.asking import Asked, Wish, answer, standing
from webapp.core.actor import NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.versions import bump
from webapp.introductions.models import Introduction, IntroductionAsk, IntroductionReply
from webapp.introductions.queries import Meant, get_meant, made_for
from webapp.introductions.rules import QUESTIONS, Question, wants_a_nudge

KIND = "introduction"
TURNS: dict[Question, int] = {question: turn for turn, question in enumerate(QUESTIONS)}
HELD_BACK = timedelta(days=90)
"""So long after its last question something else may be asked first; then an introduction is let be."""


@dataclass(frozen=True)
class Asking:
    """The one question that stands for somebody now, and about whom."""

    introduction_id: UUID
    question: Question
    other: str


def who_waits(session: Session, at: datetime) -> Sequence[UUID]:
    """Everybody for whom an introduction was made of which something may be asked by now."""
    made = Introduction.made_at.between(at - QUESTIONS["a year"] - HELD_BACK, at - QUESTIONS["met"])
    two = select(IntroductionAsk.person_id).join(Introduction, Introduction.id == IntroductionAsk.introduction_id)
    return session.scalars(two.where(made).distinct().order_by(IntroductionAsk.person_id)).all()


def wishes_of(session: Session, person_id: UUID, at: datetime) -> list[Wish]:
    """What this person could be asked about introductions, the oldest first; of several due questions the last."""
    wishes = []
    for one in reversed(made_for(session, person_id)):
        due = [question for question, after in QUESTIONS.items() if one.made_at + after <= at]
        wishes += [Wish(KIND, one.introduction_id, TURNS[due[-1]])] if due else []
    return wishes


def asking(asked: Asked | None, made: Sequence[Meant]) -> Asking | None:
    """The question that stands, if it is about one of these introductions that were made for its reader."""
    if asked is None or asked.kind != KIND:
        return None
    about = next((one for one in made if one.introduction_id == asked.about_id), None)
    question = next(question for question, turn in TURNS.items() if turn == asked.turn)
    return Asking(about.introduction_id, question, about.other) if about else None


def reply(
    session: Session, introduction_id: UUID, question: Question, *, yes: bool, person_id: UUID, at: datetime
) -> None:
    """Keep an answer for its author alone. The same again changes nothing. Raises NotHere for one not made for them."""
    get_meant(session, introduction_id, person_id)
    row = dict(id=new_id(), introduction_id=introduction_id, person_id=person_id, question=question, answer=yes, at=at)
    session.execute(insert_once(session, IntroductionReply.__table__).values(row).on_conflict_do_nothing())
    asked = standing(session, person_id, at)
    if asked and (asked.kind, asked.about_id, asked.turn) == (KIND, introduction_id, TURNS[question]):
        answer(session, asked.id, person_id, at=at)


def without_a_word(made: Sequence[Meant], at: datetime) -> list[Meant]:
    """Those in which nobody has written yet after five days."""
    return [one for one in made if wants_a_nudge(one.made_at, one.said_hello, at)]


def say_hello(session: Session, introduction_id: UUID, person_id: UUID, *, at: datetime) -> None:
    """I wrote to them: nobody is nudged any more. Safe to repeat. Raises NotHere for one not made for them."""
    ask = _my_part(session, introduction_id, person_id)
    ask.said_hello_at = ask.said_hello_at or at
    session.flush()


def thank(session: Session, introduction_id: UUID, person_id: UUID, *, at: datetime) -> None:
    """Say thanks to whoever connected, once. Safe to repeat. Raises NotHere for one not made for them."""
    ask = _my_part(session, introduction_id, person_id)
    ask.thanked_at = ask.thanked_at or at
    bump(session, f"person:{session.get_one(Introduction, introduction_id).connector_id}")
    session.flush()


def _my_part(session: Session, introduction_id: UUID, person_id: UUID) -> IntroductionAsk:
    get_meant(session, introduction_id, person_id)
    mine = select(IntroductionAsk).where(IntroductionAsk.introduction_id == introduction_id)
    found = session.scalar(mine.where(IntroductionAsk.person_id == person_id))
    if found is None:
        raise NotHere
    return found
