"""One card moving one way: given, asked for, answered. The pair is locked by `contacts.remembering.meet` before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from webapp.accounts.cards import get_card, offered_fields
from webapp.accounts.models import Card
from webapp.contacts.models import Meeting
from webapp.contacts.remembering import keep_in_mind
from webapp.core.database import insert_once
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.core.versions import bump
from webapp.events.models import Attendee
from webapp.swaps.models import CardRequest, Grant, KindLine

WORDING = "2026-12"
"""Which version of our sentences was shown when a card was given (GDPR Art. 7(1)); new words, new version.

The sentences of each version stand in docs/consent.md; a test compares.
"""

MOST_OPEN = 150
"""Cards one person may wait for at a time (trust.md decision 15)."""
MOST_PER_PAIR = 3
"""How often one may ask the same person (trust.md 5.4)."""

BEFORE_ASKED = frozenset({"name", "headline"})


def fields_to_give(session: Session, card: Card, event_id: UUID | None) -> list[str]:
    """Names of the fields a swap at this event hands over now, as the person chose for it.

    Name and headline alone until the person said how to be reached.
    """
    offered, chosen = offered_fields(card, card.person), _chosen_for(session, card.person_id, event_id)
    tonight = [field for field in offered if field == "name" or chosen is None or field in chosen]
    return [field for field in tonight if card.reach_chosen_at or field in BEFORE_ASKED]


def _chosen_for(session: Session, person_id: UUID, event_id: UUID | None) -> list[str] | None:
    place = select(Attendee.gives).where(Attendee.event_id == event_id, Attendee.person_id == person_id)
    return session.scalar(place.where(Attendee.cancelled_at.is_(None), Attendee.gives.is_not(None)).limit(1))


def live_grant(session: Session, giver_id: UUID, receiver_id: UUID) -> Grant | None:
    """The release that holds now in this direction, as its giver knows it."""
    return session.scalar(select(Grant).where(_live(giver_id, receiver_id)))


def held_grant(session: Session, giver_id: UUID, receiver_id: UUID) -> Grant | None:
    """The same as its receiver knows it: what was given while they had blocked its giver never reached them."""
    return session.scalar(select(Grant).where(_live(giver_id, receiver_id), ~Grant.under_block))


def _live(giver_id: UUID, receiver_id: UUID) -> ColumnElement[bool]:
    between = (Grant.giver_id == giver_id) & (Grant.receiver_id == receiver_id)
    return between & Grant.undone_at.is_(None) & Grant.withdrawn_at.is_(None)


def took_back(session: Session, giver_id: UUID, receiver_id: UUID) -> bool:
    """Whether this person once took their card back from that one: a standing choice then no longer speaks for them."""
    gone = Grant.undone_at.is_not(None) | Grant.withdrawn_at.is_not(None)
    once = select(Grant.id).where(Grant.giver_id == giver_id, Grant.receiver_id == receiver_id, gone)
    return session.scalar(once.limit(1)) is not None


def give(
    session: Session,
    meeting: Meeting,
    giver_id: UUID,
    *,
    operation: UUID,
    how: str,
    at: datetime,
    under_block: bool = False,
    fields: Sequence[str] | None = None,
) -> None:
    """The giver's card goes to the other of the pair; both have the meeting in their story. Safe to repeat.

    What was given `under_block` reaches its receiver only when it is given once more, without one. `fields` are those
    its giver said yes with before; without them what a swap hands over now.
    """
    card = get_card(session, giver_id)
    receiver_id = meeting.other_of(giver_id)
    row = dict(id=new_id(), giver_id=giver_id, receiver_id=receiver_id, meeting_id=meeting.id, how=how, at=at)
    row |= dict(event_id=meeting.event_id, operation_id=operation, wording=WORDING, under_block=under_block)
    given = fields_to_give(session, card, meeting.event_id) if fields is None else list(fields)
    row |= dict(fields=given, card_version=card.version)
    made = insert_once(session, Grant.__table__).values(row).on_conflict_do_nothing().returning(Grant.__table__.c.id)
    if session.execute(made).first() is None and not under_block:
        session.execute(update(Grant).where(_live(giver_id, receiver_id)).values(under_block=False))
    for person_id in (giver_id, receiver_id):
        keep_in_mind(session, meeting, person_id, at=at)
    bump(session, f"person:{giver_id}", f"person:{receiver_id}")


def give_later(session: Session, grant: Grant, operation: UUID, made_at: datetime) -> None:
    """Somebody told late of one more scan: if it was made after the one by which their card went, it goes by this one.

    Whoever took the earlier one back had not made this one yet, so it stands in either order (trust.md R14). What the
    earlier one did for both goes along if it was theirs.
    """
    before = session.get(Operation, grant.operation_id)
    if before is None or made_at <= (before.device_time or before.received_at):
        return
    if before.actor != f"person:{grant.giver_id}":
        grant.operation_id = operation
        return
    pair = (grant.giver_id, grant.receiver_id)
    cards = update(Grant).where(Grant.operation_id == before.id, Grant.giver_id.in_(pair), Grant.receiver_id.in_(pair))
    session.execute(cards.values(operation_id=operation))
    questions = update(CardRequest).where(CardRequest.asker_id.in_(pair), CardRequest.asked_id.in_(pair))
    for column in (CardRequest.operation_id, CardRequest.answering_operation_id):
        session.execute(questions.where(column == before.id).values({column: operation}))


def ask(session: Session, meeting: Meeting, asker_id: UUID, *, operation: UUID, at: datetime) -> bool:
    """Let the other's card be asked for; False when this person has asked enough of them, or of everybody."""
    asked_id = meeting.other_of(asker_id)
    if _open_requests(session, asker_id, asked_id):
        return True
    before = _count(session, (CardRequest.asker_id == asker_id) & (CardRequest.asked_id == asked_id))
    waiting = _count(session, (CardRequest.asker_id == asker_id) & CardRequest.answered_at.is_(None))
    if before >= MOST_PER_PAIR or waiting >= MOST_OPEN:
        return False
    ids = dict(id=new_id(), asker_id=asker_id, asked_id=asked_id, meeting_id=meeting.id, event_id=meeting.event_id)
    row = {**ids, "operation_id": operation, "at": at}
    session.execute(insert_once(session, CardRequest.__table__).values(row).on_conflict_do_nothing())
    return True


def answer_requests(
    session: Session, asker_id: UUID, asked_id: UUID, answer: str, *, operation: UUID | None, at: datetime
) -> None:
    """Close what this one waits for from that one."""
    values = {"answered_at": at, "answer": answer, "answering_operation_id": operation}
    for request in _open_requests(session, asker_id, asked_id):
        session.execute(update(CardRequest).where(CardRequest.id == request.id).values(values))


def forget_line(session: Session, about_id: UUID, writer_id: UUID) -> None:
    """The writer no longer has that card, so the kind line they wrote for it goes too."""
    session.execute(delete(KindLine).where(KindLine.about_id == about_id, KindLine.writer_id == writer_id))


def _open_requests(session: Session, asker_id: UUID, asked_id: UUID) -> Sequence[CardRequest]:
    between = select(CardRequest).where(CardRequest.asker_id == asker_id, CardRequest.asked_id == asked_id)
    return session.scalars(between.where(CardRequest.answered_at.is_(None), CardRequest.undone_at.is_(None))).all()


def _count(session: Session, which: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(CardRequest).where(which, CardRequest.undone_at.is_(None))
    return session.scalar(counted) or 0
