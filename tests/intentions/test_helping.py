"""Help given is kept as given (practice D11)."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.intentions.pages import TODAY, read, say
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.intentions.models import Help

EXPECTING = re.compile(r"\b(?:owe[sd]?|debt|return|back|balance|expect\w*|repa\w+|favou?rs?|credit|due)\b", re.I)


@pytest.fixture
def phone(cast: Cast) -> Iterator[FlaskClient]:
    """Ann's, on a Wednesday in June."""
    with time_machine.travel(TODAY, tick=False):
        yield cast.browser(cast.ann.person_id)


def test_d11_what_i_gave_shows_in_my_log_with_its_day_the_latest_first(cast: Cast, phone: FlaskClient) -> None:
    say(phone, "/me/help", words="Greeted newcomers at the door", day="2026-06-04")
    say(phone, "/me/help", words="Hosted a table", day="2026-06-09")
    with time_machine.travel(TODAY.replace(year=2029), tick=False):
        log = read(cast.browser(cast.ann.person_id), "/me/help")
    assert log.index("Hosted a table") < log.index("Jun 9, 2026") < log.index("Greeted newcomers at the door")
    assert "2 times you helped" in read(phone, "/me/week")


def test_d11_there_is_no_field_for_anything_expected_and_no_column_of_what_is_owed(phone: FlaskClient) -> None:
    say(phone, "/me/help", words="Read a CV")
    page = phone.get("/me/help").text
    assert re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page) == ["operation_id", "words", "day"]
    assert "<table" not in page
    assert not EXPECTING.search(read(phone, "/me/help"))
    assert EXPECTING.search("What they owe you")
    columns = {column.name for column in Help.__table__.columns}
    assert columns == {"id", "person_id", "sealed_words", "day", "made_at"}


def test_d11_the_log_is_mine_alone(cast: Cast, phone: FlaskClient) -> None:
    """S-16."""
    say(phone, "/me/help", words="Read the CV of Ben")
    row = db.session.scalars(select(Help)).one()
    assert b"CV" not in row.sealed_words
    for other in (cast.browser(cast.ben.person_id), cast.browser(cast.dora.id)):
        assert "Read the CV" not in read(other, "/me/help") + read(other, "/me/week")
        assert other.post(f"/me/help/{row.id}/removal").status_code == 404
    assert "Read the CV" not in say(phone, f"/me/help/{row.id}/removal")
    assert phone.post(f"/me/help/{row.id}/removal").status_code == 404


def test_the_same_form_sent_twice_is_one_help_and_an_empty_one_is_none(phone: FlaskClient) -> None:
    form = {"operation_id": new_id(), "words": "Listened", "day": "2030-01-01"}
    say(phone, "/me/help", **form)
    say(phone, "/me/help", **form)
    phone.post("/me/help", data={"words": "  "})
    assert [row.day for row in db.session.scalars(select(Help))] == [date(2026, 6, 10)], "no later than today"
