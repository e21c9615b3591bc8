"""Bringing a staged list in: one transaction, rehearsed again against the guests as they are at that moment."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Address, Person
from webapp.accounts.people import correct_unclaimed, make_all_unclaimed
from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.versions import bump
from webapp.events.columns import mapping_problems
from webapp.events.guest_rows import name_key
from webapp.events.guests import (
    GuestDetails,
    cancel_guest,
    correct_guest,
    details_of,
    place_for,
    restore_guest,
)
from webapp.events.models import Attendee, Event, ImportChange, ImportRun
from webapp.events.queries import one_at_a_time
from webapp.events.rehearsal import GuestValues, KnownGuest, Rehearsal, RowPlan, rehearse, settle
from webapp.events.staging import choices_of, mapping_of, table_of

_SAID = ("id", "name", "given_name", "family_name", "email", "company", "headline", "external_ref")


@dataclass(frozen=True)
class BroughtIn:
    """The list is in. Asked again, the same answer. `left_out` counts bad and undecided rows."""

    new: int
    changed: int
    left_out: int


@dataclass(frozen=True)
class LookAgain:
    """Nothing was written: what would be is not what the organizer saw."""


@dataclass(frozen=True)
class NotMapped:
    """Nothing was written: the columns do not say who the guests are."""


ImportVerdict = BroughtIn | LookAgain | NotMapped


def known_guests(session: Session, event_id: UUID, *, lock: bool = False) -> list[KnownGuest]:
    """The event's guests, cancelled ones too, as a rehearsal wants them. `lock` keeps others from changing them."""
    said = [getattr(Attendee, field) for field in _SAID]
    query = select(*said, Attendee.cancelled_at).where(Attendee.event_id == event_id)
    query = query.order_by(Attendee.sort_key, Attendee.id)
    return [_known(row) for row in session.execute(query.with_for_update(key_share=True) if lock else query)]


def _known(row: Any) -> KnownGuest:
    return KnownGuest(**{field: getattr(row, field) for field in _SAID}, cancelled=row.cancelled_at is not None)


def rehearse_run(session: Session, run: ImportRun, *, lock: bool = False) -> Rehearsal:
    """What this list would do to the guests as they are now."""
    return rehearse(table_of(run), mapping_of(run), known_guests(session, run.event_id, lock=lock))


def fingerprint(rehearsal: Rehearsal) -> str:
    """A digest of everything that would be written or asked. The page sends back the one it showed."""
    return hashlib.sha256(repr((rehearsal.new, rehearsal.changed, rehearsal.doubtful)).encode()).hexdigest()


def bring_in(
    session: Session, event: Event, run: ImportRun, *, seen: str | None, by: Actor, at: datetime
) -> ImportVerdict:
    """Write what the rehearsal says and the organizer decided: all of it or nothing, and once.

    `seen` is the fingerprint of what they looked at (None: nobody looked). If meanwhile a guest was added or changed so
    that the list would do something else, nothing is written.
    """
    one_at_a_time(session, event.id)
    session.refresh(run, with_for_update=True)
    if run.committed_at is not None:
        return _verdict(run)
    if mapping_problems(mapping_of(run)):
        return NotMapped()
    rehearsal = rehearse_run(session, run, lock=True)
    if seen is not None and seen != fingerprint(rehearsal):
        return LookAgain()
    settled = settle(rehearsal, choices_of(run))
    changes = _add(session, event, settled.add, at) + _change(session, settled.update, by, at)
    if changes:
        session.execute(insert(ImportChange), [{"id": new_id(), "run_id": run.id, **change} for change in changes])
    _settle_run(run, rehearsal, {plan.row_number for plan in (*settled.add, *settled.update)}, at)
    run.counts = {**run.counts, "new": len(settled.add), "changed": len(settled.update)}
    bump(session, f"event:{event.id}")
    session.flush()
    return _verdict(run)


def _settle_run(run: ImportRun, rehearsal: Rehearsal, written: set[int], at: datetime) -> None:
    """The run keeps numbers, not the list."""
    undecided = [plan.row_number for plan in rehearsal.doubtful if plan.row_number not in written]
    bad = [plan.row_number for plan in rehearsal.bad]
    run.counts = {"same": len(rehearsal.same), "undecided": undecided, "bad": bad}
    run.committed_at, run.table, run.choices = at, None, {}


def _verdict(run: ImportRun) -> BroughtIn:
    counts = run.counts
    return BroughtIn(counts["new"], counts["changed"], len(counts["undecided"]) + len(counts["bad"]))


def _details(values: GuestValues) -> GuestDetails:
    return GuestDetails(**{field: text for field, text in vars(values).items() if field != "cancelled"})


def _add(session: Session, event: Event, plans: Sequence[RowPlan], at: datetime) -> list[dict[str, Any]]:
    known = _PeopleOfCircle(session, event, {plan.values.email_key for plan in plans if plan.values.email})
    people = [known.find(plan.values) for plan in plans]
    strangers = [plan for plan, person_id in zip(plans, people, strict=True) if person_id is None]
    made = iter(make_all_unclaimed(session, [(plan.values.name, plan.values.email) for plan in strangers], at))
    guests = [
        place_for(event, person_id or next(made), _details(plan.values), source="import", at=at)
        for plan, person_id in zip(plans, people, strict=True)
    ]
    session.add_all(guests)
    session.flush()
    return [_changed(guest.id, "new", {}, dict(vars(details_of(guest)))) for guest in guests]


class _PeopleOfCircle:
    """People known from other events of this circle by (e-mail, name), so that a human stays one person.

    Only those a proof of the address would let in, and nobody who has a place at this event already. Another circle's
    people are never looked at.
    """

    def __init__(self, session: Session, event: Event, email_keys: set[str]) -> None:
        here = select(Attendee.person_id).where(Attendee.event_id == event.id)
        elsewhere = (
            select(Address.address_key, Attendee.name, Person.id)
            .join(Person, Person.id == Address.person_id)
            .join(Attendee, Attendee.person_id == Person.id)
            .join(Event, Event.id == Attendee.event_id)
            .where(Event.circle_id == event.circle_id, Address.address_key.in_(email_keys), Person.id.not_in(here))
            .where(Address.confirmed_at.is_not(None) | Person.claimed_at.is_(None))
            .order_by(Address.confirmed_at.is_(None).desc(), Attendee.created_at)  # the address's owner comes last
        )
        rows = session.execute(elsewhere)
        self._known = {(key, name_key(name)): person_id for key, name, person_id in rows}
        self._placed: set[UUID] = set()

    def find(self, values: GuestValues) -> UUID | None:
        """The person this row means, once: two rows of one name and address are two people until they say otherwise."""
        person_id = self._known.get((values.email_key, values.name_key))
        if person_id is None or person_id in self._placed:
            return None
        self._placed.add(person_id)
        return person_id


def _change(session: Session, plans: Sequence[RowPlan], by: Actor, at: datetime) -> list[dict[str, Any]]:
    guests = get_guests(session, [plan.match for plan in plans if plan.match])
    done, moved = [], {}
    for plan in plans:
        if plan.match is None:
            continue
        guest = guests[plan.match]
        before = state_of(guest)
        put_state(session, guest, before | _wanted(plan), by=by, at=at)
        after = state_of(guest)
        done.append(_changed(guest.id, "changed", *_difference(before, after)))
        if (before["name"], before["email"]) != (after["name"], after["email"]):
            moved[guest.person_id] = (guest.name, guest.email)
    correct_unclaimed(session, moved, at)
    return done


def _wanted(plan: RowPlan) -> dict[str, Any]:
    return {field: new for field, (_, new) in plan.changes.items()} | {"cancelled": plan.values.cancelled}


def _changed(attendee_id: UUID, kind: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"attendee_id": attendee_id, "kind": kind, "before": before, "after": after}


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    fields = [field for field in after if before[field] != after[field]]
    return {field: before[field] for field in fields}, {field: after[field] for field in fields}


def get_guests(session: Session, ids: Sequence[UUID]) -> dict[UUID, Attendee]:
    """These guests by id, as they are in the database now."""
    query = select(Attendee).where(Attendee.id.in_(ids)).execution_options(populate_existing=True)
    return {guest.id: guest for guest in session.scalars(query)}


def state_of(guest: Attendee) -> dict[str, Any]:
    """What an import may change about a guest: details, and whether they are cancelled."""
    return {**vars(details_of(guest)), "cancelled": guest.cancelled_at is not None}


def put_state(session: Session, guest: Attendee, state: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Make the guest be as this state says."""
    details = dict(state)
    cancelled = details.pop("cancelled")
    correct_guest(guest, GuestDetails(**details))
    if cancelled and guest.cancelled_at is None:
        cancel_guest(session, guest, by=by, at=at)
    elif not cancelled and guest.cancelled_at is not None:
        restore_guest(session, guest)
