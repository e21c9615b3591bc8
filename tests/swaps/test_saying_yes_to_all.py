"""The speaker after the talk: one yes for everybody who waits, undone as one, and only for whom was on the page."""

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.swaps.evening import EveningOut
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.swaps.queries import waiting_for_me, who_has_my_card

ASKERS = 5


@pytest.fixture
def askers(evening: EveningOut) -> list[Attendee]:
    """So many people who have scanned Ben's badge."""
    people = [evening.come(f"Asker {number}") for number in range(ASKERS)]
    for one in people:
        evening.meet(one, evening.cast.ben)
    return people


def say_yes(browser: FlaskClient, page: str) -> None:
    [until] = re.findall(r'name="until" value="([^"]+)"', page)
    form = {"until": html.unescape(until), "operation_id": str(new_id())}
    assert browser.post("/requests/answers", data=form).status_code == 303


def holders(evening: EveningOut) -> set[str]:
    db.session.rollback()
    return {given.name for given in who_has_my_card(db.session(), evening.cast.ben.person_id)}


def test_one_yes_answers_everybody_who_waits(evening: EveningOut, askers: list[Attendee]) -> None:
    speaker = evening.cast.browser(evening.cast.ben.person_id)
    page = speaker.get("/next").text
    assert f"Say yes to all {ASKERS}" in page
    say_yes(speaker, page)
    assert holders(evening) == {one.name for one in askers}
    assert waiting_for_me(db.session(), evening.cast.ben.person_id) == []
    assert f"{ASKERS} have your card now." in speaker.get("/next").text
    assert "swapped" in evening.cast.browser(askers[0].person_id).get("/people").text


def test_who_asked_after_the_page_was_drawn_still_waits(evening: EveningOut, askers: list[Attendee]) -> None:
    speaker = evening.cast.browser(evening.cast.ben.person_id)
    page = speaker.get("/next").text
    evening.meet(evening.come("Late Comer"), evening.cast.ben)
    say_yes(speaker, page)
    assert "Late Comer" not in holders(evening)
    assert [asked.name for asked in waiting_for_me(db.session(), evening.cast.ben.person_id)] == ["Late Comer"]


def test_whom_i_put_off_is_not_among_all(evening: EveningOut, askers: list[Attendee]) -> None:
    evening.answer(evening.cast.ben, askers[0], yes=False)
    speaker = evening.cast.browser(evening.cast.ben.person_id)
    say_yes(speaker, speaker.get("/next").text)
    assert askers[0].name not in holders(evening)


def test_all_of_it_is_undone_as_one(evening: EveningOut, askers: list[Attendee]) -> None:
    speaker = evening.cast.browser(evening.cast.ben.person_id)
    say_yes(speaker, speaker.get("/next").text)
    [undoing] = re.findall(r'action="(/swaps/[^"]+/reversal)"', speaker.get("/next").text)
    assert speaker.post(undoing, data={"operation_id": str(new_id())}).status_code == 303
    assert holders(evening) == set()
    assert len(waiting_for_me(db.session(), evening.cast.ben.person_id)) == ASKERS


def test_the_same_yes_sent_twice_is_one(evening: EveningOut, askers: list[Attendee]) -> None:
    speaker = evening.cast.browser(evening.cast.ben.person_id)
    [until] = re.findall(r'name="until" value="([^"]+)"', speaker.get("/next").text)
    form = {"until": html.unescape(until), "operation_id": str(new_id())}
    assert [speaker.post("/requests/answers", data=form).status_code for _ in range(2)] == [303, 303]
    assert len(holders(evening)) == ASKERS


@pytest.mark.parametrize("until", ["", "yesterday", "2026-11-22T19:00:00"])
def test_a_moment_no_page_wrote_finds_nothing(evening: EveningOut, askers: list[Attendee], until: str) -> None:
    speaker = evening.cast.browser(evening.cast.ben.person_id)
    sent = {"until": until, "operation_id": str(new_id())}
    assert speaker.post("/requests/answers", data=sent).status_code == 404
    assert holders(evening) == set()


def test_two_that_wait_are_answered_one_by_one(evening: EveningOut) -> None:
    for name in ("One Asker", "Two Asker"):
        evening.meet(evening.come(name), evening.cast.ben)
    assert "Say yes to all" not in evening.cast.browser(evening.cast.ben.person_id).get("/next").text
