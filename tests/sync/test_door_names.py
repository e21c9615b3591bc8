"""The names a door takes to search them without a network: for a paired phone of that event alone, and written down."""

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from tests.sync.test_taken_phones import device_of, take_back
from webapp.checkin.facts import BY_CLAIM
from webapp.checkin.models import CheckIn
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.sync import door_names


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    """The organizer's browser."""
    return cast.browser(cast.dora.id)


def names_at(cast: Cast) -> str:
    """Where a door takes the names of tonight."""
    return f"/events/{cast.mixer.id}/door/names"


def test_a_door_takes_every_name_with_what_a_search_shows(room: Room, north: DoorPhone, cast: Cast) -> None:
    inside, gone = cast.guest("Søren Šmíd", company="Quay & Sons"), cast.guest("Ann Achebe", cancelled_at=now())
    since = room.let_in(inside).at
    answer = north.browser.post(names_at(cast))
    assert answer.json
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json["event"] == str(cast.mixer.id)
    assert gone.cancelled_at
    assert answer.json["guests"] == [
        [str(gone.id), "Ann Achebe", "", gone.box, gone.cancelled_at.isoformat(), None, "ann achebe"],
        [str(inside.id), "Søren Šmíd", "Quay & Sons", inside.box, None, since.isoformat(), "soren smid"],
    ]


def test_no_address_is_among_them(north: DoorPhone, cast: Cast) -> None:
    assert cast.ann.email == "ann@example.org"
    assert "@" not in north.browser.post(names_at(cast)).text


def test_who_claimed_at_an_open_door_is_welcomed_when_they_come(north: DoorPhone, cast: Cast) -> None:
    with writing() as session:
        row = CheckIn(id=new_id(), event_id=cast.mixer.id, attendee_id=cast.ann.id, operation_id=new_id())
        row.at, row.how = now(), BY_CLAIM
        session.add(row)
        session.commit()
    answer = north.browser.post(names_at(cast))
    assert answer.json
    assert answer.json["guests"][0][5] is None


def test_nobody_else_has_them(north: DoorPhone, cast: Cast, desk: FlaskClient) -> None:
    other_door = cast.browser(door_key=cast.door(cast.other_mixer)[1])
    for stranger in (cast.browser(), cast.browser(cast.ann.person_id), desk, other_door):
        assert stranger.post(names_at(cast)).status_code == 404
    take_back(desk, north)
    refused = north.browser.post(names_at(cast))
    assert (refused.status_code, refused.headers["Location"]) == (303, "/door")
    assert device_of(north).names_at is None


def test_an_organizer_on_a_phone_that_is_a_door_has_them_as_that_door(north: DoorPhone, cast: Cast) -> None:
    assert cast.browser(cast.dora.id, north.key).post(names_at(cast)).status_code == 200


def test_the_organizer_sees_which_phones_took_them_and_when(north: DoorPhone, cast: Cast, desk: FlaskClient) -> None:
    place = f"/events/{cast.mixer.id}/doors"
    assert "took the names" not in desk.get(place).text
    north.browser.post(names_at(cast))
    assert device_of(north).names_at
    assert "It took the names of all guests" in desk.get(place).text


def test_more_names_than_a_list_brings_in_are_not_given_in_part(
    north: DoorPhone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.crowd(3)
    monkeypatch.setattr(door_names, "MOST_NAMES", 3)
    assert north.browser.post(names_at(cast)).status_code == 200
    monkeypatch.setattr(door_names, "MOST_NAMES", 2)
    answer = north.browser.post(names_at(cast))
    assert (answer.status_code, answer.json) == (413, {"schema": 1, "error": "too many"})


def test_looking_at_them_by_an_address_is_not_possible(north: DoorPhone, cast: Cast) -> None:
    assert north.browser.get(names_at(cast)).status_code == 405
    db.session.rollback()
    assert device_of(north).names_at is None
