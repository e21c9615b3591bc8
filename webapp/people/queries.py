"""What only these pages ask: who took a card back, and whom I met without writing a word."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.models import Memory
from webapp.swaps.models import Grant
from webapp.swaps.stories import Evening, Met


def took_back(session: Session, person_id: UUID) -> set[UUID]:
    """Who once gave this person their card and has withdrawn it; some may have given it anew."""
    withdrawn = select(Grant.giver_id).where(Grant.receiver_id == person_id, Grant.withdrawn_at.is_not(None))
    return set(session.scalars(withdrawn))


def without_a_word(session: Session, person_id: UUID, evenings: Sequence[Evening]) -> list[Met]:
    """Whom this person met on the first of these evenings and wrote nothing about, in the order of the evening."""
    bare = Memory.knew_each_other.is_(None) & Memory.sealed_note.is_(None) & Memory.sealed_reason.is_(None)
    meetings = set(session.scalars(select(Memory.meeting_id).where(Memory.person_id == person_id, bare)))
    return [met for evening in evenings[:1] for met in evening.people if met.meeting.id in meetings]
