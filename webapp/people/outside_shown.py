"""People from elsewhere where other pages show them: beneath those I met, among old ties, in the minutes I have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.entries import Entry
from webapp.contacts.outside import Outside, due_outside, found_among, outside_of
from webapp.contacts.same import Same, same_of
from webapp.core.tokens import Sealed
from webapp.people.lookalikes import known_people
from webapp.people.search import Wanted
from webapp.swaps.stories import PairStory

A_FEW = 3
"""People on People while nobody is looked for; the others are a tap away."""
MANY = 50
"""People shown of those a word finds, and of those at rest."""


@dataclass(frozen=True)
class Elsewhere:
    """Everybody somebody knows from elsewhere, and whose page each entry stands on."""

    same: Same
    everybody: list[Outside]

    @property
    def alone(self) -> list[Outside]:
        """All of them but for entries that stand on somebody else's page."""
        return [one for one in self.everybody if one.id not in self.same.hidden]

    def words_by_person(self) -> dict[UUID, str]:
        """What was known of people who were met since, to be searched."""
        found: dict[UUID, str] = {}
        for one in self.everybody:
            if person_id := self.same.as_met.get(one.id):
                found[person_id] = f"{found.get(person_id, '')}\n{one.name} {one.origin} {one.said.note}"
        return found


def elsewhere_of(session: Session, person_id: UUID, sealed: Sealed) -> Elsewhere:
    """What this person knows from elsewhere."""
    everybody = outside_of(session, person_id, sealed)
    return Elsewhere(same_of(session, person_id) if everybody else Same({}, {}), everybody)


def standing_alone(session: Session, person_id: UUID, sealed: Sealed) -> list[Outside]:
    """Everybody this person knows from elsewhere, but for entries that stand on somebody else's page."""
    return elsewhere_of(session, person_id, sealed).alone


def known_before(
    session: Session, person_id: UUID, story: PairStory, sealed: Sealed
) -> tuple[list[Outside], list[Outside]]:
    """Entries that are this person whom I met, and those that may be."""
    same, everybody = same_of(session, person_id), outside_of(session, person_id, sealed)
    mine = same.with_met(story.person_id)
    card = story.card.fields if story.card else {}
    said = Entry(story.name, emails=(card.get("email", ""),), phones=(card.get("phone", ""),))
    alone = known_people((), (one for one in everybody if one.id not in same.hidden))
    alike = {one.id for one in alone.like(said)}
    return [one for one in everybody if one.id in mine], [one for one in everybody if one.id in alike]


@dataclass(frozen=True)
class OutsideShown:
    """Some of those who were looked for, and how many there are."""

    people: list[Outside]
    number: int


def outside_shown(known: Elsewhere, wanted: Wanted) -> OutsideShown:
    """Who from elsewhere stands on People. They were met nowhere: any other filter than words leaves them out."""
    if wanted.event_id or wanted.state or wanted.promised or wanted.circle_id or wanted.tag_id:
        return OutsideShown([], 0)
    found = found_among(known.alone, wanted.keys)
    return OutsideShown(found[: MANY if wanted.keys else A_FEW], len(found))


def due_within(session: Session, person_id: UUID, room: int, sealed: Sealed, at: datetime) -> list[Outside]:
    """Whose rhythm is due, as many as the minutes leave room for."""
    due = due_outside(session, person_id, sealed, at)
    hidden = same_of(session, person_id).hidden if due else ()
    return [one for one in due if one.id not in hidden][: max(room, 0)]


def outside_at_rest(
    session: Session, person_id: UUID, sealed: Sealed, *, at: datetime, after: timedelta
) -> list[Outside]:
    """Those not in touch for so long, or never since they were written down or brought; other ones first each week."""
    everybody = standing_alone(session, person_id, sealed)
    resting = [one for one in everybody if not one.last_at or at - one.last_at >= after]
    year, week, _ = at.isocalendar()
    return sorted(resting, key=lambda one: sha256(f"{person_id} {one.id} {year} {week}".encode()).digest())
