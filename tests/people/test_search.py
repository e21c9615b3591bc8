"""Finding somebody again: by any word I know of them, in my own people only, and leaving no trace."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.people.evening import gave, met, swapped_with
from tests.people.pages import counted_statements, fill_card, names, rename, words, write_note
from tests.web.pages import visit
from webapp.core.clock import now
from webapp.core.identifiers import new_id
from webapp.core.text import search_key
from webapp.events.models import Attendee
from webapp.people.forms import read_wanted
from webapp.people.search import Wanted, find_passage

NOTE = "We talked about the slow train to Lisbon, then about keeping bees on a roof, and her sister’s choir in Porto."

Find = Callable[..., list[str]]


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


@pytest.fixture
def find(phone: FlaskClient) -> Find:
    """Names on Ann's People, looked for by these parameters."""

    def found(q: str = "", **filters: object) -> list[str]:
        page = visit(phone, "/people", query_string={"q": q, **filters})
        assert page.faults == []
        return names(page.text)

    return found


@pytest.fixture
def ana(cast: Cast) -> Attendee:
    """Ana, whose open card Ann holds, and about whom Ann wrote a note."""
    ana = cast.guest("Ana María Škoda", claimed=True)
    fill_card(ana.person_id, headline="Restores façades", company="Søndergård Stone", phone="+44 20 7946 0000")
    meeting = met(cast, cast.ann, ana)
    gave(meeting, ana)
    write_note(cast, meeting.id, cast.ann.person_id, NOTE)
    met(cast, cast.ann, cast.ben)
    return ana


@pytest.mark.parametrize(
    "typed",
    [
        "skoda",
        "ŠKODA",
        "maria ana",
        "facades",
        "sondergard",
        "bees",
        "lisbon",
        "SISTER'S",
        "her sister’s choir",
        "sk  por",
    ],
)
def test_a_word_finds_whoever_has_it_in_name_card_or_note_whatever_its_case_and_accents(
    find: Find, ana: Attendee, typed: str
) -> None:
    assert find(typed) == ["Ana María Škoda"]


@pytest.mark.parametrize("typed", ["bees ben", "7946", "zebra"])
def test_every_word_must_be_found_and_what_is_not_open_to_me_finds_nobody(
    find: Find, ana: Attendee, typed: str
) -> None:
    assert find(typed) == []


def test_an_evening_is_found_by_its_title_and_its_place(find: Find, cast: Cast, ana: Attendee) -> None:
    lunch = cast.event(cast.circle, title="Spring lunch", place="Glasshouse", starts_at=now() - timedelta(days=90))
    met(cast, cast.ann, cast.guest("Long Ago", event=lunch), at=now() - timedelta(days=90))
    assert find("spring lun") == find("glasshouse") == ["Long Ago"]
    assert find("customs house") == ["Ana María Škoda", "Ben Adeyemi"]


def test_a_card_that_was_taken_back_finds_nobody_by_what_stood_on_it(find: Find, cast: Cast) -> None:
    fill_card(cast.ben.person_id, headline="Builds stubborn websites", company="Tidewater Web")
    met(cast, cast.ann, cast.ben)
    assert find("stubborn") == find("tidewater") == []
    assert find("adeyemi") == ["Ben Adeyemi"]


def test_before_a_card_is_open_a_person_is_found_by_the_name_on_their_badge_alone(find: Find, cast: Cast) -> None:
    guest = cast.guest("Printed Name", claimed=True)
    rename(guest, "Chosen Name")
    meeting = met(cast, cast.ann, guest)
    assert (find("printed"), find("chosen")) == (["Printed Name"], [])
    gave(meeting, guest)
    assert (find("printed"), find("chosen")) == ([], ["Chosen Name"])


def test_a_hit_in_my_note_shows_a_few_words_around_it(phone: FlaskClient, ana: Attendee) -> None:
    page = phone.get("/people?q=bees").text
    assert "Lisbon, then about keeping <mark>bees</mark> on a roof, and her sister’s…" in page
    assert "slow train" not in page
    assert "<mark>" not in phone.get("/people?q=skoda").text


def test_markup_in_a_note_stays_text_where_it_is_found(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    write_note(cast, meeting.id, cast.ann.person_id, "<i>alert(1)</i> bees <b>")
    page = visit(phone, "/people?q=alert")
    assert page.faults == []
    assert "<mark>&lt;i&gt;alert(1)&lt;/i&gt;</mark> bees &lt;b&gt;" in page.text


def test_nobody_is_found_by_what_another_wrote_about_them(cast: Cast, ana: Attendee) -> None:
    """S-16: a note is read by its author alone, and nobody else's search says that it exists."""
    hers = cast.browser(ana.person_id)
    assert names(hers.get("/people").text) == ["Ann Achebe"]
    assert names(hers.get("/people?q=bees").text) == []
    assert names(cast.browser(cast.ben.person_id).get("/people?q=bees").text) == []


def test_nobody_is_found_whom_i_did_not_meet(find: Find, cast: Cast, ana: Attendee) -> None:
    cast.guest("Ana Unmet", claimed=True)
    assert find("ana") == ["Ana María Škoda"]


def test_what_i_look_for_is_in_no_log(phone: FlaskClient, ana: Attendee, capfd: pytest.CaptureFixture[str]) -> None:
    phone.get("/people?q=lisbon&event=quetzal&state=pangolin")
    phone.get("/people?q=axolotl")
    said = "".join(capfd.readouterr())
    assert said.count('"route": "/people"') == 2
    assert [word for word in ("lisbon", "quetzal", "pangolin", "axolotl", "Lisbon", "bees") if word in said] == []


def test_what_i_look_for_reaches_no_database(phone: FlaskClient, ana: Attendee) -> None:
    with counted_statements() as statements:
        phone.get("/people?q=lisbon")
    assert [statement for statement in statements if "lisbon" in statement.lower()] == []


def test_one_letter_shows_everybody_and_asks_for_another(phone: FlaskClient, ana: Attendee) -> None:
    page = phone.get("/people?q=s").text
    assert len(names(page)) == 2
    assert "One more letter." in words(page)


def test_one_sign_may_be_a_whole_name(find: Find, cast: Cast) -> None:
    met(cast, cast.ann, cast.guest("李"))
    met(cast, cast.ann, cast.ben)
    assert find("李") == ["李"]


def test_nobody_found_says_what_to_try_and_leads_back(phone: FlaskClient, ana: Attendee) -> None:
    page = visit(phone, "/people?q=zebra")
    assert page.faults == []
    assert "Nobody found. Try a place, an evening, a word you wrote. Show everyone" in words(page.text)
    assert 'value="zebra"' in page.text


def test_it_is_said_how_many_were_found_and_one_met_twice_is_one(phone: FlaskClient, cast: Cast, ana: Attendee) -> None:
    assert "2 people found." in words(phone.get("/people?q=customs").text)
    lunch = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    again = Attendee(event_id=lunch.id, person_id=ana.person_id)
    met(cast, cast.ann, again, at=now() - timedelta(days=90))
    page = phone.get("/people?q=skoda").text
    assert names(page) == ["Ana María Škoda"] * 2
    assert "1 person found." in words(page)


# Filters.


def test_people_can_be_narrowed_to_one_evening_and_one_way_to_stand(find: Find, cast: Cast, ana: Attendee) -> None:
    lunch = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    sam = cast.guest("Swapped Sam", event=lunch)
    meeting = met(cast, cast.ann, sam, at=now() - timedelta(days=90))
    gave(meeting, cast.ann)
    gave(meeting, sam)
    assert find(event=lunch.id) == find(state="swapped") == ["Swapped Sam"]
    assert find(state="holds") == ["Ana María Škoda"]
    assert find(state="noted", event=cast.mixer.id) == ["Ben Adeyemi"]
    assert find(state="noted", event=lunch.id) == []


def test_a_filter_and_words_hold_together_and_each_link_keeps_the_other(phone: FlaskClient, ana: Attendee) -> None:
    page = phone.get("/people?q=customs&state=holds").text
    assert names(page) == ["Ana María Škoda"]
    assert 'href="/people?q=customs&amp;state=noted"' in page
    assert '<input type="hidden" name="state" value="holds">' in page
    assert "Waiting for your yes" in words(page)


def test_each_way_to_stand_says_how_many_there_are(phone: FlaskClient, ana: Attendee) -> None:
    said = words(phone.get("/people?state=holds").text)
    assert "Waiting for your yes 1" in said
    assert "Only your note 1" in said
    assert "Swapped" not in said


def test_a_filter_that_no_page_of_ours_has_is_none() -> None:
    assert read_wanted({"event": "all", "state": "enemies", "q": " \u202e"}) == Wanted()


def test_an_evening_of_others_narrows_to_nobody(find: Find, ana: Attendee, cast: Cast) -> None:
    assert find(event=cast.other_mixer.id) == find(event=new_id()) == []


# Whatever is typed.


def test_two_hundred_people_are_searched_in_as_many_statements_as_one(phone: FlaskClient, cast: Cast) -> None:
    def looked(people: int) -> int:
        swapped_with(cast, cast.ann, people)
        with counted_statements() as statements:
            assert "found." in phone.get(f"/people?q=guest&event={cast.mixer.id}&state=swapped").text
        return len(statements)

    assert looked(1) == looked(199) <= 16


@given(st.text(max_size=80), st.text(max_size=12))
def test_what_is_found_in_a_note_is_shown_from_it_and_holds_the_word(note: str, typed: str) -> None:
    keys = Wanted(typed).keys
    passage = find_passage(note, keys)
    assert (passage is not None) == any(key in search_key(note) for key in keys)
    if passage:
        shown = passage.before + passage.hit + passage.after
        assert shown in " ".join(note.split())
        assert any(key in search_key(passage.hit) for key in keys)


def test_a_long_note_without_spaces_is_cut_around_what_was_found() -> None:
    note = "山" * 200 + "川" + "山" * 200
    passage = find_passage(note, ["川"])
    assert passage
    assert "川" in passage.hit
    assert passage.cut_before
    assert passage.cut_after
    assert len(passage.before + passage.hit + passage.after) < len(note)
