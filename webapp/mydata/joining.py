"""Two claims of one human become one person. Nothing they have is lost; everybody else sees one person instead of two.

Every foreign key to a person stands in one of the two lists below; a test compares them with the tables, so that a new
one cannot be forgotten.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, delete, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import JoinedPerson, OneTimeCode, Person
from webapp.accounts.moving import may_be_taken_back, own_addresses
from webapp.accounts.people import claim_person, known_people
from webapp.contacts.models import Meeting
from webapp.core.database import Base
from webapp.core.operations import Operation
from webapp.core.outbox import OutboxRow, put
from webapp.core.tokens import Sealed
from webapp.core.versions import bump, forget
from webapp.events.claiming import claim_own_places
from webapp.mydata.settling import (
    Two,
    agree_on_tonight,
    forget_between,
    join_addresses,
    join_blocks,
    join_cards,
    join_grants,
    join_hands,
    join_keepings,
    join_kind_lines,
    join_links,
    join_meetings,
    join_organizing,
    join_requests,
    join_takeaways,
    reseal,
)
from webapp.mydata.settling_intentions import join_enquiries, join_moods
from webapp.mydata.settling_introductions import forget_introductions, join_asks, join_ties
from webapp.mydata.settling_tags import join_tags

MOVED = frozenset(
    {
        "address_changes.person_id",
        "addresses.person_id",
        "attendees.cancelled_by",
        "attendees.person_id",
        "badges.replaced_by",
        "blocks.blocked_id",
        "blocks.blocker_id",
        "card_requests.asked_id",
        "card_requests.asker_id",
        "check_ins.by_person_id",
        "check_ins.undone_by_person_id",
        "circle_roles.given_by",
        "circle_roles.person_id",
        "documents.asked_by",
        "door_devices.created_by",
        "door_facts.by_person_id",
        "enquiries.person_id",
        "events.created_by",
        "grants.giver_id",
        "grants.receiver_id",
        "import_runs.staged_by",
        "introduction_replies.person_id",
        "introductions.connector_id",
        "introductions.first_id",
        "introductions.second_id",
        "invitations.asked_by",
        "joined_persons.person_id",
        "keepings.other_id",
        "keepings.person_id",
        "kept_scans.person_id",
        "kept_scans.shown_by_id",
        "kind_lines.about_id",
        "kind_lines.writer_id",
        "moods.person_id",
        "pitch_reports.reported_id",
        "pitch_reports.reporter_id",
        "push_subscriptions.person_id",
        "questions.other_id",
        "weekly_questions.person_id",
        "refused_scans.by_person_id",
        "reminders.other_id",
        "rests.other_id",
        "rests.person_id",
        "roles.other_id",
        "same_people.other_id",
        "same_people.person_id",
        "settled_entries.by_person_id",
        "sign_in_sessions.person_id",
        "slide_codes.person_id",
        "touches.other_id",
        "story_lines.other_id",
        "tie_choices.other_id",
        "tie_choices.person_id",
    }
)
"""Columns that name the person who stays instead, once what cannot stand twice was settled."""

SETTLED = frozenset(
    {
        "cards.person_id",
        "circle_asked.person_id",
        "circle_asks.person_id",
        "links.person_id",
        "introduction_asks.person_id",
        "introduction_choices.person_id",
        "helps.person_id",
        "intentions.person_id",
        "loose_notes.person_id",
        "measures.person_id",
        "meetings.first_id",
        "meetings.second_id",
        "memories.person_id",
        "needs.person_id",
        "address_books.person_id",
        "one_time_codes.person_id",
        "outside_contacts.person_id",
        "paces.person_id",
        "outcomes.person_id",
        "photos.person_id",
        "promises.person_id",
        "questions.person_id",
        "quiet_hours.person_id",
        "reminders.person_id",
        "roles.person_id",
        "statements.person_id",
        "steps.person_id",
        "stories.person_id",
        "story_lines.person_id",
        "taggings.other_id",
        "tags.person_id",
        "takeaways.person_id",
        "touches.person_id",
        "wishes.person_id",
    }
)
"""Columns whose rows are joined, made anew or dropped one by one."""


@dataclass(frozen=True)
class Joined:
    """One person is left, with all of both."""


@dataclass(frozen=True)
class NotYet:
    """An address of one of them was changed so short ago that its old mailbox may still take it back."""


def join_all(
    session: Session, proof: OneTimeCode, goes: UUID, *, sealed: Sealed, at: datetime
) -> Joined | NotYet | None:
    """Join whoever the proven address stands for under this name with the person who proved it; uses the proof up.

    None when it stands for nobody of that id.
    """
    stays = proof.person_id
    people = joinable(session, proof)
    name = next((person.name for person in people if person.id == goes), None)
    if stays is None or name is None:
        return None
    # Someone imported twice under one name and address is still one human.
    for person in [person for person in people if person.name == name]:
        claim_person(session, person, proven_address=proof.address_key, at=at)
        claim_own_places(session, person, at=at)
        verdict = join(session, stays, person.id, sealed=sealed, at=at)
        if isinstance(verdict, NotYet):
            return verdict
    for address in own_addresses(session, stays):
        put(session, "person.joined", cause=proof.id, at=at, recipient=address.id, address=str(address.id))
    session.execute(delete(OneTimeCode).where(OneTimeCode.id == proof.id))
    return Joined()


def joinable(session: Session, proof: OneTimeCode) -> Sequence[Person]:
    """Whom the proven address stands for, beside the one who proved it."""
    return [person for person in known_people(session, proof.address_key) if person.id != proof.person_id]


def join(session: Session, stays: UUID, goes: UUID, *, sealed: Sealed, at: datetime) -> Joined | NotYet:
    """Make two proven people one; `stays` is who is signed in. Both were proven by a mailed code a moment ago.

    Joining cannot be taken back, so it waits while a change of address still can.
    """
    if may_be_taken_back(session, [stays, goes], at):
        return NotYet()
    two = Two(session, stays, goes, sealed, at)
    around = _everybody_around(two)
    for settle in (forget_between, forget_introductions, join_asks, join_ties, join_meetings):
        settle(two)
    for settle in (join_moods, join_enquiries, join_takeaways, reseal, join_tags):
        settle(two)
    for settle in (join_links, join_grants, join_requests, join_hands):
        settle(two)
    for settle in (join_keepings, join_blocks, join_kind_lines, join_organizing, join_addresses, join_cards):
        settle(two)
    agree_on_tonight(two)
    _move_the_rest(two)
    _rename(two)
    _vanish(two)
    bump(session, *(f"person:{person}" for person in around))
    return Joined()


def _everybody_around(two: Two) -> set[UUID]:
    both = [two.stays, two.goes]
    pairs = select(Meeting.first_id, Meeting.second_id)
    met = two.session.execute(pairs.where(Meeting.first_id.in_(both) | Meeting.second_id.in_(both)))
    return {person for pair in met for person in pair} - {two.goes} | {two.stays}


def _move_the_rest(two: Two) -> None:
    two.session.flush()
    for table, column in (place.split(".") for place in sorted(MOVED)):
        rows = Base.metadata.tables[table]
        two.session.execute(update(rows).where(rows.c[column] == two.goes).values({column: two.stays}))
    two.session.expire_all()


def _rename(two: Two) -> None:
    """Where people are named in texts: who asked what, and what must still be done."""
    session, gone, kept = two.session, str(two.goes), str(two.stays)
    labels = update(Operation).where(Operation.actor == f"person:{gone}")
    session.execute(labels.values(actor=f"person:{kept}"))
    for operation in session.scalars(select(Operation).where(cast(Operation.result, String).contains(gone))).all():
        operation.result = json.loads(json.dumps(operation.result).replace(gone, kept))
    named = cast(OutboxRow.payload, String).contains(gone) | (OutboxRow.recipient == gone)
    for row in session.scalars(select(OutboxRow).where(named)).all():
        _rename_in(session, row, gone, kept)
    forget(session, f"person:{gone}")
    session.flush()


def _rename_in(session: Session, row: OutboxRow, gone: str, kept: str) -> None:
    recipient = row.recipient.replace(gone, kept)
    same = (OutboxRow.cause == row.cause) & (OutboxRow.handler == row.handler) & (OutboxRow.recipient == recipient)
    if session.scalar(select(OutboxRow.id).where(same, OutboxRow.id != row.id)):
        session.delete(row)  # one mail of an evening is enough for one human
    else:
        row.recipient, row.payload = recipient, json.loads(json.dumps(row.payload).replace(gone, kept))
    session.flush()


def _vanish(two: Two) -> None:
    kept, gone = (two.session.get_one(Person, person_id) for person_id in (two.stays, two.goes))
    first = [claimed for claimed in (kept.claimed_at, gone.claimed_at) if claimed]
    kept.claimed_at = min(first, default=two.at)
    seen = [person.signed_in_at for person in (kept, gone) if person.signed_in_at]
    kept.signed_in_at, kept.asked_to_stay_at = max(seen, default=None), None
    two.session.flush()
    two.session.execute(delete(Person).where(Person.id == two.goes))
    two.session.add(JoinedPerson(gone_id=two.goes, person_id=two.stays, at=two.at))
    two.session.flush()
    two.session.expire_all()
