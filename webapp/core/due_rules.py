"""When the next step with somebody is due (practices D13, D14, A3). Pure.

A due time is computed each time from what happened: when the two met, their last touch, what was put off. So any order
of arrival ends alike, a run that comes late finds what an earlier one would have found, and there is no date that a
missed hour could move on. Days are counted on the clock of a wall: summer time moves nothing. Moments are UTC.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(8, 30)
"""The local time before which nobody hears from us."""
REST = timedelta(hours=3)
"""So long after an evening nobody hears from us, unless they chose another length (A3)."""
LAIN = timedelta(days=7)
"""So long an item lies there until that is a silence."""
PATIENCE = 3
"""After so many silences the rhythm is wrong, not the person: ask for a longer one, or for rest."""

Quiet = tuple[time, time]
"""From when until when nothing is sent, by the local clock; the end may be tomorrow."""


@dataclass(frozen=True)
class Wall:
    """A clock on a wall: where it hangs, and when the day opens there."""

    zone: str
    opens: time = OPENS

    def opening(self, day: date) -> datetime:
        """When this day opens, in UTC."""
        return datetime.combine(day, self.opens, ZoneInfo(self.zone)).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """The date on this wall."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Rhythm:
    """After how many days one would like to be in touch again, and after how many at the latest."""

    ideal: int
    worst: int

    def longer(self) -> "Rhythm":
        """Half as often."""
        return Rhythm(min(self.ideal * 2, LONGEST), min(self.worst * 2, LONGEST))


LONGEST = 1500
"""Days of the longest rhythm: four years and a bit."""


@dataclass(frozen=True)
class Tie:
    """What one person's next step with another goes by. No rhythm: they let it rest, or have not chosen yet.

    `next_on` was typed from the talk, `put_off_until` is their *another day*, `told_for` the due time last told of.
    """

    wall: Wall
    met_at: datetime
    rhythm: Rhythm | None = None
    last_touch: datetime | None = None
    next_on: date | None = None
    put_off_until: date | None = None
    put_off_at: datetime | None = None
    put_offs: int = 0
    told_for: datetime | None = None

    @property
    def since(self) -> datetime:
        """When the two last had to do with each other."""
        return max(self.met_at, self.last_touch or self.met_at)

    def touched(self, happened_at: datetime) -> "Tie":
        """After this touch, by whichever side. One that came to light late moves nothing back."""
        return replace(self, last_touch=max(happened_at, self.last_touch or happened_at))

    def put_off(self, until: date, at: datetime) -> "Tie":
        """After *another day*."""
        said = self.put_offs if self.put_off_at and self.put_off_at > self.since else 0
        return replace(self, put_off_until=until, put_off_at=at, put_offs=said + 1)


def due(tie: Tie) -> datetime | None:
    """When the next step is due; None: never by itself."""
    last_day, day = tie.wall.day_of(tie.since), None
    if tie.next_on and tie.next_on > last_day:
        day = tie.next_on
    elif tie.rhythm:
        day = last_day + timedelta(days=tie.rhythm.ideal)
    if day is None:
        return None
    return tie.wall.opening(max(day, tie.put_off_until or day))


def is_late(tie: Tie, at: datetime) -> bool:
    """Whether it was longer than they would like at the latest."""
    if tie.rhythm is None:
        return False
    return at >= tie.wall.opening(tie.wall.day_of(tie.since) + timedelta(days=tie.rhythm.worst))


def fires(tie: Tie, at: datetime, quiet: Quiet | None) -> datetime | None:
    """The due time to tell of now, once; keep it as `told_for`. A late run finds it too, and quiet hours hold it."""
    when = due(tie)
    if when is None or when > at or (tie.told_for and tie.told_for >= when) or is_quiet(quiet, at, tie.wall.zone):
        return None
    return when


def silences(tie: Tie, at: datetime) -> int:
    """How often there was no answer to a due item since the two were last in touch: put off, or left lying a week."""
    when = due(tie)
    said = tie.put_offs if tie.put_off_at and tie.put_off_at > tie.since else 0
    return said + max((at - when) // LAIN, 0) if when else said


def asks_for_rest(tie: Tie, at: datetime) -> bool:
    """Whether to ask for a longer rhythm, or for rest, instead of the same again."""
    when = due(tie)
    return when is not None and when <= at and silences(tie, at) >= PATIENCE


def first_morning(ends_at: datetime, zone: str, rest: timedelta = REST) -> datetime:
    """When the queue opens after an evening: the first 08:30 that leaves three hours, or after one's own rest.

    The hours are those of the wall where it was.
    """
    wall, rested = Wall(zone), ends_at + REST
    morning = wall.opening(wall.day_of(rested))
    if morning < rested:
        morning = wall.opening(wall.day_of(rested) + timedelta(days=1))
    return max(morning, ends_at + rest)


def is_quiet(quiet: Quiet | None, at: datetime, zone: str) -> bool:
    """Whether nothing may be sent now."""
    if quiet is None:
        return False
    (starts, until), now = quiet, at.astimezone(ZoneInfo(zone)).time()
    return now >= starts or now < until if until < starts else starts <= now < until


def when_awake(quiet: Quiet | None, at: datetime, zone: str) -> datetime:
    """This moment, or when the quiet hours it lies in end, by the clock of this zone."""
    if quiet is None or not is_quiet(quiet, at, zone):
        return at
    (starts, until), local = quiet, at.astimezone(ZoneInfo(zone))
    tomorrow = until < starts and local.time() >= starts
    return datetime.combine(local.date() + timedelta(days=int(tomorrow)), until, local.tzinfo)
