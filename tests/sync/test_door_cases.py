"""One table says what a door answers: the server by its database, here; the phone by its list, in tests/js.

`record` is what a badge opens, null where none opens; `admitted` is when somebody was admitted on it, `mine` by this
phone; `lease` is how many places the door may give away alone, null without a limit.
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

CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/js/door-cases.json").read_text())


def test_the_table_knows_every_verdict_of_a_scan() -> None:
    words = {"checked_in", "already_in", "cancelled", "replaced_badge", "unknown_badge", "room_full"}
    assert {case["verdict"] for case in CASES} == words


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["about"]))
def test_the_server_answers_as_the_table_says(cast: Cast, case: dict[str, Any]) -> None:
    at = datetime.fromisoformat(case["now"])
    with time_machine.travel(at - timedelta(hours=8), tick=False):
        room, means = _as_in(cast, case)
    assert room.scan(means, at=at, event=cast.mixer).word == case["verdict"]


def _as_in(cast: Cast, case: dict[str, Any]) -> tuple[Room, Means]:
    """A door in the state of this case, and what its camera reads."""
    room = Room(cast)
    cast.mixer = _event(cast, case)
    if case["record"] is None:
        return room, BadgeToken("0" * 24)
    guest, means = _guest(room, case)
    if case["admitted"]:
        room.let_in(guest, room.cora if case["mine"] else room.other_door, datetime.fromisoformat(case["admitted"]))
    _cancel(guest, case["record"])
    return room, means


def _event(cast: Cast, case: dict[str, Any]) -> Event:
    ends_at = datetime.fromisoformat(case["ends_at"])
    # A place more where the door may give one away; one is taken where somebody was admitted.
    capacity = None if case["lease"] is None else case["lease"] + bool(case["admitted"])
    return cast.event(cast.circle, starts_at=ends_at - timedelta(hours=4), ends_at=ends_at, capacity=capacity)


def _guest(room: Room, case: dict[str, Any]) -> tuple[Attendee, Means]:
    guest = room.cast.guest(case["record"]["n"])
    means = room.token(guest)
    if case["record"]["s"] == "replaced":
        room.lose(guest)
    return guest, means


def _cancel(guest: Attendee, record: dict[str, Any]) -> None:
    if record["s"] == "cancelled":
        with writing() as session:
            session.get_one(Attendee, guest.id).cancelled_at = datetime.fromisoformat(record["t"])
            session.commit()
