"""One quiet line after three people in a row whom I knew."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.swaps.evening import EveningOut
from tests.swaps.test_views import PART, post_scan
from webapp.contacts.models import Meeting
from webapp.core.database import db
from webapp.core.identifiers import new_id

HINT = "Three you knew. Someone new stands nearby."


@pytest.fixture
def phone(evening: EveningOut) -> FlaskClient:
    """Ann's phone."""
    return evening.cast.browser(evening.cast.ann.person_id)


def meet_and_say(evening: EveningOut, phone: FlaskClient, name: str, knew: str, *, plainly: bool = False) -> bool:
    """Ann meets somebody, says whether she knew them, and is done; whether the hint is there then."""
    assert post_scan(phone, evening.code(evening.come(name))).status_code == 200
    assert HINT not in phone.get("/scan").text, "the next meeting has begun"
    meeting_id = db.session.scalars(select(Meeting.id).order_by(Meeting.met_at.desc(), Meeting.id.desc())).first()
    db.session.rollback()
    said = {"knew": knew, "note": "", "operation_id": str(new_id())}
    done = phone.post(f"/meetings/{meeting_id}/sheet", data=said, headers={} if plainly else PART)
    shown = HINT in (phone.get(done.location) if plainly else done).text
    assert shown == (HINT in phone.get("/scan").text)
    return shown


@pytest.mark.parametrize("plainly", [False, True])
def test_d5_three_known_in_a_row_get_one_quiet_hint_and_a_new_one_resets_it(
    evening: EveningOut, phone: FlaskClient, plainly: bool
) -> None:
    said = ["yes", "yes", "yes", "yes", "no", "yes", "yes", "yes"]
    hints = [meet_and_say(evening, phone, f"Known {n} One", knew, plainly=plainly) for n, knew in enumerate(said)]
    assert hints == [False, False, True, False, False, False, False, True]


def test_d5_nothing_said_is_no_reason_for_a_hint(evening: EveningOut, phone: FlaskClient) -> None:
    said = ["yes", "yes", "", "yes", "yes"]
    assert not any(meet_and_say(evening, phone, f"Known {n} One", knew) for n, knew in enumerate(said))


def test_d5_the_hint_is_private(evening: EveningOut, phone: FlaskClient) -> None:
    for number in range(3):
        meet_and_say(evening, phone, f"Known {number} One", "yes")
    assert HINT not in evening.cast.browser(evening.cast.ben.person_id).get("/scan").text
