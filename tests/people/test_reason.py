"""Why I want to keep somebody: a tap after a swap, sealed, and first on their page."""

import json
import re
import zipfile
from io import BytesIO
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import words
from tests.web.pages import visit
from webapp.contacts.models import Memory
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.mydata.leaving import erase

PART = {"HX-Request-Type": "partial"}


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


@pytest.fixture
def meeting_id(cast: Cast) -> UUID:
    """Ann and Ben have swapped."""
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ann)
    gave(meeting, cast.ben)
    return meeting.id


def close_sheet(phone: FlaskClient, meeting_id: UUID, **said: str) -> None:
    """Done, with what the sheet's form then holds."""
    form = {"note": "", "reason_words": "", "operation_id": str(new_id())} | said
    assert phone.post(f"/meetings/{meeting_id}/sheet", data=form, headers=PART).status_code == 200


def test_c10_one_tap_after_a_swap_says_why_and_it_leads_the_page(
    phone: FlaskClient, cast: Cast, meeting_id: UUID
) -> None:
    sheet = visit(phone, f"/meetings/{meeting_id}/sheet")
    assert sheet.faults == []
    assert all(f'name="reason" value="{reason}"' in sheet.text for reason in ("To help", "To learn", "To laugh"))
    close_sheet(phone, meeting_id, reason="To laugh")
    page = visit(phone, f"/people/{cast.ben.person_id}")
    assert page.faults == []
    said = words(page.text)
    assert said.index("Why you keep this: To laugh") < said.index("Ben Adeyemi"), "it stands before everything else"
    assert 'value="To laugh" checked' in page.text


def test_c10_own_words_go_before_a_tap_and_change_at_once_where_they_are_read(
    phone: FlaskClient, cast: Cast, meeting_id: UUID
) -> None:
    said = {"reason": "To help", "reason_words": " <b>Her</b>\r\nlarch boats "}
    changed = phone.post(f"/meetings/{meeting_id}/memory", data=said, headers=PART).text
    assert 'id="reason" hx-swap-oob="true">Why you keep this: <strong><bdi>&lt;b&gt;Her&lt;/b&gt; larch' in changed
    assert 'value="&lt;b&gt;Her&lt;/b&gt; larch boats"' in phone.get(f"/people/{cast.ben.person_id}").text


def test_c10_nobody_said_why_and_nothing_is_shown(phone: FlaskClient, cast: Cast, meeting_id: UUID) -> None:
    close_sheet(phone, meeting_id)
    assert 'id="reason" hidden' in phone.get(f"/people/{cast.ben.person_id}").text
    assert db.session.scalars(select(Memory.sealed_reason)).all() == [None, None]


def test_a_form_that_does_not_ask_why_leaves_the_answer(phone: FlaskClient, cast: Cast, meeting_id: UUID) -> None:
    close_sheet(phone, meeting_id, reason="To learn")
    phone.post(f"/meetings/{meeting_id}/memory", data={"note": "Rye bread"})
    assert "Why you keep this: To learn" in words(phone.get(f"/people/{cast.ben.person_id}").text)


def test_s_16_why_i_keep_somebody_is_sealed_and_mine_alone(phone: FlaskClient, cast: Cast, meeting_id: UUID) -> None:
    close_sheet(phone, meeting_id, reason_words="Copper kettles")
    stored = [row for row in db.session.scalars(select(Memory.sealed_reason)) if row]
    assert len(stored) == 1
    assert b"opper" not in stored[0]
    theirs = cast.browser(cast.ben.person_id)
    for path in (f"/people/{cast.ann.person_id}", "/people?q=copper", f"/meetings/{meeting_id}/sheet"):
        assert "Copper" not in theirs.get(path).text
    assert "<mark>Copper</mark> kettles" in phone.get("/people?q=copper").text
    assert "Copper kettles" in phone.get("/people/table.csv").text
    assert "Copper" not in phone.get("/people/cards.vcf").text
    with zipfile.ZipFile(BytesIO(phone.get("/me/data.zip").data)) as archive:
        [told] = json.loads(archive.read("mine.json"))["people"]
    assert told["reason"] == "Copper kettles"


def test_who_leaves_takes_their_reasons_along(phone: FlaskClient, cast: Cast, meeting_id: UUID) -> None:
    close_sheet(phone, meeting_id, reason_words="Copper kettles")
    with writing() as session:
        erase(session, cast.ann.person_id, at=now())
        session.commit()
    assert db.session.scalars(select(Memory.sealed_reason)).all() == [None]


# What was talked of, within the minute (D4).


def test_d4_after_a_swap_the_note_is_the_first_field_to_type_in_and_it_is_saved(
    phone: FlaskClient, cast: Cast, meeting_id: UUID
) -> None:
    """The heading has the focus; the keyboard comes only on a tap (product.md, The attendee's phone)."""
    text = phone.get(f"/meetings/{meeting_id}/sheet").text
    # What a closed fold holds is typed in only after it was opened.
    sheet = re.sub(r"<details.*?</details>", "", text[text.index('id="sheet"') :], flags=re.S)
    typed = re.findall(r'<(?:textarea|input)(?![^>]*type="(?:hidden|radio|checkbox)")[^>]* name="(\w+)"', sheet)
    assert typed[0] == "note"
    assert "autofocus" not in text
    close_sheet(phone, meeting_id, note="Sails too. I promised the sailmaker’s name.")
    assert "the sailmaker’s name." in phone.get(f"/people/{cast.ben.person_id}").text
    assert "sailmaker" not in cast.browser(cast.ben.person_id).get(f"/people/{cast.ann.person_id}").text
