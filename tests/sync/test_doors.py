"""What doors tell later: recorded as it was, counted once, in whatever order it comes (trust.md R1 to R11)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.checkin.models import CheckIn, DoorFact, RefusedScan
from webapp.checkin.queries import count_inside, organizes
from webapp.checkin.verdicts import AlreadyIn, CheckedIn
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.quarantine import QuarantinedOperation, raw_of
from webapp.core.versions import version_of
from webapp.events.devices import revoke_device
from webapp.events.guests import cancel_guest
from webapp.events.models import Attendee, DoorDevice, Event

A_MINUTE = timedelta(minutes=1)


def inside(cast: Cast) -> int:
    db.session.rollback()
    return count_inside(db.session(), cast.mixer.id)


def live(guest: Attendee) -> CheckIn | None:
    db.session.rollback()
    return db.session.scalar(select(CheckIn).where(CheckIn.attendee_id == guest.id, CheckIn.undone_at.is_(None)))


def facts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(DoorFact)) or 0


def test_whom_a_door_let_in_alone_is_in_since_then(north: DoorPhone, cast: Cast) -> None:
    then = now() - 20 * A_MINUTE
    before = version_of(db.session(), f"event:{cast.mixer.id}")
    north.let_in(cast.ann, then)
    assert north.words() == [("applied", "checked_in")]
    entry = live(cast.ann)
    assert entry
    assert (entry.at, entry.how, entry.device_id) == (then, "badge", north.actor.device and north.actor.device.id)
    assert inside(cast) == 1
    assert version_of(db.session(), f"event:{cast.mixer.id}") > before


def test_told_again_it_has_the_same_answer_and_changes_nothing(north: DoorPhone, cast: Cast) -> None:
    north.let_in(cast.ann)
    [first] = north.tell()
    [again] = north.tell()
    assert (again["result"], again["verdict"]) == ("duplicate", first["verdict"])
    assert (facts(), inside(cast)) == (1, 1)


def test_r2_two_doors_alone_let_in_one_badge_once_and_both_are_remembered(
    north: DoorPhone, south: DoorPhone, cast: Cast
) -> None:
    later, first = north.let_in(cast.ann, now() - 9 * A_MINUTE), south.let_in(cast.ann, now() - 10 * A_MINUTE)
    assert north.words() == [("applied", "checked_in")]
    assert south.words() == [("conflict", "already_in")]
    entry = live(cast.ann)
    assert entry
    assert str(entry.operation_id) == first["id"] != later["id"], "first seen counts, not first told"
    assert (inside(cast), facts()) == (1, 2)


def test_r3_an_entry_told_after_an_admission_online_is_recorded_and_not_counted(
    room: Room, north: DoorPhone, cast: Cast
) -> None:
    earlier = now() - 10 * A_MINUTE
    online = room.let_in(cast.ann, room.other_door)
    north.let_in(cast.ann, earlier)
    assert north.words() == [("conflict", "already_in")]
    entry = live(cast.ann)
    assert entry
    assert (entry.id, entry.at) == (online.check_in_id, earlier), "the row stays, so that its undo still works"
    assert inside(cast) == 1


def test_r4_whose_place_was_cancelled_meanwhile_is_in_and_flagged(north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    with writing() as session:
        cancel_guest(session, session.get_one(Attendee, cast.ann.id), by=north.actor, at=now())
        session.commit()
    assert north.words() == [("conflict", "cancelled")]
    assert live(cast.ann)
    assert db.session.get_one(DoorFact, UUID(done["id"])).flags == ["cancelled"]


def test_r5_a_door_that_refused_whom_we_had_let_in_says_so_and_they_are_not_in(
    room: Room, north: DoorPhone, cast: Cast
) -> None:
    operation = new_id()
    assert isinstance(room.scan(room.token(cast.ann), north.actor, operation_id=operation), CheckedIn)
    refused = north.let_in(cast.ann, decided="refused", id=str(operation))
    north.take_back(operation, reason="refused_at_door")
    assert north.words() == [("duplicate", "checked_in"), ("applied", "undone")]
    assert live(cast.ann) is None
    assert refused["id"] == str(operation)


def test_r6_an_undo_may_come_before_what_it_undoes(north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    undo = north.take_back(done)
    assert north.words(undo) == [("applied", "waits")]
    assert north.words(done) == [("applied", "checked_in")]
    assert live(cast.ann) is None
    [row] = db.session.scalars(select(CheckIn).where(CheckIn.attendee_id == cast.ann.id)).all()
    assert row.undone_reason == "wrong_person", "the story stays"


def test_r6_also_where_the_scan_itself_arrives_late_by_its_form(room: Room, north: DoorPhone, cast: Cast) -> None:
    operation = new_id()
    north.words(north.take_back(operation))
    room.scan(room.token(cast.ann), north.actor, operation_id=operation)
    assert live(cast.ann) is None


def test_r7_whoever_comes_again_after_an_undo_is_in(north: DoorPhone, cast: Cast) -> None:
    north.take_back(north.let_in(cast.ann, now() - 9 * A_MINUTE), now() - 8 * A_MINUTE)
    again = north.let_in(cast.ann, now() - 7 * A_MINUTE)
    assert [result for result, _ in north.words(*reversed(north.queue))] == ["applied"] * 3
    entry = live(cast.ann)
    assert entry
    assert str(entry.operation_id) == again["id"]


def test_r8_a_door_takes_back_its_own_entries_for_ten_minutes(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    early, late = now() - 30 * A_MINUTE, now() - 19 * A_MINUTE
    done = north.let_in(cast.ann, early)
    north.take_back(done, late)
    assert north.words() == [("applied", "checked_in"), ("conflict", "undo_refused")]
    south.take_back(done, early + A_MINUTE)
    assert south.words() == [("conflict", "undo_refused")]
    assert live(cast.ann)


def test_r8_an_organizer_takes_back_at_any_time_and_others_stay(
    room: Room, north: DoorPhone, south: DoorPhone, cast: Cast
) -> None:
    north.let_in(cast.ann, now() - 30 * A_MINUTE)
    other = south.let_in(cast.ann, now() - 29 * A_MINUTE)
    north.tell()
    south.tell()
    entry = live(cast.ann)
    assert entry
    room.undo(entry.id, cast.actor(cast.dora.id))
    still = live(cast.ann)
    assert still
    assert str(still.operation_id) == other["id"], "whom another door let in is not un-admitted by this"


def test_r9_whoever_left_is_out_and_whoever_came_in_the_same_moment_is_in(
    north: DoorPhone, south: DoorPhone, cast: Cast
) -> None:
    left = now() - 5 * A_MINUTE
    north.take_back(north.let_in(cast.ann, left - 9 * A_MINUTE), left, reason="left_again")
    south.let_in(cast.ann, left - 8 * A_MINUTE)
    south.tell()
    north.tell()
    assert live(cast.ann) is None, "leaving ends what was before it, at whatever door"
    back = south.let_in(cast.ann, left + timedelta(seconds=1))
    south.tell(back)
    assert live(cast.ann), "too close to tell which was first: they are in"


def test_r9_an_exit_told_before_its_own_entry_ends_another_doors_as_soon_as_that_is_told(
    north: DoorPhone, south: DoorPhone, cast: Cast
) -> None:
    """Hypothesis found it: the late entry makes the exit known, and nobody is in by anything."""
    left = now() - 5 * A_MINUTE
    done = north.let_in(cast.ann, left - 9 * A_MINUTE)
    north.tell(north.take_back(done, left, reason="left_again"))
    south.let_in(cast.ann, left - 8 * A_MINUTE)
    south.tell()
    assert live(cast.ann)
    assert [result for result, _ in north.words(done)] == ["conflict"]
    assert live(cast.ann) is None


def test_r11_a_scanner_that_fires_twice_is_no_second_person(north: DoorPhone, cast: Cast) -> None:
    at = now() - A_MINUTE
    north.let_in(cast.ann, at)
    north.let_in(cast.ann, at + timedelta(seconds=3))
    assert north.words() == [("applied", "checked_in")] * 2
    north.let_in(cast.ann, at + timedelta(seconds=4))
    assert north.words(north.queue[-1]) == [("conflict", "already_in")]


def test_an_attempt_online_and_its_telling_are_one_operation_in_either_order(
    room: Room, north: DoorPhone, cast: Cast
) -> None:
    first, second = north.let_in(cast.ann), north.let_in(cast.ben)
    form = {"operation_id": first["id"], "code": f"https://mix.example.org/B/{room.token(cast.ann).token}"}
    assert north.browser.post(f"/events/{cast.mixer.id}/check-ins", data=form).status_code == 303
    assert north.words() == [("duplicate", "checked_in"), ("applied", "checked_in")]
    form = {"operation_id": second["id"], "code": f"https://mix.example.org/B/{room.token(cast.ben).token}"}
    shown = north.browser.post(f"/events/{cast.mixer.id}/check-ins", data=form, follow_redirects=True)
    assert "Welcome" in shown.text
    assert (inside(cast), facts()) == (2, 2)


def test_whom_we_refused_unheard_and_the_phone_let_in_is_remembered(room: Room, north: DoorPhone, cast: Cast) -> None:
    room.let_in(cast.ann, room.other_door)
    done = north.let_in(cast.ann)
    assert isinstance(room.scan(room.token(cast.ann), north.actor, operation_id=UUID(done["id"])), AlreadyIn)
    assert north.words() == [("conflict", "already_in")]
    assert north.words() == [("duplicate", "already_in")]
    assert (inside(cast), facts()) == (1, 2)


def test_a_typed_code_is_resolved_late(room: Room, north: DoorPhone, cast: Cast) -> None:
    typed = room.typed(cast.ann).code
    north.act("check_in", {"typed": f"{typed[:4]}-{typed[4:].lower()}"}, decided="kept")
    north.act("check_in", {"typed": "00000000"}, decided="kept")
    assert north.words() == [("applied", "checked_in"), ("quarantined", "unknown_badge")]
    assert live(cast.ann)


def test_a_badge_replaced_meanwhile_was_good_when_it_was_scanned(room: Room, north: DoorPhone, cast: Cast) -> None:
    before, after = north.let_in(cast.ann, now() - 9 * A_MINUTE), north.let_in(cast.ben)
    room.lose(cast.ann)
    room.lose(cast.ben)
    after["at"] = now().isoformat()
    assert north.words(before) == [("applied", "checked_in")]
    north.off = timedelta()
    assert north.words(after) == [("conflict", "replaced_badge")]
    assert inside(cast) == 2


def test_what_never_came_to_a_verdict_is_answered_as_if_it_were_asked_now(
    room: Room, north: DoorPhone, cast: Cast
) -> None:
    room.let_in(cast.ann, room.other_door)
    north.let_in(cast.ann, decided=None)
    north.let_in(cast.ben, decided=None)
    assert north.words() == [("applied", "already_in"), ("applied", "checked_in")]
    assert facts() == 2
    assert db.session.scalars(select(RefusedScan.reason)).all() == ["already_in"]


def test_walk_ins_and_companions_have_a_place_once(north: DoorPhone, cast: Cast) -> None:
    north.act("walk_in", {"name": " Wanda Walker ", "company": "Walk Ltd"}, decided="admitted")
    north.act("plus_one", {"name": "Pat Plus", "company": "", "host": str(cast.ann.id)}, decided="admitted")
    north.act("plus_one", {"name": "Pia Plus", "company": "", "host": str(new_id())}, decided="admitted")
    assert north.words() == [("applied", "checked_in")] * 3
    assert north.words() == [("duplicate", "checked_in")] * 3
    named = db.session.execute(select(Attendee.name, Attendee.host_id).where(Attendee.source != "import")).all()
    assert sorted(map(tuple, named), key=str) == [
        ("Pat Plus", cast.ann.id),
        ("Pia Plus", None),
        ("Wanda Walker", None),
    ]
    assert inside(cast) == 3


def test_s_24_a_revoked_phone_is_heard_and_believed_nothing(north: DoorPhone, cast: Cast) -> None:
    north.let_in(cast.ann)
    north.act("walk_in", {"name": "Wanda Walker", "company": ""})
    with writing() as session:
        assert north.actor.device
        revoke_device(session, session.get_one(DoorDevice, north.actor.device.id), at=now())
        session.commit()
    for _ in range(2):
        answer = north.send()
        assert answer.json
        assert answer.json["revoked"] is True
        assert [told["result"] for told in answer.json["results"]] == ["quarantined"] * 2
    assert (inside(cast), facts()) == (0, 0)
    kept = db.session.scalars(select(QuarantinedOperation).order_by(QuarantinedOperation.sequence)).all()
    assert [(row.reason, row.event_id) for row in kept] == [("revoked", cast.mixer.id)] * 2
    assert "Wanda Walker" in raw_of(kept[1], north.room.keyring)
    assert b"Wanda" not in kept[1].sealed_raw


def test_a_phone_whose_evening_is_long_over_still_tells(north: DoorPhone, cast: Cast) -> None:
    then = now() - timedelta(hours=14)
    with writing() as session:
        device = session.get_one(DoorDevice, north.actor.device and north.actor.device.id)
        session.get_one(Event, cast.mixer.id).ends_at = now() - timedelta(hours=13)
        device.paired_at = then - 2 * A_MINUTE
        session.commit()
    north.let_in(cast.ann, then)
    assert north.browser.get(f"/events/{cast.mixer.id}/door").status_code == 303
    assert north.words() == [("applied", "checked_in")]


def test_another_events_door_is_not_this_phones(north: DoorPhone, cast: Cast) -> None:
    stranger = cast.guest("Ann Achebe", event=cast.other_mixer)
    north.act("check_in", {"event": str(cast.other_mixer.id), "attendee": str(stranger.id)}, decided="admitted")
    assert north.words() == [("quarantined", "not_here")]
    assert live(stranger) is None


def test_an_organizers_own_phone_tells_as_a_person(room: Room, cast: Cast) -> None:
    phone = DoorPhone(room)
    phone.browser, phone.actor = cast.browser(cast.dora.id), cast.actor(cast.dora.id)
    phone.let_in(cast.ann)
    assert phone.words() == [("applied", "checked_in")]
    entry = live(cast.ann)
    assert entry
    assert entry.by_person_id == cast.dora.id
    assert organizes(db.session(), phone.actor, cast.mixer)


def test_s_24_what_a_phone_never_told_is_shown_to_the_organizer(north: DoorPhone, cast: Cast) -> None:
    north.sequence = 4
    north.let_in(cast.ann)
    north.tell()
    page = cast.browser(cast.dora.id).get(f"/events/{cast.mixer.id}/doors").text
    assert "4 things it did were never told" in page
