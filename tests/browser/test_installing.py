"""Mixwell beside the other apps: offered once, at the right moment, and never again after an answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.lasting import cast_of, lasting_phone, let_in, with_worker
from tests.browser.served import House, a_house
from tests.people.evening import gave, met

pytestmark = pytest.mark.browser

OFFER = """() => {
  window.asked = 0;
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = () => { window.asked += 1; return Promise.resolve({ outcome: "dismissed" }); };
  window.dispatchEvent(offer);
  return offer.defaultPrevented;
}"""
"""The browser says that it could install the app, as Chromium does by itself a while after a page has loaded."""
BADGED = """() => {
  window.badges = [];
  navigator.setAppBadge = (count) => { window.badges.push(count); return Promise.reject(new Error("no app")); };
  navigator.clearAppBadge = () => { window.badges.push(0); return Promise.resolve(); };
}"""
SAY_UNSENT = """(count) => document.dispatchEvent(new CustomEvent("mixwell:unsent", { detail: { count } }))"""
SAFARI = """() => {
  Object.defineProperty(Navigator.prototype, "standalone", { get: () => false, configurable: true });
  Object.defineProperty(Navigator.prototype, "maxTouchPoints", { get: () => 5 });
}"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A server with nobody in it."""
    with a_house(tmp_path / "house") as house:
        yield house


@pytest.fixture
def phone(playwright: Playwright, house: House, tmp_path: Path) -> Iterator[BrowserContext]:
    """Ann's phone; she has swapped cards with Ben."""
    with lasting_phone(playwright, house, tmp_path / "phone") as phone:
        with cast_of(house) as cast:
            meeting = met(cast, cast.ann, cast.ben)
            gave(meeting, cast.ann)
            gave(meeting, cast.ben)
            me = cast.ann.person_id
        let_in(phone, house, me)
        yield phone


def people(phone: BrowserContext) -> Page:
    page = phone.new_page()
    page.goto("/people")
    page.wait_for_function("() => customElements.get('install-hint')")
    return page


def test_chromium_finds_nothing_that_keeps_it_from_being_installed(phone: BrowserContext, house: House) -> None:
    page = with_worker(phone.new_page(), "/people")
    browser: Any = phone.new_cdp_session(page)
    assert browser.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    found = browser.send("Page.getAppManifest")
    assert found["errors"] == []
    parsed = found["manifest"]
    assert parsed["shareTarget"]["action"] == f"{house.base}/share"
    assert [shortcut["name"] for shortcut in parsed["shortcuts"]] == ["Scan", "My code", "People", "Next"]


def test_it_is_offered_where_it_can_be_done_and_a_no_lasts_through_signing_out(
    phone: BrowserContext, house: House
) -> None:
    page = people(phone)
    hint = page.get_by_role("region", name="Put Mixwell on this phone?")
    assert page.evaluate(OFFER) is True, "the browser's own banner would come over a camera"
    expect(hint).to_be_visible()
    hint.get_by_role("button", name="No", exact=True).click()
    expect(hint).to_have_count(0)
    assert page.evaluate("() => [document.activeElement.id, window.asked]") == ["main", 0]
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    with cast_of(house) as cast:
        again = cast.guest("Cleo Third", claimed=True)
        dan = cast.guest("Dan Fourth", claimed=True)
        meeting = met(cast, again, dan)
        gave(meeting, again)
        gave(meeting, dan)
        let_in(phone, house, again.person_id)
    later = people(phone)
    later.evaluate(OFFER)
    expect(later.locator("install-hint")).to_have_count(0)


def test_a_yes_asks_the_browser_once_and_asks_it_to_keep_what_is_stored(phone: BrowserContext) -> None:
    page = people(phone)
    page.evaluate("() => { navigator.storage.persist = () => { window.kept = true; return Promise.resolve(true); }; }")
    page.evaluate(OFFER)
    page.get_by_role("button", name="Put it there").click()
    page.wait_for_function("() => window.asked === 1 && window.kept === true")
    assert people(phone).locator("install-hint").count() == 0


def test_on_an_iphone_words_say_how(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.add_init_script(f"({SAFARI})()")
    page.goto("/people")
    hint = page.get_by_role("region", name="Put Mixwell on this phone?")
    expect(hint.get_by_text("Tap Share below, then “Add to Home Screen”.")).to_be_visible()
    expect(hint.get_by_role("button", name="Put it there")).to_have_count(0)
    hint.get_by_role("button", name="I see").click()
    assert people(phone).locator("install-hint").count() == 0


def test_the_icon_counts_what_is_unsent_and_a_browser_without_badges_says_nothing(phone: BrowserContext) -> None:
    page = people(phone)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.evaluate(BADGED)
    for count in (3, 1, 0):
        page.evaluate(SAY_UNSENT, count)
    assert page.evaluate("() => window.badges") == [3, 1, 0]
    page.evaluate("() => { navigator.setAppBadge = undefined; navigator.clearAppBadge = undefined; }")
    page.evaluate(SAY_UNSENT, 2)
    page.evaluate(SAY_UNSENT, 0)
    assert complaints == []


def test_a_phone_that_becomes_a_door_asks_to_keep_what_it_will_hold(phone: BrowserContext, house: House) -> None:
    from webapp.core.actor import NOBODY
    from webapp.core.clock import now
    from webapp.core.database import writing
    from webapp.core.identifiers import new_id
    from webapp.events.devices import NewDoor, add_device, pairing_code_of
    from webapp.events.models import DoorDevice

    keyring = house.app.extensions["mixwell.tools"].keyring
    with cast_of(house) as cast, writing() as session:
        new = NewDoor(new_id(), "South door", "")
        add_device(session, cast.mixer, new, keyring=keyring, by=NOBODY, at=now())
        code = pairing_code_of(session.get_one(DoorDevice, new.id), keyring, now())
        session.commit()
    page = phone.new_page()
    page.goto(f"/door/pairing?code={code}")
    page.evaluate("""() => { navigator.storage.persist = () => {
      sessionStorage.setItem("asked", "yes"); return Promise.resolve(true); }; }""")
    page.get_by_label("Your name").fill("Cora")
    page.get_by_role("button", name="Use this phone as a door").click()
    page.wait_for_url("**/door")
    assert page.evaluate("() => sessionStorage.getItem('asked')") == "yes"
