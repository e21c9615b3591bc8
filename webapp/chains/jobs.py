"""What is asked without anybody opening a page first."""

from datetime import datetime

from webapp.chains.early import who_waits, wishes_of
from webapp.contacts.asking import ask, may_be_asked
from webapp.core.database import db, writing
from webapp.core.outbox import Tools
from webapp.introductions import after

MINUTE = 20
"""The minute of each hour in which this is looked after: a question is due for months."""


def ask_what_is_due(_tools: Tools, at: datetime) -> None:
    """Let what was too early come back, and introductions be asked about, within the one budget of questions.

    Nothing is sent. Safe to repeat.
    """
    if at.minute != MINUTE:
        return
    due, session = {}, db.session()
    for person_id in sorted({*who_waits(session), *after.who_waits(session, at)}):
        wishes = [*wishes_of(session, person_id, at.date()), *after.wishes_of(session, person_id, at)]
        if wishes and may_be_asked(session, person_id, at):
            due[person_id] = wishes
    session.rollback()
    for person_id, wishes in due.items():
        with writing() as writer:
            ask(writer, person_id, wishes, at=at)
            writer.commit()
