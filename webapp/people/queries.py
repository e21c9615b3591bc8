"""What only these pages ask: who took a card back, what I promised whom, whom I met without writing a word."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.queries import NOTHING, OpenedPromise, promises_of
from webapp.core.tokens import Sealed
from webapp.followups.queue import Written
from webapp.swaps.models import Grant
from webapp.swaps.stories import Evening, Met


def took_back(session: Session, person_id: UUID) -> set[UUID]:
    """Who once gave this person their card and has withdrawn it; some may have given it anew."""
    withdrawn = select(Grant.giver_id).where(Grant.receiver_id == person_id, Grant.withdrawn_at.is_not(None))
    return set(session.scalars(withdrawn.where(~Grant.under_block)))


def without_a_word(written: Written) -> list[Met]:
    """Whom somebody met on their latest evening and wrote nothing about, in the order of the evening."""
    promised = {promise.meeting_id for promise in written.promises}
    told = promised | {key for key, memory in written.memories.items() if memory != NOTHING}
    return [met for evening in written.evenings[:1] for met in evening.people if met.meeting.id not in told]


def promised_at(session: Session, person_id: UUID, sealed: Sealed) -> dict[UUID, list[OpenedPromise]]:
    """What this person promised, by meeting id, the oldest first."""
    found: dict[UUID, list[OpenedPromise]] = {}
    for promise in promises_of(session, person_id, sealed):
        found.setdefault(promise.meeting_id, []).append(promise)
    return found


def still_promised(promises: Sequence[OpenedPromise], evenings: Sequence[Evening]) -> list[tuple[OpenedPromise, Met]]:
    """What is not done yet and for whom, the oldest first."""
    met_at = {met.meeting.id: met for evening in evenings for met in evening.people}
    return [(one, met_at[one.meeting_id]) for one in promises if not one.done_at and one.meeting_id in met_at]


def open_at(promised: Mapping[UUID, list[OpenedPromise]]) -> set[UUID]:
    """Ids of the meetings at which something was promised that is not done yet."""
    return {meeting_id for meeting_id, made in promised.items() if any(not one.done_at for one in made)}
