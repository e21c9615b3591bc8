"""Everything of mine in one file: readable by people and by other programs."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.photos import photo_of
from webapp.chains.kinds import Ledger
from webapp.chains.seeking import needs_of
from webapp.chains.telling import Chain, chains_of
from webapp.contacts.loose import loose_notes_of
from webapp.contacts.outside import outside_of
from webapp.contacts.queries import memories_of, promises_of
from webapp.contacts.reminding import all_reminders_of
from webapp.contacts.roles import all_roles_of
from webapp.contacts.tagging import words_of
from webapp.contacts.taking_home import taken_home_by
from webapp.contacts.touching import all_touches_of
from webapp.core import child
from webapp.core.actor import PersonRef
from webapp.core.tokens import Sealed
from webapp.intentions.helping import helps_of
from webapp.intentions.seasons import all_meant_by
from webapp.introductions.circle_asks import asked_words, asks_of
from webapp.mydata.book import book_of, payload
from webapp.mydata.record import Kept, claims, record
from webapp.people.printing import NotPrinted, draw
from webapp.people.taking_along import what_i_hold, write_cards
from webapp.swaps.queries import who_has_my_card
from webapp.swaps.stories import Met, met_by

BOOK = child.Limits(cpu_seconds=90, memory_bytes=2 << 30, wall_seconds=120)
"""What drawing the book may use: two thousand people take a quarter of the processor time."""


def export_of(session: Session, person: PersonRef, sealed: Sealed, at: datetime) -> bytes | NotPrinted:
    """A ZIP: everything kept about this person as `mine.json`, and as `mine.pdf` to be read, the cards they hold as
    `people.vcf`, their photo. The database is let go before anything is drawn."""
    everything = everything_of(session, person.id, sealed, at)
    cards = write_cards(what_i_hold(met_by(session, person.id), at).cards)
    photo = photo_of(session, person.id)
    session.rollback()
    drawing = payload(book_of(everything, person.name, at))
    book = draw("webapp.mydata.book_pdf:book_from_payload", drawing, person.id, BOOK)
    if isinstance(book, NotPrinted):
        return book
    files: dict[str, str | bytes] = {"mine.pdf": book, "people.vcf": cards}
    files["mine.json"] = json.dumps(everything, ensure_ascii=False, indent=1, default=str)
    if photo:
        files["photo.jpg"] = photo
    return _zipped(files)


def _zipped(files: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def everything_of(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> dict[str, Any]:
    """As JSON holds it: whom I met with my own words, who has my card, and every row of mine with its purpose."""
    return {
        "made_at": at.isoformat(),
        "people": _people(session, person_id, sealed),
        "notes_without_a_person": [one.words for one in loose_notes_of(session, person_id, sealed)],
        "from_elsewhere": _outside(session, person_id, sealed),
        "asked": [{"words": ask.words, "at": ask.asked_at} for ask in asks_of(session, person_id, sealed, at)],
        "asked_of_me": [{"words": said, "at": when} for said, when in asked_words(session, person_id, sealed)],
        "evenings": _evenings(session, person_id, sealed),
        "outcomes": [_story(chain) for chain in chains_of(Ledger(session, person_id, sealed), at.date())],
        "needs": [vars(need) for need in needs_of(Ledger(session, person_id, sealed))],
        "seasons": [vars(meant) for meant in all_meant_by(session, person_id, sealed)],
        "help_given": [vars(given) for given in helps_of(session, person_id, sealed)],
        "who_has_my_card": [vars(given) for given in who_has_my_card(session, person_id)],
        "records": {kept.table.name: _rows(session, kept, person_id) for kept in record() if kept.mine},
    }


def _people(session: Session, person_id: UUID, sealed: Sealed) -> list[dict[str, Any]]:
    evenings, memories = met_by(session, person_id), memories_of(session, person_id, sealed)
    promises, roles = promises_of(session, person_id, sealed), all_roles_of(session, person_id, sealed)
    tags = words_of(session, person_id, sealed)
    reminders, touches = all_reminders_of(session, person_id, sealed), all_touches_of(session, person_id, sealed)

    def told(event: str, met: Met) -> dict[str, Any]:
        words, card = memories[met.meeting.id], met.card.fields if met.card else {}
        mine: dict[str, Any] = {"knew_each_other": words.knew_each_other, "note": words.note, "reason": words.reason}
        mine["place"] = words.place
        made = [promise for promise in promises if promise.meeting_id == met.meeting.id]
        mine["promises"] = [{"words": one.words, "made_at": one.made_at, "done_at": one.done_at} for one in made]
        mine["roles"] = [{"word": role.word, "since": role.day} for role in roles.get(met.person_id, [])]
        mine["tags"] = [word.text for word in tags.of(met.person_id)]
        mine["reminders"] = [vars(draft) for draft in reminders.get(met.person_id, [])]
        mine["touches"] = [vars(touch) for touch in touches.get(met.person_id, [])]
        return {"name": met.name, "event": event, "met_at": met.at, "card": card, **mine}

    named = [(evening.event.title if evening.event else "", evening.people) for evening in evenings]
    return [told(event, met) for event, people in named for met in people]


def _outside(session: Session, person_id: UUID, sealed: Sealed) -> list[dict[str, Any]]:
    known = outside_of(session, person_id, sealed)
    return [{**asdict(one.said), "origin": one.origin, "since": one.added_at, "in_touch": one.last_at} for one in known]


def _evenings(session: Session, person_id: UUID, sealed: Sealed) -> list[dict[str, Any]]:
    taken = taken_home_by(session, person_id, sealed)
    return [{"event": event.title, "idea": words.idea, "tip": words.tip} for event, words in taken.items()]


def _story(chain: Chain) -> dict[str, Any]:
    came = chain.came
    told: dict[str, Any] = {"kind": came.kind, "state": came.state, "words": came.words}
    told |= {"began_on": came.began_on, "closed_on": came.closed_on, "how_surely": chain.tie}
    steps = [{"what": stop.shown.title, "day": stop.shown.day, "led_on": stop.tie} for stop in chain.stops]
    return {**told, "story": steps}


def _rows(session: Session, kept: Kept, person_id: UUID) -> dict[str, Any]:
    found: dict[Any, dict[str, Any]] = {}
    for claim in claims(kept, person_id):
        wanted = [column for column in kept.table.c if column.name in (claim.columns or kept.personal)]
        query = select(*kept.table.primary_key, *wanted).where(claim.rows)
        if "undone_at" in kept.table.c:  # as if it never was
            query = query.where(kept.table.c.undone_at.is_(None))
        for row in session.execute(query).mappings():
            key = tuple(row[column] for column in kept.table.primary_key)
            found.setdefault(key, {column.name: _plain(row[column]) for column in wanted})
    return {"purpose": kept.purpose, "seen_by": kept.seen_by, "rows": list(found.values())}


def _plain(value: object) -> object:
    """A sealed note stands opened among the people; its sealed form says nothing to anybody."""
    if isinstance(value, bytes):
        return "(sealed)"
    return dict(value) if isinstance(value, Mapping) else value
