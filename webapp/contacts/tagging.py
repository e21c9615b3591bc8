"""My own words for people: to find them again, for nobody else to see (practice A2).

A word is one row and sealed; who carries it is another. So a page opens as many seals as there are words, however many
people carry them, and addresses name a word by its id: what I call somebody stands in no log and no history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from webapp.contacts.models import Tag, Tagging
from webapp.contacts.queries import meetings_of_pair
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line, search_key
from webapp.core.tokens import Keyring, Sealed

LONGEST_TAG = 30
"""Signs of one word."""
MOST_WORDS = 40
"""Words of one person: what no longer fits on a screen no longer helps to find."""
MOST_ON_ONE = 8
"""Words on one person."""


@dataclass(frozen=True)
class Tagged:
    """They carry this word."""

    tag_id: UUID


@dataclass(frozen=True)
class TooManyTags:
    """One of the others has to go first: `on_one` says whether of this person's or of all words."""

    on_one: bool


@dataclass(frozen=True)
class Untagged:
    """They do not, or no longer; a word that nobody carries is gone."""

    tag_id: UUID


@dataclass(frozen=True)
class Word:
    """A word of mine, opened for me."""

    id: UUID
    text: str


@dataclass(frozen=True)
class Words:
    """All my words in the order of the alphabet, and which of them each person carries."""

    all: Sequence[Word]
    by_person: dict[UUID, list[Word]]

    def of(self, person_id: UUID) -> list[Word]:
        """The words this person carries."""
        return self.by_person.get(person_id, [])

    def carriers(self, tag_id: UUID | None) -> set[UUID]:
        """Who carries this one."""
        return {person for person, words in self.by_person.items() if any(word.id == tag_id for word in words)}


def add_tag(
    session: Session, operation: UUID, other_id: UUID, word: str, *, by: Actor, at: datetime, keyring: Keyring
) -> Tagged | TooManyTags:
    """Give somebody a word; the same in other capitals is the same. Safe to repeat. Raises NotHere for a stranger."""
    me, said = by.someone.id, clean_line(word, LONGEST_TAG)

    def act() -> Tagged | TooManyTags:
        if not meetings_of_pair(session, me, other_id):
            raise NotHere
        words = words_of(session, me, Sealed(keyring, "notes"))
        known = next((one for one in words.all if search_key(one.text) == search_key(said)), None)
        carried = words.of(other_id)
        if known is not None and known in carried:
            return Tagged(known.id)
        if len(carried) >= MOST_ON_ONE or (known is None and len(words.all) >= MOST_WORDS):
            return TooManyTags(on_one=len(carried) >= MOST_ON_ONE)
        tag_id = known.id if known else _new_word(session, said, me, keyring, at)
        session.add(Tagging(id=new_id(), tag_id=tag_id, other_id=other_id))
        session.flush()
        return Tagged(tag_id)

    # Keyed: a short word could be found again from a plain hash.
    body = {"other": str(other_id), "word": keyring.mac("tag", said).hex()}
    return once(session, Envelope(operation, "add tag", by.label, body), Tagged | TooManyTags, act, at=at)


def _new_word(session: Session, word: str, me: UUID, keyring: Keyring, at: datetime) -> UUID:
    sealed = Sealed(keyring, "notes").seal(word, owner=me)
    tag = Tag(id=new_id(), person_id=me, sealed_word=sealed, made_at=at)
    session.add(tag)
    session.flush()
    return tag.id


def remove_tag(session: Session, operation: UUID, other_id: UUID, tag_id: UUID, *, by: Actor, at: datetime) -> Untagged:
    """Take a word from somebody. Safe to repeat. Raises NotHere when the word is not mine."""
    me = by.someone.id

    def act() -> Untagged:
        tag = session.get(Tag, tag_id)
        if tag is None or tag.person_id != me:
            raise NotHere
        session.execute(delete(Tagging).where(Tagging.tag_id == tag_id, Tagging.other_id == other_id))
        drop_idle_words(session, me)
        return Untagged(tag_id)

    body = {"other": str(other_id), "tag": str(tag_id)}
    return once(session, Envelope(operation, "remove tag", by.label, body), Untagged, act, at=at)


def drop_idle_words(session: Session, person_id: UUID) -> None:
    """Words of this person that nobody carries are gone."""
    carried = exists().where(Tagging.tag_id == Tag.id)
    session.execute(delete(Tag).where(Tag.person_id == person_id, ~carried))


def words_of(session: Session, person_id: UUID, sealed: Sealed) -> Words:
    """All words of this person, opened for them, and who carries them. One query."""
    mine = select(Tag.id, Tag.sealed_word, Tagging.other_id).outerjoin(Tagging, Tagging.tag_id == Tag.id)
    rows = session.execute(mine.where(Tag.person_id == person_id)).all()
    sealed_words = {row.id: row.sealed_word for row in rows}
    opened = [Word(tag_id, sealed.open(word, owner=person_id)) for tag_id, word in sealed_words.items()]
    words = sorted(opened, key=lambda word: (search_key(word.text), word.id))
    carried: dict[UUID, set[UUID]] = {}
    for row in rows:
        if row.other_id:
            carried.setdefault(row.other_id, set()).add(row.id)
    by_person = {other: [word for word in words if word.id in ids] for other, ids in carried.items()}
    return Words(words, by_person)
