"""What two claims of one human said twice about themselves."""

from sqlalchemy import select

from webapp.intentions.models import Enquiries, Mood
from webapp.mydata.settling import Two, doubles


def join_moods(two: Two) -> None:
    """Of two moods after one evening the later said stays."""
    both = select(Mood).where(Mood.person_id.in_((two.stays, two.goes))).order_by(Mood.at)
    for earlier, _later in doubles(two.session.scalars(both).all(), "event_id"):
        two.session.delete(earlier)
    two.session.flush()


def join_enquiries(two: Two) -> None:
    """Of two counts of one month the higher stays: one human counted the same people twice."""
    both = select(Enquiries).where(Enquiries.person_id.in_((two.stays, two.goes))).order_by(Enquiries.number)
    for lower, _higher in doubles(two.session.scalars(both).all(), "month"):
        two.session.delete(lower)
    two.session.flush()
