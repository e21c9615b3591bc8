"""The one budget of questions that Mixwell asks somebody by itself: one in a week, and none after two went unanswered.

Whatever wants to ask says so with a `Wish`; whoever may be asked is asked the first of them. A question stands for a
week. One that is over without an answer was ignored; after two in a row nothing is asked any more, until its person
answers one that stands, or says that they want to be asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from webapp.contacts.models import WeeklyQuestion
from webapp.core.actor import NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id

STANDS = timedelta(days=7)
"""How long a question may be answered, and how long it is the only one."""
IGNORED = 2
"""Questions in a row without an answer after which no more are asked."""


@dataclass(frozen=True)
class Wish:
    """What somebody could be asked: its kind, the row it is about, and which time of asking this is.

    The same three are asked once ever.
    """

    kind: str
    about_id: UUID
    turn: int = 0


@dataclass(frozen=True)
class Asked:
    """A question that stands."""

    id: UUID
    kind: str
    about_id: UUID
    turn: int


def may_be_asked(session: Session, person_id: UUID, at: datetime) -> bool:
    """Whether this week's question is still free, and the last two were not both ignored."""
    mine = select(WeeklyQuestion.asked_at, WeeklyQuestion.answered_at).where(WeeklyQuestion.person_id == person_id)
    last = session.execute(mine.order_by(WeeklyQuestion.asked_at.desc(), WeeklyQuestion.id.desc()).limit(IGNORED)).all()
    if last and last[0].asked_at > at - STANDS:
        return False
    return len(last) < IGNORED or any(row.answered_at for row in last)


def ask(session: Session, person_id: UUID, wishes: Sequence[Wish], *, at: datetime) -> Asked | None:
    """Ask the first of these that was never asked, if somebody may be asked now. Safe to repeat."""
    if not wishes or not may_be_asked(session, person_id, at):
        return None
    mine = select(WeeklyQuestion.kind, WeeklyQuestion.about_id, WeeklyQuestion.turn).where(
        WeeklyQuestion.person_id == person_id
    )
    asked = {tuple(row) for row in session.execute(mine)}
    wish = next((one for one in wishes if (one.kind, one.about_id, one.turn) not in asked), None)
    if wish is None:
        return None
    row = {"id": new_id(), "person_id": person_id, "kind": wish.kind, "about_id": wish.about_id, "turn": wish.turn}
    insert = insert_once(session, WeeklyQuestion.__table__).values(**row, asked_at=at)
    session.execute(insert.on_conflict_do_nothing())
    return standing(session, person_id, at)


def standing(session: Session, person_id: UUID, at: datetime) -> Asked | None:
    """The question that may be answered now, if there is one."""
    row = session.scalars(
        select(WeeklyQuestion).where(_stands(person_id, at)).order_by(WeeklyQuestion.asked_at.desc())
    ).first()
    return Asked(row.id, row.kind, row.about_id, row.turn) if row else None


def _stands(person_id: UUID, at: datetime) -> ColumnElement[bool]:
    fresh = (WeeklyQuestion.asked_at > at - STANDS) & (WeeklyQuestion.asked_at <= at)
    return (WeeklyQuestion.person_id == person_id) & WeeklyQuestion.answered_at.is_(None) & fresh


def answer(session: Session, question_id: UUID, person_id: UUID, *, at: datetime) -> Asked:
    """It was answered, whatever the answer. Safe to repeat. Raises NotHere for a question to somebody else."""
    row = session.get(WeeklyQuestion, question_id)
    if row is None or row.person_id != person_id:
        raise NotHere
    row.answered_at = row.answered_at or at
    session.flush()
    return Asked(row.id, row.kind, row.about_id, row.turn)


def is_left_in_peace(session: Session, person_id: UUID, at: datetime) -> bool:
    """Whether nothing is asked any more because the last two questions were ignored."""
    lately = exists().where(WeeklyQuestion.person_id == person_id, WeeklyQuestion.asked_at > at - STANDS)
    return not session.scalar(select(lately)) and not may_be_asked(session, person_id, at)


def ask_again(session: Session, person_id: UUID, *, at: datetime) -> None:
    """They want to be asked again: what was ignored is forgiven. Safe to repeat."""
    ignored = (WeeklyQuestion.person_id == person_id) & WeeklyQuestion.answered_at.is_(None)
    session.execute(update(WeeklyQuestion).where(ignored).values(answered_at=at))
