"""What a newer app told is done after the upgrade: once, by its own time, and by nobody who may not any more (R19)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast
from tests.sync.own_phones import Phone
from tests.sync.phones import DoorPhone
from webapp.checkin.models import CheckIn, DoorFact
from webapp.contacts.models import Meeting
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.operations import Operation
from webapp.core.outbox import Tools
from webapp.core.quarantine import PURPOSE, QuarantinedOperation, raw_of
from webapp.core.tokens import Sealed
from webapp.events.models import DoorDevice
from webapp.reactions import CHORES
from webapp.swaps.models import Grant
from webapp.sync import kinds as told_kinds
from webapp.sync.kind import Kind, SetAside
from webapp.sync.replaying import replay_what_is_known_now

Replay = Callable[[], None]


@pytest.fixture
def replay(app: Flask) -> Replay:
    """The first minute of the new version."""
    tools: Tools = app.extensions["mixwell.tools"]
    return lambda: replay_what_is_known_now(tools, now())


@contextmanager
def before_the_upgrade(*unknown: str) -> Iterator[None]:
    """A server that knows nothing of these kinds yet."""
    with pytest.MonkeyPatch.context() as old:
        for kind in unknown:
            old.delitem(told_kinds.KINDS, kind)
        yield


def aside() -> list[str]:
    """Why each that is outside is there."""
    db.session.rollback()
    found = list(db.session.scalars(select(QuarantinedOperation.reason).order_by(QuarantinedOperation.id)))
    db.session.rollback()
    return found


def rows(table: type) -> int:
    db.session.rollback()
    found = db.session.scalar(select(func.count()).select_from(table)) or 0
    db.session.rollback()
    return found


def test_it_is_looked_after_every_minute() -> None:
    assert replay_what_is_known_now in CHORES


def test_a_persons_scan_words_and_undo_are_done_after_the_upgrade(two: tuple[Phone, Phone], replay: Replay) -> None:
    ann, ben = two
    scanned = ann.scan(ben.shows())
    ann.keep("remember", of=scanned, note="hums while thinking")
    with before_the_upgrade("scan", "remember"):
        assert [one["verdict"]["word"] for one in ann.tell()] == ["unknown_kind"] * 2
        replay()
        assert aside() == ["unknown kind"] * 2, "not known yet"
    replay()
    assert aside() == []
    assert ann.evening.grant(ben.guest, ann.guest)
    assert ann.note_with(ben.guest) == "hums while thinking"
    assert [one["result"] for one in ann.tell()] == ["duplicate", "duplicate"]
    assert rows(Meeting) == 1


def test_its_own_time_counts_by_the_phone_that_sent_it(two: tuple[Phone, Phone], replay: Replay) -> None:
    ann, ben = two
    ann.scan(ben.evening.code(ben.guest), ago=timedelta(minutes=40))
    done_at = now() - timedelta(minutes=40)
    with before_the_upgrade("scan"):
        ann.tell()
    replay()
    met_at = db.session.scalars(select(Meeting.met_at)).one()
    db.session.rollback()
    assert abs(met_at - done_at) < timedelta(seconds=5)


@pytest.mark.parametrize(("off", "clamped"), [(timedelta(), []), (timedelta(hours=3), ["clamped"])])
def test_a_doors_entry_is_done_with_its_time_and_its_arrival(
    north: DoorPhone, cast: Cast, replay: Replay, off: timedelta, clamped: list[str]
) -> None:
    north.off = off
    done_at = now() - timedelta(minutes=20)
    done = north.let_in(cast.ann, done_at)
    with before_the_upgrade("check_in"):
        assert north.words() == [("quarantined", "unknown_kind")]
    received_at = db.session.scalars(select(QuarantinedOperation.received_at)).one()
    db.session.rollback()
    replay()
    fact = db.session.get_one(DoorFact, UUID(done["id"]))
    assert (fact.received_at, fact.flags, fact.sequence) == (received_at, clamped, done["seq"])
    assert clamped or abs(fact.at - done_at) < timedelta(seconds=2)
    db.session.rollback()
    assert aside() == []
    assert north.words() == [("duplicate", "checked_in")]
    assert rows(CheckIn) == 1


def test_twice_is_once_and_a_phone_that_was_first_is_no_trouble(north: DoorPhone, cast: Cast, replay: Replay) -> None:
    north.let_in(cast.ann)
    with before_the_upgrade("check_in"):
        north.tell()
    assert north.words() == [("applied", "checked_in")], "the phone told it once more, before the first minute"
    replay()
    replay()
    assert aside() == []
    assert (rows(CheckIn), rows(DoorFact), rows(Operation)) == (1, 1, 1)


def test_a_crash_between_leaves_it_where_it_was(
    north: DoorPhone, cast: Cast, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    north.let_in(cast.ann)
    with before_the_upgrade("check_in"):
        north.tell()
    with monkeypatch.context() as crash:
        crash.setattr("webapp.sync.replaying.log.info", _lights_out, raising=False)
        with pytest.raises(KeyboardInterrupt):
            replay()
    assert aside() == ["unknown kind"]
    assert (rows(CheckIn), rows(DoorFact)) == (0, 0)
    replay()
    assert (aside(), rows(CheckIn)) == ([], 1)


def _lights_out(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_what_a_revoked_door_told_is_never_done(north: DoorPhone, cast: Cast, replay: Replay) -> None:
    north.let_in(cast.ann)
    with before_the_upgrade("check_in"):
        north.tell()
    with writing() as session:
        device = session.get_one(DoorDevice, UUID(north.owner.removeprefix("device:")))
        device.revoked_at = now()
        session.commit()
    replay()
    assert aside() == ["revoked"]
    with writing() as session:
        session.get_one(DoorDevice, UUID(north.owner.removeprefix("device:"))).revoked_at = None
        session.commit()
    replay()
    assert (aside(), rows(DoorFact)) == (["revoked"], 0)


def test_what_still_fails_stays_with_its_new_reason_and_holds_up_no_other(
    north: DoorPhone, cast: Cast, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_in = told_kinds.KINDS["check_in"]

    def write_and_refuse(*args: Any) -> Any:
        check_in.act(*args)
        raise SetAside("too many")

    first, second, third = north.let_in(cast.ann), north.let_in(cast.ben), north.let_in(cast.ben)
    first["kind"], second["kind"], third["kind"] = "bow", "dance", "dance"
    third["body"] = {"event": "nowhere"}
    north.tell()
    assert aside() == ["unknown kind"] * 3
    monkeypatch.setitem(told_kinds.KINDS, "bow", Kind(check_in.read, write_and_refuse))
    monkeypatch.setitem(told_kinds.KINDS, "dance", check_in)
    replay()
    assert sorted(aside()) == ["not readable", "too many"]
    assert (rows(DoorFact), rows(CheckIn)) == (1, 1)


def test_what_was_set_aside_for_another_reason_waits_for_a_human(north: DoorPhone, cast: Cast, replay: Replay) -> None:
    north.act("check_in", {"lookup": "0" * 32, "anyway": ""}, decided="admitted")
    north.tell()
    replay()
    assert aside() == ["unknown badge"]


def test_a_row_from_before_the_line_of_sending_is_done_and_its_clock_not_believed(
    north: DoorPhone, cast: Cast, replay: Replay
) -> None:
    done = north.let_in(cast.ann)
    with before_the_upgrade("check_in"):
        north.tell()
    with writing() as session:
        row = session.scalars(select(QuarantinedOperation)).one()
        raw = raw_of(row, north.room.keyring)
        row.sealed_raw = Sealed(north.room.keyring, PURPOSE).seal(raw, owner=row.id)
        session.commit()
    replay()
    assert db.session.get_one(DoorFact, UUID(done["id"])).flags == ["clamped"]


def test_nothing_is_done_for_somebody_who_left(two: tuple[Phone, Phone], replay: Replay) -> None:
    ann, ben = two
    ann.scan(ben.evening.code(ben.guest))
    with before_the_upgrade("scan"):
        ann.tell()
    with writing() as session:
        session.scalars(select(QuarantinedOperation)).one().actor = "person:00000000-0000-0000-0000-000000000000"
        session.commit()
    replay()
    assert (aside(), rows(Grant)) == (["not here"], 0)
