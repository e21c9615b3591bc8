"""Within the minute: the sheet's heading has the focus, a tap brings the keyboard to the note, and it is kept (D4)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.fake_camera import CHROMIUM
from tests.browser.full_house import FullHouse
from tests.browser.phones import PHONE
from tests.browser.served import a_house

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def full_house(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullHouse]:
    """The sample evening, served."""
    browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM)
    with a_house(tmp_path_factory.mktemp("house"), mode="demo") as house:
        full_house = FullHouse(house, browser)
        full_house.fill()
        yield full_house
        browser.close()


def test_d4_c10_after_a_scan_one_tap_types_a_note_and_one_tap_says_why(full_house: FullHouse) -> None:
    page = full_house.people["attendee"].new_page()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/scan")
    page.locator("#scanner-typed").evaluate(
        "(field, code) => { field.value = code; field.form.requestSubmit(); }",
        f"{full_house.house.base}/B/{full_house.badge('Łukasz Żółć')}",
    )
    heading = page.locator("#sheet .sheet-title")
    heading.wait_for()
    page.wait_for_function("document.activeElement?.closest('#sheet') !== null")
    assert page.evaluate("document.activeElement.tagName") not in {"TEXTAREA", "INPUT"}, "no keyboard by itself"
    page.get_by_label("For later, only you see this").click()
    assert page.evaluate("document.activeElement.name") == "note"
    page.keyboard.type("Old doors, and where to find them")
    page.get_by_role("radio", name="To learn").click()
    page.get_by_role("button", name="Done").click()
    page.locator("#sheet .sheet-title").wait_for(state="detached")
    page.goto(f"/people/{full_house.person('Łukasz Żółć')}")
    assert page.locator("#reason").inner_text() == "Why you keep this: To learn"
    assert page.get_by_label("For later, only you see this").input_value() == "Old doors, and where to find them"
