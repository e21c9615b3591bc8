"""People in a real browser: typing narrows the list in place, the address keeps what was looked for, cards are fair."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.served import House, a_house
from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import fill_card, write_note
from webapp.accounts.models import Person
from webapp.accounts.sessions import open_session
from webapp.core.clock import now
from webapp.core.database import db, writing

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """Ann's phone after an evening: she met Ben, about whom she wrote, and Bo."""
    with a_house(tmp_path / "house") as house:
        cookie = an_evening(house)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(base_url=house.base, viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": "mixwell-session", "value": cookie, "url": house.base}])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        yield page
        browser.close()
        assert said == []


def an_evening(house: House) -> str:
    """What Ann's phone is to show; the cookie that signs her in."""
    with house.app.app_context():
        cast = Cast(house.app)
        meeting = met(cast, cast.ann, cast.ben)
        gave(meeting, cast.ben)
        write_note(cast, meeting.id, cast.ann.person_id, "Keeps bees on a roof.")
        met(cast, cast.ann, cast.guest("Bo"))
        fill_card(cast.ann.person_id, can_help_with="rope", looking_for="a workshop", reach_chosen_at=now())
        with writing() as session:
            ann = session.get_one(Person, cast.ann.person_id)
            cookie = open_session(session, ann, browser="Test", at=now())
            session.commit()
        db.session.remove()
    return cookie


def test_typing_narrows_the_list_in_place_and_the_way_back_keeps_it(phone: Page) -> None:
    phone.goto("/people")
    names = phone.locator(".met .person-name")
    expect(names).to_have_count(2)
    field = phone.get_by_role("searchbox")
    field.press_sequentially("bees", delay=40)
    expect(names).to_have_text(["Ben Adeyemi"])
    expect(phone.locator("mark")).to_have_text("bees")
    expect(phone.get_by_role("status").filter(has_text="1 person found.")).to_be_visible()
    expect(field).to_be_focused()
    expect(phone).to_have_url("/people?q=bees")
    names.locator("a").click()
    expect(phone.get_by_role("heading", name="How you met")).to_be_visible()
    phone.go_back()
    expect(names).to_have_text(["Ben Adeyemi"])
    field.fill("")
    expect(names).to_have_count(2)


def test_a_filter_stays_while_i_type(phone: Page) -> None:
    phone.goto("/people")
    phone.get_by_text("Show only").click()
    phone.get_by_role("link", name="Waiting for your yes 1").click()
    expect(phone.locator(".met .person-name")).to_have_text(["Ben Adeyemi"])
    # Its scripts come after its words; who types before them presses Enter.
    phone.wait_for_load_state()
    phone.get_by_role("searchbox").press_sequentially("bo", delay=40)
    expect(phone.locator(".empty-words")).to_have_text("Nobody found.")
    expect(phone).to_have_url("/people?q=bo&state=holds")
    phone.get_by_role("link", name="Show everyone").click()
    expect(phone.locator(".met .person-name")).to_have_count(2)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_d8_what_i_can_help_with_is_drawn_at_least_as_large_as_what_i_look_for(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 800})
    phone.goto("/me/card")
    phone.locator("#looking_for").fill("Somebody who would " * 10)
    offer, wish = (phone.locator(field).bounding_box() for field in ("#can_help_with", "#looking_for"))
    assert offer
    assert wish
    assert offer["width"] >= wish["width"]
    assert offer["height"] >= wish["height"]
    assert offer["y"] < wish["y"]
    phone.goto("/me")
    sizes = [
        phone.locator(".facts > div", has_text=words).evaluate("one => getComputedStyle(one.lastElementChild).fontSize")
        for words in ("Can help with", "Is looking for")
    ]
    assert float(sizes[0].removesuffix("px")) >= float(sizes[1].removesuffix("px"))
