"""What is asked without anybody opening a page first."""

from datetime import datetime

from webapp.chains.early import who_waits, wishes_of
from webapp.contacts.asking import ask, may_be_asked
from webapp.core.database import db, writing
from webapp.core.outbox import Tools

MINUTE = 20
"""The minute of each hour in which this is looked after: a question is due for months."""


def ask_what_is_due(_tools: Tools, at: datetime) -> None:
    """Let what was too early come back, within the budget of questions. Nothing is sent. Safe to repeat."""
    if at.minute != MINUTE:
        return
    due = {}
    for person_id in who_waits(db.session()):
        wishes = wishes_of(db.session(), person_id, at.date())
        if wishes and may_be_asked(db.session(), person_id, at):
            due[person_id] = wishes
    db.session.rollback()
    for person_id, wishes in due.items():
        with writing() as session:
            ask(session, person_id, wishes, at=at)
            session.commit()
