"""Which badges are printed, and the life of a document.

It is asked for, made in a child process, fetched, and gone after a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.badges.models import Badge, Document
from webapp.badges.stocks import stocks
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.outbox import put
from webapp.events.models import Attendee, Event

KEPT_FOR = timedelta(hours=24)
KINDS = ("badges", "private_codes", "door_list")
FIRST_STOCK = "a4-4up"


@dataclass(frozen=True)
class Asked:
    """The document is being made."""

    document_id: UUID


@dataclass(frozen=True)
class NobodyToPrint:
    """No guest is left to print after cancelled ones are taken out."""


@dataclass(frozen=True)
class StillPrinting:
    """Another document of this event is being made by the same organizer; wait for it or cancel it."""

    document_id: UUID


def ask_for_document(
    session: Session, event: Event, kind: str, stock: str, selection: Sequence[UUID], *, by: Actor, at: datetime
) -> Asked | NobodyToPrint | StillPrinting:
    """Have a document made: of all guests, or of those selected. One at a time for each organizer."""
    if by.person is None:
        raise PermissionError("documents are asked for by people")
    chosen = guests_to_print(session, event.id, selection)
    if not chosen:
        return NobodyToPrint()
    if running := _running(session, event, by.person.id):
        return StillPrinting(running)
    document = Document(id=new_id(), event_id=event.id, kind=kind, stock=stock, asked_at=at, asked_by=by.person.id)
    document.selection = [str(attendee_id) for attendee_id in selection] or None
    document.total, document.expires_at = len(chosen), at + KEPT_FOR
    session.add(document)
    session.flush()
    put(session, "document.asked", cause=document.id, at=at, document_id=str(document.id))
    return Asked(document.id)


def guests_to_print(session: Session, event_id: UUID, selection: Sequence[UUID]) -> Sequence[Attendee]:
    """The guests of a document, by surname; cancelled ones get no paper. An empty selection means everyone."""
    guests = select(Attendee).where(Attendee.event_id == event_id, Attendee.cancelled_at.is_(None))
    if selection:
        guests = guests.where(Attendee.id.in_(selection))
    # By box first, so that a letter has one separator even where the alphabet and the box disagree.
    return session.scalars(guests.order_by(Attendee.box, Attendee.sort_key, Attendee.id)).all()


def _running(session: Session, event: Event, person_id: UUID) -> UUID | None:
    unfinished = Document.finished_at.is_(None) & Document.cancelled_at.is_(None) & Document.failure.is_(None)
    mine = select(Document.id).where(Document.event_id == event.id, Document.asked_by == person_id, unfinished)
    return session.scalar(mine.limit(1))


def cancel_document(document: Document, *, at: datetime) -> None:
    """Stop making it; the child process ends within a second. A finished one stays."""
    if document.finished_at is None:
        document.cancelled_at = document.cancelled_at or at


def file_of(document_id: UUID, data_dir: Path) -> Path:
    """Where the finished document lies, outside anything that is served by path."""
    return data_dir / "documents" / f"{document_id}.pdf"


def documents_of(session: Session, event: Event, at: datetime) -> Sequence[Document]:
    """The event's documents that have not vanished yet, newest first."""
    live = select(Document).where(Document.event_id == event.id, Document.expires_at > at)
    return session.scalars(live.order_by(Document.asked_at.desc()).limit(20)).all()


def usual_stock(session: Session, event: Event) -> str:
    """The stock used last for this circle's events; the plain one at first."""
    same_circle = select(Event.id).where(Event.circle_id == event.circle_id)
    last = select(Document.stock).where(Document.event_id.in_(same_circle), Document.kind == "badges")
    used = session.scalar(last.order_by(Document.asked_at.desc()).limit(1))
    return used if used and used in stocks() else FIRST_STOCK


def without_badge(session: Session, event: Event) -> int:
    """How many guests have no code yet."""
    live = select(Badge.attendee_id).where(Badge.event_id == event.id, Badge.replaced_at.is_(None))
    lacking = select(func.count()).select_from(Attendee).where(Attendee.id.not_in(live))
    return session.scalar(lacking.where(Attendee.event_id == event.id, Attendee.cancelled_at.is_(None))) or 0
