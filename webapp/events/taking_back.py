"""Taking an import back whole: whoever has become more than a row of a list stays, by name."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.accounts.people import correct_unclaimed
from webapp.circles.models import CircleRole
from webapp.core.actor import Actor
from webapp.core.versions import bump
from webapp.events.importing import put_state, state_of
from webapp.events.models import Attendee, Event, ImportChange, ImportRun

Ties = Mapping[str, Callable[[Session, UUID], Collection[UUID]]]
"""What binds guests to an event, from features above this one: a word, and the ids of an event's guests so bound."""


@dataclass(frozen=True)
class TakenBack:
    """Undone. `stayed` counts guests that stayed as they are; the run remembers which and why."""

    removed: int
    restored: int
    stayed: int


@dataclass(frozen=True)
class NothingToTakeBack:
    """This list was never brought in."""


UndoVerdict = TakenBack | NothingToTakeBack


def undo_import(session: Session, event: Event, run: ImportRun, *, ties: Ties, by: Actor, at: datetime) -> UndoVerdict:
    """Remove the guests this run made and give changed ones their values back. Asked again, the same answer.

    Guests stay who claimed their place, are bound by one of `ties`, or were edited since they were changed.
    """
    # One undo at a time; and a door that lets one of these guests in meanwhile comes before or after, never between.
    session.refresh(run, with_for_update=True)
    if run.committed_at is None:
        return NothingToTakeBack()
    if run.undone_at is None:
        pairs = _changes_with_guests(session, run)
        stayed = _who_stays(session, event, pairs, ties)
        taken = [(change, guest) for change, guest in pairs if guest.id not in stayed]
        _remove(session, [guest for change, guest in taken if change.kind == "new"])
        _restore(session, [pair for pair in taken if pair[0].kind == "changed"], by, at)
        removed = sum(change.kind == "new" for change, _ in taken)
        reasons = {str(guest_id): reason for guest_id, reason in stayed.items()}
        run.counts = {**run.counts, "removed": removed, "restored": len(taken) - removed, "stayed": reasons}
        run.undone_at = at
        bump(session, f"event:{event.id}")
        session.flush()
    return TakenBack(run.counts["removed"], run.counts["restored"], len(run.counts["stayed"]))


_Pairs = Sequence[tuple[ImportChange, Attendee]]


def _changes_with_guests(session: Session, run: ImportRun) -> _Pairs:
    query = select(ImportChange, Attendee).join(Attendee, Attendee.id == ImportChange.attendee_id)
    query = query.where(ImportChange.run_id == run.id).with_for_update(of=Attendee)
    return [(change, guest) for change, guest in session.execute(query.execution_options(populate_existing=True))]


def _who_stays(session: Session, event: Event, pairs: _Pairs, ties: Ties) -> dict[UUID, str]:
    """Why each guest who stays does, by id."""
    new = {guest.id for change, guest in pairs if change.kind == "new"}
    stayed = {guest.id: "claimed" for change, guest in pairs if change.kind == "new" and guest.claimed_at}
    for word, bound in ties.items():
        stayed |= dict.fromkeys(new.intersection(bound(session, event.id)), word)
    changed = (pair for pair in pairs if pair[0].kind == "changed")
    return stayed | {guest.id: "edited" for change, guest in changed if _edited(change, guest)}


def _edited(change: ImportChange, guest: Attendee) -> bool:
    state = state_of(guest)
    return any(state[field] != value for field, value in change.after.items())


def _restore(session: Session, pairs: _Pairs, by: Actor, at: datetime) -> None:
    for change, guest in pairs:
        put_state(session, guest, state_of(guest) | change.before, by=by, at=at)
    renamed = {guest.person_id: (guest.name, guest.email) for change, guest in pairs if _moves(change)}
    correct_unclaimed(session, renamed, at)


def _moves(change: ImportChange) -> bool:
    return not {"name", "email"}.isdisjoint(change.before)


def _remove(session: Session, guests: Iterable[Attendee]) -> None:
    """The places, with badges and invitations, and the people who existed only because of them."""
    ids, people = [], []
    for guest in guests:
        ids.append(guest.id)
        people.append(guest.person_id)
        session.expunge(guest)
    session.execute(delete(Attendee).where(Attendee.id.in_(ids)).execution_options(synchronize_session=False))
    elsewhere = exists().where(Attendee.person_id == Person.id) | exists().where(CircleRole.person_id == Person.id)
    unknown = delete(Person).where(Person.id.in_(people), Person.claimed_at.is_(None), ~elsewhere)
    session.execute(unknown.execution_options(synchronize_session=False))
