"""What only these pages ask: who took a card back, what I promised whom, whom I met without writing a word."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.models import Memory
from webapp.contacts.queries import OpenedPromise, promises_of
from webapp.contacts.remembering import NOT_A_WORD
from webapp.core.tokens import Sealed
from webapp.swaps.models import Grant
from webapp.swaps.stories import Evening, Met


def took_back(session: Session, person_id: UUID) -> set[UUID]:
    """Who once gave this person their card and has withdrawn it; some may have given it anew."""
    withdrawn = select(Grant.giver_id).where(Grant.receiver_id == person_id, Grant.withdrawn_at.is_not(None))
    return set(session.scalars(withdrawn.where(~Grant.under_block)))


def without_a_word(session: Session, person_id: UUID, evenings: Sequence[Evening]) -> list[Met]:
    """Whom this person met on the first of these evenings and wrote nothing about, in the order of the evening."""
    meetings = set(session.scalars(select(Memory.meeting_id).where(Memory.person_id == person_id, NOT_A_WORD)))
    return [met for evening in evenings[:1] for met in evening.people if met.meeting.id in meetings]


def promised_at(session: Session, person_id: UUID, sealed: Sealed) -> dict[UUID, list[OpenedPromise]]:
    """What this person promised, by meeting id, the oldest first."""
    found: dict[UUID, list[OpenedPromise]] = {}
    for promise in promises_of(session, person_id, sealed):
        found.setdefault(promise.meeting_id, []).append(promise)
    return found


def still_promised(
    promised: Mapping[UUID, list[OpenedPromise]], evenings: Sequence[Evening]
) -> list[tuple[OpenedPromise, Met]]:
    """What is not done yet and for whom, the oldest first."""
    met_at = {met.meeting.id: met for evening in evenings for met in evening.people}
    everything = sorted((one for made in promised.values() for one in made), key=lambda one: (one.made_at, one.id))
    return [(one, met_at[one.meeting_id]) for one in everything if not one.done_at and one.meeting_id in met_at]


def open_at(promised: Mapping[UUID, list[OpenedPromise]]) -> set[UUID]:
    """Ids of the meetings at which something was promised that is not done yet."""
    return {meeting_id for meeting_id, made in promised.items() if any(not one.done_at for one in made)}
