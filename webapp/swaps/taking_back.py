"""Undo within a minute, as if it never was; take my card back at any time after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from webapp.contacts.remembering import forget_if_empty
from webapp.core.actor import Actor, NotHere
from webapp.core.operations import Envelope, Operation, once
from webapp.core.versions import bump
from webapp.swaps.granting import answer_requests, forget_line
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.verdicts import TooLate, Undone, UndoVerdict, Withdrawn

UNDO_FOR = timedelta(seconds=60)
"""How long a swap can be undone as if it never was; the receiver cannot export it meanwhile."""


def undo_swap(session: Session, operation: UUID, swap_operation: UUID, *, by: Actor, at: datetime) -> UndoVerdict:
    """Take back everything that one scan or answer gave, for both. Whoever gave a card in it may, for a minute.

    Safe to repeat. What someone has written down about the meeting stays theirs. Raises NotHere for everybody else.
    """

    def act() -> UndoVerdict:
        grants = session.scalars(select(Grant).where(Grant.operation_id == swap_operation).with_for_update()).all()
        if by.person is None or by.person.id not in {grant.giver_id for grant in grants}:
            raise NotHere
        if at - max(grant.at for grant in grants) > UNDO_FOR:
            return TooLate(grants[0].meeting_id)
        _undo(session, grants, swap_operation, at)
        return Undone(grants[0].meeting_id)

    envelope = Envelope(operation, "undo swap", by.label, {"operation": str(swap_operation)})
    return once(session, envelope, UndoVerdict, act, at=at)


def _undo(session: Session, given: Sequence[Grant], swap_operation: UUID, at: datetime) -> None:
    grants = [*given, *_given_in_answer(session, swap_operation)]
    for grant in grants:
        grant.undone_at = grant.undone_at or at
        forget_line(session, grant.giver_id, grant.receiver_id)
    asked, answered = CardRequest.operation_id == swap_operation, CardRequest.answering_operation_id == swap_operation
    session.execute(update(CardRequest).where(asked).values(undone_at=at))
    open_again = {"answered_at": None, "answer": None, "answering_operation_id": None}
    session.execute(update(CardRequest).where(answered, ~asked).values(open_again))
    session.flush()
    for meeting_id in {grant.meeting_id for grant in grants}:
        if not session.scalar(select(exists().where(Grant.meeting_id == meeting_id, Grant.undone_at.is_(None)))):
            forget_if_empty(session, meeting_id)
    bump(session, *(f"person:{person}" for grant in grants for person in (grant.giver_id, grant.receiver_id)))


def _given_in_answer(session: Session, swap_operation: UUID) -> Sequence[Grant]:
    """Cards that came back because of this scan: had it never been, neither had they."""
    answers = select(CardRequest.answering_operation_id).where(
        CardRequest.operation_id == swap_operation, CardRequest.answer == "given"
    )
    return session.scalars(select(Grant).where(Grant.operation_id.in_(answers))).all()


@dataclass(frozen=True)
class UndoneFirst:
    """A scan was taken back before it came: kept for the server alone, nobody is shown it."""

    operation_id: UUID


def undo_first(session: Session, swap_operation: UUID, *, by: Actor, at: datetime) -> None:
    """Remember that a scan was taken back which has not come yet, so that nothing comes of it. Safe to repeat."""
    if session.get(Operation, swap_operation) is None:
        envelope = Envelope(_undone_first(swap_operation), "undo swap first", by.label, {})
        once(session, envelope, UndoneFirst, lambda: UndoneFirst(swap_operation), at=at)


def was_undone_first(session: Session, swap_operation: UUID, *, by: Actor) -> bool:
    """Whether whoever made this scan took it back before it came."""
    row = session.get(Operation, _undone_first(swap_operation))
    return row is not None and row.actor == by.label


def _undone_first(swap_operation: UUID) -> UUID:
    return uuid5(swap_operation, "undone first")


def withdraw(session: Session, operation: UUID, grant_id: UUID, *, by: Actor, at: datetime) -> Withdrawn:
    """They no longer have my card, from this moment; they keep that we met and their own note.

    Safe to repeat. Raises NotHere when this was not mine to give.
    """

    def act() -> Withdrawn:
        mine = select(Grant).where(Grant.id == grant_id, Grant.undone_at.is_(None)).with_for_update()
        grant = session.scalar(mine)
        if grant is None or by.person is None or grant.giver_id != by.person.id:
            raise NotHere
        grant.withdrawn_at = grant.withdrawn_at or at
        answer_requests(session, grant.giver_id, grant.receiver_id, "withdrawn", operation=None, at=at)
        forget_line(session, grant.giver_id, grant.receiver_id)
        bump(session, f"person:{grant.giver_id}", f"person:{grant.receiver_id}")
        return Withdrawn(grant.receiver_id)

    envelope = Envelope(operation, "withdraw card", by.label, {"grant": str(grant_id)})
    return once(session, envelope, Withdrawn, act, at=at)
