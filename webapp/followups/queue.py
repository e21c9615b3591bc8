"""What comes next, person by person: new people the first morning, promises, what I wanted to send, who is due.

Somebody stands here once, with everything there is to do for them. Nothing is sent, and looking changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.queries import NOTHING, OpenedPromise, Remembered, memories_of, promises_of
from webapp.contacts.reminding import Draft, all_reminders_of
from webapp.contacts.touching import OpenedTouch, Way, all_touches_of, last_touches
from webapp.core.actor import NotHere
from webapp.core.due_rules import Rhythm, Tie, Wall, asks_for_rest, due, first_morning, is_late
from webapp.core.tokens import Sealed
from webapp.followups.keeping import Line, lines_of
from webapp.followups.pace import rest_of
from webapp.followups.ways import allowed_ways, suggest_way
from webapp.swaps.stories import Evening, Met, met_by

MOST_NEW = 5
"""New people at a time: five names are a morning, twenty are a chore."""

Why = Literal["new", "promised", "to send", "due"]
_ORDER: tuple[Why, ...] = ("new", "promised", "to send", "due")


@dataclass(frozen=True)
class Item:
    """One person and the next thing to do for them. `since` is when it began to wait."""

    met: Met
    why: Why
    since: datetime
    line: Line
    memory: Remembered
    promises: Sequence[OpenedPromise]
    drafts: Sequence[Draft]
    touches: Sequence[OpenedTouch]
    is_late: bool
    asks_for_rest: bool

    @property
    def tie(self) -> Tie:
        return self.line.tie

    @property
    def rhythm(self) -> Rhythm | None:
        return self.line.tie.rhythm

    @property
    def ways(self) -> tuple[Way, ...]:
        """Ways their card leaves open."""
        return allowed_ways(self.met.card)

    @property
    def way(self) -> Way | None:
        """The way to go now: another than the last two."""
        return suggest_way(self.ways, [touch.way for touch in self.touches])


@dataclass(frozen=True)
class Written:
    """Whom somebody met, and their own words about it: by meeting id what they remember, and all they promised."""

    evenings: Sequence[Evening]
    memories: Mapping[UUID, Remembered]
    promises: Sequence[OpenedPromise]


@dataclass(frozen=True)
class Queue:
    """What there is to do, and what grows without anything to do today: open promises, and people who rest."""

    items: Sequence[Item]
    promises: int
    resting: int


@dataclass(frozen=True)
class _Mine:
    """Everything somebody met and wrote: the last meeting of each person, and what they wrote about each person."""

    met: Mapping[UUID, Met]
    lines: Mapping[UUID, Line]
    memories: Mapping[UUID, Remembered]
    promises: Mapping[UUID, list[OpenedPromise]]
    drafts: Mapping[UUID, list[Draft]]
    touches: Mapping[UUID, list[OpenedTouch]]
    rest: timedelta


def queue_of(session: Session, person_id: UUID, written: Written, *, sealed: Sealed, at: datetime) -> Queue:
    """Everybody for whom there is something to do, in the order to do it; of new people five at a time."""
    mine = _read(session, person_id, written, sealed)
    items = [item for other in mine.met if (item := _item(mine, other, at))]
    items.sort(key=lambda item: (_ORDER.index(item.why), item.since))
    new = [item for item in items if item.why == "new"][:MOST_NEW]
    resting = [other for other, line in mine.lines.items() if other in mine.met and (due(line.tie) or at) > at]
    promised = sum(len(made) for made in mine.promises.values())
    return Queue(new + [item for item in items if item.why != "new"], promised, len(resting))


def keeping_days(session: Session, person_id: UUID, written: Written) -> list[tuple[UUID, str, datetime]]:
    """Who is due when, of everybody this person keeps in touch with: id, name, moment."""
    met = {one.person_id: one for evening in written.evenings for one in evening.people}
    lines = lines_of(session, person_id, [one.meeting for one in met.values()], last_touches(session, person_id))
    days = ((other, met[other].name, due(line.tie)) for other, line in lines.items())
    return [(other, name, when) for other, name, when in days if when]


def get_item(session: Session, person_id: UUID, other_id: UUID, sealed: Sealed, at: datetime) -> Item:
    """What there is to do for this person, due or not. Raises NotHere for somebody outside the story."""
    mine = _read(session, person_id, written_by(session, person_id, sealed), sealed)
    if other_id not in mine.met:
        raise NotHere
    return _item(mine, other_id, at) or _make(mine, other_id, "due", mine.lines[other_id].tie.since, at)


def written_by(session: Session, person_id: UUID, sealed: Sealed) -> Written:
    """Whom this person met, and what they wrote and promised there."""
    promises = promises_of(session, person_id, sealed)
    return Written(met_by(session, person_id), memories_of(session, person_id, sealed), promises)


def _read(session: Session, person_id: UUID, written: Written, sealed: Sealed) -> _Mine:
    meetings = [one for evening in written.evenings for one in evening.people]
    met = {one.person_id: one for one in sorted(meetings, key=lambda one: one.at)}
    others = {one.meeting.id: one.person_id for one in meetings}
    memories: dict[UUID, Remembered] = {}
    for key, memory in written.memories.items():
        if key in others and (memory.note or others[key] not in memories):
            memories[others[key]] = memory
    promises: dict[UUID, list[OpenedPromise]] = {}
    for promise in written.promises:
        if promise.done_at is None and promise.meeting_id in others:
            promises.setdefault(others[promise.meeting_id], []).append(promise)
    return _Mine(
        met=met,
        lines=lines_of(session, person_id, [one.meeting for one in meetings], last_touches(session, person_id)),
        memories=memories,
        promises=promises,
        drafts=all_reminders_of(session, person_id, sealed),
        touches=all_touches_of(session, person_id, sealed),
        rest=rest_of(session, person_id),
    )


def _item(mine: _Mine, other: UUID, at: datetime) -> Item | None:
    """The first thing to do for them whose time has come; None while that is put off, or if there is nothing."""
    tie = mine.lines[other].tie
    put_off = tie.put_off_at if tie.put_off_until and at < tie.wall.opening(tie.put_off_until) else None
    begins = [(why, since) for why, since in _begins(mine, other) if since <= at and not (put_off and since <= put_off)]
    if not begins:
        return None
    why, since = min(begins, key=lambda begin: _ORDER.index(begin[0]))
    return _make(mine, other, why, since, at)


def _begins(mine: _Mine, other: UUID) -> Iterator[tuple[Why, datetime]]:
    """What there is for them, and from when on: what was said in the evening waits for the morning."""
    met, line = mine.met[other], mine.lines[other]
    wall, event = line.tie.wall, met.meeting.event
    touched = line.tie.last_touch and line.tie.last_touch >= met.at
    settled = line.chosen_at and (line.tie.rhythm or line.chosen_at >= met.at)
    if not settled and not touched:
        yield "new", first_morning(event.ends_at if event else met.at, wall.zone, mine.rest)
    for promise in mine.promises.get(other, [])[:1]:
        yield "promised", _next_morning(wall, promise.made_at)
    for draft in [one for one in mine.drafts.get(other, []) if not one.sent_at][-1:]:
        yield "to send", _next_morning(wall, draft.kept_at)
    if when := due(line.tie):
        yield "due", when


def _next_morning(wall: Wall, at: datetime) -> datetime:
    return wall.opening(wall.day_of(at) + timedelta(days=1))


def _make(mine: _Mine, other: UUID, why: Why, since: datetime, at: datetime) -> Item:
    tie = mine.lines[other].tie
    return Item(
        met=mine.met[other],
        why=why,
        since=since,
        line=mine.lines[other],
        memory=mine.memories.get(other, NOTHING),
        promises=mine.promises.get(other, []),
        drafts=[draft for draft in mine.drafts.get(other, []) if not draft.sent_at],
        touches=mine.touches.get(other, []),
        is_late=is_late(tie, at),
        asks_for_rest=asks_for_rest(tie, at),
    )
