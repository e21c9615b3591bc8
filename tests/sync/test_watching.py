"""A phone that tells what no hand can have done, or leaves something out, is shown to the organizer, not stopped."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.checkin import watching
from webapp.checkin.queries import count_inside
from webapp.checkin.watching import MAY_BE_ON_ITS_WAY, Watched, count_asking, watch
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.door_rules import MOST_IN_A_MINUTE, Rush, fullest_minute
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.events.devices import revoke_device
from webapp.events.models import Attendee, DoorDevice

A_SECOND, A_MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    """The organizer's browser."""
    return cast.browser(cast.dora.id)


def seen_of(phone: DoorPhone) -> Watched:
    """What the organizer sees of this phone."""
    db.session.rollback()
    device_id = phone.actor.device and phone.actor.device.id
    return next(each for each in watch(db.session(), phone.room.cast.mixer, now()) if each.device.id == device_id)


def let_in(phone: DoorPhone, guests: Sequence[Attendee], every: timedelta, **changes: Any) -> None:
    """All of them one after the other, half an hour ago."""
    begun = now() - 30 * A_MINUTE
    for number, guest in enumerate(guests):
        phone.let_in(guest, begun + number * every, **changes)


def tell(phone: DoorPhone) -> None:
    """Everything that is kept, as its phone does."""
    for start in range(0, len(phone.queue), 50):
        phone.tell(*phone.queue[start : start + 50])


def test_more_than_a_hand_can_do_in_a_minute_is_shown_kept_and_done(
    north: DoorPhone, cast: Cast, desk: FlaskClient
) -> None:
    crowd = cast.crowd(80)
    let_in(north, crowd, A_SECOND / 2)
    tell(north)
    seen = seen_of(north)
    assert seen.rush
    assert (seen.rush.count, seen.asks) == (80, True)
    assert count_inside(db.session(), cast.mixer.id) == 80, "nobody is refused for it"
    for page in ("doors", "to-settle"):
        text = desk.get(f"/events/{cast.mixer.id}/{page}").text
        assert all(words in text for words in ("Look at this phone.", "80 people in one minute", "take it back"))
    assert "1 phone tells what no hand can have done" in desk.get(f"/events/{cast.mixer.id}").text


def test_forty_scans_in_two_minutes_told_late_in_one_go_are_an_honest_door(
    north: DoorPhone, cast: Cast, desk: FlaskClient
) -> None:
    let_in(north, cast.crowd(40), 3 * A_SECOND)
    tell(north)
    assert not seen_of(north).is_odd
    assert "Look at this phone." not in desk.get(f"/events/{cast.mixer.id}/doors").text


def test_a_door_that_scans_as_fast_as_a_hand_can_for_a_long_time_is_honest(north: DoorPhone, cast: Cast) -> None:
    let_in(north, cast.crowd(100), A_SECOND)
    tell(north)
    assert not seen_of(north).is_odd


def test_a_batch_told_late_by_a_clock_that_is_not_believed_is_no_rush(north: DoorPhone, cast: Cast) -> None:
    north.off = timedelta(days=1)
    let_in(north, cast.crowd(70), 3 * A_SECOND, offset=None)
    tell(north)
    assert seen_of(north).rush is None


def test_by_the_corrected_times_alone_that_batch_would_have_been_one(
    north: DoorPhone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary: a clock that is not believed puts everything at one moment."""
    north.off = timedelta(days=1)
    let_in(north, cast.crowd(70), 3 * A_SECOND, offset=None)
    tell(north)
    monkeypatch.setattr(watching, "CLAMPED", "nothing is")
    seen = seen_of(north)
    assert seen.rush
    assert seen.rush.count == 70


def test_by_when_it_was_told_an_honest_door_would_have_been_in_a_rush(north: DoorPhone, cast: Cast) -> None:
    """The canary of the honest door: all it told came in one minute."""
    let_in(north, cast.crowd(70), 3 * A_SECOND)
    tell(north)
    times = db.session.query(Operation.received_at).where(Operation.actor == north.owner).all()
    told = fullest_minute([at for (at,) in times])
    assert told
    assert told.count == 70 > MOST_IN_A_MINUTE
    assert seen_of(north).rush is None


def test_a_rush_of_a_phone_whose_clock_is_a_day_off_is_seen_by_its_own_times(north: DoorPhone, cast: Cast) -> None:
    north.off = timedelta(days=1)
    let_in(north, cast.crowd(70), A_SECOND / 4, offset=None)
    tell(north)
    assert seen_of(north).rush


def test_a_scanner_that_fires_twice_at_each_badge_is_not_twice_as_fast(north: DoorPhone, cast: Cast) -> None:
    begun = now() - 30 * A_MINUTE
    for number, guest in enumerate(cast.crowd(40)):
        for late in (0, 1):
            north.let_in(guest, begun + number * 1.4 * A_SECOND + late * A_SECOND)
    tell(north)
    assert seen_of(north).rush is None


def test_two_doors_at_a_full_pace_are_two_hands(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    crowd = cast.crowd(80)
    let_in(north, crowd[:40], A_SECOND)
    let_in(south, crowd[40:], A_SECOND)
    tell(north)
    tell(south)
    assert [seen_of(phone).rush for phone in (north, south)] == [None, None]


def test_the_fullest_minute_is_found_in_any_order_and_ends_before_the_next_begins() -> None:
    begun = now()
    times = [begun + number * 10 * A_SECOND for number in (9, 0, 3, 1, 2, 4, 6, 5, 7, 8)]
    assert fullest_minute(times) == Rush(6, begun)
    assert fullest_minute([*times, begun + 61 * A_SECOND]) == Rush(7, begun + 10 * A_SECOND)
    assert fullest_minute([]) is None


def test_counts_that_never_came_are_said_at_once_and_looked_at_when_they_are_not_on_their_way(
    north: DoorPhone, cast: Cast, desk: FlaskClient
) -> None:
    north.let_in(cast.ann)
    north.sequence = 4
    north.let_in(cast.ben)
    with time_machine.travel(now(), tick=False) as clock:
        tell(north)
        assert (seen_of(north).untold, seen_of(north).is_odd) == (3, False)
        clock.shift(MAY_BE_ON_ITS_WAY + A_SECOND)
        assert (seen_of(north).untold, seen_of(north).asks) == (3, True)
        page = desk.get(f"/events/{cast.mixer.id}/doors").text
        assert all(words in page for words in ("3 things it did were never told", "should have come long ago"))
        late = [north.act("walk_in", {"name": f"Guest {seq}"}, seq=seq, decided="admitted") for seq in (2, 3, 4)]
        north.tell(*late)
        assert (seen_of(north).untold, seen_of(north).is_odd) == (0, False)


def test_two_things_under_one_count_mean_two_hands_on_one_key(
    room: Room, north: DoorPhone, cast: Cast, desk: FlaskClient
) -> None:
    north.let_in(cast.ann)
    tell(north)
    copy = cast.browser(door_key=north.key)
    stolen = north.let_in(cast.ben, seq=1)
    copy.post("/sync", json=north.envelope([stolen]))
    assert (seen_of(north).twice, seen_of(north).asks) == (1, True)
    assert "Under 1 count came two things" in desk.get(f"/events/{cast.mixer.id}/doors").text


def test_what_a_phone_asked_and_told_again_is_one_thing(room: Room, north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    form = {
        "operation_id": done["id"],
        "sequence": "1",
        "code": f"https://mix.example.org/B/{room.token(cast.ann).token}",
    }
    north.browser.post(f"/events/{cast.mixer.id}/check-ins", data=form)
    tell(north)
    tell(north)
    assert not seen_of(north).is_odd


def test_a_phone_that_was_taken_back_stays_to_be_seen_and_asks_for_nothing_more(
    north: DoorPhone, cast: Cast, desk: FlaskClient
) -> None:
    let_in(north, cast.crowd(80), A_SECOND / 2)
    tell(north)
    with writing() as session:
        revoke_device(session, session.get_one(DoorDevice, north.actor.device and north.actor.device.id), at=now())
        session.commit()
    assert (seen_of(north).is_odd, count_asking(db.session(), cast.mixer, now())) == (True, 0)
    assert "Nobody is out by this" in desk.get(f"/events/{cast.mixer.id}/to-settle").text
    assert "no hand can have done" not in desk.get(f"/events/{cast.mixer.id}").text


def test_scans_asked_online_at_such_a_pace_are_seen_too(north: DoorPhone, cast: Cast) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for guest in cast.crowd(MOST_IN_A_MINUTE + 1):
            clock.shift(0.5)
            form = {"operation_id": str(new_id()), "attendee_id": str(guest.id)}
            assert north.browser.post(f"/events/{cast.mixer.id}/check-ins", data=form).status_code == 303
        assert seen_of(north).rush
