"""Next in a real browser: five things done with the keyboard alone, and then a clean screen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.served import House, a_house
from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import fill_card
from webapp.accounts.models import Person
from webapp.accounts.sessions import open_session
from webapp.core.clock import now
from webapp.core.database import db, writing

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """Ann's desk at work, days after an evening at which she met five people."""
    with a_house(tmp_path / "house") as house:
        cookie = five_met(house)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(base_url=house.base, viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "mixwell-session", "value": cookie, "url": house.base}])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        yield page
        browser.close()
        assert said == []


def five_met(house: House) -> str:
    """An evening three days ago; the cookie that signs Ann in."""
    with house.app.app_context():
        cast, began = Cast(house.app), now() - timedelta(days=3)
        event = cast.event(cast.circle, starts_at=began, ends_at=began + timedelta(hours=3))
        ann = cast.guest("Ann Achebe", event=event, claimed=True)
        for number, name in enumerate(("Ada One", "Bea Two", "Cyd Three", "Dan Four", "Eli Five")):
            other = cast.guest(name, event=event, claimed=True)
            gave(met(cast, ann, other, at=began + timedelta(minutes=number)), other, "name headline email")
            fill_card(other.person_id, email="x@example.org", reach_email=True, reach_chosen_at=now())
        with writing() as session:
            cookie = open_session(session, session.get_one(Person, ann.person_id), browser="Test", at=now())
            session.commit()
        db.session.remove()
    return cookie


def tab_to(page: Page, words: str) -> None:
    """Press Tab until something with these words has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").strip().startswith(words):
            return
    raise AssertionError(f"the keyboard does not come to {words}")


def test_c29_five_items_are_cleared_without_a_mouse(desk: Page) -> None:
    desk.goto("/next")
    tab_to(desk, "15 min")
    desk.keyboard.press("Enter")
    items = desk.locator("#queue .person-card")
    expect(items).to_have_count(5)
    for left, words in ((4, "Did it"), (3, "Another day"), (2, "Not this person"), (1, "Did it"), (0, "Did it")):
        tab_to(desk, words)
        desk.keyboard.press("Enter")
        expect(items).to_have_count(left)
    expect(desk.get_by_role("heading", name="That’s all for these 15 minutes.")).to_be_visible()
