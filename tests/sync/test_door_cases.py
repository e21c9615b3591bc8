"""One table says what a door answers: the server by its database, here; the phone by its list, in tests/js.

`opened` is what the badge's record says, null where none opens; `listed` is when another door let them in, `here` when
this one did; `places` and `used` are what the door may give away alone and what of that it has given.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.cast import Cast
from tests.checkin.room import Room
from webapp.checkin.scans import BadgeToken, Means
from webapp.core.database import writing
from webapp.events.models import Attendee, Event
from webapp.web.builds import ROOT

TABLE: dict[str, Any] = json.loads((ROOT / "tests/js/door-cases.json").read_text())
NOW = datetime.fromisoformat(TABLE["now"])


def test_the_table_knows_every_verdict_of_a_scan() -> None:
    words = {"checked_in", "already_in", "cancelled", "replaced_badge", "unknown_badge", "room_full"}
    assert {case["word"] for case in TABLE["cases"]} == words


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: str(case["name"]))
def test_the_server_answers_as_the_table_says(cast: Cast, case: dict[str, Any]) -> None:
    with time_machine.travel(NOW - timedelta(hours=8), tick=False):
        room, means = _as_in(cast, case)
    verdict = room.scan(means, at=NOW, event=cast.mixer, anyway=case.get("anyway", False))
    assert verdict.word == case["word"]


def _as_in(cast: Cast, case: dict[str, Any]) -> tuple[Room, Means]:
    """A door in the state of this case, and what its camera reads."""
    room = Room(cast)
    cast.mixer = _event(cast, case)
    if case["opened"] is None:
        return room, BadgeToken("0" * 24)
    guest, means = _guest(room, case)
    for door, since in ((room.other_door, case["listed"]), (room.cora, case["here"])):
        if since:
            room.let_in(guest, door, datetime.fromisoformat(since))
    if case["opened"] == "cancelled":
        _cancel(guest)
    return room, means


def _event(cast: Cast, case: dict[str, Any]) -> Event:
    # As many places as the door may still give away; one more is taken where somebody is in.
    left = case["places"] - case["used"] if "places" in case else None
    capacity = None if left is None else left + bool(case["listed"] or case["here"])
    times = dict(starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=2))
    return cast.event(cast.circle, capacity=capacity, **times)


def _guest(room: Room, case: dict[str, Any]) -> tuple[Attendee, Means]:
    guest = room.cast.guest("Ana Silva")
    means = room.token(guest)
    if case["opened"] == "replaced":
        room.lose(guest)
    return guest, means


def _cancel(guest: Attendee) -> None:
    with writing() as session:
        session.get_one(Attendee, guest.id).cancelled_at = NOW - timedelta(hours=1)
        session.commit()
