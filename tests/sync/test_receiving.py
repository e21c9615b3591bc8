"""Every operation that is named gets a result, whatever it is; what cannot be read as a batch changes nothing."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.checkin.room import Room
from tests.sync.phones import DoorPhone
from webapp.checkin.models import DoorFact
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.core.quarantine import QuarantinedOperation, raw_of
from webapp.sync import kinds as told_kinds
from webapp.sync.kind import Kind


def rows(model: type[DoorFact | Operation | QuarantinedOperation]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_answer_names_time_owner_and_what_never_came(north: DoorPhone, cast: Cast) -> None:
    north.sequence = 3
    north.let_in(cast.ann)
    north.sequence = 6
    north.act("walk_in", {"name": ""})
    answer = north.send()
    assert answer.mimetype == "application/json"
    assert answer.json
    assert answer.json["schema"] == 1
    assert answer.json["owner"] == north.owner
    assert answer.json["missing"] == [1, 2, 3, 5, 6], "what was set aside was seen"
    assert answer.json["revoked"] is False
    assert answer.json["time"].endswith("+00:00")


def test_at_most_a_hundred_missing_are_named(north: DoorPhone, cast: Cast) -> None:
    north.sequence = 250
    north.let_in(cast.ann)
    answer = north.send()
    assert answer.json
    assert answer.json["missing"] == list(range(1, 101))


ODD: list[Any] = [
    {"kind": "dance"},
    {"kind": 7},
    {"body": None},
    {"body": {"event": "no uuid", "lookup": "0" * 32}},
    {"body": {"lookup": 5}},
    {"at": "yesterday"},
    {"at": "2026-01-01T10:00:00"},
    {"seq": 0},
    {"seq": True},
    {"seq": 2**31},
    {"mono": "soon"},
    {"mono": float("nan")},
    {"boot": ""},
    {"decided": "perhaps"},
    {"decided": ["admitted"]},
    {"id": "not an id"},
    {"id": "no letter: \ud800 or \0"},
    {"kind": "da\0nce"},
    {"body": {"name": "\ud800"}, "kind": "dance"},
]


@pytest.mark.parametrize("change", ODD, ids=json.dumps)
def test_an_odd_operation_is_kept_as_it_came_and_stops_no_other(
    north: DoorPhone, cast: Cast, change: dict[str, Any]
) -> None:
    odd, fine = north.let_in(cast.ann), north.let_in(cast.ben)
    odd |= change
    results = {told["id"]: told["result"] for told in north.tell()}
    assert results == {odd["id"]: "quarantined", fine["id"]: "applied"}
    [kept] = db.session.scalars(select(QuarantinedOperation)).all()
    assert json.loads(raw_of(kept, north.room.keyring))["id"] == odd["id"]
    north.tell()
    assert (rows(QuarantinedOperation), rows(DoorFact)) == (1, 1), "and once, however often it comes"


def test_what_is_no_operation_at_all_is_kept_and_has_no_result(north: DoorPhone, cast: Cast) -> None:
    fine = north.let_in(cast.ann)
    answer = north.send(["nonsense", fine])
    assert answer.json
    assert [told["id"] for told in answer.json["results"]] == [fine["id"]]
    assert rows(QuarantinedOperation) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"schema": True},
        {"now": "soon"},
        {"operations": {}},
        {"operations": [{}] * 101},
        {"mono": None},
    ],
    ids=str,
)
def test_what_is_no_batch_is_refused_whole(north: DoorPhone, cast: Cast, change: dict[str, Any]) -> None:
    north.let_in(cast.ann)
    assert north.send(**change).status_code == 400
    assert (rows(DoorFact), rows(QuarantinedOperation)) == (0, 0)


def test_more_than_64_kilobytes_are_not_read(north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    done["body"]["padding"] = "x" * 70_000
    answer = north.send()
    assert answer.status_code in {400, 413}
    assert rows(DoorFact) == 0


def test_only_json_is_taken_here_and_nowhere_else(north: DoorPhone, cast: Cast) -> None:
    assert north.browser.post("/sync", data={"schema": "1"}).status_code == 415
    assert north.browser.post(f"/events/{cast.mixer.id}/check-ins", json={"code": "0"}).status_code == 415


def test_another_site_tells_nothing(north: DoorPhone, cast: Cast) -> None:
    north.let_in(cast.ann)
    foreign = {"HTTP_SEC_FETCH_SITE": "cross-site"}
    answer = north.browser.application.test_client().post(
        "/sync", json=north.envelope(north.queue), base_url="https://mix.example.org", environ_base=foreign
    )
    assert answer.status_code == 403
    assert rows(DoorFact) == 0


def test_a_stranger_is_told_in_json_to_sign_in(client: FlaskClient, north: DoorPhone) -> None:
    answer = client.post("/sync", json=north.envelope([]))
    assert (answer.status_code, answer.json) == (401, {"schema": 1, "error": "sign in"})


def test_what_belongs_to_nobody_here_stays_on_the_phone(north: DoorPhone, south: DoorPhone, cast: Cast) -> None:
    theirs, mine = south.let_in(cast.ann), north.let_in(cast.ben)
    assert [told["id"] for told in north.tell(theirs, mine)] == [mine["id"]]
    assert rows(QuarantinedOperation) == 0


def test_a_phone_that_is_a_door_and_a_persons_tells_both(room: Room, north: DoorPhone, cast: Cast) -> None:
    phone = cast.browser(cast.dora.id, north.key)
    as_door, as_dora = north.let_in(cast.ann), north.let_in(cast.ben, owner=f"person:{cast.dora.id}")
    answer = phone.post("/sync", json=north.envelope([as_door, as_dora]))
    assert answer.json
    assert [told["result"] for told in answer.json["results"]] == ["applied", "applied"]
    actors = db.session.scalars(select(Operation.actor).order_by(Operation.actor)).all()
    assert actors == sorted([north.owner, f"person:{cast.dora.id}"])


def test_an_id_used_for_something_else_is_set_aside(north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    north.tell()
    other = north.let_in(cast.ben, id=done["id"])
    assert north.words(other) == [("quarantined", "reused")]
    assert rows(DoorFact) == 1


def test_an_act_that_fails_leaves_nothing_and_stops_no_other(
    north: DoorPhone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_in = told_kinds.KINDS["check_in"]

    def write_and_break(*args: Any) -> Any:
        check_in.act(*args)
        raise ZeroDivisionError

    monkeypatch.setitem(told_kinds.KINDS, "breaks", Kind(check_in.read, write_and_break))
    broken, fine = north.let_in(cast.ann), north.let_in(cast.ben)
    broken["kind"] = "breaks"
    assert north.words(broken, fine) == [("quarantined", "failed"), ("applied", "checked_in")]
    assert rows(DoorFact) == 1


def test_r10_no_time_is_in_the_future_and_what_was_not_believed_is_flagged(north: DoorPhone, cast: Cast) -> None:
    fast = timedelta(days=1)
    north.off = fast
    done = north.let_in(cast.ann, offset=None)
    north.tell()
    fact = db.session.get_one(DoorFact, UUID(done["id"]))
    assert fact.at <= now()
    assert fact.flags == ["clamped"]


def test_the_phones_own_count_and_time_are_kept(north: DoorPhone, cast: Cast) -> None:
    done = north.let_in(cast.ann)
    north.tell()
    kept = db.session.scalars(select(Operation)).one()
    assert (kept.sequence, kept.device_id) == (1, north.actor.device and north.actor.device.id)
    assert kept.device_time
    assert kept.device_time.isoformat() == done["at"]


def test_what_the_phone_asked_online_is_not_missing(room: Room, north: DoorPhone, cast: Cast) -> None:
    token = room.token(cast.ann).token
    form = {"operation_id": str(new_id()), "sequence": "1", "code": f"https://mix.example.org/B/{token}"}
    north.browser.post(f"/events/{cast.mixer.id}/check-ins", data=form)
    north.sequence = 1
    north.let_in(cast.ben)
    answer = north.send()
    assert answer.json
    assert answer.json["missing"] == []
