"""What a season is about: in own words and as one of a few kinds, for its author alone (practices A9, D3, A12)."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, keep
from tests.followups.nexts import DAY, MORNING, Phone, at, swapped
from tests.followups.nexts import evening as mixer
from tests.followups.nexts import post as tap
from tests.followups.test_weekly import link_in, sent
from tests.intentions.pages import TODAY, read, say
from tests.people.evening import met
from webapp.chains.models import OUTCOMES
from webapp.chains.offering import FIRST, offered
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.intentions.models import Intention
from webapp.intentions.seasons import FOR_ITSELF, SEASONS, meant_by
from webapp.intentions.words import MET_WORDS, SEASON_QUESTIONS, SEASON_WORDS
from webapp.settings import Settings

MINE = "Listen twice <as long> as I talk,\nand go home before I’m tired."
PIECE = "go home before I’m tired"


@pytest.fixture
def phone(cast: Cast) -> Iterator[FlaskClient]:
    """Ann's, on a Wednesday in June."""
    with time_machine.travel(TODAY, tick=False):
        yield cast.browser(cast.ann.person_id)


def week(client: FlaskClient) -> str:
    return client.get("/me/week").text


def test_a9_the_weekly_look_back_shows_what_i_wrote_as_i_wrote_it(cast: Cast, phone: FlaskClient) -> None:
    say(phone, "/me/season", words=MINE)
    with time_machine.travel(TODAY + timedelta(days=7), tick=False):
        shown = week(cast.browser(cast.ann.person_id))
        assert "Listen twice &lt;as long&gt; as I talk,\nand go home before I’m tired.</bdi></blockquote>" in shown
        assert "<button" not in shown.partition("<blockquote")[2].partition("</main>")[0], "nothing more is asked of it"
    say(phone, "/me/season", words="Less")
    assert PIECE not in week(phone)
    assert "Nothing is kept." in phone.post("/me/season", data={}, follow_redirects=True).text
    assert "You wrote" not in week(phone)
    assert db.session.scalars(select(Intention)).all() == []


def test_a9_d3_nobody_else_finds_a_word_of_it(cast: Cast, phone: FlaskClient) -> None:
    """S-16: neither who met me, nor the organizer of my evening, nor a browser without a name, nor their exports."""
    meeting = met(cast, cast.ann, cast.ben)
    say(phone, "/me/season", words=MINE, season="change")
    ann, ben, dora = cast.ann, cast.browser(cast.ben.person_id), cast.browser(cast.dora.id, fresh=True)
    for client in (ben, dora):
        assert "In your own words" in read(client, "/me/season")
        event = f"/events/{cast.mixer.id}"
        pages = ["/me/season", "/me/week", "/me", "/next", "/people", f"/people/{ann.person_id}", event]
        pages += ["/me/outcomes", "/me/outcomes/new", f"/meetings/{meeting.id}/sheet", f"{event}/guests/{ann.id}"]
        for path in (*pages, f"{event}/guests"):
            assert PIECE not in client.get(path).text, path
        assert str(SEASON_QUESTIONS["change"]) not in read(client, "/me/week") + read(client, "/me/outcomes")
        assert PIECE not in exported(client)
    assert cast.browser().get("/me/week").status_code == 303
    assert PIECE in exported(phone), "my own export holds it"
    assert "change" in exported(phone)


def exported(client: FlaskClient) -> str:
    with zipfile.ZipFile(io.BytesIO(client.get("/me/data.zip").data)) as archive:
        return archive.read("mine.json").decode()


def test_a9_d3_no_mail_and_no_page_behind_a_mail_carries_it(cast: Cast, settings: Settings) -> None:
    event = mixer(cast)
    ann = cast.guest("Ann Achebe", event=event, email="ann@example.org", claimed=True)
    swapped(cast, event, ann, ["Ada One", "Bea Two"])
    client = Phone(cast, ann.person_id)
    tap(client, MORNING, "/me/weekly", weekly="yes")
    tap(client, MORNING, "/me/season", words=MINE, season="change")
    [mail] = sent(cast, MORNING + 4 * timedelta(hours=1) + DAY, settings)
    with at(MORNING + 2 * DAY):
        behind = cast.browser().get(link_in(mail)).text
    every = [file.read_bytes().decode() for file in (settings.data_dir / "mail").glob("*.eml")]
    for said in (mail, behind, *every):
        assert PIECE not in said
        assert str(SEASON_QUESTIONS["change"]) not in said
    assert 'href="/me/week"' in behind, "the page that shows it is one tap away, and asks who is there"


def test_a9_what_lies_in_the_database_is_sealed_and_says_not_even_which_season(cast: Cast, phone: FlaskClient) -> None:
    lengths = set()
    for season in SEASONS:
        say(phone, "/me/season", words=MINE, season=season)
        row = db.session.scalars(select(Intention)).one()
        assert row.sealed_words
        assert row.sealed_season
        assert b"tired" not in row.sealed_words
        lengths.add(len(row.sealed_season))
        db.session.rollback()
    assert len(lengths) == 1


def test_a9_the_same_again_keeps_its_day(cast: Cast, phone: FlaskClient) -> None:
    say(phone, "/me/season", words=MINE, season="work")
    with time_machine.travel(TODAY + timedelta(days=3), tick=False):
        say(cast.browser(cast.ann.person_id), "/me/season", words=MINE.replace("\n", "\r\n"), season="work")
    assert [row.written_at for row in db.session.scalars(select(Intention))] == [TODAY]


def test_d3_another_season_asks_something_else_first(phone: FlaskClient) -> None:
    questions = set()
    for season in (one for one in SEASONS if one not in FOR_ITSELF):
        say(phone, "/me/season", season=season)
        review, page, form = week(phone), phone.get("/me/outcomes").text, phone.get("/me/outcomes/new").text
        question = str(SEASON_QUESTIONS[season])
        questions.add(question)
        assert question in review
        assert question in page
        first = [*FIRST[season]]
        assert re.findall(r'href="/me/outcomes/new\?kind=(\w+)"', review) == first
        assert re.findall(r'href="/me/outcomes/new\?kind=(\w+)"', page) == first
        offers = re.findall(r'name="kind" value="(\w+)"', form)
        assert (offers[: len(first)], sorted(offers)) == (first, sorted(OUTCOMES)), "its own first, and none is gone"
    assert len(questions) == len(SEASONS) - len(FOR_ITSELF)


def test_d3_it_is_changed_and_cleared_at_any_time(phone: FlaskClient) -> None:
    assert str(SEASON_QUESTIONS["change"]) not in read(phone, "/me/week")
    say(phone, "/me/season", season="change")
    assert str(SEASON_QUESTIONS["change"]) in read(phone, "/me/week")
    say(phone, "/me/season", season="inside")
    assert str(SEASON_QUESTIONS["change"]) not in read(phone, "/me/week")
    assert str(SEASON_QUESTIONS["inside"]) in read(phone, "/me/week")
    say(phone, "/me/season")
    for path in ("/me/week", "/me/outcomes"):
        assert not any(str(question) in read(phone, path) for question in SEASON_QUESTIONS.values())
    offers = re.findall(r'name="kind" value="(\w+)"', phone.get("/me/outcomes/new").text)
    assert offers == [*OUTCOMES]
    say(phone, "/me/season", season="world domination")
    assert db.session.scalars(select(Intention)).all() == []


def test_d3_the_kind_one_tapped_is_chosen_in_the_form(phone: FlaskClient) -> None:
    say(phone, "/me/season", season="change")
    form = phone.get("/me/outcomes/new?kind=mentor").text
    assert re.findall(r'name="kind" value="(\w+)" checked', form) == ["mentor"]


def test_d3_every_season_has_its_words_and_kinds_that_there_are() -> None:
    assert set(FIRST) == set(SEASONS) == set(SEASON_QUESTIONS) == set(SEASON_WORDS) - {""}
    assert {kind for kinds in FIRST.values() for kind in kinds} <= set(OUTCOMES)
    assert set(MET_WORDS) == FOR_ITSELF
    assert [*offered("")] == [*OUTCOMES]


def test_a12_having_fun_is_all_that_is_asked_and_no_contact_is_counted(cast: Cast, phone: FlaskClient) -> None:
    for number in range(7):
        met(cast, cast.ann, cast.guest(f"Guest {number}"), at=now() - timedelta(hours=1))
    say(phone, "/me/moods", wanted="yes")
    assert "7 people met" in read(phone, "/me/week")
    say(phone, "/me/season", season="fun")
    asked = read(phone, "/me/week")
    assert "Was it fun?" in asked
    assert not re.search(r"\d", asked), "no number at all"
    assert "How did it leave you?" not in asked
    assert (week(phone).count("<form"), week(phone).count("<h2")) == (1, 1)
    done = say(phone, "/me/season/met", met="yes")
    assert "It was fun. That is what this season is about." in done
    assert not re.search(r"\d", done)
    assert "Was it fun?" not in done
    assert "Was it fun?" in say(phone, "/me/season/met", met="no")


def test_a12_a_new_week_asks_anew(cast: Cast, phone: FlaskClient) -> None:
    say(phone, "/me/season", season="talk")
    assert "You had one good talk." in say(phone, "/me/season/met", met="yes")
    with time_machine.travel(TODAY + timedelta(days=6, hours=23), tick=False):
        assert "You had one good talk." in read(cast.browser(cast.ann.person_id), "/me/week")
    with time_machine.travel(TODAY + timedelta(days=8), tick=False):
        assert "Did you have one good talk?" in read(cast.browser(cast.ann.person_id), "/me/week")


def test_a12_what_is_for_itself_puts_no_question_on_what_came_of_it(phone: FlaskClient) -> None:
    say(phone, "/me/season", season="fun")
    page = read(phone, "/me/outcomes")
    assert not any(str(question) in page for question in SEASON_QUESTIONS.values())


def test_of_two_that_became_one_the_later_intention_holds_until_it_is_changed(cast: Cast, phone: FlaskClient) -> None:
    me, sealed = cast.ann.person_id, Sealed(cast.app.extensions["mixwell.tools"].keyring, "notes")
    for text, days in (("Older", 9), ("Newer", 2)):
        words = sealed.seal(text, owner=me)
        keep(Intention(id=new_id(), person_id=me, sealed_words=words, written_at=now() - timedelta(days=days)))
    assert meant_by(db.session(), me, sealed).words == "Newer"
    say(phone, "/me/season", words="Newest")
    db.session.rollback()
    assert len(db.session.scalars(select(Intention)).all()) == 1


def test_saying_it_was_met_without_a_season_changes_nothing(phone: FlaskClient) -> None:
    say(phone, "/me/season/met", met="yes")
    assert db.session.scalars(select(Intention)).all() == []
