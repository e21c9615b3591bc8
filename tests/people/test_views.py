"""People, Next and Me as a browser meets them."""

import re
from datetime import timedelta

import pytest
import vobject
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, keep
from tests.people.evening import asked, gave, met, swapped_with
from tests.people.pages import counted_statements, fill_card, keyring, words, write_note
from tests.web.pages import visit
from webapp.badges.issuing import issue, token_of
from webapp.badges.models import Badge
from webapp.checkin.models import CheckIn
from webapp.contacts.models import Memory
from webapp.core import qr
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.swaps.models import Grant

BASE_URL = "https://mix.example.org"


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


# People.


def test_people_without_anyone_suggests_the_host(phone: FlaskClient) -> None:
    page = visit(phone, "/people")
    assert page.faults == []
    assert words(page.text) == "People No one yet. Start with the host. Scan a badge"


def test_people_stand_in_the_order_of_the_evening_and_the_newest_evening_first(phone: FlaskClient, cast: Cast) -> None:
    before = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    for name, minutes in (("Late Larsen", 5), ("Early Ellis", 25)):
        met(cast, cast.ann, cast.guest(name), at=now() - timedelta(minutes=minutes))
    met(cast, cast.ann, cast.guest("Long Ago", event=before), at=now() - timedelta(days=90))
    said = words(phone.get("/people").text)
    order = ["Early Ellis", "Late Larsen", "(Autumn mixer)", "Long Ago", "(Spring lunch)"]
    assert [said.rindex(word) for word in order] == sorted(said.rindex(word) for word in order)


def test_each_row_says_how_it_stands_and_when_it_was(phone: FlaskClient, cast: Cast) -> None:
    at = now() - timedelta(minutes=30)
    names = ["Swapped Sam", "Gave Gil", "Holds Hal", "Noted Ned", "Took Tam"]
    sam, gil, hal, ned, tam = (cast.guest(name) for name in names)
    meetings = [met(cast, cast.ann, other, at=at) for other in (sam, gil, hal, ned, tam)]
    gave(meetings[0], cast.ann)
    gave(meetings[0], sam)
    gave(meetings[1], cast.ann)
    gave(meetings[2], hal)
    gave(meetings[4], cast.ann)
    withdraw(gave(meetings[4], tam))
    page = phone.get("/people").text
    rows = dict(re.findall(r"<bdi>([A-Z][a-z]+ [A-Z][a-z]+)</bdi>.*?class=\"state[^>]*>([^<]+)<", page, re.S))
    assert rows == {
        "Swapped Sam": "swapped",
        "Gave Gil": "has your card",
        "Holds Hal": "waiting for your yes",
        "Noted Ned": "only your note",
        "Took Tam": "their card was withdrawn",
    }
    assert page.count("person-aside") == 5


def withdraw(grant: Grant) -> None:
    with writing() as session:
        session.get_one(Grant, grant.id).withdrawn_at = now()
        session.commit()


def test_a_headline_shows_only_while_their_card_is_open_to_me(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ben.person_id, headline="Builds stubborn websites")
    meeting = met(cast, cast.ann, cast.ben)
    assert "stubborn" not in phone.get("/people").text
    grant = gave(meeting, cast.ben)
    assert "stubborn" in phone.get("/people").text
    withdraw(grant)
    assert "stubborn" not in phone.get("/people").text


# A person.


def test_a_person_shows_the_fields_they_gave_and_no_other(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ben.person_id, company="Tidewater Web", phone="+44 20 7946 0000", email="ben@example.org")
    fill_card(cast.ben.person_id, reach_email=True, reach_phone=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name company email")
    page = visit(phone, f"/people/{cast.ben.person_id}")
    assert page.faults == []
    assert "Tidewater Web" in page.text
    assert 'href="mailto:ben@example.org"' in page.text
    assert "79460000" not in page.text.replace(" ", "")


def test_an_address_adds_nothing_to_the_mail_it_begins(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ben.person_id, email="ben?bcc=eve&x@example.org", reach_email=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name email")
    assert 'href="mailto:ben%3Fbcc%3Deve%26x@example.org"' in phone.get(f"/people/{cast.ben.person_id}").text


def test_a_link_is_followed_only_to_the_web(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ben.person_id, link="javascript:alert(1)", reach_link=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name link")
    page = visit(phone, f"/people/{cast.ben.person_id}")
    assert page.faults == []
    assert "<bdi>javascript:alert(1)</bdi>" in page.text


def test_my_note_is_mine_alone(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    write_note(cast, meeting.id, cast.ann.person_id, "Sails too.")
    assert "Sails too." in phone.get(f"/people/{cast.ben.person_id}").text
    assert "Sails too." not in cast.browser(cast.ben.person_id).get(f"/people/{cast.ann.person_id}").text


def test_a_note_is_written_and_leads_back_to_its_person(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    here = f"/people/{cast.ben.person_id}"
    sent = phone.post(f"/meetings/{meeting.id}/memory", data={"note": "Sails too.", "knew": "no", "then": here})
    assert (sent.status_code, sent.location) == (303, here)
    assert "Sails too." in phone.get(here).text


def test_what_i_gave_is_named_and_can_be_taken_back_there(phone: FlaskClient, cast: Cast) -> None:
    grant = gave(met(cast, cast.ann, cast.ben), cast.ann, "name headline")
    here = f"/people/{cast.ben.person_id}"
    assert "They have: name, headline." in words(phone.get(here).text)
    sent = phone.post(f"/grants/{grant.id}/withdrawal", data={"operation_id": str(new_id()), "then": here})
    assert (sent.status_code, sent.location) == (303, here)
    assert "They have" not in phone.get(here).text


def test_a_withdrawn_card_says_when_and_shows_nothing_of_it(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ben.person_id, company="Tidewater Web")
    withdraw(gave(met(cast, cast.ann, cast.ben), cast.ben))
    page = phone.get(f"/people/{cast.ben.person_id}").text
    assert "Their card was withdrawn on" in page
    assert "Tidewater" not in page
    assert "card.vcf" not in page


def test_someone_who_waits_for_my_card_gets_it_from_their_page(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ben)
    request = asked(meeting, cast.ben)
    here = f"/people/{cast.ben.person_id}"
    assert f"/requests/{request.id}/answer" in phone.get(here).text
    data = {"operation_id": str(new_id()), "answer": "give", "then": here}
    assert phone.post(f"/requests/{request.id}/answer", data=data).location == here
    assert "swapped" in words(phone.get(here).text)


def test_nobody_is_found_whom_i_have_not_met(phone: FlaskClient, cast: Cast) -> None:
    met(cast, cast.ben, cast.guest("Dee Third"))
    for path in (f"/people/{cast.ben.person_id}", f"/people/{cast.ben.person_id}/card.vcf", f"/people/{new_id()}"):
        assert phone.get(path).status_code == 404


# The card for a phone's contacts.


def test_a_card_goes_to_the_phones_contacts_with_the_fields_given(phone: FlaskClient, cast: Cast) -> None:
    yamada = cast.guest("山田 花子", claimed=True)
    fill_card(yamada.person_id, headline="Draws letters", email="h@example.org", ask_me_about="tea")
    fill_card(yamada.person_id, reach_email=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, yamada), yamada, "name headline email ask_me_about")
    answer = phone.get(f"/people/{yamada.person_id}/card.vcf")
    assert answer.status_code == 200
    assert answer.mimetype == "text/vcard"
    assert answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''%E5%B1%B1%E7%94%B0%20%E8%8A%B1%E5%AD%90.vcf" in disposition
    card = vobject.readOne(answer.text)
    assert (card.fn.value, card.title.value, card.email.value) == ("山田 花子", "Draws letters", "h@example.org")
    assert card.note.value.startswith("Met at Autumn mixer, ")
    assert card.note.value.endswith("Ask about tea.")


def test_within_the_first_minute_the_card_stays_here(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ben, at=now() - timedelta(seconds=30))
    answer = phone.get(f"/people/{cast.ben.person_id}/card.vcf")
    assert answer.status_code == 409
    assert "For one minute they can still undo the swap." in words(answer.text)


def test_without_a_live_grant_there_is_no_card(phone: FlaskClient, cast: Cast) -> None:
    grant = gave(met(cast, cast.ann, cast.ben), cast.ben)
    assert phone.get(f"/people/{cast.ben.person_id}/card.vcf").status_code == 200
    withdraw(grant)
    assert phone.get(f"/people/{cast.ben.person_id}/card.vcf").status_code == 404


# Next.


def test_next_is_a_clean_screen_when_nothing_waits(phone: FlaskClient) -> None:
    page = visit(phone, "/next")
    assert page.faults == []
    assert words(page.text) == "Next Nothing waits for you. That’s all. Enjoy your day."


def test_next_holds_cards_that_wait_for_my_yes(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ben)
    request = asked(meeting, cast.ben)
    assert "Ben Adeyemi gave you a card." in words(phone.get("/next").text)
    data = {"operation_id": str(new_id()), "answer": "not-now", "then": "/next"}
    assert phone.post(f"/requests/{request.id}/answer", data=data).location == "/next"
    later = visit(phone, "/next")
    assert later.faults == []
    assert "You said not now to 1" in words(later.text)
    assert "Give mine" in words(later.text)


def test_next_asks_for_a_word_about_three_people_of_the_last_evening(phone: FlaskClient, cast: Cast) -> None:
    meetings = [met(cast, cast.ann, guest) for guest in cast.crowd(5)]
    write_note(cast, meetings[0].id, cast.ann.person_id, "Sails too.")
    page = words(phone.get("/next").text)
    assert "3 people, 30 seconds?" in page
    assert re.findall(r"Guest (\d{4})", page) == ["0001", "0002", "0003"]


def test_next_asks_one_thing_about_one_person(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    gave(meeting, cast.ben)
    asked(meeting, cast.ben)
    page = words(phone.get("/next").text)
    assert "Ben Adeyemi gave you a card." in page
    assert "ten seconds" not in page


def test_a_tick_is_a_word_too(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    with writing() as session:
        mine = (Memory.meeting_id == meeting.id) & (Memory.person_id == cast.ann.person_id)
        session.scalars(select(Memory).where(mine)).one().knew_each_other = False
        session.commit()
    assert "Nothing waits for you." in words(phone.get("/next").text)


# Me.


def test_my_card_is_shown_as_others_get_it(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ann.person_id, company="Harbour Bakery", phone="+44 20 7946 0000", reach_chosen_at=now())
    page = visit(phone, "/me")
    assert page.faults == []
    assert "Harbour Bakery" in page.text
    assert "79460000" not in page.text.replace(" ", "")
    assert "Nobody can write to you." in words(page.text)


def test_before_the_question_how_to_be_reached_others_get_name_and_headline(phone: FlaskClient, cast: Cast) -> None:
    fill_card(cast.ann.person_id, headline="Bakes", company="Harbour Bakery")
    page = phone.get("/me").text
    assert "Bakes" in page
    assert "Harbour Bakery" not in page


def test_who_has_my_card_can_be_taken_back_on_me(phone: FlaskClient, cast: Cast) -> None:
    grant = gave(met(cast, cast.ann, cast.ben), cast.ann)
    assert "Ben Adeyemi" in words(phone.get("/me").text)
    sent = phone.post(f"/grants/{grant.id}/withdrawal", data={"operation_id": str(new_id()), "then": "/me"})
    assert sent.location == "/me"
    assert "Nobody yet. You give it by scanning a badge." in words(phone.get("/me").text)


def test_only_who_organizes_is_led_to_a_desk(phone: FlaskClient, cast: Cast) -> None:
    assert "/desk" not in phone.get("/me").text
    assert 'href="/desk"' in cast.browser(cast.dora.id).get("/me").text


def test_looking_at_me_makes_no_badge_and_asking_makes_one(phone: FlaskClient, cast: Cast) -> None:
    page = visit(phone, "/me")
    assert page.faults == []
    assert "Show my door code" in page.text
    assert db.session.scalars(select(Badge)).all() == []
    for _ in range(2):
        sent = phone.post("/me/door-code")
        assert (sent.status_code, sent.location) == (303, "/me#door-code")
    db.session.rollback()
    [badge] = db.session.scalars(select(Badge)).all()
    text = qr.badge_text(BASE_URL, token_of(badge, keyring(cast)))
    assert qr.draw(text, qr.choose(text)).strokes in phone.get("/me").text


def test_a_badge_that_was_printed_is_the_code_for_the_door(phone: FlaskClient, cast: Cast) -> None:
    with writing() as session:
        [badge] = issue(session, [cast.ann], keyring=keyring(cast), base_url=BASE_URL, at=now())
        session.commit()
    text = qr.badge_text(BASE_URL, token_of(badge, keyring(cast)))
    assert qr.draw(text, qr.choose(text)).strokes in phone.get("/me").text


def test_once_inside_the_code_steps_back_behind_a_word(phone: FlaskClient, cast: Cast) -> None:
    check_in = CheckIn(id=new_id(), event_id=cast.mixer.id, attendee_id=cast.ann.id, operation_id=new_id(), at=now())
    check_in.how = "badge"
    keep(check_in)
    page = phone.get("/me").text
    assert page.index("<summary>Code of my badge</summary>") < page.index('id="door-code"')


def test_without_an_event_there_is_no_door_code(cast: Cast) -> None:
    stranger = cast.browser(cast.person("Sol Itary").id)
    assert "door-code" not in stranger.get("/me").text
    assert stranger.post("/me/door-code").status_code == 404


# All of them.


@pytest.mark.parametrize("people", [40, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.parametrize("path", ["/people", "/next", "/me"])
def test_many_people_take_as_many_statements_as_one(phone: FlaskClient, cast: Cast, path: str, people: int) -> None:
    swapped_with(cast, cast.ann, 1)
    with counted_statements() as for_one:
        assert phone.get(path).status_code == 200
    swapped_with(cast, cast.ann, people - 1)
    with counted_statements() as for_many:
        assert phone.get(path).text.count("Guest 0") >= 3
    assert len(for_many) == len(for_one) <= {"/people": 16, "/next": 25, "/me": 18}[path]


def test_every_page_answers_names_in_any_script(phone: FlaskClient, cast: Cast) -> None:
    names = ["山田 花子", "محمد الأمين", "Sunny 🎉 Okonkwo", "Bo", "Wolfeschlegelsteinhausen-Bergerdorff von der Heide"]
    for name in names:
        other = cast.guest(name, claimed=True)
        meeting = met(cast, cast.ann, other)
        gave(meeting, cast.ann)
        gave(meeting, other)
        page = visit(phone, f"/people/{other.person_id}")
        assert (page.faults, name in page.text) == ([], True)
    listed = visit(phone, "/people")
    assert listed.faults == []
    assert all(name in listed.text for name in names)
