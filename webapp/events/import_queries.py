"""Import runs, always seen through whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from webapp.core.actor import Actor, NotHere
from webapp.events.models import Attendee, Event, ImportChange, ImportRun
from webapp.events.queries import get_event_organized_by


@dataclass(frozen=True)
class Alteration:
    """What a run changed about a guest: old and new by field; the guest's name as it is now."""

    attendee_id: UUID
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


def imports_of(session: Session, event: Event) -> Sequence[ImportRun]:
    """The event's last lists, newest first, without what is in them."""
    mine = select(ImportRun).where(ImportRun.event_id == event.id).options(defer(ImportRun.table, raiseload=True))
    return session.scalars(mine.order_by(ImportRun.staged_at.desc()).limit(20)).all()


def get_import_organized_by(session: Session, actor: Actor, run_id: UUID) -> tuple[ImportRun, Event]:
    """This run and its event, if the actor organizes the circle. Raises NotHere otherwise."""
    run = session.get(ImportRun, run_id)
    if run is None:
        raise NotHere
    return run, get_event_organized_by(session, actor, run.event_id)


def alterations_of(session: Session, run: ImportRun, *, limit: int) -> Sequence[Alteration]:
    """What the run changed about guests we had, by surname."""
    query = select(Attendee.id, Attendee.name, ImportChange.before, ImportChange.after)
    query = query.join(ImportChange, ImportChange.attendee_id == Attendee.id)
    query = query.where(ImportChange.run_id == run.id, ImportChange.kind == "changed")
    return [Alteration(*row) for row in session.execute(query.order_by(Attendee.sort_key).limit(limit))]


def stayed_after(session: Session, run: ImportRun, *, limit: int) -> Sequence[tuple[UUID, str, str]]:
    """(id, name, reason) of guests who stayed when the run was undone, by surname."""
    reasons: dict[str, str] = run.counts.get("stayed", {})
    query = select(Attendee.id, Attendee.name).where(Attendee.id.in_([UUID(guest_id) for guest_id in reasons]))
    rows = session.execute(query.order_by(Attendee.sort_key).limit(limit))
    return [(guest_id, name, reasons[str(guest_id)]) for guest_id, name in rows]
