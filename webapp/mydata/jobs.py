"""Nothing is kept longer than the record says (`webapp/personal.toml`)."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Address, AddressChange, OneTimeCode, Person, SignInSession
from webapp.accounts.people import BACK_WITHIN
from webapp.chains.models import Statement
from webapp.checkin.models import DoorFact, RefusedScan, SettledEntry
from webapp.contacts.models import AddressBook, Meeting
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.operations import Operation
from webapp.core.outbox import OutboxRow, Tools, put
from webapp.core.quarantine import QuarantinedOperation
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, DoorDevice, Event, ImportRun
from webapp.intentions.helping import write_down_hands
from webapp.introductions.models import CircleAsk, Introduction
from webapp.mydata.joining import join
from webapp.mydata.leaving import erase, leave, remove_places, who_left
from webapp.mydata.unused import call_off_for_guests, guests_asked, lock_if_over, who_to_ask, whose_time_is_over
from webapp.swaps.models import CardRequest, KeptScan, PitchReport, SlideCode

MINUTE = 40
"""The minute of each hour in which this is looked after: most of what is due is so for days."""

AFTER_AN_EVENT = timedelta(days=30)


def erase_again(data_dir: Path, at: datetime) -> int:
    """Erase whoever a restored backup brought back after they had left; how many they were. Safe to repeat."""
    listed = who_left(data_dir)
    if not listed:
        return 0
    back = db.session.scalars(select(Person.id).where(Person.id.in_(listed), Person.erased_at.is_(None))).all()
    with writing() as session:
        for person_id in back:
            erase(session, person_id, at=at)
        session.commit()
    return len(back)


def forget_what_is_due(tools: Tools, at: datetime) -> None:
    """Remove what has been kept long enough. Safe to repeat, and for several processes at once."""
    if at.minute != MINUTE:
        return
    for table, due in _due(at):
        _remove(table, due)
    for event_id in _events_to_close(at):
        with writing() as session:
            close_event(session, event_id, sealed=Sealed(tools.keyring, "notes"), at=at)
            session.commit()
    _forget_unclaimed(at)


def _due(at: datetime) -> tuple[tuple[Any, ColumnElement[bool]], ...]:
    def before(days: int) -> datetime:
        return at - timedelta(days=days)

    return (
        (OneTimeCode, OneTimeCode.created_at < before(1)),
        (AddressChange, AddressChange.done_at.is_(None) & (AddressChange.asked_at < before(1))),
        (AddressChange, AddressChange.done_at <= at - BACK_WITHIN),
        (KeptScan, KeptScan.at < before(1)),
        (AddressBook, AddressBook.read_at < before(1)),
        (CardRequest, CardRequest.answered_at.is_(None) & (CardRequest.at < before(14))),
        (OutboxRow, OutboxRow.done_at < before(30)),
        (Operation, Operation.received_at < before(60)),
        (QuarantinedOperation, QuarantinedOperation.received_at < before(30)),
        (SlideCode, SlideCode.ends_at < before(30)),
        (Statement, Statement.expires_at < before(30)),
        (SignInSession, SignInSession.created_at < before(90)),
        (PitchReport, PitchReport.at < before(90)),
        (CircleAsk, CircleAsk.asked_at < before(365)),
        (Introduction, Introduction.made_at.is_(None) & (Introduction.drafted_at < before(365))),
    )


def _remove(table: Any, due: ColumnElement[bool]) -> None:
    """Look first, as a reader: an hour in which nothing is due costs nobody at a door the write lock."""
    found = db.session.scalar(select(exists().where(due)))
    db.session.rollback()
    if found:
        with writing() as session:
            session.execute(delete(table).where(due))
            session.commit()


def _events_to_close(at: datetime) -> list[UUID]:
    has_rows = or_(
        exists().where(Attendee.event_id == Event.id),
        exists().where(DoorDevice.event_id == Event.id),
        exists().where(ImportRun.event_id == Event.id),
        exists().where(RefusedScan.event_id == Event.id),
        exists().where(DoorFact.event_id == Event.id),
    )
    over = select(Event.id).where(Event.ends_at < at - AFTER_AN_EVENT, has_rows)
    found = list(db.session.scalars(over))
    db.session.rollback()
    return found


def let_the_unused_go(tools: Tools, at: datetime) -> None:
    """Ask whom nobody has seen for two years whether they stay; a month after the mail, erase who did not sign in."""
    if at.minute != MINUTE:
        return
    back, to_ask, over = guests_asked(db.session()), who_to_ask(db.session(), at), whose_time_is_over(db.session(), at)
    db.session.rollback()
    if back or to_ask:
        with writing() as session:
            call_off_for_guests(session, back)
            for person_id, last in to_ask:
                _put_question(session, person_id, last, at)
            session.commit()
    for person_id in over:
        with writing() as session:
            if lock_if_over(session, person_id, at):
                leave(session, person_id, data_dir=tools.data_dir, at=at)
            session.commit()


def _put_question(session: Session, person_id: UUID, last: datetime, at: datetime) -> None:
    # The day is part of the cause: whoever comes back and is away for two years again is asked again.
    cause = f"{person_id} {last:%Y-%m-%d}"
    put(session, "account.unused", cause=cause, at=at, recipient=person_id, person_id=str(person_id))


def close_event(session: Session, event_id: UUID, *, sealed: Sealed, at: datetime) -> None:
    """Guests, doors, lists and what the door refused go; how many were expected and how many came stays with it."""
    write_down_hands(session, session.get_one(Event, event_id), sealed, at=at)
    remove_places(session, Attendee.event_id == event_id, at=at)
    for table in (RefusedScan, DoorFact, SettledEntry, DoorDevice, ImportRun):
        session.execute(delete(table).where(table.event_id == event_id))


def _forget_unclaimed(at: datetime) -> None:
    """Whoever was only ever on a list goes with their last place; somebody others have met keeps the name they know."""
    nowhere = ~exists().where(Attendee.person_id == Person.id)
    listed = Person.claimed_at.is_(None) & Person.erased_at.is_(None) & (Person.created_at < at - AFTER_AN_EVENT)
    met = or_(exists().where(Meeting.first_id == Person.id), exists().where(Meeting.second_id == Person.id))
    _remove(Person, listed & nowhere & ~met)
    _remove(Address, Address.person_id.in_(select(Person.id).where(listed, nowhere)))


def join_left_behind(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """A place was claimed by somebody who was here before: what its badge had got until then is theirs too.

    Only if the one on the list is nobody's and nowhere else: other places are claimed by proofs of their own.
    """
    gone, person_id = UUID(payload["gone"]), UUID(payload["person_id"])
    with writing() as session:
        listed = session.get(Person, gone)
        nowhere = session.scalar(select(~exists().where(Attendee.person_id == gone)))
        if listed and listed.claimed_at is None and nowhere and session.get(Person, person_id):
            join(session, person_id, gone, sealed=Sealed(tools.keyring, "notes"), at=now())
        session.commit()
