"""Help given, kept as given: no debt, no balance, nothing expected (practice D11)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed
from webapp.intentions.models import Help

LONGEST_WORDS = 200
"""Characters of one help: a line."""


@dataclass(frozen=True)
class Helped:
    """It is in the log, for its author alone; None if nothing was said."""

    help_id: UUID | None


@dataclass(frozen=True)
class Given:
    """One help, opened: what, and on which day. There is nothing else to say of it."""

    id: UUID
    words: str
    day: date


def write_help(
    session: Session, operation: UUID, words: str, day: date, *, by: Actor, keyring: Keyring, at: datetime
) -> Helped:
    """Keep that I helped. Safe to repeat; no words are no help."""
    me, line = by.someone.id, clean_line(words, LONGEST_WORDS)
    if not line:
        return Helped(None)

    def act() -> Helped:
        row = Help(id=new_id(), person_id=me, day=day, made_at=at)
        row.sealed_words = Sealed(keyring, "notes").seal(line, owner=me)
        session.add(row)
        session.flush()
        return Helped(row.id)

    # Keyed: a short text could be found again from a plain hash.
    said = {"words": keyring.mac("help", line).hex(), "day": day.isoformat()}
    return once(session, Envelope(operation, "help", by.label, said), Helped, act, at=at)


def remove_help(session: Session, help_id: UUID, *, by: Actor) -> None:
    """It was written by mistake. Raises NotHere for one that is not mine, or gone."""
    row = session.get(Help, help_id)
    if row is None or row.person_id != by.someone.id:
        raise NotHere
    session.execute(delete(Help).where(Help.id == help_id))


def helps_of(session: Session, person_id: UUID, sealed: Sealed) -> list[Given]:
    """Everything this person gave, the latest first."""
    mine = select(Help).where(Help.person_id == person_id).order_by(Help.day.desc(), Help.id.desc())
    return [Given(row.id, sealed.open(row.sealed_words, owner=person_id), row.day) for row in session.scalars(mine)]
