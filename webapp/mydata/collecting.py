"""Everything of mine in one file: readable by people and by other programs."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.queries import memories_of
from webapp.core.tokens import Sealed
from webapp.mydata.record import Kept, claims, record
from webapp.people.vcard import write_vcard
from webapp.swaps.queries import cards_i_hold, open_to, who_has_my_card
from webapp.swaps.stories import Met, met_by


def export_of(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> bytes:
    """A ZIP: `mine.json` with everything kept about this person, `people.vcf` with the cards they hold."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = everything_of(session, person_id, sealed, at)
        archive.writestr("mine.json", json.dumps(whole, ensure_ascii=False, indent=1, default=str))
        cards = [card for card in cards_i_hold(session, person_id) if card.may_export(at)]
        archive.writestr("people.vcf", b"".join(write_vcard(card.fields, "") for card in cards))
    return file.getvalue()


def everything_of(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> dict[str, Any]:
    """As JSON holds it: whom I met with my own words, who has my card, and every row of mine with its purpose."""
    return {
        "made_at": at.isoformat(),
        "people": _people(session, person_id, sealed),
        "who_has_my_card": [vars(given) for given in who_has_my_card(session, person_id)],
        "records": {kept.table.name: _rows(session, kept, person_id) for kept in record() if kept.mine},
    }


def _people(session: Session, person_id: UUID, sealed: Sealed) -> list[dict[str, Any]]:
    evenings, memories = met_by(session, person_id), memories_of(session, person_id, sealed)
    met = [(evening.event.title if evening.event else "", one) for evening in evenings for one in evening.people]
    cards = open_to(session, person_id, {one.person_id for _, one in met})

    def told(event: str, one: Met) -> dict[str, Any]:
        remembered, card = memories[one.meeting.id], cards.get(one.person_id)
        words = {"knew_each_other": remembered.knew_each_other, "note": remembered.note}
        return {"name": one.name, "event": event, "met_at": one.at, "card": card.fields if card else {}, **words}

    return [told(event, one) for event, one in met]


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
