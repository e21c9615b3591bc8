"""What several doors saw of one guest is one card with three answers, and a later fact asks again."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.checkin.models import CheckIn, SettledEntry
from webapp.checkin.set_aside import heaps_at
from webapp.checkin.to_settle import (
    Answer,
    Case,
    SeenAnew,
    Settled,
    cases_of,
    count_open,
    find_case,
    settle_case,
)
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.guests import cancel_guest
from webapp.events.models import Attendee

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def north(room: Room) -> DoorPhone:
    """Cora's phone at the north door."""
    return DoorPhone(room)


@pytest.fixture
def south(room: Room) -> DoorPhone:
    """Filip's phone at the south door."""
    return DoorPhone(room, name="Filip’s phone", door="South door")


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    """Dora's browser."""
    return cast.browser(cast.dora.id)


def twice(north: DoorPhone, south: DoorPhone, guest: Attendee, apart: timedelta = 2 * A_MINUTE) -> list[UUID]:
    """Both doors let this guest in without knowing of each other; the two operations, the first seen first."""
    at = now() - 20 * A_MINUTE
    done = [north.let_in(guest, at), south.let_in(guest, at + apart)]
    for phone, one in zip((north, south), done, strict=True):
        phone.tell(one)
    return [UUID(one["id"]) for one in done]


def case_of(cast: Cast, guest: Attendee) -> Case:
    db.session.rollback()
    found = find_case(db.session(), cast.mixer, guest.id)
    assert found
    return found


def settle(cast: Cast, guest: Attendee, answer: str, entries: list[UUID]) -> Settled | SeenAnew:
    with writing() as session:
        asked = Answer(new_id(), guest.id, answer, entries)
        found = settle_case(session, cast.mixer, asked, by=cast.actor(cast.dora.id), at=now())
        session.commit()
    return found


def inside(guest: Attendee) -> bool:
    db.session.rollback()
    live = select(CheckIn).where(CheckIn.attendee_id == guest.id, CheckIn.undone_at.is_(None))
    return db.session.scalar(live) is not None


def test_two_doors_and_one_badge_are_one_card_with_both_times(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    operations = twice(north, south, cast.ann)
    case = case_of(cast, cast.ann)
    assert [entry.operation for entry in case.entries] == operations
    assert [(entry.door, entry.phone) for entry in case.entries] == [
        ("North door", "Cora’s phone"),
        ("South door", "Filip’s phone"),
    ]
    assert (case.is_open, case.oddities, case.gap, case.loud) == (True, ["double"], 2 * A_MINUTE, False)
    assert count_open(db.session(), cast.mixer) == 1


def test_less_than_a_walk_apart_is_loud(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    twice(north, south, cast.ann, timedelta(seconds=59))
    twice(north, south, cast.ben, timedelta(seconds=60))
    assert [case_of(cast, guest).loud for guest in (cast.ann, cast.ben)] == [True, False]


def test_an_evening_with_a_network_has_nothing_to_settle(room: Room, cast: Cast) -> None:
    first = room.let_in(cast.ann)
    room.scan(cast.ann, room.other_door)
    room.undo(first.check_in_id)
    room.let_in(cast.ann)
    assert cases_of(db.session(), cast.mixer) == []


@pytest.mark.parametrize(("answer", "stays"), [("same", True), ("two", True), ("nobody", False)])
def test_each_answer_is_kept_with_who_when_and_about_what(
    north: DoorPhone, south: DoorPhone, cast: Cast, answer: str, stays: bool
) -> None:
    operations = twice(north, south, cast.ann)
    assert settle(cast, cast.ann, answer, operations) == Settled(cast.ann.id, answer)
    case = case_of(cast, cast.ann)
    assert not case.is_open
    [finding] = case.findings
    assert (finding.answer, finding.by, set(finding.entries)) == (answer, "Dora Lindqvist", set(operations))
    assert [entry.operation for entry in case.entries] == operations, "and it stays to be read"
    assert inside(cast.ann) is stays
    assert count_open(db.session(), cast.mixer) == 0


def test_a_later_fact_asks_again(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    operations = twice(north, south, cast.ann)
    settle(cast, cast.ann, "same", operations)
    third = DoorPhone(north.room, name="Third phone", door="West door")
    third.tell(third.let_in(cast.ann, now() - 19 * A_MINUTE))
    case = case_of(cast, cast.ann)
    assert (case.is_open, len(case.entries), len(case.findings)) == (True, 3, 1)
    assert settle(cast, cast.ann, "two", operations) == SeenAnew(cast.ann.id), "what was not seen is not settled"
    assert len(db.session.scalars(select(SettledEntry)).all()) == 1


def test_who_came_in_again_after_nobody_did_is_in(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    settle(cast, cast.ann, "nobody", twice(north, south, cast.ann))
    north.tell(north.let_in(cast.ann))
    assert inside(cast.ann)
    assert not case_of(cast, cast.ann).is_open, "one entry that stands is nothing odd"


def test_a_double_that_a_door_took_back_itself_is_no_case(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    twice(north, south, cast.ann)
    north.tell(north.take_back(north.queue[-1], now() - 15 * A_MINUTE))
    assert cases_of(db.session(), cast.mixer) == []


def test_whoever_was_let_in_on_a_cancelled_place_is_a_card_too(north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    with writing() as session:
        cancel_guest(session, session.get_one(Attendee, cast.ann.id), by=north.actor, at=now())
        session.commit()
    north.tell()
    case = case_of(cast, cast.ann)
    assert (case.oddities, case.gap, case.is_open) == (["cancelled"], None, True)
    assert [entry.operation for entry in case.entries] == [UUID(done["id"])]


def test_another_circles_organizer_settles_nothing(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    asked = Answer(new_id(), cast.ann.id, "nobody", twice(north, south, cast.ann))
    eve, at = cast.actor(cast.eve.id), now()
    with writing() as session, pytest.raises(NotHere):
        settle_case(session, cast.other_mixer, asked, by=eve, at=at)
    place = f"/events/{cast.mixer.id}/to-settle/{cast.ann.id}"
    assert cast.browser(cast.eve.id).post(place, data={"answer": "nobody"}).status_code == 404
    assert inside(cast.ann)


def test_the_page_works_by_forms(north: DoorPhone, south: DoorPhone, cast: Cast, desk: FlaskClient) -> None:
    place = f"/events/{cast.mixer.id}/to-settle"
    assert "Nothing to settle." in desk.get(place).text
    operations = twice(north, south, cast.ann, timedelta(seconds=20))
    assert "1 guest was let in twice" in desk.get(f"/events/{cast.mixer.id}").text
    page = desk.get(place).text
    assert all(words in page for words in ("Ann Achebe", "20 seconds apart", "North door", "within about 1 s"))
    form = {"answer": "two", "entry": [str(one) for one in operations], "operation_id": str(new_id())}
    done = desk.post(f"{place}/{cast.ann.id}", data=form, follow_redirects=True)
    assert all(words in done.text for words in ("Settled", "Two people", "Replace the badge", "Dora Lindqvist"))
    assert "let in twice" not in desk.get(f"/events/{cast.mixer.id}").text


def test_in_place_the_card_alone_comes_back(north: DoorPhone, south: DoorPhone, cast: Cast, desk: FlaskClient) -> None:
    operations, partial = twice(north, south, cast.ann), {"HX-Request-Type": "partial"}
    place = f"/events/{cast.mixer.id}/to-settle/{cast.ann.id}"
    stale = desk.post(place, data={"answer": "same", "entry": str(operations[0])}, headers=partial)
    assert (stale.status_code, "One more came to light" in stale.text) == (422, True)
    plain = desk.post(place, data={"answer": "same", "entry": str(operations[0])})
    assert (plain.status_code, "One more came to light" in plain.text) == (422, True)
    done = desk.post(place, data={"answer": "same", "entry": [str(one) for one in operations]}, headers=partial)
    assert done.text.lstrip().startswith("<article")
    assert "The same person" in done.text
    assert desk.post(place, data={"answer": "perhaps"}).status_code == 400


def test_what_was_set_aside_is_named_to_the_organizer(north: DoorPhone, cast: Cast, desk: FlaskClient) -> None:
    north.act("walk_in", {"name": "Wanda Walker", "company": "", "event": str(cast.other_mixer.id)})
    north.act("dance", {})
    north.tell()
    found = heaps_at(db.session(), cast.mixer, north.room.keyring)
    assert {(heap.reason, *[(one.kind, one.name) for one in heap.latest]) for heap in found} == {
        ("not here", ("walk_in", "Wanda Walker")),
        ("unknown kind", ("dance", "")),
    }
    assert {heap.door for heap in found} == {"North door"}
    page = desk.get(f"/events/{cast.mixer.id}/to-settle").text
    assert all(words in page for words in ("Set aside", "Wanda Walker", "The phone runs a newer Mixwell."))
