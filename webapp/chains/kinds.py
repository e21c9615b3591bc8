"""What a chain may run through, and what its owner reads there.

One line in `KINDS` makes a new kind of thing a part of chains: it can then be picked, linked, walked and told.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.chains.models import Need, Outcome, Step
from webapp.chains.words import OUTCOME_WORDS, SORT_WORDS
from webapp.contacts.forms import WAY_WORDS
from webapp.contacts.models import Meeting, Touch
from webapp.contacts.queries import meetings_of
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.introductions.queries import Made, made_with
from webapp.swaps.queries import names_for
from webapp.web.words import LazyString, _, _l


class Node(NamedTuple):
    """One thing in a chain, by what it is and its id."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class Ledger:
    """Whose chains, and what opens their words."""

    session: Session
    person_id: UUID
    sealed: Sealed

    def opened(self, words: bytes) -> str:
        """Words of this person."""
        return self.sealed.open(words, owner=self.person_id)


@dataclass(frozen=True)
class Shown:
    """A thing as its owner reads it. `met_at` and `met_where` are the event at which somebody was met first."""

    node: Node
    title: str
    day: date | None = None
    line: str = ""
    no_agenda: bool = False
    waits: bool = False
    met_at: Node | None = None
    met_where: str = ""


@dataclass(frozen=True)
class Kind:
    """What the owner reads of those of these ids that are theirs; all they may pick; over which heading it is offered.

    What `resolve` does not find is nobody's here, and is called `gone`.
    """

    resolve: Callable[[Ledger, Collection[UUID]], Mapping[UUID, Shown]]
    all_of: Callable[[Ledger], Collection[UUID]]
    heading: LazyString | str
    gone: LazyString = field(default_factory=lambda: _l("Something"))


def _days(at: datetime, event: Event | None) -> date:
    return at.astimezone(ZoneInfo(event.zone if event else "UTC")).date()


def _events(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    """Gatherings this person had a place at, or met somebody at."""
    met = {meeting.event_id for meeting in meetings_of(ledger.session, ledger.person_id) if meeting.event_id in ids}
    place = select(Attendee.event_id).where(Attendee.person_id == ledger.person_id, Attendee.event_id.in_(ids))
    mine = met | set(ledger.session.scalars(place))
    rows = ledger.session.scalars(select(Event).where(Event.id.in_(mine)))
    return {row.id: Shown(Node("event", row.id), row.title, _days(row.starts_at, row)) for row in rows}


def _people(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    """Whom this person has in their story, since the first meeting. Others, blocked ones too, are not found."""
    first: dict[UUID, Meeting] = {}
    last: dict[UUID, Meeting] = {}
    for meeting in sorted(meetings_of(ledger.session, ledger.person_id), key=lambda one: one.met_at):
        if (other := meeting.other_of(ledger.person_id)) in ids:
            first.setdefault(other, meeting)
            last[other] = meeting
    names = names_for(ledger.session, ledger.person_id, list(last.values())) if last else {}
    return {other: _person(other, meeting, names[last[other].id]) for other, meeting in first.items()}


def _person(other: UUID, meeting: Meeting, name: str) -> Shown:
    event = meeting.event
    where = Node("event", event.id) if event else None
    line = _("You met at %(event)s", event=event.title) if event else _("You met")
    return Shown(
        Node("person", other),
        name,
        _days(meeting.met_at, event),
        line,
        met_at=where,
        met_where=event.title if event else "",
    )


def _touches(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    """What this person did to keep in touch with somebody who is in their story."""
    mine = select(Touch).where(Touch.person_id == ledger.person_id, Touch.id.in_(ids))
    rows = ledger.session.scalars(mine).all()
    known = _people(ledger, {row.other_id for row in rows})
    return {row.id: _touch(ledger, row, known[row.other_id].title) for row in rows if row.other_id in known}


def _touch(ledger: Ledger, row: Touch, name: str) -> Shown:
    title = _("%(what)s, %(who)s", what=_opened_way(row), who=name)
    words = ledger.opened(row.sealed_words) if row.sealed_words else ""
    return Shown(Node("touch", row.id), title, row.happened_at.date(), words, no_agenda=row.no_agenda)


def _opened_way(row: Touch) -> str:
    return str(next(words for way, words in WAY_WORDS.items() if way == row.way))


def _introductions(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    """Those that were made and that this person gave or was given."""
    made = (one for one in made_with(ledger.session, ledger.person_id) if one.introduction_id in ids)
    return {one.introduction_id: _introduction(one) for one in made}


def _introduction(made: Made) -> Shown:
    node, day = Node("introduction", made.introduction_id), made.made_at.date()
    if made.connector:
        return Shown(node, _("%(by)s introduced you to %(other)s", by=made.connector, other=made.others[0]), day)
    first, second = made.others
    return Shown(node, _("You introduced %(first)s and %(second)s", first=first, second=second), day)


def _steps(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    rows = ledger.session.scalars(select(Step).where(Step.person_id == ledger.person_id, Step.id.in_(ids)))
    return {row.id: _step(ledger, row) for row in rows}


def _step(ledger: Ledger, row: Step) -> Shown:
    line = str(SORT_WORDS[row.sort])
    words = ledger.opened(row.sealed_words)
    return Shown(Node("step", row.id), words, row.day, line, no_agenda=row.no_agenda, waits=row.sort == "wait")


def _needs(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    rows = ledger.session.scalars(select(Need).where(Need.person_id == ledger.person_id, Need.id.in_(ids)))
    return {row.id: _need(ledger, row) for row in rows}


def _need(ledger: Ledger, row: Need) -> Shown:
    words = _("You were looking for: %(words)s", words=ledger.opened(row.sealed_words))
    return Shown(Node("need", row.id), words, row.opened_on)


def _outcomes(ledger: Ledger, ids: Collection[UUID]) -> dict[UUID, Shown]:
    mine = select(Outcome).where(Outcome.person_id == ledger.person_id, Outcome.id.in_(ids))
    return {row.id: _outcome(ledger, row) for row in ledger.session.scalars(mine)}


def _outcome(ledger: Ledger, row: Outcome) -> Shown:
    words, kind = ledger.opened(row.sealed_words), str(OUTCOME_WORDS[row.kind])
    day = row.closed_on or row.began_on
    return Shown(Node("outcome", row.id), words or kind, day, kind if words else "", waits=row.state != "closed")


def _all_people(ledger: Ledger) -> set[UUID]:
    return {meeting.other_of(ledger.person_id) for meeting in meetings_of(ledger.session, ledger.person_id)}


def _all_events(ledger: Ledger) -> set[UUID]:
    place = select(Attendee.event_id).where(Attendee.person_id == ledger.person_id)
    met = {meeting.event_id for meeting in meetings_of(ledger.session, ledger.person_id) if meeting.event_id}
    return met | set(ledger.session.scalars(place))


def _all_needs(ledger: Ledger) -> set[UUID]:
    return set(ledger.session.scalars(select(Need.id).where(Need.person_id == ledger.person_id)))


def _all_outcomes(ledger: Ledger) -> set[UUID]:
    return set(ledger.session.scalars(select(Outcome.id).where(Outcome.person_id == ledger.person_id)))


def _all_touches(ledger: Ledger) -> set[UUID]:
    return set(ledger.session.scalars(select(Touch.id).where(Touch.person_id == ledger.person_id)))


def _all_introductions(ledger: Ledger) -> set[UUID]:
    return {one.introduction_id for one in made_with(ledger.session, ledger.person_id)}


def _none(_ledger: Ledger) -> set[UUID]:
    return set()


KINDS: dict[str, Kind] = {
    "person": Kind(_people, _all_people, _l("People you met"), _l("Someone")),
    "event": Kind(_events, _all_events, _l("Evenings")),
    "introduction": Kind(_introductions, _all_introductions, _l("Introductions")),
    "touch": Kind(_touches, _all_touches, _l("Keeping in touch")),
    "need": Kind(_needs, _all_needs, _l("What you looked for")),
    "outcome": Kind(_outcomes, _all_outcomes, _l("What came before")),
    "step": Kind(_steps, _none, ""),
}
"""Every kind of thing there is in chains, in the order in which they are offered; a step is written, never picked."""


def shown(ledger: Ledger, nodes: Collection[Node]) -> dict[Node, Shown]:
    """These things as their owner reads them, a few queries for each kind. What is gone has no day."""
    found: dict[Node, Shown] = {}
    for name, kind in KINDS.items():
        ids = {node.id for node in nodes if node.kind == name}
        found |= {Node(name, key): one for key, one in kind.resolve(ledger, ids).items()} if ids else {}
    return {node: found.get(node) or Shown(node, str(KINDS[node.kind].gone)) for node in nodes}


def is_mine(ledger: Ledger, node: Node) -> bool:
    """Whether this is something of theirs that a chain may run through."""
    kind = KINDS.get(node.kind)
    return kind is not None and node.id in kind.resolve(ledger, {node.id})


def read_node(text: str) -> Node | None:
    """`kind:id` as forms and addresses carry it; None for anything else."""
    kind, _colon, key = text.partition(":")
    try:
        return Node(kind, UUID(key)) if kind in KINDS else None
    except ValueError:
        return None


def written(node: Node) -> str:
    """What `read_node` reads."""
    return f"{node.kind}:{node.id}"


def in_order(steps: Sequence[Shown]) -> list[Shown]:
    """The oldest first; what has no day stays where it stood, behind what came before it."""
    dated: list[tuple[date, int, Shown]] = []
    last = date.min
    for number, one in enumerate(steps):
        last = max(last, one.day) if one.day else last
        dated.append((one.day or last, number, one))
    return [one for *_key, one in sorted(dated, key=lambda key: key[:2])]
