"""What somebody is asked: who may be seen to ask, and by whom nothing is asked any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from webapp.contacts.models import Block
from webapp.introductions.models import Introduction, IntroductionAsk
from webapp.introductions.rules import WAITS
from webapp.swaps.models import Grant

MOST_SHOWN = 5
"""Questions somebody sees at a time, the oldest first; the others wait unseen, which looks like any silence."""


def open_asks(person_id: UUID, at: datetime) -> Select[IntroductionAsk, Introduction]:
    """What this person is asked now, answered or not, the oldest first.

    Nothing by or about somebody they blocked or took their card back from, nothing about somebody they said no to
    before, and nothing they wished for themselves. Whoever asks cannot tell any of this from silence.
    """
    asked = (Introduction.asked_at > at - WAITS) & Introduction.withdrawn_at.is_(None) & Introduction.made_at.is_(None)
    wished_myself = Introduction.wished_at.is_not(None) & (Introduction.first_id == person_id)
    return (
        select(IntroductionAsk, Introduction)
        .join(Introduction, Introduction.id == IntroductionAsk.introduction_id)
        .where(IntroductionAsk.person_id == person_id, asked, ~wished_myself)
        .where(~_turned_away(person_id), ~_said_no_before(person_id))
        .order_by(Introduction.asked_at, IntroductionAsk.id)
        .execution_options(populate_existing=True)  # who waited for another's answer reads what it was
    )


def _the_others(person_id: UUID, column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether this column names one of the three who is not this person."""
    three = (Introduction.connector_id, Introduction.first_id, Introduction.second_id)
    return or_(*(column == one for one in three)) & (column != person_id)


def _turned_away(person_id: UUID) -> ColumnElement[bool]:
    blocked = exists().where(Block.blocker_id == person_id, _the_others(person_id, Block.blocked_id))
    return blocked | _took_back(person_id)


def _took_back(person_id: UUID) -> ColumnElement[bool]:
    """They took their card back from the other of the two, and did not give it again."""
    gone, again = aliased(Grant), aliased(Grant)
    live = and_(again.undone_at.is_(None), again.withdrawn_at.is_(None))
    given = exists().where(again.giver_id == person_id, again.receiver_id == gone.receiver_id, live)
    other = or_(gone.receiver_id == Introduction.first_id, gone.receiver_id == Introduction.second_id)
    return exists().where(gone.giver_id == person_id, other, gone.withdrawn_at.is_not(None), ~given)


def _said_no_before(person_id: UUID) -> ColumnElement[bool]:
    """To the same connector about the same other: a no is for good, a *not now* is not."""
    earlier, said = aliased(Introduction), aliased(IntroductionAsk)
    pair = or_(
        and_(earlier.first_id == Introduction.first_id, earlier.second_id == Introduction.second_id),
        and_(earlier.first_id == Introduction.second_id, earlier.second_id == Introduction.first_id),
    )
    no = and_(said.introduction_id == earlier.id, said.person_id == person_id, said.answer == "no")
    before = and_(earlier.id != Introduction.id, earlier.connector_id == Introduction.connector_id, pair)
    return exists().where(before, no)


def shown_asks(session: Session, person_id: UUID, at: datetime) -> list[tuple[IntroductionAsk, Introduction]]:
    """What stands on this person's screen: all they answered, and the first few they did not."""
    rows = [(ask, introduction) for ask, introduction in session.execute(open_asks(person_id, at)).all()]
    unanswered = [ask.id for ask, _introduction in rows if ask.answer is None][MOST_SHOWN:]
    return [(ask, introduction) for ask, introduction in rows if ask.id not in unanswered]


def stand_apart(session: Session, introduction: Introduction) -> bool:
    """Whether anything between the three forbids it: a block in any direction, or a card taken back between the two."""
    three = (introduction.connector_id, introduction.first_id, introduction.second_id)
    blocked = exists().where(Block.blocker_id.in_(three), Block.blocked_id.in_(three))
    if session.scalar(select(blocked)):
        return True
    this = Introduction.id == introduction.id
    two = (introduction.first_id, introduction.second_id)
    return any(session.scalar(select(Introduction.id).where(this, _took_back(person))) for person in two)
