"""What only these pages ask: who took a card back, what I promised whom, whom I met without writing a word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.circles.models import Circle
from webapp.circles.queries import named
from webapp.contacts.queries import NOTHING, OpenedPromise, promises_of
from webapp.core.tokens import Sealed
from webapp.followups.queue import Written
from webapp.swaps.models import Grant
from webapp.swaps.stories import Evening, Met


@dataclass(frozen=True)
class Circles:
    """The circles somebody met people in, by name, and which of them each person was met in: a contact keeps them."""

    all: Sequence[Circle]
    by_person: Mapping[UUID, Sequence[Circle]]

    def of(self, person_id: UUID) -> Sequence[Circle]:
        """Where this person was met; none for those met elsewhere."""
        return self.by_person.get(person_id, ())


def circles_in(session: Session, evenings: Sequence[Evening]) -> Circles:
    """The circles of these evenings. Nothing of it is kept: a circle is the event's, and a meeting knows its event."""
    met: dict[UUID, set[UUID]] = {}
    for event, people in ((evening.event, evening.people) for evening in evenings):
        if event:
            for one in people:
                met.setdefault(one.person_id, set()).add(event.circle_id)
    circles = named(session, set().union(*met.values()))
    return Circles(circles, {person: [one for one in circles if one.id in ids] for person, ids in met.items()})


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
