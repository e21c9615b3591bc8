"""What somebody looks for, across events and for years, until something answers it (practice E5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from webapp.chains.kinds import Ledger, Node
from webapp.chains.models import Link, Need
from webapp.chains.recording import LONGEST, NewOutcome, Written, draw, ledger_of, write_outcome
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring


@dataclass(frozen=True)
class Sought:
    """A need of theirs in plain words; `closed_on` is None while it stands."""

    id: UUID
    words: str
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True)
class NothingSaid:
    """No words, no need."""


def open_need(
    session: Session, operation: UUID, words: str, since: date, *, by: Actor, keyring: Keyring, at: datetime
) -> Written | NothingSaid:
    """Look for this from that day on. Safe to repeat; it stands until it is closed or taken away."""
    ledger, line = ledger_of(session, by, keyring), clean_line(words, LONGEST)
    if not line:
        return NothingSaid()

    def act() -> Written:
        row = Need(id=new_id(), person_id=ledger.person_id, opened_on=since, made_at=at)
        row.sealed_words = ledger.sealed.seal(line, owner=ledger.person_id)
        session.add(row)
        session.flush()
        return Written(row.id)

    said = {"words": keyring.mac("need", line).hex(), "since": since.isoformat()}
    return once(session, Envelope(operation, "need", by.label, said), Written, act, at=at)


def close_need(
    session: Session, operation: UUID, need_id: UUID, found: NewOutcome, *, by: Actor, keyring: Keyring, at: datetime
) -> Written:
    """It was found, through `found.through` if anything is said: the outcome, with the need at the root of its chain.

    Safe to repeat. Raises NotHere for a need of somebody else's.
    """
    row, ledger = get_need(session, need_id, by.someone.id), ledger_of(session, by, keyring)
    written = write_outcome(session, operation, found, by=by, keyring=keyring, at=at)
    row.closed_on = found.day
    draw(ledger, Node("need", row.id), found.through or Node("outcome", written.id), "direct", at=at)
    return written


def remove_need(session: Session, need_id: UUID, *, by: Actor) -> None:
    """It is not looked for any more, and never was. Raises NotHere for somebody else's, or when it is gone."""
    row, me = get_need(session, need_id, by.someone.id), by.someone.id
    ends = or_(Link.from_id == row.id, Link.to_id == row.id)
    session.execute(delete(Link).where(Link.person_id == me, ends))
    session.execute(delete(Need).where(Need.id == row.id))


def get_need(session: Session, need_id: UUID, person_id: UUID) -> Need:
    """This need of theirs. Raises NotHere for any other."""
    row = session.get(Need, need_id)
    if row is None or row.person_id != person_id:
        raise NotHere
    return row


def needs_of(ledger: Ledger) -> Sequence[Sought]:
    """Everything this person looks for or looked for, what stands first, then the oldest first."""
    mine = select(Need).where(Need.person_id == ledger.person_id)
    rows = ledger.session.scalars(mine.order_by(Need.closed_on.is_not(None), Need.opened_on, Need.id))
    return [Sought(row.id, ledger.opened(row.sealed_words), row.opened_on, row.closed_on) for row in rows]
