"""One question to one person, answered by a link: a single ask with an easy no, or three times to choose from.

Whoever has the link answers; no account is needed, nothing is sent by us. A pass is told to nobody: to who asked it
looks like silence (practices D6, C18).
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.contacts.queries import has_blocked, meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring, Sealed, crockford
from webapp.followups.calendar import Entry, write_calendar
from webapp.followups.models import Question

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""
LIFE = timedelta(days=60)
"""How long a link takes an answer."""
LASTS = {"video": timedelta(minutes=30), "coffee": timedelta(hours=1)}

Kind = Literal["ask", "coffee", "video"]


@dataclass(frozen=True)
class Wording:
    """What is asked: words, or a call's link and up to three times (ISO, UTC)."""

    words: str = ""
    link: str = ""
    times: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """It waits behind its link."""

    question_id: UUID


@dataclass(frozen=True)
class Opened:
    """A question as its author and whoever has the link read it. `answer`: "yes", "not now", "pass", or a time."""

    id: UUID
    other_id: UUID
    kind: Kind
    words: str
    link: str
    times: tuple[datetime, ...]
    zone: str
    asked_at: datetime
    answer: str | None

    @property
    def chosen(self) -> datetime | None:
        """The time they took."""
        return next((time for time in self.times if time.isoformat() == self.answer), None)


def ask(
    session: Session,
    operation: UUID,
    other_id: UUID,
    kind: Kind,
    wording: Wording,
    *,
    zone: str,
    by: Actor,
    keyring: Keyring,
    at: datetime,
) -> Asked:
    """Put one question behind a link. Safe to repeat. Raises NotHere for somebody who is not in my story."""
    me = by.someone.id

    def act() -> Asked:
        if not meetings_of_pair(session, me, other_id):
            raise NotHere
        row = Question(id=new_id(), person_id=me, other_id=other_id, kind=kind, zone=zone, asked_at=at)
        row.sealed_words = Sealed(keyring, "notes").seal(json.dumps(asdict(wording)), owner=me)
        session.add(row)
        session.flush()
        return Asked(row.id)

    said = {"other": str(other_id), "what": keyring.mac("question", kind, repr(wording)).hex()}
    return once(session, Envelope(operation, "ask", by.label, said), Asked, act, at=at)


def question_link(keyring: Keyring, question_id: UUID) -> str:
    """The path of the page that asks it."""
    return f"/asked/{question_id}/{crockford(keyring.mac('asked', question_id), LENGTH)}"


def get_question(session: Session, keyring: Keyring, question_id: UUID, proof: str, at: datetime) -> Question:
    """The question behind this link. Raises NotHere for a link we did not make, an old one, and across a block."""
    row = session.get(Question, question_id)
    right = question_link(keyring, question_id).rpartition("/")[2]
    if row is None or not hmac.compare_digest(proof.encode(), right.encode()) or at >= row.asked_at + LIFE:
        raise NotHere
    pair = (row.person_id, row.other_id)
    if has_blocked(session, *pair) or has_blocked(session, *reversed(pair)):
        raise NotHere
    return row


def answer_question(session: Session, question: Question, answer: str, *, sealed: Sealed, at: datetime) -> None:
    """Answer it, or answer otherwise; what is no answer to it changes nothing. Safe to repeat."""
    opened = open_question(question, sealed)
    allowed = ["yes"] if question.kind == "ask" else [time.isoformat() for time in opened.times]
    if answer in (*allowed, "not now", "pass"):
        question.answer, question.answered_at = answer, at
        session.flush()


def open_question(row: Question, sealed: Sealed) -> Opened:
    """The question in plain words."""
    said = json.loads(sealed.open(row.sealed_words, owner=row.person_id))
    times = tuple(datetime.fromisoformat(time) for time in said["times"])
    kinds: tuple[Kind, ...] = ("ask", "coffee", "video")
    kind = next(one for one in kinds if one == row.kind)
    return Opened(row.id, row.other_id, kind, said["words"], said["link"], times, row.zone, row.asked_at, row.answer)


def questions_to(session: Session, person_id: UUID, other_id: UUID, sealed: Sealed) -> Sequence[Opened]:
    """What this person asked the other, the newest first."""
    mine = select(Question).where(Question.person_id == person_id, Question.other_id == other_id)
    return [open_question(row, sealed) for row in session.scalars(mine.order_by(Question.asked_at.desc()))]


def names_of(session: Session, question: Question) -> tuple[str, str]:
    """Who asks, and who is asked."""
    names = (session.get_one(Person, one).name for one in (question.person_id, question.other_id))
    asker, asked = names
    return asker, asked


def appointment(question: Opened, names: tuple[str, str], at: datetime) -> bytes:
    """The time they took, for both calendars. Raises NotHere while none is taken."""
    if question.chosen is None:
        raise NotHere
    title = " · ".join(names)
    starts = question.chosen.astimezone(UTC)
    entry = Entry(f"{question.id}@mixwell", starts, LASTS[question.kind], title, link=question.link)
    return write_calendar([entry], at)
