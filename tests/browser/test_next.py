"""Next in a real browser: five things done with the keyboard alone, and then a clean screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.hand import Hand
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
    with at_anns(playwright, tmp_path, 1280, 800) as page:
        yield page


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """Ann's phone, on that same day."""
    with at_anns(playwright, tmp_path, 390, 844) as page:
        yield page


@contextmanager
def at_anns(playwright: Playwright, folder: Path, width: int, height: int) -> Iterator[Page]:
    """A screen of this size at which Ann is signed in; it says nothing to the console."""
    with a_house(folder / "house") as house:
        cookie = five_met(house)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(base_url=house.base, viewport={"width": width, "height": height})
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


def test_two_things_are_done_with_a_thumb_within_a_minute(phone: Page) -> None:
    """Each is read, its mail sent from the phone's own program, how to keep in touch chosen, and done."""
    hand = Hand()
    phone.goto("/next")
    hand.read(phone.get_by_role("heading", name="Next", exact=True))
    items = phone.locator("#queue .person-card")
    for left, rhythm in ((1, "Now and then"), (0, "Every few months")):
        item = items.first
        hand.read(item.get_by_role("heading"))
        expect(item.get_by_role("link", name="Write a mail")).to_have_attribute("href", re.compile("^mailto:"))
        hand.elsewhere(taps=2, pages=1)  # the link, and sending it
        hand.tap(item.get_by_role("radio", name=rhythm))
        hand.tap(item.get_by_role("button", name="Did it"))
        expect(items).to_have_count(left)
    hand.read(phone.get_by_role("heading", name="That’s all for these 5 minutes."))
    assert hand.seconds <= 60, hand
    phone.goto("/people")
    expect(phone.get_by_text("Ada One")).to_be_visible()
