"""Help given, kept as given: no debt, no balance, nothing expected (practice D11)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed
from webapp.events.forms import HELPER_WORDS
from webapp.events.hands import day_there, hands_of, helping_at
from webapp.events.models import Attendee, Event
from webapp.intentions.models import Help

LONGEST_WORDS = 200
"""Characters of one help: a line."""


@dataclass(frozen=True)
class Helped:
    """It is in the log, for its author alone; None if nothing was said."""

    help_id: UUID | None


@dataclass(frozen=True)
class Given:
    """One help, opened: what, and on which day, which may be one ahead. There is nothing else to say of it."""

    id: UUID
    words: str
    day: date


def write_help(
    session: Session, operation: UUID, words: str, day: date, *, by: Actor, keyring: Keyring, at: datetime
) -> Helped:
    """Keep that I helped. Safe to repeat; no words are no help."""
    me, line = by.someone.id, clean_line(words, LONGEST_WORDS)
    if not line:
        return Helped(None)

    def act() -> Helped:
        row = Help(id=new_id(), person_id=me, day=day, made_at=at)
        row.sealed_words = Sealed(keyring, "notes").seal(line, owner=me)
        session.add(row)
        session.flush()
        return Helped(row.id)

    # Keyed: a short text could be found again from a plain hash.
    said = {"words": keyring.mac("help", line).hex(), "day": day.isoformat()}
    return once(session, Envelope(operation, "help", by.label, said), Helped, act, at=at)


def remove_help(session: Session, help_id: UUID, *, by: Actor) -> None:
    """It was written by mistake, or I do not help there after all. Raises NotHere for one that is not mine, or gone."""
    me = by.someone.id
    place = next((place for place in hands_of(session, me) if place.id == help_id), None)
    if place:
        place.helps_as = ""
        session.flush()
        return
    row = session.get(Help, help_id)
    if row is None or row.person_id != me:
        raise NotHere
    session.execute(delete(Help).where(Help.id == help_id))


def helps_of(session: Session, person_id: UUID, sealed: Sealed) -> list[Given]:
    """Everything this person gave or said they will give, the latest first."""
    mine = select(Help).where(Help.person_id == person_id)
    written = [Given(row.id, sealed.open(row.sealed_words, owner=person_id), row.day) for row in session.scalars(mine)]
    lent = [Given(place.id, _said_of(place), day_there(place.event)) for place in hands_of(session, person_id)]
    return sorted([*written, *lent], key=lambda one: (one.day, one.id), reverse=True)


def write_down_hands(session: Session, event: Event, sealed: Sealed, *, at: datetime) -> None:
    """Before the guests of an event are forgotten: whoever lent a hand there keeps it in their log."""
    for place in helping_at(session, event.id):
        words = sealed.seal(_said_of(place), owner=place.person_id)
        session.add(Help(id=new_id(), person_id=place.person_id, day=day_there(event), sealed_words=words, made_at=at))
        place.helps_as = ""
    session.flush()


def _said_of(place: Attendee) -> str:
    return f"{HELPER_WORDS[place.helps_as]}: {place.event.title}"
