"""What this season is about: in one's own words (practice A9), and as one of a few kinds (D3, A12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from webapp.core.actor import Actor
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, Sealed
from webapp.intentions.models import Intention

SEASONS = ("work", "change", "cv", "inside", "people", "fun", "talk")
"""Work that nobody advertises · another kind of work · a fuller CV · how things really work · meeting people · having
fun · one good talk."""
FOR_ITSELF = frozenset({"fun", "talk"})
"""Seasons that want nothing of anybody: nothing is counted in them, and it is asked only whether they are met."""
LONGEST_WORDS = 500
"""Characters of an intention: a few sentences."""
_WIDTH = max(map(len, SEASONS))


@dataclass(frozen=True)
class Meant:
    """An intention, opened for its author; `season` is "" for nothing in particular."""

    words: str = ""
    season: str = ""
    written_at: datetime | None = None
    met_at: datetime | None = None

    @property
    def for_itself(self) -> bool:
        """Whether nothing is to be counted."""
        return self.season in FOR_ITSELF


def intend(session: Session, words: str, season: str, *, by: Actor, keyring: Keyring, at: datetime) -> None:
    """Mean this from now on instead of what was meant before; without words and season nothing. Safe to repeat.

    The same again keeps its day. Line breaks stay: it is shown as it was written.
    """
    me, sealed = by.someone.id, Sealed(keyring, "notes")
    said = words.replace("\r\n", "\n").strip()[:LONGEST_WORDS]
    season = season if season in SEASONS else ""
    before = meant_by(session, me, sealed)
    if (before.words, before.season) == (said, season):
        return
    session.execute(delete(Intention).where(Intention.person_id == me))
    if said or season:
        row = Intention(id=new_id(), person_id=me, written_at=at)
        row.sealed_words = sealed.seal(said, owner=me) if said else None
        # All of one length: how long it is would tell which one it is.
        row.sealed_season = sealed.seal(season.ljust(_WIDTH), owner=me) if season else None
        session.add(row)
    session.flush()


def say_whether_met(session: Session, *, met: bool, by: Actor, at: datetime) -> None:
    """What this season is about was so, or not yet. Safe to repeat; without an intention it changes nothing."""
    row = session.scalars(_latest_first(by.someone.id)).first()
    if row:
        row.met_at = at if met else None
        session.flush()


def meant_by(session: Session, person_id: UUID, sealed: Sealed) -> Meant:
    """What this person means now: for them alone."""
    return next(iter(all_meant_by(session, person_id, sealed)), Meant())


def all_meant_by(session: Session, person_id: UUID, sealed: Sealed) -> Sequence[Meant]:
    """All that is kept, the latest first; more than one only where two people became one."""
    return [_opened(row, sealed) for row in session.scalars(_latest_first(person_id))]


def _latest_first(person_id: UUID) -> Select[Intention]:
    mine = select(Intention).where(Intention.person_id == person_id)
    return mine.order_by(Intention.written_at.desc(), Intention.id.desc())


def _opened(row: Intention, sealed: Sealed) -> Meant:
    words, season = (
        sealed.open(text, owner=row.person_id) if text else "" for text in (row.sealed_words, row.sealed_season)
    )
    return Meant(words, season.strip(), row.written_at, row.met_at)
