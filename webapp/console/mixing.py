"""One sentence for the board, the morning after: how many met someone new. People are counted and nobody is named."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from webapp.checkin.models import CheckIn
from webapp.contacts.models import Meeting, Memory
from webapp.events.models import Attendee, Event
from webapp.followups.morning import morning_after

ENOUGH = 20
"""Guests from which a share says nothing about anybody in particular."""


@dataclass(frozen=True)
class Mixing:
    """Of the guests who were in and are still known here, how many met someone new; `gone` were in and left since."""

    inside: int
    met_new: int
    gone: int

    @property
    def is_told(self) -> bool:
        """Whether they are enough to say it."""
        return self.inside >= ENOUGH

    @property
    def percent(self) -> int:
        """The share in whole percent."""
        return round(100 * self.met_new / self.inside)


def mixing_of(session: Session, event: Event, at: datetime) -> Mixing | None:
    """How the guests of this event mixed, from the next morning on; None before, and once its list is gone."""
    if at < morning_after(event.ends_at, event.zone):
        return None
    came = exists().where(CheckIn.attendee_id == Attendee.id, CheckIn.undone_at.is_(None))
    places = select(Attendee.person_id).where(Attendee.event_id == event.id, Attendee.cancelled_at.is_(None), came)
    inside = places.distinct().subquery()
    met_new = exists().where(*_met_someone_new(event, inside.c.person_id))
    counts = select(func.count(), func.count().filter(met_new)).select_from(inside)
    found = Mixing(*session.execute(counts).one(), gone=event.gone_came)
    return found if found.inside else None


def _met_someone_new(event: Event, person_id: ColumnElement[UUID]) -> list[ColumnElement[bool]]:
    """A meeting of this evening in this person's story with somebody neither knew before, by their word or by ours.

    Known by word: one of the two said *we knew each other*. Known by ours: they met at something earlier.
    """
    earlier, said = aliased(Meeting), aliased(Memory)
    same_two = (earlier.first_id == Meeting.first_id) & (earlier.second_id == Meeting.second_id)
    met_before = exists().where(same_two, earlier.met_at < Meeting.met_at)
    knew = exists().where(said.meeting_id == Meeting.id, said.knew_each_other.is_(True))
    # Asked here and not one level deeper, where `person_id` would no longer be that of the guest being counted.
    mine = [Memory.meeting_id == Meeting.id, Memory.person_id == person_id]
    return [*mine, Meeting.event_id == event.id, ~met_before, ~knew]
