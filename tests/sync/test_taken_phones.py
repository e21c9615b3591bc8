"""A door phone that was stolen, its key copied: what it tells once it was taken back changes nothing (F24, S-24)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.checkin.models import CheckIn, DoorFact, RefusedScan
from webapp.checkin.set_aside import SHOWN_OF_EACH, Heap, heaps_at
from webapp.core import quarantine as outside
from webapp.core.clock import now
from webapp.core.database import Base, db
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.core.quarantine import KEPT_UNDER_ONE_COUNT, MOST_WITHOUT, QuarantinedOperation, raw_of
from webapp.events.models import Attendee, DoorDevice
from webapp.sync.receiving import Phone

A_MINUTE = timedelta(minutes=1)
STATE: Sequence[type[Base]] = (CheckIn, DoorFact, RefusedScan, Attendee, Operation)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Time that only goes on when it is told to: four batches a second are heard."""
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    """The organizer's browser."""
    return cast.browser(cast.dora.id)


class Thief:
    """Who holds a copy of this phone's key, has read its queue, and sends what they like."""

    def __init__(self, phone: DoorPhone, clock: time_machine.Traveller) -> None:
        self.phone, self.clock = phone, clock
        self.browser = phone.room.cast.browser(door_key=phone.key)

    def send(self, operations: Sequence[Any]) -> list[str]:
        """The result of each, by the real endpoint."""
        results = []
        for start in range(0, len(operations), 100):
            self.clock.shift(1)
            answer = self.browser.post("/sync", json=self.phone.envelope(list(operations[start : start + 100])))
            assert answer.json
            assert answer.json["revoked"] is (device_of(self.phone).revoked_at is not None)
            results += [told["result"] for told in answer.json["results"]]
        return results

    def invent(self, guests: Sequence[Attendee], count: int, sequences: Sequence[int] = ()) -> list[dict[str, Any]]:
        """So many scans that never were, of these guests, under counts of their choice or from 1 on."""
        lookups = [self.phone.room.badge(guest).lookup_id for guest in guests]
        made = self.phone.act("check_in", {"lookup": "", "anyway": ""}, now() - A_MINUTE, decided="admitted")
        self.phone.queue.pop()
        self.phone.sequence -= 1
        told = sequences or range(1, count + 1)
        bodies = [made["body"] | {"lookup": lookups[number % len(lookups)]} for number in range(count)]
        return [made | {"id": str(new_id()), "seq": told[n % len(told)], "body": bodies[n]} for n in range(count)]


@pytest.fixture
def thief(north: DoorPhone, clock: time_machine.Traveller) -> Thief:
    """Of the phone at the north door."""
    return Thief(north, clock)


def device_of(phone: DoorPhone) -> DoorDevice:
    """Its row, as it is now."""
    db.session.rollback()
    return db.session.get_one(DoorDevice, phone.actor.device and phone.actor.device.id)


def take_back(desk: FlaskClient, phone: DoorPhone) -> None:
    """The organizer takes the phone off the list of doors."""
    device = device_of(phone)
    assert desk.post(f"/events/{device.event_id}/doors/{device.id}/revocation").status_code == 303


def everything() -> dict[str, list[Any]]:
    """Who is where, and all that says so."""
    db.session.rollback()
    return {model.__name__: sorted(map(tuple, db.session.execute(select(model.__table__))), key=str) for model in STATE}


def set_aside() -> int:
    """How many things lie outside."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(QuarantinedOperation)) or 0


def heaps(phone: DoorPhone) -> Sequence[Heap]:
    """What lies outside, as the organizer sees it."""
    db.session.rollback()
    return heaps_at(db.session(), phone.room.cast.mixer, phone.room.keyring)


def an_evening(north: DoorPhone, cast: Cast) -> list[Attendee]:
    """Some were let in and told; others wait on the phone, with a walk-in and a mistake taken back."""
    guests = [cast.guest(f"Guest {number}") for number in range(20)]
    for guest in guests[:8]:
        north.let_in(guest, now() - 30 * A_MINUTE)
    north.tell()
    north.queue = []
    waiting = [north.let_in(guest, now() - 20 * A_MINUTE) for guest in guests[8:14]]
    north.act("walk_in", {"name": "Wanda Walker", "company": ""}, decided="admitted")
    north.take_back(waiting[0])
    return guests


def test_f24_its_queue_and_a_thousand_invented_scans_are_all_set_aside_and_nobody_is_in_by_them(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient
) -> None:
    guests = an_evening(north, cast)
    invented = thief.invent(guests, 1_000)
    before = everything()
    take_back(desk, north)
    assert thief.send(north.queue) == ["quarantined"] * 8
    assert thief.send(invented) == ["quarantined"] * 1_000
    assert thief.send([*north.queue, *invented]) == ["quarantined"] * 1_008, "told again, it is kept once"
    assert everything() == before
    assert set_aside() == 1_008


def test_were_it_not_asked_whether_a_phone_was_taken_back_the_invented_scans_would_let_people_in(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary of F24."""
    guests = an_evening(north, cast)
    invented = thief.invent(guests, 100, range(100, 200))
    take_back(desk, north)
    monkeypatch.setattr(Phone, "revoked", False)
    thief.browser.post("/sync", json=north.envelope(invented))
    live = select(func.count()).select_from(CheckIn).where(CheckIn.undone_at.is_(None))
    db.session.rollback()
    assert db.session.scalar(live) == len(guests)


def test_f24_a_phone_that_is_taken_back_is_no_door_from_its_very_next_request(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient
) -> None:
    door = f"/events/{cast.mixer.id}/door"
    assert thief.browser.get(f"{door}/list").status_code == 200
    take_back(desk, north)
    for address in (door, f"{door}/list", f"{door}/guests?q=ann", f"{door}/counter"):
        answer = thief.browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/door"), address
    posted = {
        "check-ins": {"attendee_id": str(cast.ann.id)},
        "walk-ins": {"name": "Wanda"},
        "plus-ones": {"name": "Pat"},
    }
    for act, form in posted.items():
        assert thief.browser.post(f"/events/{cast.mixer.id}/{act}", data=form).headers["Location"] == "/door"
    assert thief.browser.get("/door").status_code == 410
    assert thief.send([north.let_in(cast.ann)]) == ["quarantined"]
    assert everything()["CheckIn"] == []


def test_f24_the_organizer_sees_how_much_and_when_on_one_page_that_stays_short(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient
) -> None:
    guests = an_evening(north, cast)
    take_back(desk, north)
    thief.send(north.queue)
    thief.send(thief.invent(guests, 1_000))
    [heap] = heaps(north)
    assert (heap.door, heap.phone, heap.reason, heap.count) == ("North door", "Cora’s phone", "revoked", 1_008)
    assert heap.kinds == {"check_in": 1_006, "walk_in": 1, "undo_check_in": 1}
    assert (heap.last - heap.first, len(heap.latest)) == (timedelta(seconds=10), SHOWN_OF_EACH)
    page = desk.get(f"/events/{cast.mixer.id}/to-settle").text
    assert all(words in page for words in ("1006", "walk-in", "The phone had been taken back.", "The latest 10"))
    assert page.count("Somebody was let in") == SHOWN_OF_EACH
    assert "1008 things it told were set aside" in desk.get(f"/events/{cast.mixer.id}/doors").text


def test_f24_whoever_sends_without_end_fills_a_part_and_takes_no_place_of_the_phones_own_queue(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "FURTHEST_AHEAD", 50)
    guests = an_evening(north, cast)
    take_back(desk, north)
    everywhere = thief.invent(guests, 100, range(1, 101))
    results = thief.send(everywhere)
    assert results == ["quarantined"] * 58 + ["unkept"] * 42, "eight were told, fifty more it can have done"
    high = thief.invent(guests, 300, [2**31 - 1])
    assert set(thief.send(high)) == {"unkept"}
    assert thief.send(north.queue) == ["quarantined"] * 8
    kept = db.session.scalars(select(QuarantinedOperation)).all()
    texts = [raw_of(row, north.room.keyring) for row in kept]
    assert all(any(done["id"] in text for text in texts) for done in north.queue)
    assert device_of(north).unkept == 342
    assert "342 more were not kept" in desk.get(f"/events/{cast.mixer.id}/doors").text


def test_f24_under_one_count_three_things_are_kept_and_the_rest_stays_where_it_is(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient
) -> None:
    take_back(desk, north)
    results = thief.send(thief.invent([cast.ann], 30, [7]))
    assert results == ["quarantined"] * KEPT_UNDER_ONE_COUNT + ["unkept"] * (30 - KEPT_UNDER_ONE_COUNT)
    longer = thief.invent([cast.ann], 1, [8])[0] | {"padding": "x" * outside.LONGEST_OF_A_DOOR}
    assert thief.send([longer]) == ["unkept"]
    uncounted = thief.invent([cast.ann], MOST_WITHOUT + 5, [0])
    assert thief.send(uncounted).count("quarantined") == MOST_WITHOUT


def test_f24_who_tells_nonsense_under_the_ids_of_a_queue_keeps_nothing_of_it_out(
    north: DoorPhone, thief: Thief, cast: Cast, desk: FlaskClient
) -> None:
    an_evening(north, cast)
    take_back(desk, north)
    nonsense = [{"id": done["id"], "owner": north.owner, "kind": "dance", "seq": done["seq"]} for done in north.queue]
    assert thief.send(nonsense) == ["quarantined"] * 8
    north.tell()
    [heap] = heaps(north)
    assert heap.count == 16
    assert "Wanda Walker" in {told.name for told in heap.latest}


def test_the_longest_that_a_door_can_say_of_a_guest_has_room(north: DoorPhone, desk: FlaskClient) -> None:
    longest = {"name": "𠜎" * 120, "company": "𠜎" * 120, "host": str(new_id())}
    north.act("plus_one", longest, decided="admitted", list=now().isoformat())
    take_back(desk, north)
    assert north.words() == [("quarantined", "revoked")]


def test_a_person_who_tells_nonsense_without_end_fills_no_disk_either(
    room: Room, cast: Cast, clock: time_machine.Traveller
) -> None:
    phone = DoorPhone(room)
    phone.browser, phone.actor = cast.browser(cast.ann.person_id), cast.actor(cast.ann.person_id)
    results = []
    for _ in range(6):
        clock.shift(1)
        results += [told["result"] for told in phone.tell(*[phone.act("dance", {}) for _ in range(100)])]
    assert results == ["quarantined"] * MOST_WITHOUT + ["unkept"] * 100
