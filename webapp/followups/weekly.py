"""One mail a week with one person in it, for whoever asked for it; two that nobody answered, and it stops (D21)."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core.database import db, writing
from webapp.core.due_rules import is_quiet
from webapp.core.outbox import Tools, put
from webapp.core.tokens import Sealed
from webapp.followups.models import Keeping, Pace
from webapp.followups.pace import rest_of
from webapp.followups.queue import Item, Written, queue_of, written_by
from webapp.followups.quiet import quiet_hours_of, quiet_of

WEEK = timedelta(days=7)
"""At most one question in so long, ever."""
STOPS = 2
"""After so many without an answer it stops by itself."""
DAYTIME = (time(8, 30), time(20))
"""By the clock of the wall: a run that comes late in the evening waits for the morning, and then finds it."""

CAME = "week.came"


def put_weekly_mails(tools: Tools, at: datetime) -> None:
    """Make the mails due of everybody whose week has passed. Safe to repeat, and for several processes at once."""
    waits = or_(Pace.asked_at.is_(None), Pace.asked_at <= at - WEEK)
    wanted = Pace.weekly_at.is_not(None) & (Pace.ignored < STOPS) & waits
    people = db.session.scalars(select(Pace.person_id).where(wanted, Pace.weekly_at <= at - timedelta(days=1))).all()
    db.session.rollback()
    for person_id in people:
        with writing() as session:
            _put_mail(session, person_id, tools, at)
            session.commit()


def _put_mail(session: Session, person_id: UUID, tools: Tools, at: datetime) -> None:
    sealed = Sealed(tools.keyring, "notes")
    written = written_by(session, person_id, sealed)
    item = one_item(queue_of(session, person_id, written, sealed=sealed, at=at).items)
    if item is None or not _may_hear(session, person_id, item, written, at):
        return
    unasked = (Pace.person_id == person_id) & or_(Pace.asked_at.is_(None), Pace.asked_at <= at - WEEK)
    asked = update(Pace).where(unasked).values(asked_at=at, ignored=Pace.ignored + 1).returning(Pace.person_id)
    if session.scalar(asked) is None:
        return  # another process was first
    if item.why == "due":
        pair = (Keeping.person_id == person_id) & (Keeping.other_id == item.met.person_id)
        session.execute(update(Keeping).where(pair).values(told_for=item.since))
    cause, other = f"week {at.isoformat()}", str(item.met.person_id)
    put(session, CAME, cause=cause, at=at, recipient=person_id, person_id=str(person_id), other_id=other)


def one_item(items: Sequence[Item]) -> Item | None:
    """The first thing to do of which no mail told yet."""
    return next((one for one in items if one.why != "due" or (one.tie.told_for or one.tie.met_at) < one.since), None)


def _may_hear(session: Session, person_id: UUID, item: Item, written: Written, at: datetime) -> bool:
    """By day, outside their quiet hours, after their rest from the last evening."""
    zone = item.tie.wall.zone
    if not DAYTIME[0] <= at.astimezone(ZoneInfo(zone)).time() < DAYTIME[1]:
        return False
    if is_quiet(quiet_of(quiet_hours_of(session, person_id)), at, zone):
        return False
    ends = [evening.event.ends_at for evening in written.evenings if evening.event and evening.event.ends_at <= at]
    if ends and at < max(ends) + rest_of(session, person_id):
        return False
    return session.get_one(Person, person_id).claimed_at is not None


def choose_weekly(session: Session, pace: Pace, *, wanted: bool, at: datetime) -> None:
    """Write to me once a week, or not. Asking for it again begins anew. Safe to repeat."""
    if wanted and (pace.weekly_at is None or pace.ignored >= STOPS):
        pace.weekly_at, pace.ignored = at, 0
    elif not wanted:
        pace.weekly_at = None
    session.flush()


def skip_week(session: Session, pace: Pace) -> None:
    """Not this week: that is an answer. Safe to repeat."""
    pace.ignored = 0
    session.flush()
