"""A limited room without a network: each door gives away its share, and what is beyond is never silent (R17)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from tests.sync.test_door_list import fetch
from webapp.checkin.leases import LEASE_LIFE
from webapp.checkin.models import DoorFact, DoorLease
from webapp.checkin.queries import count_inside
from webapp.checkin.to_settle import count_open
from webapp.checkin.verdicts import CheckedIn, RoomFull
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.devices import revoke_device
from webapp.events.models import Attendee, DoorDevice, Event


@pytest.fixture
def crowd(cast: Cast) -> list[Attendee]:
    """Eight guests, and room for six."""
    with writing() as session:
        session.get_one(Event, cast.mixer.id).capacity = 6
        session.commit()
    cast.mixer.capacity = 6
    return cast.crowd(8)


def lease_of(phone: DoorPhone, cast: Cast) -> int:
    with writing() as session:
        session.get_one(DoorDevice, phone.actor.device and phone.actor.device.id).seen_at = now()
        session.commit()
    places: int = fetch(phone.browser, cast.mixer)["lease"]["places"]
    return places


def flags_of(done: dict[str, str]) -> list[str]:
    db.session.rollback()
    flags: list[str] = db.session.get_one(DoorFact, UUID(done["id"])).flags
    return flags


def test_doors_share_what_is_free_and_never_more(
    north: DoorPhone, south: DoorPhone, cast: Cast, crowd: list[Attendee]
) -> None:
    first, second = lease_of(north, cast), lease_of(south, cast)
    assert first + second <= 6
    again = [lease_of(phone, cast) for phone in (north, south, north, south)]
    assert again[-1] + again[-2] <= 6


def test_what_a_door_holds_is_not_given_away_by_another(
    room: Room, north: DoorPhone, cast: Cast, crowd: list[Attendee]
) -> None:
    assert lease_of(north, cast) == 6
    full = room.scan(crowd[0], room.other_door)
    assert full == RoomFull(crowd[0].id, 0, 6)
    assert isinstance(room.scan(crowd[0], room.other_door, anyway=True), CheckedIn), "the door decides"
    assert isinstance(room.scan(crowd[1], north.actor), CheckedIn), "by its own places"


def test_within_its_places_a_door_is_right_and_beyond_them_it_is_flagged(
    room: Room, north: DoorPhone, cast: Cast, crowd: list[Attendee]
) -> None:
    for guest in crowd[:4]:
        room.let_in(guest, room.other_door)
    assert lease_of(north, cast) == 2
    done = [north.let_in(guest) for guest in crowd[4:7]]
    assert north.words() == [("applied", "checked_in")] * 2 + [("conflict", "room_full")]
    assert [flags_of(one) for one in done] == [[], [], ["room_full"]]
    assert count_inside(db.session(), cast.mixer.id) == 7, "who was let in is in"
    assert count_open(db.session(), cast.mixer) == 1


def test_a_walk_in_beyond_is_flagged_as_well(north: DoorPhone, cast: Cast, crowd: list[Attendee]) -> None:
    assert lease_of(north, cast) == 6
    for guest in crowd[:6]:
        north.let_in(guest)
    done = north.act("walk_in", {"name": "Wanda Walker", "company": ""}, decided="admitted")
    assert north.words()[-1] == ("conflict", "checked_in")
    assert flags_of(done) == ["room_full"]
    assert north.words(done) == [("duplicate", "checked_in")]


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_what_a_lost_phone_held_is_free_again(
    room: Room, north: DoorPhone, cast: Cast, crowd: list[Attendee], how: str
) -> None:
    lease_of(north, cast)
    with writing() as session:
        assert north.actor.device
        if how == "revoked":
            revoke_device(session, session.get_one(DoorDevice, north.actor.device.id), at=now())
        else:
            lease = session.scalars(select(DoorLease)).one()
            lease.expires_at = lease.given_at = now() - LEASE_LIFE
        session.commit()
    assert isinstance(room.scan(crowd[0], room.other_door), CheckedIn)


def test_told_places_count_once(north: DoorPhone, cast: Cast, crowd: list[Attendee]) -> None:
    lease_of(north, cast)
    north.let_in(crowd[0])
    for _ in range(3):
        north.tell()
    db.session.rollback()
    assert db.session.scalars(select(DoorLease.used)).all() == [1]
    assert lease_of(north, cast) == 5, "asked anew, it holds what is free"


def test_without_a_capacity_nothing_is_held(north: DoorPhone, cast: Cast) -> None:
    assert fetch(north.browser, cast.mixer)["lease"] is None
    assert db.session.scalars(select(DoorLease)).all() == []
