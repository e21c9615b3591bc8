"""Too early to tell comes back, within one budget for all questions (practices E4, B17)."""

import io
import json
import zipfile
from datetime import datetime, timedelta

import time_machine

from tests.chains.ledger import TODAY, Pages, noon, person, titles
from tests.people.pages import words, write_note
from webapp.chains.jobs import MINUTE, ask_what_is_due
from webapp.contacts.asking import IGNORED, STANDS, Wish, ask, may_be_asked, standing
from webapp.contacts.queries import meetings_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.reactions import CHORES

QUESTION = "Too early to tell, you said. And now?"


def look_back(pages: Pages, at: datetime) -> str:
    """What Next says then, after the chore of that hour; Ann signs in anew."""
    with time_machine.travel(at.replace(minute=MINUTE), tick=False):
        ask_what_is_due(pages.cast.app.extensions["mixwell.tools"], now())
        db.session.remove()
        pages.client = pages.cast.browser(pages.me)
        return pages.client.get("/next").text


def answered(pages: Pages, page: str, state: str, at: datetime) -> str:
    """Tap that answer; where it leads."""
    path = page.partition('action="/me/questions/')[2].partition('"')[0]
    with time_machine.travel(at, tick=False):
        return pages.client.post(f"/me/questions/{path}", data={"state": state, "then": "/next"}).location


def months(number: int) -> datetime:
    """So many months from today, and a day."""
    return noon(TODAY) + timedelta(days=31 * number)


def test_e4_too_early_comes_back_after_three_months_once(pages: Pages) -> None:
    outcome = pages.write(kind="referral", state="too_early", words="The harbour fair")
    assert QUESTION not in look_back(pages, months(3) - timedelta(days=10))
    shown = look_back(pages, months(3))
    assert words(shown).count(QUESTION) == 1
    assert "The harbour fair" in shown
    assert answered(pages, shown, "too_early", months(3)) == "/next"
    assert QUESTION not in look_back(pages, months(3))
    for weeks in (1, 2, 6):
        assert QUESTION not in look_back(pages, months(3) + timedelta(weeks=weeks)), "once"
    assert pages.chain(outcome).came.state == "too_early"


def test_e4_it_comes_again_after_six_and_twelve_months_and_then_no_more(pages: Pages) -> None:
    outcome = pages.write(kind="referral", state="too_early", words="The harbour fair")
    for number in (3, 6):
        assert answered(pages, look_back(pages, months(number)), "too_early", months(number)) == "/next"
    assert QUESTION not in look_back(pages, months(9))
    shown = look_back(pages, months(12))
    answered(pages, shown, "closed", months(12))
    assert pages.chain(outcome).came.closed_on == months(12).date()
    assert QUESTION not in look_back(pages, months(15))


def test_e4_there_is_one_question_in_a_week_whatever_is_due(pages: Pages) -> None:
    for number in range(3):
        pages.write(kind="idea", state="too_early", words=f"Idea {number}")
    first = look_back(pages, months(3))
    assert "Idea 0" in words(first)
    answered(pages, first, "open", months(3))
    assert QUESTION not in look_back(pages, months(3) + timedelta(days=6))
    assert "Idea 1" in words(look_back(pages, months(3) + timedelta(days=8)))


def test_e4_two_ignored_and_it_stops_until_it_is_wished_again(pages: Pages) -> None:
    for number in range(4):
        pages.write(kind="idea", state="too_early", words=f"Idea {number}")
    for week in range(IGNORED):
        assert QUESTION in look_back(pages, months(3) + week * (STANDS + timedelta(days=1)))
    later = months(3) + 3 * STANDS
    assert QUESTION not in look_back(pages, later)
    with time_machine.travel(later, tick=False):
        assert "You left two questions" in pages.client.get("/me/outcomes").text
        pages.client.post("/me/questions")
    assert QUESTION in look_back(pages, later + timedelta(hours=1))


def test_e4_the_budget_is_one_for_every_kind_of_question(pages: Pages) -> None:
    ann, at = pages.me, noon(TODAY)
    with writing() as session:
        asked = ask(session, ann, [Wish("something else", new_id())], at=at)
        assert asked
        assert ask(session, ann, [Wish("too early", new_id(), 3)], at=at + timedelta(days=2)) is None
        assert standing(session, ann, at + timedelta(days=2)) == asked
        assert not may_be_asked(session, ann, at + timedelta(days=6))
        assert may_be_asked(session, ann, at + STANDS)
        session.commit()


def test_e4_a_question_is_answered_by_who_was_asked(pages: Pages) -> None:
    ben = pages.cast.ben.person_id
    pages.write(kind="idea", state="too_early", words="Mine")
    path = look_back(pages, months(3)).partition('action="/me/questions/')[2].partition('"')[0]
    with time_machine.travel(months(3), tick=False):
        bens = pages.cast.browser(ben)
        assert bens.post(f"/me/questions/{path}", data={"state": "closed"}).status_code == 404


def test_b17_after_three_years_contacts_notes_and_chains_are_there_and_exportable(pages: Pages) -> None:
    ben = pages.met("Ben Adeyemi", TODAY - timedelta(days=10))
    [meeting] = meetings_of(db.session(), pages.me)
    db.session.rollback()
    write_note(pages.cast, meeting.id, pages.me, "Keeps bees")
    outcome = pages.write(words="The firm", through=person(ben), tie="indirect")
    pages.client.post("/me/needs", data={"words": "A web designer"})
    with time_machine.travel(noon(TODAY) + timedelta(days=3 * 365 + 1), tick=False):
        _every_chore(pages)
        later = pages.cast.browser(pages.me)
        assert "Ben Adeyemi" in later.get("/people").text
        assert "Keeps bees" in later.get(f"/people/{ben.person_id}").text
        assert titles(later.get(f"/me/outcomes/{outcome}").text) == ["Autumn mixer", "Ben Adeyemi", "The firm"]
        with zipfile.ZipFile(io.BytesIO(later.get("/me/data.zip").data)) as archive:
            mine = json.loads(archive.read("mine.json"))
    [story] = mine["outcomes"]
    assert [step["what"] for step in story["story"]] == ["Autumn mixer", "Ben Adeyemi", "The firm"]
    assert (story["words"], story["how_surely"]) == ("The firm", "indirect")
    assert [one["note"] for one in mine["people"]] == ["Keeps bees"]
    assert [one["words"] for one in mine["needs"]] == ["A web designer"]


def _every_chore(pages: Pages) -> None:
    for minute in (20, 40):
        for chore in CHORES:
            db.session.remove()
            chore(pages.cast.app.extensions["mixwell.tools"], now().replace(minute=minute))
    db.session.remove()
