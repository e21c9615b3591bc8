"""Whom the door lets in, once; whom it does not, and how it is taken back."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast
from tests.checkin.room import Room
from webapp.accounts.models import Person
from webapp.badges.issuing import token_of
from webapp.checkin.admission import NewGuest, admit_plus_one, admit_walk_in, arrive_by_claim
from webapp.checkin.models import CheckIn, RefusedScan
from webapp.checkin.scans import BadgeToken, TypedCode
from webapp.checkin.verdicts import (
    Admission,
    AlreadyIn,
    Cancelled,
    CheckedIn,
    NotIn,
    ReplacedBadge,
    RoomFull,
    Undone,
    UndoRefused,
    UnknownBadge,
)
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation, OperationReused
from webapp.core.versions import version_of
from webapp.events.models import Attendee, Event


def rows(model: type[CheckIn | RefusedScan | Operation]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def live(guest: Attendee) -> int:
    query = select(func.count()).where(CheckIn.attendee_id == guest.id, CheckIn.undone_at.is_(None))
    return db.session.scalar(query) or 0


def test_a_guest_with_a_badge_is_welcomed(room: Room, cast: Cast) -> None:
    at = now()
    verdict = room.scan(room.token(cast.ann), at=at)
    assert isinstance(verdict, CheckedIn)
    assert (verdict.attendee_id, verdict.at) == (cast.ann.id, at)
    kept = db.session.get_one(CheckIn, verdict.check_in_id)
    assert room.cora.device
    assert (kept.how, kept.device_id, kept.event_id, kept.at) == ("badge", room.cora.device.id, cast.mixer.id, at)


def test_the_code_under_the_badge_and_the_name_let_in_as_well(room: Room, cast: Cast) -> None:
    typed, named = room.scan(room.typed(cast.ann)), room.scan(cast.ben)
    assert isinstance(typed, CheckedIn)
    assert isinstance(named, CheckedIn)
    assert [db.session.get_one(CheckIn, v.check_in_id).how for v in (typed, named)] == ["typed", "name"]


def test_a_badge_scanned_twice_is_welcomed_once(room: Room, cast: Cast) -> None:
    first = room.let_in(cast.ann)
    second = room.scan(room.token(cast.ann), room.other_door)
    assert second == AlreadyIn(first.check_in_id, cast.ann.id, first.at)
    assert live(cast.ann) == 1


def test_a_scanner_that_fires_twice_shows_the_welcome_again(room: Room, cast: Cast) -> None:
    first = room.let_in(cast.ann)
    assert room.scan(cast.ann, at=first.at + timedelta(seconds=3)) == first
    assert rows(RefusedScan) == 0
    assert isinstance(room.scan(cast.ann, at=first.at + timedelta(seconds=4)), AlreadyIn)
    assert isinstance(room.scan(cast.ann, room.other_door, at=first.at + timedelta(seconds=1)), AlreadyIn)


def test_a_cancelled_guest_is_not_let_in(room: Room, cast: Cast) -> None:
    at = now()
    gone = cast.guest("Gil Gone", cancelled_at=at)
    assert room.scan(room.token(gone)) == room.scan(gone) == Cancelled(gone.id, at)
    assert live(gone) == 0


def test_a_replaced_badge_is_dead_and_the_new_one_works(room: Room, cast: Cast) -> None:
    old = room.token(cast.ann)
    fresh = room.lose(cast.ann)
    refused = room.scan(old)
    assert isinstance(refused, ReplacedBadge)
    assert refused.attendee_id == cast.ann.id
    assert isinstance(room.scan(BadgeToken(token_of(fresh, room.keyring))), CheckedIn)


def test_a_badge_of_another_event_is_not_on_this_list(room: Room, cast: Cast) -> None:
    stranger = cast.guest("Ann Achebe", event=cast.other_mixer)
    for means in (room.token(stranger), room.typed(stranger), stranger):
        assert room.scan(means) == UnknownBadge()
    assert room.scan(BadgeToken("0" * 24)) == room.scan(TypedCode("00000000")) == UnknownBadge()
    assert rows(CheckIn) == 0


def test_a_day_after_the_event_its_codes_are_dead(room: Room, cast: Cast) -> None:
    last = cast.mixer.ends_at + timedelta(days=1)
    assert room.scan(room.token(cast.ann), at=last + timedelta(seconds=1)) == UnknownBadge()
    assert isinstance(room.scan(room.token(cast.ann), at=last), CheckedIn)


def test_each_refused_scan_is_a_row_without_a_code(room: Room, cast: Cast) -> None:
    token = room.token(cast.ann)
    room.lose(cast.ann)
    room.scan(token)
    room.scan(BadgeToken("0" * 24))
    kept = db.session.scalars(select(RefusedScan).order_by(RefusedScan.at)).all()
    assert [(row.reason, row.attendee_id) for row in kept] == [("replaced_badge", cast.ann.id), ("unknown_badge", None)]
    dump = repr(
        [tuple(row) for model in (Operation, RefusedScan) for row in db.session.execute(select(model.__table__))]
    )
    assert token.token not in dump


def test_a_full_room_is_the_doors_decision(room: Room, cast: Cast) -> None:
    small = cast.event(cast.circle, capacity=1)
    one, two = cast.guest("Ona One", event=small), cast.guest("Tom Two", event=small)
    by, _ = cast.door(small)
    assert isinstance(room.scan(one, by, event=small), CheckedIn)
    assert room.scan(two, by, event=small) == RoomFull(two.id, 1, 1)
    assert isinstance(room.scan(one, by, event=small, at=now() + timedelta(minutes=1)), AlreadyIn)
    assert isinstance(room.scan(two, by, event=small, anyway=True), CheckedIn)


def test_the_same_operation_has_the_same_answer_whatever_happened_since(room: Room, cast: Cast) -> None:
    asked = new_id()
    first = room.scan(cast.ann, operation_id=asked)
    assert isinstance(first, CheckedIn)
    room.undo(first.check_in_id)
    assert room.scan(cast.ann, operation_id=asked) == first
    assert live(cast.ann) == 0
    with pytest.raises(OperationReused):
        room.scan(cast.ben, operation_id=asked)


def test_two_doors_at_one_moment_let_a_guest_in_once(room: Room, cast: Cast, app: Flask) -> None:
    answers: list[Admission] = []
    doors, token, start = [cast.door()[0] for _ in range(4)], room.token(cast.ann), threading.Barrier(4)

    def stand_at(number: int) -> None:
        with app.app_context():
            start.wait()
            answers.append(room.scan(token, doors[number]))

    threads = [threading.Thread(target=stand_at, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyIn"] * 3 + ["CheckedIn"]
    assert live(cast.ann) == 1


def test_phones_that_ask_for_news_learn_of_an_arrival(room: Room, cast: Cast) -> None:
    room.let_in(cast.ann)
    subjects = (f"event:{cast.mixer.id}", f"person:{cast.ann.person_id}", f"person:{cast.ben.person_id}")
    seen = [version_of(db.session(), subject) for subject in subjects]
    assert seen[2] == 0
    assert min(seen[:2]) > 0


def test_an_undo_keeps_the_history_and_the_next_scan_is_a_row_of_its_own(room: Room, cast: Cast) -> None:
    first = room.let_in(cast.ann)
    assert isinstance(room.undo(first.check_in_id, reason="left_again"), Undone)
    assert isinstance(room.undo(first.check_in_id), NotIn)
    again = room.let_in(cast.ann)
    assert again.check_in_id != first.check_in_id
    old = db.session.get_one(CheckIn, first.check_in_id)
    assert (old.undone_reason, old.undone_at is not None, live(cast.ann)) == ("left_again", True, 1)


def test_a_phone_may_undo_its_own_for_ten_minutes_and_the_organizer_always(room: Room, cast: Cast) -> None:
    first = room.let_in(cast.ann)
    late = first.at + timedelta(minutes=10, seconds=1)
    refused = UndoRefused(first.check_in_id, cast.ann.id)
    assert room.undo(first.check_in_id, at=late) == refused
    assert room.undo(first.check_in_id, room.other_door) == refused
    assert room.undo(first.check_in_id, cast.actor(cast.eve.id)) == refused
    assert live(cast.ann) == 1
    assert isinstance(room.undo(first.check_in_id, cast.actor(cast.dora.id), at=late), Undone)


def test_an_undo_needs_a_reason_and_an_admission_of_this_event(room: Room, cast: Cast) -> None:
    first = room.let_in(cast.ann)
    with pytest.raises(ValueError, match="reason"):
        room.undo(first.check_in_id, reason="")
    with pytest.raises(NotHere):
        room.undo(first.check_in_id, event=cast.other_mixer)
    assert live(cast.ann) == 1


def walk_in(room: Room, guest: NewGuest, host: Attendee | None = None) -> CheckedIn:
    event, by, at = room.cast.mixer, room.cora, now()
    with writing() as session:
        verdict = (
            admit_plus_one(session, event, guest, host, by=by, at=at)
            if host
            else admit_walk_in(session, event, guest, by=by, at=at)
        )
        session.commit()
    return verdict


def test_a_walk_in_gets_a_place_a_person_and_is_in_once(room: Room, cast: Cast) -> None:
    guest = NewGuest(new_id(), "Wanda van Dijk", "Dijk & Dochters")
    first = walk_in(room, guest)
    assert walk_in(room, guest) == first
    place = db.session.get_one(Attendee, first.attendee_id)
    assert (place.name, place.company, place.source, place.box) == ("Wanda van Dijk", "Dijk & Dochters", "walk_in", "V")
    assert db.session.get_one(Person, place.person_id).claimed_at is None
    assert live(place) == rows(CheckIn) == 1


def test_a_plus_one_remembers_the_host(room: Room, cast: Cast) -> None:
    came = walk_in(room, NewGuest(new_id(), "Otis Other"), cast.ann)
    place = db.session.get_one(Attendee, came.attendee_id)
    assert (place.source, place.host_id) == ("plus_one", cast.ann.id)


def test_at_an_open_door_claiming_on_the_evening_is_arriving(cast: Cast) -> None:
    early = now() - timedelta(days=2)
    open_door, shut = cast.event(cast.circle, open_door=True), cast.event(cast.circle)
    guest, other = cast.guest("Ona One", event=open_door), cast.guest("Tom Two", event=shut)

    def claim(attendee: Attendee, event: Event, at: datetime) -> bool:
        with writing() as session:
            arrived = arrive_by_claim(session, attendee, event, at=at)
            session.commit()
        return arrived

    assert not claim(guest, open_door, early)
    assert not claim(other, shut, now())
    assert [claim(guest, open_door, now()), claim(guest, open_door, now())] == [True, False]
    assert (live(guest), live(other)) == (1, 0)


def test_who_claimed_at_an_open_door_is_welcomed_when_they_come_to_it(room: Room, cast: Cast) -> None:
    evening = cast.event(cast.circle, open_door=True, capacity=1)
    guest, (by, _) = cast.guest("Ona One", event=evening), cast.door(evening)
    with writing() as session:
        arrive_by_claim(session, guest, evening, at=now())
        session.commit()
    assert isinstance(room.scan(guest, by, event=evening), CheckedIn)
    assert isinstance(room.scan(guest, by, event=evening, at=now() + timedelta(minutes=1)), AlreadyIn)
    assert (live(guest), rows(CheckIn)) == (1, 2)
