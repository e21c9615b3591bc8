"""F07, S-23: whatever a phone's clock says, nothing lies in the future; good clocks keep order, bad are flagged."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.checkin.models import DoorFact
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee

ROUND_TRIP = timedelta(milliseconds=40)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
SINCE_1970 = datetime(1970, 1, 1, tzinfo=UTC) - datetime(2026, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Clock:
    """A phone's clock: how far ahead it is, whether that was measured, how it is set while the queue waits."""

    about: str
    off: timedelta = timedelta()
    measured: bool = True
    jump: timedelta = timedelta()
    good: bool = False


CLOCKS = [
    Clock("right", good=True),
    Clock("nine minutes fast", 9 * MINUTE, good=True),
    Clock("nine minutes slow", -9 * MINUTE, good=True),
    Clock("a second set twice, as in a leap second", jump=-SECOND, good=True),
    Clock("eleven minutes fast", 11 * MINUTE),
    Clock("a day fast", DAY),
    Clock("a day slow", -DAY),
    Clock("a day fast, never measured", DAY, measured=False),
    Clock("ten minutes slow, never measured", -10 * MINUTE, measured=False),
    Clock("of 1970, never measured", SINCE_1970, measured=False),
    Clock("set back an hour meanwhile", jump=-60 * MINUTE),
    Clock("set forward a day meanwhile", jump=DAY),
]


def _tell_at_half_past(room: Room, clock: Clock, guest: Attendee, true: datetime) -> tuple[DoorFact, str]:
    """(the fact, the phone's own words for when) of an entry at this true time, told now."""
    phone = DoorPhone(room, name=clock.about)
    phone.off = clock.off
    offset = clock.off / timedelta(milliseconds=1) if clock.measured else None
    done = phone.let_in(guest, true, offset=offset)
    phone.off += clock.jump
    phone.tell()
    db.session.rollback()
    return db.session.get_one(DoorFact, UUID(done["id"])), done["at"]


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.about)
def test_no_clock_writes_a_time_in_the_future_or_unseen(cast: Cast, clock: Clock) -> None:
    true = now() - 25 * MINUTE
    fact, _ = _tell_at_half_past(Room(cast), clock, cast.ann, true)
    assert fact.at <= fact.received_at <= now()
    assert ("clamped" in fact.flags) is not clock.good
    assert abs(fact.at - true) <= (ROUND_TRIP if clock.good else timedelta(milliseconds=fact.uncertain_ms))


def test_good_clocks_keep_the_order_that_their_own_words_lose(cast: Cast) -> None:
    """The canary: sorted by what the phones say, the same entries stand in another order."""
    room, begun = Room(cast), now() - 30 * MINUTE
    good = [clock for clock in CLOCKS if clock.good]
    seen = [
        _tell_at_half_past(room, clock, guest, begun + number * SECOND)
        for number, (clock, guest) in enumerate(zip(good, cast.crowd(len(good)), strict=True))
    ]
    assert sorted(seen, key=lambda one: one[0].at) == seen
    assert sorted(seen, key=lambda one: datetime.fromisoformat(one[1])) != seen


def test_clocks_of_summer_and_winter_are_one_order(cast: Cast) -> None:
    room, at = Room(cast), now() - 20 * MINUTE
    facts = []
    for number, hours in enumerate((2, 1, 0, -5)):
        phone = DoorPhone(room, name=f"Phone of zone {hours}")
        done = phone.let_in(cast.crowd(1)[0], at + number * SECOND)
        zone = datetime.fromisoformat(done["at"]).astimezone(UTC) + timedelta(hours=hours)
        done["at"] = f"{zone.replace(tzinfo=None).isoformat()}{hours:+03d}:00"
        phone.tell()
        facts.append(db.session.get_one(DoorFact, UUID(done["id"])))
    assert [fact.at for fact in facts] == [at + number * SECOND for number in range(4)]


def test_a_leap_second_can_be_read(cast: Cast) -> None:
    phone = DoorPhone(Room(cast))
    done = phone.let_in(cast.ann)
    done["at"] = f"{done['at'][:17]}60+00:00"
    assert phone.words() == [("applied", "checked_in")]
