"""What two claims of one human have twice among introductions."""

from itertools import combinations

from sqlalchemy import and_, delete, or_, select

from webapp.introductions.models import CircleAsk, CircleAsked, Introduction, TieChoice
from webapp.mydata.settling import Two, doubles


def forget_introductions(two: Two) -> None:
    """Nobody is brought together with themself, or by themself."""
    three = (Introduction.connector_id, Introduction.first_id, Introduction.second_id)
    both = (two.stays, two.goes)
    twice = or_(*(and_(one.in_(both), other.in_(both)) for one, other in combinations(three, 2)))
    two.session.execute(delete(Introduction).where(twice))
    two.session.expire_all()


def join_ties(two: Two) -> None:
    """Of two wishes about one tie the more careful stays: not to let it be seen."""
    both = (two.stays, two.goes)
    itself = TieChoice.person_id.in_(both) & TieChoice.other_id.in_(both)
    two.session.execute(delete(TieChoice).where(itself))
    for one, other in ((TieChoice.person_id, TieChoice.other_id), (TieChoice.other_id, TieChoice.person_id)):
        rows = two.session.scalars(select(TieChoice).where(one.in_(both)).order_by(TieChoice.seen.desc())).all()
        for open_one, _careful in doubles(rows, other.key):
            two.session.delete(open_one)
    two.session.flush()


def join_asks(two: Two) -> None:
    """Nobody asks themself; whoever was asked as two was asked once, and a yes stays one."""
    both, session = (two.stays, two.goes), two.session
    ours = select(CircleAsk.id).where(CircleAsk.person_id.in_(both))
    session.execute(delete(CircleAsked).where(CircleAsked.ask_id.in_(ours), CircleAsked.person_id.in_(both)))
    rows = session.scalars(select(CircleAsked).where(CircleAsked.person_id.in_(both))).all()
    for one, other in doubles(rows, "ask_id"):
        kept, gone = (one, other) if one.person_id == two.stays else (other, one)
        kept.said_yes = kept.said_yes or gone.said_yes
        kept.answered_at = kept.answered_at or gone.answered_at
        session.delete(gone)
    session.flush()
