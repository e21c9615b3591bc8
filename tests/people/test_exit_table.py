"""The exit table: a badge is shown, its owner takes home who gave them a card, and the helper learns nothing else."""

import html
import re
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.cast import keep
from tests.swaps.evening import EveningOut
from webapp.badges.issuing import replace_lost
from webapp.checkin.models import CheckIn
from webapp.checkin.scans import read_code
from webapp.contacts.models import Block
from webapp.core.actor import NOBODY, DeviceRef
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee, Event
from webapp.people.exit_table import exit_sheet, find_leaving_guest
from webapp.people.sheet import PAPERS, PenSheet
from webapp.swaps.models import Grant

BASE = "https://mix.example.org"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def nils(evening: EveningOut) -> Attendee:
    """Came without a phone; Ben and Cora have given him their cards, six minutes ago."""
    nils = evening.arrive(evening.cast.guest("Nils Nophone"))
    known = {"reach_chosen_at": now(), "reach_email": True}
    cora = evening.come("Cora Chandra", headline="Keeps bees", email="cora@bees.example.org", **known)
    for giver in (evening.cast.ben, cora):
        evening.meet(giver, nils)
    with writing() as session:
        session.execute(update(Grant).values(at=now() - timedelta(minutes=6)))
        session.commit()
    return nils


@pytest.fixture
def door(evening: EveningOut) -> FlaskClient:
    """Cora's paired phone, at the exit."""
    return evening.cast.browser(door_key=evening.cast.door()[1])


def look(evening: EveningOut, door: FlaskClient, code: str, **more: Any) -> TestResponse:
    return door.post(f"/events/{evening.cast.mixer.id}/exit", data={"code": code}, **more)


def press(evening: EveningOut, door: FlaskClient, page: str, paper: str = "a4") -> TestResponse:
    [proof] = re.findall(r'name="look" value="([^"]+)"', page)
    return door.post(f"/events/{evening.cast.mixer.id}/exit/sheet", data={"look": html.unescape(proof), "paper": paper})


def text_of(answer: TestResponse) -> str:
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(answer.data) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def sheet_of(evening: EveningOut, guest: Attendee) -> PenSheet:
    db.session.rollback()
    db.session.expire_all()
    event = db.session.get_one(Event, evening.cast.mixer.id)
    return exit_sheet(db.session(), db.session.get_one(Attendee, guest.id), event, "a4", base_url=BASE, at=now())


def names_on(sheet: PenSheet) -> list[str]:
    return [contact.name for contact in sheet.contacts]


def test_the_badge_is_shown_and_the_sheet_goes_home(evening: EveningOut, door: FlaskClient, nils: Attendee) -> None:
    answer = look(evening, door, evening.code(nils))
    assert answer.status_code == 200
    words = text_of(press(evening, door, answer.text))
    for said in ("People who gave you a card tonight", "Ben Adeyemi", "Cora Chandra", "Keeps bees", "cora@bees"):
        assert said in words
    assert "Nils Nophone" in words
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [{}, PARTIAL], ids=["page", "fragment"])
def test_s_47_the_helpers_phone_learns_a_name_and_no_pair(
    evening: EveningOut, door: FlaskClient, nils: Attendee, headers: dict[str, str]
) -> None:
    page = look(evening, door, evening.code(nils), headers=headers).text
    assert "Nils Nophone" in page
    assert not any(other in page for other in ("Ben", "Cora", "bees"))
    lonely = evening.come("Lone Guest")
    alone = look(evening, door, evening.code(lonely), headers=headers).text
    shape = re.compile(r'value="[^"]+"')
    assert shape.sub("", alone.replace("Lone Guest", "…")) == shape.sub("", page.replace("Nils Nophone", "…"))


def test_s_47_no_organizer_and_no_other_door_looks(evening: EveningOut, nils: Attendee) -> None:
    cast, code = evening.cast, evening.code(nils)
    lookers = [
        cast.browser(),
        cast.browser(cast.ann.person_id),
        cast.browser(cast.dora.id, fresh=True),
        cast.browser(door_key=cast.door(cast.other_mixer)[1]),
    ]
    for client in lookers:
        assert client.get(f"/events/{cast.mixer.id}/exit").status_code == 404
        assert look(evening, client, code).status_code == 404


def test_s_47_a_look_is_good_at_its_own_phone_for_five_minutes(
    evening: EveningOut, door: FlaskClient, nils: Attendee
) -> None:
    page = look(evening, door, evening.code(nils)).text
    other = evening.cast.browser(door_key=evening.cast.door(name="Filip’s phone")[1])
    assert press(evening, other, page).status_code == 422
    with time_machine.travel(now() + timedelta(minutes=5, seconds=2)):
        assert press(evening, door, page).status_code == 422
    assert press(evening, door, page).status_code == 200
    mutated = page.replace('name="look" value="', 'name="look" value="x')
    assert press(evening, door, mutated).status_code == 422


def test_every_badge_but_a_live_one_of_tonight_gets_one_answer(
    evening: EveningOut, door: FlaskClient, nils: Attendee
) -> None:
    cast = evening.cast
    lost, outside, gone = evening.come("Lost Badge"), cast.guest("Out Side"), evening.come("Gone Guest")
    codes = {
        "replaced": evening.code(lost),
        "other event": evening.code(evening.arrive(cast.guest("Eva Elsewhere", event=cast.other_mixer))),
        "not in": evening.code(outside),
        "cancelled": evening.code(gone),
        "unknown": f"{BASE}/B/{'0' * 24}".upper(),
        "unreadable": "what is this",
        "a name": "Nils Nophone",
        "an id": str(nils.id),
        "nothing": "",
    }
    with writing() as session:
        guest = session.get_one(Attendee, lost.id)
        replace_lost(session, guest, keyring=evening.keyring, base_url=BASE, by=NOBODY, at=now())
        session.get_one(Attendee, gone.id).cancelled_at = now()
        session.commit()
    answers = {what: look(evening, door, code) for what, code in codes.items()}
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len({answer.data for answer in answers.values()}) == 1


def test_a_badge_replaced_after_the_look_prints_nothing(evening: EveningOut, door: FlaskClient, nils: Attendee) -> None:
    page = look(evening, door, evening.code(nils)).text
    with writing() as session:
        guest = session.get_one(Attendee, nils.id)
        replace_lost(session, guest, keyring=evening.keyring, base_url=BASE, by=NOBODY, at=now())
        session.commit()
    assert press(evening, door, page).status_code == 422


def test_who_has_left_the_room_list_or_whose_evening_is_over_gets_no_sheet(evening: EveningOut, nils: Attendee) -> None:
    code, event = evening.code(nils), evening.cast.mixer
    device = DeviceRef(new_id(), "Cora’s phone", event.id)

    def found(after: timedelta = timedelta()) -> bool:
        shown, at = read_code(code, BASE), now() + after
        guest = find_leaving_guest(db.session(), event, shown, keyring=evening.keyring, by=device, at=at)
        db.session.rollback()
        return guest is not None

    assert found()
    assert not found(timedelta(days=2))
    with writing() as session:
        session.execute(update(CheckIn).where(CheckIn.attendee_id == nils.id).values(undone_at=now()))
        session.commit()
    assert not found()


def test_typed_letters_of_the_badge_do_as_well(evening: EveningOut, door: FlaskClient, nils: Attendee) -> None:
    assert "Nils Nophone" in look(evening, door, evening.typed(nils)).text


def test_cards_taken_back_undone_or_blocked_are_not_on_the_sheet(evening: EveningOut, nils: Attendee) -> None:
    cast = evening.cast
    ben = cast.ben
    assert names_on(sheet_of(evening, nils)) == ["Ben Adeyemi", "Cora Chandra"]
    grant = evening.grant(ben, nils)
    assert grant
    evening.withdraw(ben, grant.id)
    assert names_on(sheet_of(evening, nils)) == ["Cora Chandra"]
    db.session.rollback()
    cora = db.session.scalars(select(Attendee.person_id).where(Attendee.name == "Cora Chandra")).one()
    db.session.rollback()
    keep(Block(id=new_id(), blocker_id=cora, blocked_id=nils.person_id, at=now()))
    assert names_on(sheet_of(evening, nils)) == []
    assert "Nobody gave you a card" in sheet_of(evening, nils).words.more


def test_only_what_was_given_and_only_here_and_never_a_note(evening: EveningOut, nils: Attendee) -> None:
    cast = evening.cast
    before = cast.event(cast.circle, title="Spring mixer")
    with writing() as session:
        session.execute(update(Grant).where(Grant.giver_id == cast.ben.person_id).values(event_id=before.id))
        session.commit()
    sheet = sheet_of(evening, nils)
    [cora] = sheet.contacts
    assert (cora.name, cora.headline, cora.ways) == ("Cora Chandra", "Keeps bees", ("cora@bees.example.org",))
    assert (cora.note, cora.ask_me_about, cora.code_text) == ("", "", "")
    with writing() as session:
        session.execute(update(Grant).values(fields=["name"]))
        session.commit()
    [cora] = sheet_of(evening, nils).contacts
    assert (cora.name, cora.headline, cora.ways) == ("Cora Chandra", "", ())


def test_a_card_that_can_still_be_undone_is_named_and_no_more(evening: EveningOut, nils: Attendee) -> None:
    with writing() as session:
        session.execute(update(Grant).values(at=now()))
        session.commit()
    for contact in sheet_of(evening, nils).contacts:
        assert (contact.headline, contact.ways) == ("", ())
        assert "still undo" in contact.remark


def test_an_empty_sheet_says_so_and_both_papers_are_drawn(evening: EveningOut, door: FlaskClient) -> None:
    lonely = evening.come("Lone Guest")
    page = look(evening, door, evening.code(lonely)).text
    for paper, (width, _height) in PAPERS.items():
        answer = press(evening, door, page, paper)
        assert "Nobody gave you a card tonight" in text_of(answer)
        with pypdfium2.PdfDocument(answer.data) as document:
            assert len(document) == 1
            assert document[0].get_width() == pytest.approx(width / 25.4 * 72, abs=0.5)


def test_a_helper_cannot_leaf_through_badges(evening: EveningOut, door: FlaskClient, nils: Attendee) -> None:
    code = evening.code(nils)
    found = [look(evening, door, code).status_code for _ in range(21)]
    assert found == [200] * 20 + [429]


def test_the_door_leads_to_the_exit_table(evening: EveningOut, door: FlaskClient) -> None:
    event_id = evening.cast.mixer.id
    assert f"/events/{event_id}/exit" in door.get(f"/events/{event_id}/door").text
    assert "Exit table" in door.get(f"/events/{event_id}/exit").text
    organizer = evening.cast.browser(evening.cast.dora.id)
    assert f"/events/{event_id}/exit" not in organizer.get(f"/events/{event_id}/door").text
