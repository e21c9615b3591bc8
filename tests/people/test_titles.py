"""Titles wait until a card is opened: whoever meets somebody sees a name and what to ask about, and no more (D19)."""

import re

import pytest

from tests.swaps.evening import EveningOut
from tests.swaps.test_views import PART, post_scan
from webapp.accounts.models import Card
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee

TITLE, COMPANY = "Managing Director", "Tidewater Holdings"


@pytest.fixture
def ben(evening: EveningOut) -> Attendee:
    """Ben with a title, who gives his card right away."""
    entitle(evening.cast.ben)
    evening.prefer(evening.cast.ben, "swap")
    return evening.cast.ben


def entitle(guest: Attendee) -> None:
    """A whole card, with *ask me about* on the badge."""
    with writing() as session:
        card = session.get_one(Card, guest.person_id)
        card.headline, card.company, card.reach_chosen_at = TITLE, COMPANY, card.updated_at
        card.ask_me_about, card.ask_on_badge = "sailing", True
        session.commit()


def shows_no_title(text: str) -> bool:
    return TITLE not in text and COMPANY not in text


def test_d19_the_sheet_after_a_scan_shows_name_and_interest_and_the_opened_card_the_rest(
    evening: EveningOut, ben: Attendee
) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    sheet = post_scan(ann, evening.code(ben))
    assert 'data-outcome="swapped"' in sheet.text
    assert "Ben Adeyemi" in sheet.text
    assert "Ask about sailing." in sheet.text
    assert shows_no_title(sheet.text)
    again = ann.post("/scans", data={"code": evening.code(ben), "operation_id": str(new_id())}).location
    assert shows_no_title(ann.get(again).text)
    opened = ann.get(f"/people/{ben.person_id}").text
    assert TITLE in opened
    assert COMPANY in opened


def test_d19_before_the_first_scan_is_sent_the_face_alone_is_shown(evening: EveningOut, ben: Attendee) -> None:
    new = evening.come("New Here", knows=False)
    asked = post_scan(evening.cast.browser(new.person_id), evening.code(ben))
    assert "Give my card" in asked.text
    assert shows_no_title(asked.text)


def test_d19_who_was_scanned_sees_a_name_and_no_title_until_they_open_the_card(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    entitle(ben)
    evening.meet(ben, ann)
    phone = evening.cast.browser(ann.person_id)
    for path in ("/pulse", "/scan", "/next"):
        shown = phone.get(path).text
        assert "gave you a card." in shown
        assert shows_no_title(shown), path
    action = re.search(r'action="(/requests/[^"]*)"', phone.get("/pulse").text)
    assert action
    answer = {"answer": "give", "operation_id": str(new_id())}
    given = phone.post(action[1], data=answer, headers=PART)
    assert 'data-outcome="swapped"' in given.text
    assert shows_no_title(given.text)
    assert TITLE in phone.get(f"/people/{ben.person_id}").text


def test_d19_news_of_a_swap_brings_no_title(evening: EveningOut, ben: Attendee) -> None:
    entitle(evening.cast.ann)
    evening.meet(evening.cast.ann, ben)
    news = evening.cast.browser(ben.person_id).get("/pulse").text
    assert "Swapped with" in news
    assert shows_no_title(news)
