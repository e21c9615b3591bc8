"""How people I swap with may reach me: asked once, at the first swap, with nothing ticked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import cards
from webapp.accounts.cards import get_card
from webapp.core.versions import bump
from webapp.swaps.granting import fields_to_give
from webapp.swaps.models import Grant
from webapp.swaps.queries import LIVE


@dataclass(frozen=True)
class Reach:
    """The ways that were ticked (of WAYS); `phone` and `link` were typed beside them, clean single lines."""

    ways: frozenset[str]
    phone: str = ""
    link: str = ""


def choose_reach(session: Session, person_id: UUID, reach: Reach, *, at: datetime) -> None:
    """Remember how this person may be reached. The first answer also holds for the swaps that made us ask.

    Later answers hold for later swaps only; whatever is no longer ticked leaves everybody. Safe to repeat.
    """
    card = get_card(session, person_id)
    first = card.reach_chosen_at is None
    card.phone, card.link = reach.phone or card.phone, reach.link or card.link
    cards.choose_reach(session, person_id, reach.ways, at=at)
    if not first:
        return
    for grant in session.scalars(select(Grant).where(LIVE, Grant.giver_id == person_id)):
        grant.fields, grant.card_version = fields_to_give(session, card, grant.event_id), card.version
        bump(session, f"person:{grant.receiver_id}")
