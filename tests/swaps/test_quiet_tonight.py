"""How open I am tonight is a choice for this evening, changed at any time; nothing about my nature is kept (A4)."""

import io
import json
import re
import zipfile
from typing import Any

from flask.testing import FlaskClient

from tests.swaps.evening import EveningOut
from tests.swaps.test_blocking import pages_of
from webapp.core.database import Base, db
from webapp.events.models import Attendee
from webapp.swaps.verdicts import Gave, NoSwap, Swapped

TRAIT = re.compile("trait|introver|extrover|ambiver|personality|shy|energy|temper|outgoing|social_", re.I)


def choose(evening: EveningOut, phone: FlaskClient, guest: Attendee, mode: str) -> None:
    """One tap on the phone, mid-event."""
    answer = phone.post("/me/tonight", data={"place": str(guest.id), "mode": mode})
    assert answer.status_code == 303
    db.session.rollback()  # what acts here read next is what that request wrote
    db.session.expire_all()


def test_a4_from_open_to_quiet_mid_event_the_next_scan_follows_at_once(evening: EveningOut) -> None:
    ben = evening.cast.ben
    phone = evening.cast.browser(ben.person_id)
    expected: list[tuple[str, type[Any]]] = [
        ("swap", Swapped),
        ("not_tonight", NoSwap),
        ("ask", Gave),
        ("not_tonight", NoSwap),
        ("swap", Swapped),
    ]
    for number, (mode, verdict) in enumerate(expected):
        choose(evening, phone, ben, mode)
        assert isinstance(evening.meet(evening.come(f"Guest {number}"), ben), verdict), mode


def test_a4_nobody_sees_that_i_turned_quiet(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    theirs, mine = evening.cast.browser(ann.person_id), evening.cast.browser(ben.person_id)
    before = pages_of(theirs, ben)
    for mode in ("swap", "not_tonight"):
        choose(evening, mine, ben, mode)
        assert pages_of(theirs, ben) == before


def test_a4_the_export_of_my_data_holds_no_trait(evening: EveningOut) -> None:
    phone = evening.cast.browser(evening.cast.ben.person_id)
    choose(evening, phone, evening.cast.ben, "not_tonight")
    evening.meet(evening.cast.ann, evening.cast.ben)
    with zipfile.ZipFile(io.BytesIO(phone.get("/me/data.zip").data)) as archive:
        mine = json.loads(archive.read("mine.json"))
    assert [field for field in fields_of(mine) if TRAIT.search(field)] == []
    assert mine["records"]["attendees"]["rows"][0]["swap_mode"] == "not_tonight", "this evening's choice and no more"


def fields_of(value: Any) -> list[str]:
    """Every name of a field, however deep."""
    if isinstance(value, list):
        return [name for one in value for name in fields_of(one)]
    return [*value, *fields_of(list(value.values()))] if isinstance(value, dict) else []


def test_a4_no_table_has_room_for_one() -> None:
    columns = [f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns]
    assert [column for column in columns if TRAIT.search(column.partition(".")[2])] == []
