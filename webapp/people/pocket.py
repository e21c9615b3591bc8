"""What the phone of somebody signed in keeps for times without a network: who they are, their code, whom they met.

Names, times and evenings only: no card, no note, nobody's address. It goes when they sign out (docs/operate.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts.cards import get_card
from webapp.core.actor import PersonRef
from webapp.core.tokens import Keyring
from webapp.swaps.granting import fields_to_give
from webapp.swaps.screen import CodeMaker, code_maker
from webapp.swaps.stories import met_by
from webapp.swaps.tonight import tonight_of

MOST_PEOPLE = 300
"""People that a phone keeps, the latest met: a year of evenings."""


@dataclass(frozen=True)
class Pocket:
    """Of one person, for one of their phones. `asks_first`: their first scan ever still has to ask.

    `fields` are what it gives.
    """

    owner: PersonRef
    code: CodeMaker
    asks_first: bool
    fields: tuple[str, ...]
    zone: str
    title: str
    people: tuple[Mapping[str, str], ...]


def pocket_of(session: Session, owner: PersonRef, *, keyring: Keyring, at: datetime) -> Pocket:
    """Everything that this phone of theirs needs by itself."""
    card, tonight = get_card(session, owner.id), tonight_of(session, owner.id, at)
    event = tonight.event if tonight else None
    return Pocket(
        owner=owner,
        code=code_maker(keyring, owner.session_id),
        asks_first=card.first_scan_explained_at is None,
        fields=tuple(fields_to_give(session, card, event.id if event else None)),
        zone=event.zone if event else "UTC",
        title=event.title if event else "",
        people=_people_met(session, owner),
    )


def _people_met(session: Session, owner: PersonRef) -> tuple[Mapping[str, str], ...]:
    rows = [
        {"name": met.name, "at": met.at.isoformat(), "event": evening.event.title if evening.event else ""}
        for evening in met_by(session, owner.id)
        for met in evening.people
    ]
    return tuple(rows[:MOST_PEOPLE])


def pocket_json(pocket: Pocket, *, base_url: str, fields: str, at: datetime) -> dict[str, Any]:
    """As the phone takes it (`static/js/lib/room-phone.js`); `fields` are those of the card in words."""
    return {
        "schema": 1,
        "time": at.isoformat(timespec="milliseconds"),
        "owner": f"person:{pocket.owner.id}",
        "name": pocket.owner.name,
        "base": base_url,
        "code": {"handle": pocket.code.handle.hex(), "key": pocket.code.key.hex()},
        "asksFirst": pocket.asks_first,
        "fields": fields,
        "zone": pocket.zone,
        "title": pocket.title,
        "people": list(pocket.people),
    }
