"""Who is in, as others ask it."""

from datetime import timedelta

from tests.cast import Cast
from tests.checkin.room import Room
from webapp.checkin.queries import Counter, Place, arrivals, find_place_in, get_counter, is_in
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee


def test_who_is_in_has_a_live_check_in(room: Room, cast: Cast) -> None:
    assert not is_in(db.session(), cast.ann.id)
    entry = room.let_in(cast.ann)
    db.session.rollback()
    assert is_in(db.session(), cast.ann.id)
    room.undo(entry.check_in_id)
    db.session.rollback()
    assert not is_in(db.session(), cast.ann.id)


def test_at_an_open_door_who_claimed_their_place_is_in(cast: Cast) -> None:
    evening = cast.event(cast.circle, open_door=True)
    claimed = cast.guest("Ona One", event=evening, claimed=True)
    cancelled = cast.guest("Tom Two", event=evening, claimed=True, cancelled_at=now())
    unclaimed = cast.guest("Uma Un", event=evening)
    assert [is_in(db.session(), guest.id) for guest in (claimed, cancelled, unclaimed)] == [True, False, False]
    assert not is_in(db.session(), cast.ann.id)


def test_of_two_places_the_one_that_is_in_counts(room: Room, cast: Cast) -> None:
    first, twin = cast.ann, cast.guest("Ann Achebe")
    with writing() as session:
        session.get_one(Attendee, twin.id).person_id = first.person_id
        session.commit()
    assert find_place_in(db.session(), cast.mixer.id, first.person_id) == Place(first.id, False)
    room.let_in(twin)
    db.session.rollback()
    assert find_place_in(db.session(), cast.mixer.id, first.person_id) == Place(twin.id, True)
    assert find_place_in(db.session(), cast.other_mixer.id, first.person_id) is None


def test_arrivals_are_told_latest_first_with_their_door(room: Room, cast: Cast) -> None:
    at = now()
    room.let_in(cast.ann, at=at - timedelta(minutes=2))
    room.let_in(cast.ben, room.other_door, at=at)
    gone = room.let_in(cast.guest("Gil Gone"))
    room.undo(gone.check_in_id)
    db.session.rollback()
    told = arrivals(db.session(), cast.mixer)
    assert [(arrival.name, arrival.door, arrival.how) for arrival in told] == [
        ("Ben Adeyemi", "South door", "name"),
        ("Ann Achebe", "North door", "name"),
    ]
    assert arrivals(db.session(), cast.other_mixer) == []


def test_the_counter_knows_how_many_are_in_expected_and_fit(room: Room, cast: Cast) -> None:
    small = cast.event(cast.circle, capacity=2)
    guests = [cast.guest(f"Guest {n}", event=small) for n in range(3)]
    cast.guest("Gil Gone", event=small, cancelled_at=now())
    by, _ = cast.door(small)
    for guest in guests[:2]:
        room.scan(guest, by, event=small)
    db.session.rollback()
    counter = get_counter(db.session(), small)
    assert (counter, counter.full) == (Counter(2, 3, 2), True)
    assert not get_counter(db.session(), cast.mixer).full
