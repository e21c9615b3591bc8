"""What follows one that was made: a first word, thanks to whoever connected, and three questions, once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.contacts.asking import may_be_asked
from webapp.core.actor import NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.versions import bump
from webapp.introductions.models import Introduction, IntroductionAsk, IntroductionReply
from webapp.introductions.queries import Meant, get_meant
from webapp.introductions.rules import QUESTIONS, Due, Question, open_question, wants_a_nudge


@dataclass(frozen=True)
class Asking:
    """The one question that stands for somebody now, and about whom."""

    introduction_id: UUID
    question: Question
    other: str


def asking(session: Session, person_id: UUID, made: Sequence[Meant], at: datetime) -> Asking | None:
    """What this person is asked about these introductions of theirs, if anything: every question of ours goes this way.

    It writes nothing: a question stands for its week whether or not it was looked at.
    """
    replies = {(row.introduction_id, row.question): row.at for row in session.scalars(_replies_of(person_id))}
    due = [
        Due((one.introduction_id, question), one.made_at + after, replies.get((one.introduction_id, question)))
        for one in made
        for question, after in QUESTIONS.items()
    ]
    found = open_question(due, at)
    if found is None or not may_be_asked(session, person_id, at):  # one question a week, whoever would ask
        return None
    introduction_id, question = cast("tuple[UUID, Question]", found.about)
    other = next(one.other for one in made if one.introduction_id == introduction_id)
    return Asking(introduction_id, question, other)


def _replies_of(person_id: UUID) -> Select[IntroductionReply]:
    return select(IntroductionReply).where(IntroductionReply.person_id == person_id)


def reply(
    session: Session, introduction_id: UUID, question: Question, *, yes: bool, person_id: UUID, at: datetime
) -> None:
    """Keep an answer for its author alone. The same again changes nothing. Raises NotHere for one not made for them."""
    get_meant(session, introduction_id, person_id)
    row = dict(id=new_id(), introduction_id=introduction_id, person_id=person_id, question=question, answer=yes, at=at)
    session.execute(insert_once(session, IntroductionReply.__table__).values(row).on_conflict_do_nothing())


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
