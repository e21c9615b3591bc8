"""Making a document: load, have a child process draw it, keep what came of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from webapp.badges.documents import badge_sheet, claim_slips, door_list
from webapp.badges.models import Document
from webapp.badges.printing import NobodyToPrint, file_of, guests_to_print, usual_stock
from webapp.badges.sheets import payload
from webapp.core import child, outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.outbox import Tools
from webapp.events.models import Attendee, Event

DRAWN_BY = {
    "badges": "webapp.badges.pdf:badges_from_payload",
    "private_codes": "webapp.badges.pdf:slips_from_payload",
    "door_list": "webapp.badges.pdf:door_list_from_payload",
}


def limits_for(pages: int) -> child.Limits:
    """What one document may use: a floor for fonts and libraries, and a little for each guest."""
    return child.Limits(cpu_seconds=30 + pages // 10, memory_bytes=2 << 30, wall_seconds=90 + pages / 5)


def make_document(row_id: UUID, message: dict[str, Any], tools: Tools) -> None:
    """Draw the document in a child process. Safe to repeat: a file appears whole, by one rename, or not at all."""
    document_id = UUID(message["document_id"])
    order = _order(document_id, tools)
    if order is None:
        return
    kind, drawing, pages = order
    target = file_of(document_id, tools.data_dir)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    watch = _Watch(document_id, row_id)
    result = child.run(DRAWN_BY[kind], drawing, target, limits_for(pages), watch.progress, watch.cancelled)
    _keep(document_id, result, target)


def _order(document_id: UUID, tools: Tools) -> tuple[str, Mapping[str, object], int] | None:
    """What to draw, or None if it was cancelled meanwhile. New codes are durable before they are on paper."""
    with writing() as session:
        document = session.get(Document, document_id)
        if document is None or document.cancelled_at or document.finished_at:
            return None
        event = session.get_one(Event, document.event_id, options=[joinedload(Event.circle)])
        guests = guests_to_print(session, event.id, [UUID(text) for text in document.selection or []])
        document.started_at, document.total = now(), len(guests)
        drawing = _drawing(session, document, event, guests, tools)
        session.commit()
        return document.kind, drawing, len(guests)


def _drawing(
    session: Session, document: Document, event: Event, guests: Sequence[Attendee], tools: Tools
) -> Mapping[str, object]:
    keys: dict[str, Any] = {"keyring": tools.keyring, "base_url": tools.base_url}
    draw: dict[str, Callable[[], Any]] = {
        "badges": lambda: badge_sheet(session, document, event, guests, **keys),
        "private_codes": lambda: claim_slips(document, event, guests, **keys),
        "door_list": lambda: door_list(document, event, guests, at=now()),
    }
    return payload(draw[document.kind]())


def print_badges(
    event_id: UUID, stock: str | None, out: Path, tools: Tools, on_progress: child.Progress
) -> child.ChildResult | NobodyToPrint:
    """Every badge of an event into a file at once, without a desk. `stock` None is the circle's usual one.

    New codes are committed before they are on paper. The event must exist.
    """
    with writing() as session:
        event = session.get_one(Event, event_id, options=[joinedload(Event.circle)])
        guests = guests_to_print(session, event.id, [])
        if not guests:
            return NobodyToPrint()
        document = Document(kind="badges", stock=stock or usual_stock(session, event), asked_at=now())
        drawing = _drawing(session, document, event, guests, tools)
        session.commit()
    return child.run(DRAWN_BY["badges"], drawing, out, limits_for(len(guests)), on_progress)


class _Watch:
    """Tells the page how far it is, the outbox that somebody still works on it, and the child when to stop."""

    def __init__(self, document_id: UUID, row_id: UUID) -> None:
        self._document_id, self._row_id = document_id, row_id
        self._told = self._asked = now()
        self._cancelled = False

    def progress(self, done: int, total: int) -> None:
        """Keep how far it is, at most once a second."""
        at = now()
        if (at - self._told).total_seconds() < 1:
            return
        self._told = at
        with writing() as session:
            mine = update(Document).where(Document.id == self._document_id)
            session.execute(mine.values(done=done, total=total))
            outbox.renew(session, self._row_id, at=at)
            session.commit()

    def cancelled(self) -> bool:
        """Whether somebody cancelled it; asked of the database at most twice a second."""
        at = now()
        if (at - self._asked).total_seconds() >= 0.5:
            self._asked = at
            cancelled_at = db.session.scalar(select(Document.cancelled_at).where(Document.id == self._document_id))
            db.session.rollback()
            self._cancelled = cancelled_at is not None
        return self._cancelled


def _keep(document_id: UUID, result: child.ChildResult, target: Path) -> None:
    at = now()
    match result:
        case child.Done():
            outcome: dict[str, Any] = {"finished_at": at, "done": Document.total}
        case child.Cancelled():
            outcome = {"cancelled_at": at}
        case child.OutOfTime():
            outcome = {"failure": "time"}
        case child.Failed():
            outcome = {"failure": "drawing"}
        case _:
            assert_never(result)
    with writing() as session:
        session.execute(update(Document).where(Document.id == document_id).values(outcome))
        session.commit()
    if not isinstance(result, child.Done):
        target.unlink(missing_ok=True)


def remove_expired(tools: Tools, at: datetime) -> None:
    """Let documents older than a day vanish, file first. Safe to repeat, and for several processes at once."""
    expired = db.session.scalars(select(Document.id).where(Document.expires_at <= at).limit(100)).all()
    db.session.rollback()
    for document_id in expired:
        file_of(document_id, tools.data_dir).unlink(missing_ok=True)
    if expired:
        with writing() as session:
            for document in session.scalars(select(Document).where(Document.id.in_(expired))):
                session.delete(document)
            session.commit()
