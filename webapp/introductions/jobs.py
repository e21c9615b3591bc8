"""What is asked without anybody opening a page first."""

from datetime import datetime

from webapp.contacts.asking import ask, may_be_asked
from webapp.core.database import db, writing
from webapp.core.outbox import Tools
from webapp.introductions.circle_asks import wishes_by_person

MINUTES = (5, 25, 45)
"""The minutes of each hour in which this is looked after: somebody waits for an answer."""


def ask_for_others(_tools: Tools, at: datetime) -> None:
    """Put questions of contacts before those who have a week free for one. Nothing is sent. Safe to repeat."""
    if at.minute not in MINUTES:
        return
    due = {
        person_id: wishes
        for person_id, wishes in wishes_by_person(db.session(), at).items()
        if may_be_asked(db.session(), person_id, at)
    }
    db.session.rollback()
    for person_id, wishes in due.items():
        with writing() as session:
            ask(session, person_id, wishes, at=at)
            session.commit()
