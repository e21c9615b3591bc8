"""An evening gave a contact, an idea or a tip: the review counts all three."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, keep
from tests.people.evening import met
from tests.people.pages import names, words
from tests.web.pages import visit
from webapp.checkin.models import CheckIn
from webapp.contacts.models import Takeaway
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.mydata.leaving import erase, remove_places

IDEA, TIP = "Name tags with a question on them", "The rowers want the hall on Mondays"


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone; she is in, and has met nobody."""
    keep(
        CheckIn(
            id=new_id(), event_id=cast.mixer.id, attendee_id=cast.ann.id, operation_id=new_id(), at=now(), how="scan"
        )
    )
    return cast.browser(cast.ann.person_id)


def take_home(cast: Cast, phone: FlaskClient, idea: str = IDEA, tip: str = TIP) -> str:
    """Keep these; what People then says."""
    kept = phone.post(f"/people/evenings/{cast.mixer.id}", data={"idea": idea, "tip": tip})
    assert kept.status_code == 303
    assert kept.location == f"/people#evening-{cast.mixer.id}"
    page = visit(phone, "/people")
    assert page.faults == []
    return words(page.text)


def test_b10_an_idea_and_a_tip_make_an_evening_without_a_swap_worthwhile(phone: FlaskClient, cast: Cast) -> None:
    page = visit(phone, "/people")
    assert page.faults == []
    assert f'href="/people/evenings/{cast.mixer.id}"' in page.text
    assert "You took home" not in page.text
    asked = visit(phone, f"/people/evenings/{cast.mixer.id}")
    assert asked.faults == []
    assert "You took home: one idea, one tip." in take_home(cast, phone)
    again = phone.get(f"/people/evenings/{cast.mixer.id}").text
    assert f">{IDEA}</textarea>" in again
    assert f">{TIP}</textarea>" in again


def test_b10_each_of_the_two_counts_by_itself_and_beside_contacts(phone: FlaskClient, cast: Cast) -> None:
    met(cast, cast.ann, cast.ben)
    assert "You took home: one idea." in take_home(cast, phone, tip="")
    assert "You took home: one tip." in take_home(cast, phone, idea="")
    assert names(phone.get("/people").text) == ["Ben Adeyemi"]
    assert "You took home" not in take_home(cast, phone, "", "")
    assert db.session.scalars(select(Takeaway)).all() == []


def test_evenings_stand_in_their_order_whether_i_met_somebody_or_not(phone: FlaskClient, cast: Cast) -> None:
    before = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    met(cast, cast.ann, cast.guest("Long Ago", event=before), at=now() - timedelta(days=90))
    said = take_home(cast, phone)
    order = ["You took home", "(Autumn mixer)", "Long Ago"]
    assert [said.rindex(word) for word in order] == sorted(said.rindex(word) for word in order)


def test_an_idea_is_found_by_its_words(phone: FlaskClient, cast: Cast) -> None:
    met(cast, cast.ann, cast.ben)
    take_home(cast, phone)
    page = visit(phone, "/people?q=rowers")
    assert page.faults == []
    assert "The <mark>rowers</mark> want" in page.text
    assert names(page.text) == []
    assert "Nobody found" not in page.text
    assert "Nobody found" in phone.get("/people?q=kettles").text
    assert "rowers" not in words(phone.get("/people?state=swapped&q=rowers").text)


def test_s_16_an_idea_is_sealed_and_its_authors_alone(phone: FlaskClient, cast: Cast) -> None:
    met(cast, cast.ann, cast.ben)
    take_home(cast, phone)
    [row] = db.session.scalars(select(Takeaway))
    assert row.sealed_idea
    assert row.sealed_tip
    assert b"question" not in row.sealed_idea + row.sealed_tip
    theirs = cast.browser(cast.ben.person_id)
    for path in ("/people", "/people?q=rowers", f"/people/evenings/{cast.mixer.id}"):
        assert IDEA not in theirs.get(path).text
        assert "rowers want" not in theirs.get(path).text
    with zipfile.ZipFile(BytesIO(phone.get("/me/data.zip").data)) as archive:
        told = json.loads(archive.read("mine.json"))["evenings"]
    assert told == [{"event": "Autumn mixer", "idea": IDEA, "tip": TIP}]


def test_it_stays_when_the_guest_list_goes_and_leaves_with_its_author(phone: FlaskClient, cast: Cast) -> None:
    take_home(cast, phone)
    with writing() as session:
        remove_places(session, Attendee.event_id == cast.mixer.id, at=now())
        session.commit()
    assert "You took home: one idea, one tip." in words(phone.get("/people").text)
    assert phone.get(f"/people/evenings/{cast.mixer.id}").status_code == 200
    with writing() as session:
        erase(session, cast.ann.person_id, at=now())
        session.commit()
    assert db.session.scalars(select(Takeaway)).all() == []


def test_an_evening_that_was_not_mine_takes_nothing(phone: FlaskClient, cast: Cast) -> None:
    path = f"/people/evenings/{cast.other_mixer.id}"
    assert phone.get(path).status_code == 404
    assert phone.post(path, data={"idea": IDEA}).status_code == 404
