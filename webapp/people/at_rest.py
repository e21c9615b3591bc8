"""Old ties (practices C12): who has been silent for long, and three of them, not only the most comfortable.

People think first of those they spent most time with, and get most from others (Walter, Levin & Murnighan 2015): one
of the three is somebody less familiar, whoever they are. Fame and title play no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.contacts.queries import memories_of
from webapp.contacts.resting import Resting, resting_of
from webapp.contacts.touching import all_touches_of, last_touches
from webapp.core.tokens import Sealed
from webapp.swaps.stories import Met, met_by

LONG = timedelta(days=180)
"""Half a year without a word: from here on a tie is at rest."""
SUGGESTED = 3
WARM = timedelta(days=60)
"""Somebody I was in touch with so short ago is easy to write to: a warm-up before the harder message."""


@dataclass(frozen=True)
class Tie:
    """Somebody I met: `times` counts meetings and touches; `reason` and `note` are my own words, the latest."""

    met: Met
    last: datetime
    times: int
    reason: str
    note: str
    rest: Resting | None


@dataclass(frozen=True)
class OldTies:
    """Everybody at rest, the longest silent first; three of them for today; and an easy message to begin with."""

    resting: Sequence[Tie]
    suggested: Sequence[Tie]
    warm_up: Tie | None


def ties_of(session: Session, person_id: UUID, sealed: Sealed) -> list[Tie]:
    """Everybody this person met and did not end with on purpose, each once."""
    rests, remembered = resting_of(session, person_id), memories_of(session, person_id, sealed)
    touched, touches = last_touches(session, person_id), all_touches_of(session, person_id, sealed)
    meetings: dict[UUID, list[Met]] = {}
    for met in (met for evening in met_by(session, person_id) for met in evening.people):
        meetings.setdefault(met.person_id, []).append(met)

    def tie(other: UUID, met: list[Met]) -> Tie:
        newest_first = sorted(met, key=lambda one: one.at, reverse=True)
        words = [remembered[one.meeting.id] for one in newest_first]
        last = max(newest_first[0].at, touched.get(other, newest_first[0].at))
        times = len(met) + len(touches.get(other, ()))
        reason, note = (next(filter(None, said), "") for said in zip(*((w.reason, w.note) for w in words), strict=True))
        return Tie(newest_first[0], last, times, reason, note, rests.get(other))

    everybody = [tie(other, met) for other, met in meetings.items()]
    return [one for one in everybody if not (one.rest and one.rest.cause == "ended")]


def old_ties(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> OldTies:
    """Old ties of this person, and today's three."""
    ties = ties_of(session, person_id, sealed)
    resting = sorted((tie for tie in ties if at - tie.last >= LONG), key=lambda tie: (tie.last, tie.met.person_id))
    warm = sorted((tie for tie in ties if at - tie.last <= WARM), key=lambda tie: (-tie.times, tie.met.person_id))
    return OldTies(resting, suggest(resting, person_id, at), warm[0] if warm and resting else None)


def suggest(resting: Sequence[Tie], person_id: UUID, at: datetime) -> list[Tie]:
    """Three of these, other ones each week; at least one is less familiar than most, if there are enough to tell."""
    by_week = sorted(resting, key=lambda tie: _lot(tie, person_id, at))
    middle = sorted(tie.times for tie in resting)[len(resting) // 2] if resting else 0
    less = [tie for tie in by_week if tie.times < middle] or by_week
    first = less[:1]
    return [*first, *islice((tie for tie in by_week if tie not in first), SUGGESTED - len(first))]


def _lot(tie: Tie, person_id: UUID, at: datetime) -> bytes:
    year, week, _ = at.isocalendar()
    return sha256(f"{person_id} {tie.met.person_id} {year} {week}".encode()).digest()
