"""Two entries of one human become one on my pages, with both stories, and can be parted again."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.people.evening import gave, met
from tests.people.pages import fill_card, names, words, write_note
from tests.people.test_elsewhere import bring, known, write_down
from tests.swaps.evening import EveningOut
from webapp.contacts.models import SamePerson
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.mydata.joining import join


@pytest.fixture
def ann(evening: EveningOut) -> FlaskClient:
    """Ann's phone; she met Ben, and wrote about him."""
    cast = evening.cast
    meeting = met(cast, cast.ann, cast.ben)
    fill_card(cast.ben.person_id, email="ben@example.org", reach_email=True, reach_chosen_at=now())
    gave(meeting, cast.ben, "name email")
    write_note(cast, meeting.id, cast.ann.person_id, "Talked of sails")
    return cast.browser(cast.ann.person_id)


def test_one_who_was_brought_and_met_is_one_with_both_stories(evening: EveningOut, ann: FlaskClient) -> None:
    ben = f"/people/{evening.cast.ben.person_id}"
    bring(ann, "Name,Email,Phone,Notes\nBenny,BEN@example.org,+44 20 7946 0104,Lent me a saw\n")
    [benny] = known(evening)
    assert "Benny : the same person?" in words(ann.get(ben).text), "the address is on his card"
    sent = ann.post(f"/people/elsewhere/{benny.id}/same", data={"other": str(evening.cast.ben.person_id)})
    assert sent.location == f"{ben}#brought-along"
    page = words(ann.get(ben).text)
    assert "Talked of sails" in page
    assert "Lent me a saw" in page
    assert "+44 20 7946 0104" in page
    assert names(ann.get("/people").text) == ["Ben Adeyemi"]
    assert names(ann.get("/people", query_string={"q": "saw"}).text) == ["Ben Adeyemi"]
    assert names(ann.get("/people/elsewhere").text) == []
    assert names(ann.get("/people/at-rest").text) == []
    assert ann.get(f"/people/elsewhere/{benny.id}").location == f"{ben}#brought-along"


def test_they_can_be_parted_and_are_as_before(evening: EveningOut, ann: FlaskClient) -> None:
    page = write_down(ann, "Benny", note="Lent me a saw")
    ann.post(f"{page}/rhythm", data={"every": "90"})
    before = known(evening)
    ann.post(f"{page}/same", data={"other": str(evening.cast.ben.person_id)})
    assert ann.post(f"{page}/two").location == page
    assert known(evening) == before
    assert sorted(names(ann.get("/people").text)) == ["Ben Adeyemi", "Benny"]
    assert "saw" not in words(ann.get(f"/people/{evening.cast.ben.person_id}").text)
    ann.post(f"{page}/two")
    assert ann.get(page).status_code == 200


def test_of_several_entries_one_is_left_and_each_can_go_again(evening: EveningOut, ann: FlaskClient) -> None:
    pages = [write_down(ann, name, note=f"Note of {name}") for name in ("Benny", "B. Adeyemi", "Bennet")]
    ids = [page.rpartition("/")[2] for page in pages]
    ann.post(f"{pages[0]}/same", data={"other": ids[1]})
    assert "Note of Benny" in words(ann.get(pages[1]).text)
    assert ann.get(pages[0]).location == pages[1]
    ann.post(f"{pages[2]}/same", data={"other": ids[0]})
    assert "Note of Bennet" in words(ann.get(pages[1]).text), "what is the same as the same"
    ann.post(f"{pages[1]}/same", data={"other": str(evening.cast.ben.person_id)})
    page = words(ann.get(f"/people/{evening.cast.ben.person_id}").text)
    assert all(f"Note of {name}" in page for name in ("Benny", "B. Adeyemi", "Bennet"))
    ann.post(f"{pages[2]}/two")
    assert names(ann.get("/people/elsewhere").text) == ["Bennet"]


def test_only_entries_of_mine_are_ever_put_together(evening: EveningOut, ann: FlaskClient) -> None:
    cast = evening.cast
    cleo = cast.guest("Cleo Costa", claimed=True)
    met(cast, cast.ann, cleo)
    ben = cast.browser(cast.ben.person_id)
    theirs = write_down(ben, "Theirs")
    mine = write_down(ann, "Mine")
    own = mine.rpartition("/")[2]
    two_accounts = f"/people/elsewhere/{cleo.person_id}/same"
    assert ann.post(two_accounts, data={"other": str(cast.ben.person_id)}).status_code == 404
    assert ann.post(f"{mine}/same", data={"other": theirs.rpartition("/")[2]}).status_code == 404
    assert ben.post(f"{mine}/same", data={"other": str(cast.ann.person_id)}).status_code == 404
    assert ann.post(f"{mine}/same", data={"other": own}).status_code == 404, "nobody is the same as themself"
    stranger = cast.person("Sal Stranger")
    assert ann.post(f"{mine}/same", data={"other": str(stranger.id)}).status_code == 404
    assert "Choose who they are" in ann.post(f"{mine}/same", data={"other": "x"}, follow_redirects=True).text
    assert db.session.scalar(select(func.count()).select_from(SamePerson)) == 0


def test_after_a_block_the_entry_stands_for_itself_again(evening: EveningOut, ann: FlaskClient) -> None:
    page = write_down(ann, "Benny")
    ann.post(f"{page}/same", data={"other": str(evening.cast.ben.person_id)})
    ann.post(f"/people/{evening.cast.ben.person_id}/block")
    assert names(ann.get("/people").text) == ["Benny"]
    assert ann.get(page).status_code == 200


def test_two_who_become_one_are_nobodys_double(evening: EveningOut, ann: FlaskClient) -> None:
    cast, dee = evening.cast, evening.cast.guest("Dee Double", claimed=True)
    met(cast, cast.ann, dee)
    twin, benny = write_down(ann, "D. D."), write_down(ann, "Benny")
    ann.post(f"{twin}/same", data={"other": str(dee.person_id)})
    ann.post(f"{benny}/same", data={"other": str(cast.ben.person_id)})
    with writing() as session:
        join(session, cast.ann.person_id, dee.person_id, sealed=Sealed(evening.keyring, "notes"), at=now())
        session.commit()
    assert names(ann.get("/people/elsewhere").text) == ["D. D."]


def test_the_same_answer_twice_is_one(evening: EveningOut, ann: FlaskClient) -> None:
    page, operation = write_down(ann, "Benny"), str(new_id())
    for _ in range(2):
        said = {"other": str(evening.cast.ben.person_id), "operation_id": operation}
        assert ann.post(f"{page}/same", data=said).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(SamePerson)) == 1
