"""Wanting nothing more to do with somebody. They are not told, and nothing they see says so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from webapp.contacts.models import Block, Meeting
from webapp.core.actor import Actor, NotHere
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, Operation, once
from webapp.core.versions import bump
from webapp.swaps.granting import answer_requests, forget_line, live_grant
from webapp.swaps.verdicts import Blocked, Unblocked

_KINDS = ("block", "report pitch", "unblock")
"""Operations that begin or end a block."""


def block(session: Session, operation: UUID, other_id: UUID, *, by: Actor, at: datetime) -> Blocked:
    """They lose my card and my question, I no longer see them; for them it is as if I had never answered.

    What each has written stays with its author. Safe to repeat. Raises NotHere for someone I never met.
    """
    me = by.someone.id

    def act() -> Blocked:
        return block_now(session, me, other_id, at=at)

    envelope = Envelope(operation, "block", by.label, {"person": str(other_id)})
    return once(session, envelope, Blocked, act, at=at)


def block_now(session: Session, me: UUID, other_id: UUID, *, at: datetime) -> Blocked:
    """`block` within another operation."""
    if not _has_met(session, me, other_id):
        raise NotHere
    row = {"id": new_id(), "blocker_id": me, "blocked_id": other_id, "at": at}
    session.execute(insert_once(session, Block.__table__).values(row).on_conflict_do_nothing())
    _take_back(session, me, other_id, at)
    return Blocked(other_id)


def unblock(session: Session, operation: UUID, other_id: UUID, *, by: Actor, at: datetime) -> Unblocked:
    """They may reach me again. My card stays taken back until I give it anew. Safe to repeat."""
    me = by.someone.id

    def act() -> Unblocked:
        # Once more: a scan in the very moment of the block may have given it.
        _take_back(session, me, other_id, at)
        session.execute(delete(Block).where(Block.blocker_id == me, Block.blocked_id == other_id))
        return Unblocked(other_id)

    envelope = Envelope(operation, "unblock", by.label, {"person": str(other_id)})
    return once(session, envelope, Unblocked, act, at=at)


def stood_then(session: Session, blocker_id: UUID, other_id: UUID, at: datetime) -> bool:
    """Whether the first had blocked the second at that moment, though the block may have ended since (trust.md R13).

    A block that ended leaves no row of its own; the acts that made and ended it are in the operations.
    """
    standing = exists().where(Block.blocker_id == blocker_id, Block.blocked_id == other_id, Block.at <= at)
    if session.scalar(select(standing)):
        return True
    theirs = select(Operation.result).where(Operation.actor == f"person:{blocker_id}", Operation.kind.in_(_KINDS))
    for result in session.scalars(theirs.where(Operation.received_at <= at).order_by(Operation.received_at.desc())):
        if result and result["person_id"] == str(other_id):
            return bool(result["verdict"] == Blocked.__name__)
    return False


def _take_back(session: Session, me: UUID, other_id: UUID, at: datetime) -> None:
    answer_requests(session, me, other_id, "withdrawn", operation=None, at=at)
    forget_line(session, me, other_id)
    forget_line(session, other_id, me)
    bump(session, f"person:{me}")
    if mine := live_grant(session, me, other_id):
        mine.withdrawn_at = at
        # Only then: where nothing changes for them, not even the number of their screen's version may.
        bump(session, f"person:{other_id}")


def _has_met(session: Session, me: UUID, other_id: UUID) -> bool:
    first, second = sorted((me, other_id))
    met = exists().where(Meeting.first_id == first, Meeting.second_id == second)
    return bool(session.scalar(select(met)))
