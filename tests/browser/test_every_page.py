"""Every page there is, as whom it is for: axe finds no fault, and large text on a narrow screen loses nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, Playwright

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.full_house import LOOKERS, NO_PAGES, FullHouse
from tests.browser.phones import DESK, PHONE
from tests.browser.served import a_house
from tests.poison import HANDLER, POISON, SIGN, spread
from webapp.core.database import writing

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
VIOLATIONS = """async (options) => {
  const found = await axe.run(options);
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`);
}"""
EVERYTHING: dict[str, object] = {}
CONTRAST: dict[str, object] = {"runOnly": ["color-contrast"]}
Look = tuple[tuple[int, int], Literal["light", "dark"], dict[str, object]]
"""A size, a theme, and which rules can find something there that they did not find before."""
LOOKS: list[Look] = [(PHONE, "light", EVERYTHING), (DESK, "dark", EVERYTHING)]
OTHER_LOOKS: list[Look] = [(PHONE, "dark", CONTRAST), (DESK, "light", CONTRAST)]
NARROW = (320, 640)
# Our own size is 112.5 %, so this is 200 % of it. Set as a script may: our policy refuses a style sheet of a stranger.
ENLARGE = """async () => {
  document.documentElement.style.setProperty("font-size", "225%", "important");
  await document.fonts.ready;
  const wide = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  const width = document.documentElement.scrollWidth;
  return width <= innerWidth ? "" : `${width}: ${wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 90)).join(" | ")}`;
}"""
INFECTED = f"{SIGN}, [{HANDLER}]"
REFUSALS = {"/door/pairing"}
"""Pages that say no with a status of their own; without a code there is no door to open."""
NEWCOMERS_OWN = {"swaps.kept_scan"}
"""What only the newcomer has; all else with something in its address is Ann's."""


@pytest.fixture(scope="module")
def full_house(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullHouse]:
    """The sample evening, served."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    with a_house(tmp_path_factory.mktemp("house"), mode="demo") as house:
        full_house = FullHouse(house, browser)
        full_house.fill()
        yield full_house
        browser.close()


@pytest.fixture(scope="module")
def tour(full_house: FullHouse) -> dict[str, list[str]]:
    """Who looks → the addresses of all pages that are for them. A route nobody said an example of fails here."""
    stops = full_house.stops()
    tour: dict[str, list[str]] = {role: [] for role in full_house.people}
    for endpoint, access in pages_of(full_house.house.app).items():
        for role in LOOKERS[access]:
            tour[role] += addresses(full_house.house.app, endpoint, stops, newcomer=role == "newcomer")
    return tour


def pages_of(app: Flask) -> dict[str, str]:
    """Endpoint → marker of every page."""
    readable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return {endpoint: app.view_functions[endpoint].__dict__["access"][0] for endpoint in readable - set(NO_PAGES)}


def addresses(app: Flask, endpoint: str, stops: dict[str, list[str]], *, newcomer: bool) -> list[str]:
    """Where this page is looked at."""
    plain = [rule.rule for rule in app.url_map.iter_rules(endpoint) if not rule.arguments]
    own = newcomer == (endpoint in NEWCOMERS_OWN) or endpoint in plain
    found = stops.get(endpoint, []) if own else []
    assert plain or endpoint in stops, f"{endpoint}: say in FullHouse.stops() where it can be looked at"
    return list(dict.fromkeys(plain + found))


@pytest.mark.parametrize("role", ["stranger", "newcomer", "attendee", "organizer", "door"])
@pytest.mark.parametrize(
    "looks", [pytest.param(LOOKS, id="both"), pytest.param(OTHER_LOOKS, id="the other two", marks=pytest.mark.slow)]
)
def test_every_page_is_sound_by_day_and_night_small_and_large(
    full_house: FullHouse, tour: dict[str, list[str]], role: str, looks: list[Look]
) -> None:
    page = full_house.people[role].new_page()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    faults = [f"{address}: {fault}" for address in tour[role] for fault in faults_of(page, address, looks)]
    page.close()
    assert not faults, "\n".join(faults)


def faults_of(page: Page, address: str, looks: list[Look]) -> list[str]:
    """What is wrong with this page in these looks, and narrow with large text."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    answer = page.goto(address)
    if answer is None or not (answer.ok or address in REFUSALS):
        return ["is not there"]
    if (landed := urlsplit(page.url).path) != urlsplit(address).path:
        return [f"leads to {landed}"]
    if page.locator("badge-scanner").count():
        page.wait_for_function("() => customElements.whenDefined('badge-scanner').then(() => true)")
    page.evaluate(AXE)
    return [*_axe(page, looks), *_narrow(page)]


def _axe(page: Page, looks: list[Look]) -> list[str]:
    found: list[str] = []
    for (width, height), theme, rules in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found += [f"{width} {theme} {violation}" for violation in page.evaluate(VIOLATIONS, rules)]
    return found


def _narrow(page: Page) -> list[str]:
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    wide = page.evaluate(ENLARGE)
    return [f"scrolls sideways at 320 px, {wide}"] if wide else []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["attendee", "organizer", "door"])
def test_s_05_poison_in_every_text_opens_no_dialog_and_breaks_no_policy(
    full_house: FullHouse, tour: dict[str, list[str]], role: str
) -> None:
    with full_house.house.app.app_context(), writing() as session:
        spread(session.connection(), " ".join(POISON))
        session.commit()
    page, heard, addresses = full_house.people[role].new_page(), list[str](), list(tour[role])
    page.on("dialog", lambda dialog: _dismiss(dialog, heard))
    page.on("console", lambda said: heard.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda asked: heard.append(asked.url) if "evil.example.org" in asked.url else None)
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("load")
        heard += [f"{address}: {count} infected" for count in [page.locator(INFECTED).count()] if count]
    page.close()
    assert addresses
    assert heard == []


def _dismiss(dialog: Dialog, heard: list[str]) -> None:
    heard.append(f"dialog: {dialog.message}")
    dialog.dismiss()
