"""Everything I hold, to take along: all of it, nothing more, and nothing that an owner can still undo."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import vobject
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.people.evening import gave, met, swapped_with
from tests.people.pages import counted_statements, fill_card, words, write_note
from tests.people.test_vcard import TEXTS, properties
from tests.web.pages import visit
from webapp.accounts.cards import CARD_FIELDS
from webapp.contacts.models import Meeting
from webapp.contacts.queries import Remembered
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.core.text import clean_line
from webapp.events.models import Attendee, Event
from webapp.people.taking_along import HEADINGS, Held, what_i_hold, write_cards, write_table
from webapp.swaps.models import Grant
from webapp.swaps.queries import CardView
from webapp.swaps.stories import Evening, Met

COLUMNS = [
    "Name",
    "What they do",
    "Where",
    "E-mail",
    "Phone",
    "Link",
    "Ask about",
    "Can help with",
    "Is looking for",
    "One piece of work",
    "Its link",
    "Please not about",
    "Met at",
    "Place",
    "Day",
    "Time",
    "How it stands",
    "Before",
    "Your note",
    "Why you keep this",
]
PROPERTIES = {"VERSION", "N", "FN", "TITLE", "ORG", "EMAIL", "TEL", "URL", "NOTE"}
RATES = re.compile(r"rating|rank|priority|value|stars?|importance|weight|grade|tier|points|level", re.IGNORECASE)
NOTE = "Hums while thinking."


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


@pytest.fixture
def ana(cast: Cast) -> Attendee:
    """Ana, whose whole card Ann holds, and about whom Ann wrote a note."""
    ana = cast.guest("Ana Silva", claimed=True)
    fill_card(
        ana.person_id, headline="Bakes", company="Harbour Bakery", phone="+44 20 7946 0000", email="ana@example.org"
    )
    fill_card(ana.person_id, ask_me_about="sourdough", reach_email=True, reach_phone=True, reach_chosen_at=now())
    meeting = met(cast, cast.ann, ana)
    gave(meeting, ana, "name headline company phone ask_me_about")
    write_note(cast, meeting.id, cast.ann.person_id, NOTE, knew=False)
    return ana


def cards(phone: FlaskClient) -> list[str]:
    """The names in my file of cards."""
    answer = phone.get("/people/cards.vcf")
    assert (answer.status_code, answer.mimetype) == (200, "text/vcard")
    return [card.fn.value for card in vobject.readComponents(answer.text)]


def rows(phone: FlaskClient) -> list[dict[str, str]]:
    """My table, row by row."""
    answer = phone.get("/people/table.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


# What is in them.


def test_all_open_cards_go_into_one_file_each_once(phone: FlaskClient, cast: Cast, ana: Attendee) -> None:
    fill_card(cast.ben.person_id, headline="Builds stubborn websites")
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name headline")
    met(cast, cast.ann, cast.guest("Noted Ned"))
    lunch = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    met(cast, cast.ann, Attendee(event_id=lunch.id, person_id=ana.person_id), at=now() - timedelta(days=90))
    assert sorted(cards(phone)) == ["Ana Silva", "Ben Adeyemi"]
    answer = phone.get("/people/cards.vcf")
    assert "filename=mixwell-people.vcf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "NOTE:Met at Autumn mixer" in answer.text
    assert "TEL;TYPE=CELL:+44 20 7946 0000" in answer.text


def test_my_note_is_in_the_table_and_never_on_a_card(phone: FlaskClient, ana: Attendee) -> None:
    [row] = rows(phone)
    assert (row["Your note"], row["Before"]) == (NOTE, "New to me")
    assert "Hums" not in phone.get("/people/cards.vcf").text.replace("\r\n ", "")


def test_the_table_tells_whom_i_met_when_and_where_and_how_it_stands(
    phone: FlaskClient, cast: Cast, ana: Attendee
) -> None:
    met(cast, cast.ann, cast.guest("Noted Ned"), at=datetime(2026, 1, 5, 19, 4, tzinfo=UTC))
    [ned, row] = rows(phone)
    assert (ned["Name"], ned["Day"], ned["Time"], ned["How it stands"]) == (
        "Noted Ned",
        "2026-01-05",
        "19:04",
        "only your note",
    )
    assert (row["Name"], row["What they do"], row["Where"]) == ("Ana Silva", "Bakes", "Harbour Bakery")
    assert (row["Met at"], row["Place"], row["Ask about"]) == ("Autumn mixer", "Old Customs House", "sourdough")
    assert row["How it stands"] == "waiting for your yes"


def test_nothing_is_taken_along_that_is_not_open_to_me(phone: FlaskClient, cast: Cast, ana: Attendee) -> None:
    fill_card(cast.ben.person_id, company="Tidewater Web")
    grant = gave(met(cast, cast.ann, cast.ben), cast.ben)
    take_back(grant)
    said = phone.get("/people/cards.vcf").text + phone.get("/people/table.csv").text
    assert "ana@example.org" not in said
    assert "Tidewater" not in said
    assert cards(phone) == ["Ana Silva"]
    assert "Ben Adeyemi" in [row["Name"] for row in rows(phone)]


def take_back(grant: Grant) -> None:
    with writing() as session:
        session.get_one(Grant, grant.id).withdrawn_at = now()
        session.commit()


def test_what_ann_takes_along_holds_no_word_another_wrote(phone: FlaskClient, cast: Cast, ana: Attendee) -> None:
    """S-16: my table is mine; the one I wrote about and whoever else was there find none of my words in theirs."""
    for person in (ana.person_id, cast.ben.person_id, cast.dora.id):
        theirs = cast.browser(person)
        assert "Hums" not in theirs.get("/people/table.csv").text
        assert "Hums" not in theirs.get("/people/cards.vcf").text


def test_a_card_in_its_first_minute_stays_here_and_is_counted(phone: FlaskClient, cast: Cast, ana: Attendee) -> None:
    gave(met(cast, cast.ann, cast.ben), cast.ben, at=now() - timedelta(seconds=30))
    assert cards(phone) == ["Ana Silva"]
    assert [row["Name"] for row in rows(phone)] == ["Ana Silva"]
    page = visit(phone, "/people/taking-along")
    assert page.faults == []
    assert "1 card is left out. For one minute they can still undo it. Come back for it." in words(page.text)
    assert "1 card that is open to you, without your notes." in words(page.text)


def test_without_a_card_there_is_no_file_and_the_page_says_what_to_do(phone: FlaskClient) -> None:
    page = visit(phone, "/people/taking-along")
    assert page.faults == []
    assert "No card is open to you yet. Scan a badge." in words(page.text)
    assert "cards.vcf" not in page.text
    assert phone.get("/people/cards.vcf").status_code == 404
    assert rows(phone) == []


def test_people_leads_there(phone: FlaskClient, ana: Attendee) -> None:
    assert 'href="/people/taking-along"' in phone.get("/people").text


def test_it_is_logged_in_numbers_who_took_what_along(
    phone: FlaskClient, ana: Attendee, capfd: pytest.CaptureFixture[str]
) -> None:
    phone.get("/people/cards.vcf")
    phone.get("/people/table.csv")
    said = "".join(capfd.readouterr())
    assert '"kind": "cards", "rows": 1' in said
    assert '"kind": "table", "rows": 1' in said
    assert "Silva" not in said


@pytest.mark.parametrize("path", ["/people/cards.vcf", "/people/table.csv", "/people/taking-along"])
def test_fifty_people_are_taken_along_in_as_many_statements_as_one(phone: FlaskClient, cast: Cast, path: str) -> None:
    def taken(people: int) -> int:
        swapped_with(cast, cast.ann, people)
        with counted_statements() as statements:
            assert phone.get(path).status_code == 200
        return len(statements)

    assert taken(1) == taken(49) <= 16


# What they can do to whoever opens them.


def held(texts: list[list[str]]) -> tuple[Held, dict[UUID, Remembered]]:
    """One evening of people with these texts on their cards, in the event's words and in my notes."""
    event = Event(id=new_id(), title=texts[0][9], place=texts[0][8], zone="Europe/London")
    people, notes = [], {}
    for line in texts:
        meeting = Meeting(id=new_id(), event_id=event.id, first_id=new_id(), second_id=new_id(), met_at=now())
        meeting.event = event
        fields = {field: text for field, text in zip(CARD_FIELDS, line, strict=False) if text}
        card = CardView(meeting.second_id, line[0], fields, meeting.id, now() - timedelta(minutes=2))
        people.append(Met(meeting, meeting.second_id, line[0], card, "swapped", meeting.met_at))
        notes[meeting.id] = Remembered(None, line[9])
    return what_i_hold([Evening(event, people)], now()), notes


ENOUGH_TEXTS = st.lists(st.lists(TEXTS, min_size=len(CARD_FIELDS), max_size=len(CARD_FIELDS)), min_size=1, max_size=4)
HOSTILE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@HOSTILE
@given(ENOUGH_TEXTS)
def test_hostile_texts_add_no_card_and_no_property(cast: Cast, texts: list[list[str]]) -> None:
    """S-37, for a whole file of cards."""
    with cast.app.test_request_context():
        written = write_cards(held(texts)[0].cards)
    each = re.findall(rb"(?<![^\n])BEGIN:VCARD\r\n.*?\r\nEND:VCARD\r\n", written, re.S)
    assert b"".join(each) == written
    assert len(each) == len(list(vobject.readComponents(written.decode()))) == len(texts)
    shown = [len(properties(card)) for card in each]
    emitted = [4 + sum(bool(clean_line(text, 500)) for text in (*line[1:6], line[10])) for line in texts]
    assert shown == emitted


@HOSTILE
@given(ENOUGH_TEXTS)
def test_hostile_texts_add_no_cell_and_no_formula(cast: Cast, texts: list[list[str]]) -> None:
    """S-36, for the whole table."""
    people, notes = held(texts)
    with cast.app.test_request_context():
        written = write_table(people.met, notes).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(written, newline="")))
    assert [len(row) for row in cells] == [len(HEADINGS)] * (len(texts) + 1)
    assert [cell for row in cells for cell in row if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n\0]", cell)] == []


def test_a_phone_number_is_kept_readable(phone: FlaskClient, ana: Attendee) -> None:
    assert [row["Phone"] for row in rows(phone)] == ["'+44 20 7946 0000"]


# Practices.


def test_d20_nothing_taken_along_rates_a_person(phone: FlaskClient, ana: Attendee) -> None:
    [row] = rows(phone)
    assert list(row) == COLUMNS
    lines = phone.get("/people/cards.vcf").text.replace("\r\n ", "").splitlines()[1:-1]
    assert {re.split("[;:]", line)[0] for line in lines} <= PROPERTIES
    assert [word for word in (*COLUMNS, *PROPERTIES) if RATES.search(word)] == []


def test_b15_a_first_name_and_the_word_gym_are_a_whole_contact(phone: FlaskClient, cast: Cast) -> None:
    bo = cast.guest("Bo")
    meeting = met(cast, cast.ann, bo)
    write_note(cast, meeting.id, cast.ann.person_id, "gym")
    paths = ("/people", "/people?q=gym", f"/people/{bo.person_id}", "/next", "/me", "/people/taking-along")
    pages = {path: visit(phone, path) for path in paths}
    assert {path: page.faults for path, page in pages.items()} == {path: [] for path in paths}
    assert "<bdi>Bo</bdi>" in pages["/people?q=gym"].text
    assert "<mark>gym</mark>" in pages["/people?q=gym"].text
    [row] = rows(phone)
    assert (row["Name"], row["Where"], row["What they do"], row["Your note"]) == ("Bo", "", "", "gym")
