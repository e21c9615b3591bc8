"""A story card: a chain told to others, in which nobody is named who has not said yes (practice E10)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.chains.models import Story, StoryLine
from webapp.chains.recording import Written, ledger_of
from webapp.chains.telling import chain_of
from webapp.chains.words import span_words
from webapp.contacts.models import Block
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import clean_line
from webapp.core.tokens import Keyring, Sealed, crockford
from webapp.web.words import _

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""
LONGEST_PHRASE = 120
"""Characters of a line or a title."""


@dataclass(frozen=True)
class NewLine:
    """How a part of the chain is told, and whether whoever it is about is asked to be named."""

    phrase: str
    ask: bool = False


@dataclass(frozen=True)
class Line:
    """One line as it is read. `state` is for the author: named, asked, declined, or "" where nobody is asked."""

    id: UUID
    text: str
    wait: str
    state: str


@dataclass(frozen=True)
class Told:
    """A story as it is read by whoever has the link."""

    id: UUID
    outcome_id: UUID
    title: str
    author: str
    lines: Sequence[Line]
    published_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Asking:
    """Somebody asks to name somebody in this story; `agreed` is None until they answered."""

    line_id: UUID
    author: str
    agreed: bool | None
    story: Told


def tell_story(
    session: Session,
    operation: UUID,
    outcome_id: UUID,
    title: str,
    lines: Sequence[NewLine],
    *,
    by: Actor,
    keyring: Keyring,
    at: datetime,
) -> Written:
    """Make a story of this chain, a line for each of its stops; nothing is published yet. Safe to repeat.

    Whoever is to be named is asked on their own pages. A line without a phrase says what kind of thing it was.
    """
    ledger = ledger_of(session, by, keyring)

    def act() -> Written:
        chain = chain_of(ledger, outcome_id, at.date())
        story = Story(id=new_id(), person_id=ledger.person_id, outcome_id=outcome_id, made_at=at)
        story.sealed_title = ledger.sealed.seal(clean_line(title, LONGEST_PHRASE), owner=ledger.person_id)
        session.add(story)
        session.flush()
        days = [*(stop.shown.day for stop in chain.stops[:-1]), chain.came.ends_on]
        for place, (stop, line, day) in enumerate(zip(chain.stops, lines, days, strict=False)):
            row = StoryLine(id=new_id(), story_id=story.id, person_id=ledger.person_id, place=place, day=day)
            phrase = clean_line(line.phrase, LONGEST_PHRASE) or _("Something")
            row.sealed_phrase = ledger.sealed.seal(phrase, owner=ledger.person_id)
            if line.ask and stop.shown.node.kind == "person":
                row.other_id, row.asked_at = stop.shown.node.id, at
            session.add(row)
        session.flush()
        return Written(story.id)

    said = {"outcome": str(outcome_id), "story": keyring.mac("story text", title, repr(lines)).hex()}
    return once(session, Envelope(operation, "tell story", by.label, said), Written, act, at=at)


def publish(session: Session, story_id: UUID, *, by: Actor, at: datetime) -> None:
    """From now on the link opens it. Safe to repeat. Raises NotHere for somebody else's, or one taken back."""
    story = _mine(session, story_id, by)
    if story.withdrawn_at:
        raise NotHere
    story.published_at = story.published_at or at
    session.flush()


def take_back(session: Session, story_id: UUID, *, by: Actor, at: datetime) -> UUID:
    """From now on the link opens nothing, for good; which outcome it was about. Safe to repeat."""
    story = _mine(session, story_id, by)
    story.withdrawn_at = story.withdrawn_at or at
    session.flush()
    return story.outcome_id


def _mine(session: Session, story_id: UUID, by: Actor) -> Story:
    story = session.get(Story, story_id)
    if story is None or story.person_id != by.someone.id:
        raise NotHere
    return story


def story_link(keyring: Keyring, story_id: UUID) -> str:
    """The path of the page that whoever has it may read."""
    return f"/stories/{story_id}/{_proof(keyring, story_id)}"


def _proof(keyring: Keyring, story_id: UUID) -> str:
    return crockford(keyring.mac("story", story_id), LENGTH)


def read_story(session: Session, keyring: Keyring, story_id: UUID, proof: str) -> Told:
    """A published story, by its link. Raises NotHere for a link we did not make, and for what was taken back."""
    if not hmac.compare_digest(proof.encode(), _proof(keyring, story_id).encode()):
        raise NotHere
    story = session.get(Story, story_id)
    if story is None or story.published_at is None or story.withdrawn_at:
        raise NotHere
    return _told(session, keyring, story)


def my_story(session: Session, keyring: Keyring, story_id: UUID, *, by: Actor) -> Told:
    """A story of mine, with how each asking stands. Raises NotHere for somebody else's."""
    return _told(session, keyring, _mine(session, story_id, by))


def stories_of(session: Session, person_id: UUID, outcome_id: UUID) -> Sequence[Story]:
    """The stories this person told of this outcome and did not take back."""
    mine = select(Story).where(Story.person_id == person_id, Story.outcome_id == outcome_id)
    return session.scalars(mine.where(Story.withdrawn_at.is_(None)).order_by(Story.made_at)).all()


def _told(session: Session, keyring: Keyring, story: Story) -> Told:
    sealed, owner = Sealed(keyring, "notes"), story.person_id
    rows = session.scalars(select(StoryLine).where(StoryLine.story_id == story.id).order_by(StoryLine.place)).all()
    names = _agreed_names(session, story, rows)
    dated = [row.day for row in rows]
    lines = []
    for place, row in enumerate(rows):
        later = next(filter(None, dated[place + 1 :]), None)
        wait = span_words(row.day, later) if row.day and later and row.day != later else ""
        text = names.get(row.other_id) if row.other_id else None
        lines.append(Line(row.id, text or sealed.open(row.sealed_phrase, owner=owner), wait, _state(row, text)))
    author = session.get_one(Person, owner).name
    title = sealed.open(story.sealed_title, owner=owner)
    return Told(story.id, story.outcome_id, title, author, lines, story.published_at, story.withdrawn_at)


def _agreed_names(session: Session, story: Story, rows: Sequence[StoryLine]) -> dict[UUID, str]:
    """Those who said yes, are here still, and have nothing blocked between them and the author."""
    yes = [row.other_id for row in rows if row.other_id and row.agreed]
    blocked = _blocked_between(story.person_id)
    there = select(Person.id, Person.name).where(Person.id.in_(yes), Person.erased_at.is_(None), ~blocked)
    return {row.id: row.name for row in session.execute(there)} if yes else {}


def _blocked_between(person_id: UUID) -> ColumnElement[bool]:
    one = (Block.blocker_id == person_id) & (Block.blocked_id == Person.id)
    other = (Block.blocked_id == person_id) & (Block.blocker_id == Person.id)
    return exists().where(or_(one, other))


def _state(row: StoryLine, name: str | None) -> str:
    if row.asked_at is None:
        return ""
    if name:
        return "named"
    return "asked" if row.agreed is None else "declined"


def askings_of(session: Session, person_id: UUID) -> Sequence[tuple[UUID, str, bool | None]]:
    """Who asks to name this person: the line, the author's name, the answer so far; what waits comes first."""
    asked = select(StoryLine.id, Person.name, StoryLine.agreed).join(Person, Person.id == StoryLine.person_id)
    asked = asked.join(Story, Story.id == StoryLine.story_id).where(_may_answer(person_id))
    rows = session.execute(asked.order_by(StoryLine.agreed.is_not(None), StoryLine.asked_at))
    return [(key, name, agreed) for key, name, agreed in rows]


def _may_answer(person_id: UUID) -> ColumnElement[bool]:
    live = Story.withdrawn_at.is_(None) & StoryLine.asked_at.is_not(None)
    return (StoryLine.other_id == person_id) & live & ~_blocked_between(person_id)


def asking(session: Session, keyring: Keyring, line_id: UUID, *, by: Actor) -> Asking:
    """What somebody is asked to be named in, as it would be read. Raises NotHere for what is not asked of them."""
    line, story = _asked(session, line_id, by)
    told = _told(session, keyring, story)
    return Asking(line.id, told.author, line.agreed, told)


def answer_asking(session: Session, line_id: UUID, *, yes: bool, by: Actor, at: datetime) -> None:
    """Name me, or do not; changed as often as one likes, and what is read changes at once."""
    line, _story = _asked(session, line_id, by)
    line.agreed, line.answered_at = yes, at
    session.flush()


def _asked(session: Session, line_id: UUID, by: Actor) -> tuple[StoryLine, Story]:
    of_author = Person.id == StoryLine.person_id
    mine = select(StoryLine, Story).join(Story, Story.id == StoryLine.story_id).join(Person, of_author)
    row = session.execute(mine.where(StoryLine.id == line_id, _may_answer(by.someone.id))).first()
    if row is None:
        raise NotHere
    return row[0], row[1]
