"""The list a door decides by: only a badge opens its record, only what changed travels, and no code is in it."""

from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import event as happening

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.sealing import open_record
from webapp.events.guests import GuestDetails, cancel_guest, change_guest
from webapp.events.models import Attendee, Event


def fetch(browser: FlaskClient, event: Event, have: str = "") -> dict[str, Any]:
    answer = browser.get(f"/events/{event.id}/door/list", query_string={"have": have} if have else {})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return told


def line(told: dict[str, Any], lookup: str) -> list[Any]:
    """The line of this badge."""
    [found] = [row for row in told["buckets"][lookup[:2]] if row[0] == lookup]
    return list(found)


def opened(told: dict[str, Any], room: Room, guest: Attendee) -> dict[str, object] | None:
    """What a camera that reads this guest's badge can open."""
    badge, token = room.badge(guest), room.token(guest).token
    sealed = b64decode(line(told, badge.lookup_id)[1])
    return open_record(sealed, token, guest.event_id, badge.lookup_id, "seal")


def test_a_badge_opens_its_own_record_and_no_other(room: Room, north: DoorPhone, cast: Cast) -> None:
    ann, ben = room.badge(cast.ann), room.badge(cast.ben)
    told = fetch(north.browser, cast.mixer)
    record = {"a": str(cast.ann.id), "n": "Ann Achebe", "x": "A", "s": "ok", "t": None, "p": False}
    assert opened(told, room, cast.ann) == record
    sealed, token = b64decode(line(told, ann.lookup_id)[1]), room.token(cast.ben).token
    assert open_record(sealed, token, cast.mixer.id, ann.lookup_id, "seal") is None
    mine = room.token(cast.ann).token
    assert open_record(sealed, mine, cast.mixer.id, ben.lookup_id, "seal") is None, "passed off as another's"
    assert open_record(sealed, mine, cast.other_mixer.id, ann.lookup_id, "seal") is None, "or another event's"
    assert open_record(sealed, mine, cast.mixer.id, ann.lookup_id, "face") is None, "or another kind"
    assert open_record(sealed[:-1] + bytes([sealed[-1] ^ 1]), mine, cast.mixer.id, ann.lookup_id, "seal") is None


def test_an_unchanged_list_is_of_the_moment_it_is_asked_for(room: Room, north: DoorPhone, cast: Cast) -> None:
    """A phone measures its clock by it: one that comes ten minutes later must not take itself for ten minutes ahead."""
    room.badge(cast.ann)
    first = fetch(north.browser, cast.mixer)
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        later, at = fetch(north.browser, cast.mixer), now()
    assert later["digests"] == first["digests"]
    assert datetime.fromisoformat(later["made_at"]) == at


def test_nothing_in_it_says_who_is_on_it(room: Room, north: DoorPhone, cast: Cast) -> None:
    for guest in (cast.ann, cast.ben):
        room.badge(guest)
    text = north.browser.get(f"/events/{cast.mixer.id}/door/list").text
    marks = ("Ann", "Ben", "Achebe", "example.org", str(cast.ann.id), room.token(cast.ann).token)
    assert [mark for mark in marks if mark in text] == []


def test_the_head_says_what_a_door_shows_without_a_guest(room: Room, north: DoorPhone, cast: Cast) -> None:
    room.badge(cast.ann)
    room.let_in(cast.ben)
    told = fetch(north.browser, cast.mixer)
    assert told["event"]["id"] == str(cast.mixer.id)
    assert (told["device"], told["door"], told["lease"]) == (north.owner, "North door", None)
    assert told["counts"] == {"guests": 2, "inside": 1}
    assert len(told["buckets"]) == 256
    asked = cast.browser(cast.dora.id)
    assert fetch(asked, cast.mixer)["device"] == f"person:{cast.dora.id}"


def test_who_came_when_by_which_door_stands_beside_the_record(room: Room, north: DoorPhone, cast: Cast) -> None:
    room.badge(cast.ann)
    entry = room.let_in(cast.ann, room.other_door)
    found = line(fetch(north.browser, cast.mixer), room.badge(cast.ann).lookup_id)
    assert found[2:] == [entry.at.isoformat(), "South door"]


def test_only_what_changed_travels(room: Room, north: DoorPhone, cast: Cast) -> None:
    for guest in [cast.ann, cast.ben, *cast.crowd(6)]:
        room.badge(guest)
    first = fetch(north.browser, cast.mixer)
    assert fetch(north.browser, cast.mixer, first["digests"])["buckets"] == {}
    room.let_in(cast.ann)
    later = fetch(north.browser, cast.mixer, first["digests"])
    assert list(later["buckets"]) == [room.badge(cast.ann).lookup_id[:2]]
    assert line(later, room.badge(cast.ann).lookup_id)[1] == line(first, room.badge(cast.ann).lookup_id)[1]
    assert len(fetch(north.browser, cast.mixer, "rubbish")["buckets"]) == 256


def test_the_same_list_has_the_same_tag_and_is_not_sent_again(room: Room, north: DoorPhone, cast: Cast) -> None:
    room.badge(cast.ann)
    address = f"/events/{cast.mixer.id}/door/list"
    tag = north.browser.get(address).headers["ETag"]
    again = north.browser.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    room.let_in(cast.ann)
    assert north.browser.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_the_list_knows_cancelled_replaced_renamed_and_companions(room: Room, north: DoorPhone, cast: Cast) -> None:
    at, old = now(), room.badge(cast.ben)
    token = room.token(cast.ben).token
    room.badge(cast.ann)
    fetch(north.browser, cast.mixer)  # now it is remembered, and must be forgotten
    room.lose(cast.ben)
    with writing() as session:
        ann = session.get_one(Attendee, cast.ann.id)
        cancel_guest(session, ann, by=north.actor, at=at)
        change_guest(session, ann, GuestDetails(name="Anna Achebe"), at=at)
        session.commit()
    cast.guest("Pat Plus", host_id=cast.ann.id)
    with writing() as session:
        change_guest(session, session.get_one(Attendee, cast.ben.id), GuestDetails(name="Ben Adeyemi"), at=at)
        session.commit()
    told = fetch(north.browser, cast.mixer)
    found = opened(told, room, cast.ann)
    assert found
    assert (found["n"], found["s"], found["t"], found["p"]) == ("Anna Achebe", "cancelled", at.isoformat(), True)
    sealed = b64decode(line(told, old.lookup_id)[1])
    gone = open_record(sealed, token, cast.mixer.id, old.lookup_id, "seal")
    assert gone
    assert gone["s"] == "replaced"
    assert (opened(told, room, cast.ben) or {})["s"] == "ok"


def test_a_list_that_did_not_change_is_not_made_again(room: Room, north: DoorPhone, cast: Cast) -> None:
    room.badge(cast.ann)
    asked: list[str] = []
    happening.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    fetch(north.browser, cast.mixer)
    made, asked[:] = sum("FROM badges" in statement for statement in asked), []
    fetch(north.browser, cast.mixer)
    assert made == 1
    assert [statement for statement in asked if "FROM badges" in statement] == []


def test_another_events_door_and_a_guest_get_no_list(room: Room, cast: Cast) -> None:
    address = f"/events/{cast.other_mixer.id}/door/list"
    assert DoorPhone(room).browser.get(address).status_code == 404
    assert cast.browser(cast.ann.person_id).get(f"/events/{cast.mixer.id}/door/list").status_code == 404
