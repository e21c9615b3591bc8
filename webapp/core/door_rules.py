"""What several phones at several doors agree on, whatever came first (trust.md 2.8, R1 to R11 and R17). Pure.

The state of a guest is computed from all facts each time; no fact is ever changed, so any order of arrival ends alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

DOUBLE_FIRE = timedelta(seconds=3)
"""A scanner that fires twice at one badge means one scan (R11)."""
UNDO_BY_DOOR = timedelta(minutes=10)
"""How long the phone that let somebody in may take it back; an organizer may at any time (R8)."""
FURTHEST_OFF = timedelta(minutes=10)
"""A clock that was measured to be further off is not believed (R10)."""
CLOCKS_AGREE = timedelta(seconds=2)
"""How far a phone's wall clock and its own stop watch may drift apart while an operation waits (R10)."""
UNMEASURED = timedelta(seconds=2)
"""How uncertain a time is whose round trip nobody measured."""
LEAST_UNCERTAIN = timedelta(seconds=1)


# R10: what time it was.


@dataclass(frozen=True)
class Stamp:
    """A moment as a phone saw it: wall clock, stop watch in milliseconds, and which run of the page it belongs to."""

    wall: datetime
    mono: int
    boot: str


@dataclass(frozen=True)
class Measured:
    """How far the phone's clock was off the server's (phone minus server), and how long asking took; None: unknown."""

    offset: timedelta | None
    round_trip: timedelta | None


@dataclass(frozen=True)
class Corrected:
    """When it was by the server's clock, give or take `uncertainty`; `clamped`: the phone's clock was not believed."""

    at: datetime
    uncertainty: timedelta
    clamped: bool = False


def correct(act: Stamp, sent: Stamp, clock: Measured, *, since: datetime, arrival: datetime) -> Corrected:
    """The time of an act, never in the future and never before `since`, the phone's last contact before the act.

    `sent` is the phone's own time when it sent what arrived at `arrival`.
    """
    since = min(since, arrival)
    guess = _shifted(act.wall, clock.offset)
    if not _is_believed(act, sent, clock):
        return Corrected(min(max(guess, since), arrival), arrival - since, clamped=True)
    uncertainty = max(clock.round_trip or UNMEASURED, LEAST_UNCERTAIN)
    if guess > arrival + uncertainty or guess < since - uncertainty:
        return Corrected(min(max(guess, since), arrival), arrival - since, clamped=True)
    return Corrected(min(guess, arrival), uncertainty)


def _shifted(wall: datetime, offset: timedelta | None) -> datetime:
    try:
        return wall - (offset or timedelta())
    except OverflowError:  # a clock at the end of time
        return wall


def _is_believed(act: Stamp, sent: Stamp, clock: Measured) -> bool:
    if clock.offset is None or abs(clock.offset) > FURTHEST_OFF:
        return False
    if act.boot != sent.boot:
        return True  # another run of the page: its stop watch says nothing about this one
    waited = timedelta(milliseconds=sent.mono - act.mono)
    return abs((sent.wall - act.wall) - waited) <= CLOCKS_AGREE


# R2 to R9, R11: who is in.


@dataclass(frozen=True)
class Entry:
    """Somebody was let in on this place. `hand` names the phone or person that did it, `sequence` counts its acts."""

    operation: UUID
    at: datetime
    hand: str
    sequence: int = 0
    uncertainty: timedelta = timedelta()


@dataclass(frozen=True)
class Undo:
    """An entry taken back, named by its operation, known here or not. `leaves`: they went out, it was no mistake."""

    operation: UUID
    of: UUID
    at: datetime
    hand: str
    sequence: int = 0
    uncertainty: timedelta = timedelta()
    leaves: bool = False
    by_organizer: bool = False


@dataclass(frozen=True)
class Standing:
    """What the facts about one place come to.

    `live` is the one admission, or None; `stays` are the entries that stand, by visit, without what a scanner fired
    twice; `ended` says which undo ended which entry; `close`: an exit and an entry are too near to say which was first.
    """

    live: Entry | None
    stays: Sequence[Sequence[Entry]]
    ended: dict[UUID, Undo]
    close: bool

    @property
    def doubles(self) -> Sequence[Sequence[Entry]]:
        """The visits on which more than one was let in."""
        return [stay for stay in self.stays if len(stay) > 1]


def first_seen(fact: Entry | Undo) -> tuple[datetime, str, int, UUID]:
    """The order of facts: corrected time, then phone, then its own count (R2)."""
    return fact.at, fact.hand, fact.sequence, fact.operation


def may_undo(entry: Entry, undo: Undo) -> bool:
    """Its own phone within ten minutes by corrected times, an organizer at any time (R8)."""
    return undo.by_organizer or (undo.hand == entry.hand and undo.at - entry.at <= UNDO_BY_DOOR)


def stand(entries: Collection[Entry], undos: Collection[Undo]) -> Standing:
    """Who is in, from the whole set of facts about one place, in whatever order they came."""
    known = {entry.operation: entry for entry in entries}
    valid = [undo for undo in sorted(undos, key=first_seen) if undo.of in known and may_undo(known[undo.of], undo)]
    exits = [undo for undo in valid if undo.leaves]
    taken_back = {undo.of: undo for undo in reversed(valid) if not undo.leaves}
    standing = [entry for entry in sorted(known.values(), key=first_seen) if entry.operation not in taken_back]
    ended = taken_back | {e.operation: left for e in standing for left in exits[::-1] if _ends(left, e)}
    inside = [entry for entry in standing if entry.operation not in ended]
    close = any(_is_close(left, entry) for left in exits for entry in inside)
    return Standing(inside[0] if inside else None, _stays(standing, exits), ended, close)


def _ends(left: Undo, entry: Entry) -> bool:
    """An exit ends the entry it names, and every entry that was surely before it (R9)."""
    return left.of == entry.operation or left.at - entry.at > left.uncertainty + entry.uncertainty


def _is_close(left: Undo, entry: Entry) -> bool:
    return abs(left.at - entry.at) <= left.uncertainty + entry.uncertainty


def _stays(standing: Sequence[Entry], exits: Sequence[Undo]) -> Sequence[Sequence[Entry]]:
    visits: dict[int, list[Entry]] = {}
    for entry in standing:
        visit = visits.setdefault(sum(_ends(left, entry) for left in exits), [])
        if not any(_is_double_fire(before, entry) for before in visit):
            visit.append(entry)
    return sorted(visits.values(), key=lambda visit: first_seen(visit[0]))


def _is_double_fire(first: Entry, again: Entry) -> bool:
    return first.hand == again.hand and again.at - first.at <= DOUBLE_FIRE


# R17: places that a door may give away without asking.


def share(free: int, doors: int) -> int:
    """How many of the free places one of so many doors may give away while nobody can ask."""
    return max(free, 0) // max(doors, 1)


# What no hand does: a phone to look at. It refuses nobody.

MOST_IN_A_MINUTE = 60
"""One guest a second for a whole minute: over twice what the quickest door with a hand scanner lets in."""
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Rush:
    """The fullest minute of a phone: how many it let in, from when."""

    count: int
    since: datetime


def fullest_minute(times: Collection[datetime]) -> Rush | None:
    """The minute with the most of these entries, however late or in whatever order they were told."""
    ordered, first, found = sorted(times), 0, None
    for last, at in enumerate(ordered):
        while at - ordered[first] >= A_MINUTE:
            first += 1
        if found is None or last - first + 1 > found.count:
            found = Rush(last - first + 1, ordered[first])
    return found
