"""Whom a person met, evening by evening, and the whole story with one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.models import Meeting
from webapp.contacts.queries import meetings_of, meetings_of_pair
from webapp.core.actor import NotHere
from webapp.events.models import Event
from webapp.swaps.granting import live_grant
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.queries import LIVE, CardView, granted_card, names_beside, names_for, open_to

State = Literal["swapped", "gave", "holds", "noted"]
"""Both have cards · only they have mine · only I have theirs · only my own note that we met."""


@dataclass(frozen=True)
class Met:
    """One person whom I met, and their card as far as it is open to me."""

    meeting: Meeting
    person_id: UUID
    name: str
    card: CardView | None
    state: State
    at: datetime

    @property
    def line(self) -> str:
        """Their headline once their card is open to me."""
        return self.card.fields.get("headline", "") if self.card else ""


@dataclass(frozen=True)
class Evening:
    """One event and whom I met there, in the order of the evening. No event: met elsewhere."""

    event: Event | None
    people: list[Met]


@dataclass(frozen=True)
class PairStory:
    """How it stands between me and one other. *Give mine* answers `request_id`; they took back at `withdrawn_at`."""

    person_id: UUID
    name: str
    meetings: Sequence[Meeting]
    state: State
    card: CardView | None
    my_grant: Grant | None
    request_id: UUID | None
    withdrawn_at: datetime | None


def state_of(*, mine: bool, theirs: bool) -> State:
    """How it stands when my card is, or is not, with them, and theirs with me."""
    if mine:
        return "swapped" if theirs else "gave"
    return "holds" if theirs else "noted"


def met_by(session: Session, person_id: UUID) -> list[Evening]:
    """Everybody this person met: newest event first, then by the clock. Five queries, however many people."""
    meetings = meetings_of(session, person_id)
    cards = open_to(session, person_id, {meeting.other_of(person_id) for meeting in meetings})
    names = names_beside(session, person_id, meetings, cards)
    gave_to = set(session.scalars(select(Grant.receiver_id).where(LIVE, Grant.giver_id == person_id)))

    def met(meeting: Meeting) -> Met:
        other = meeting.other_of(person_id)
        card = cards.get(other)
        state = state_of(mine=other in gave_to, theirs=card is not None)
        return Met(meeting, other, names[meeting.id], card, state, meeting.met_at)

    evenings = groupby(meetings, key=lambda meeting: meeting.event_id)
    whole = [list(group) for _, group in evenings]
    return [Evening(group[0].event, [met(meeting) for meeting in group]) for group in whole]


def pair_story(session: Session, person_id: UUID, other_id: UUID) -> PairStory:
    """How this person and the other stand. Raises NotHere unless the other is in this person's story."""
    meetings = meetings_of_pair(session, person_id, other_id)
    if not meetings:
        raise NotHere
    card = granted_card(session, other_id, person_id)
    mine = live_grant(session, person_id, other_id)
    return PairStory(
        person_id=other_id,
        name=names_for(session, person_id, meetings[:1])[meetings[0].id],
        meetings=meetings,
        state=state_of(mine=mine is not None, theirs=card is not None),
        card=card,
        my_grant=mine,
        request_id=_unanswered(session, other_id, person_id) if card and (not mine or mine.under_block) else None,
        withdrawn_at=None if card else _withdrawn_at(session, other_id, person_id),
    )


def _unanswered(session: Session, asker_id: UUID, asked_id: UUID) -> UUID | None:
    between = select(CardRequest.id).where(CardRequest.asker_id == asker_id, CardRequest.asked_id == asked_id)
    return session.scalar(between.where(CardRequest.undone_at.is_(None)).order_by(CardRequest.at.desc()).limit(1))


def _withdrawn_at(session: Session, giver_id: UUID, receiver_id: UUID) -> datetime | None:
    between = select(Grant.withdrawn_at).where(Grant.giver_id == giver_id, Grant.receiver_id == receiver_id)
    seen = between.where(Grant.withdrawn_at.is_not(None), ~Grant.under_block)
    return session.scalar(seen.order_by(Grant.withdrawn_at.desc()).limit(1))
