"""F15 and S-03 in Chromium: real pictures of what is no badge go through decoder and parser, and nothing happens.

Thousands of texts more: tests/js/fuzzed-codes.test.js for the parser, tests/faults/test_fuzzed_scans.py for the server.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.fake_camera import held_up
from tests.browser.scan_page import SCAN_IMAGE, Browsers, Door, png_of
from tests.fuzz import lying_picture, no_badges, picture

pytestmark = pytest.mark.browser

BATCH = 40

# Chooses one photo after the other, as a hand would, and answers what the page showed for each.
CHOOSE_PHOTOS = """async (pictures) => {
  const scanner = document.querySelector("badge-scanner"), input = scanner.querySelector("input[type=file]");
  const part = (name) => scanner.querySelector(`[data-part="${name}"]`);
  const shown = [];
  for (const data of pictures) {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "photo.png", { type: "image/png" }));
    input.files = files.files;
    part("foreign").hidden = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    while (part("status").textContent === "Reading the photo.") await new Promise((go) => setTimeout(go, 4));
    shown.push(part("foreign").hidden ? part("status").textContent : "foreign");
  }
  return [shown, part("foreign").querySelectorAll("bdi > *").length];
}"""

PARSE = """async ([texts, origin]) => {
  const script = document.querySelector("script[type=module]").src;
  const { parseBadgeText } = await import(new URL("../lib/badge-code.js", script));
  return texts.filter((text) => parseBadgeText(text, origin).kind !== "foreign");
}"""

CARELESS = """export const harmless = (text) => text;
export const parseBadgeText = (text) =>
  URL.canParse(text) ? { kind: "badge", code: text, text } : { kind: "foreign", code: text, text: "" };
"""


@dataclass
class Watched:
    """A page, and what it asked for since it has been watched."""

    page: Page
    requests: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)

    def choose(self, pictures: list[Image.Image]) -> list[str]:
        """Give it the photos; what it showed for each."""
        shown: list[str] = []
        for start in range(0, len(pictures), BATCH):
            batch = [png_of(one.convert("RGB")) for one in pictures[start : start + BATCH]]
            said, elements = self.page.evaluate(CHOOSE_PHOTOS, batch)
            assert elements == 0
            shown += said
        return shown


@contextmanager
def watched(browsers: Browsers, parser: str = "") -> Iterator[Watched]:
    """A page whose decoder has loaded; with a parser of ours or another one."""
    with browsers.without_camera() as page:
        if parser:
            page.route(
                "**/js/lib/badge-code.js", lambda route: route.fulfill(body=parser, content_type="text/javascript")
            )
            page.reload()
        page.evaluate(SCAN_IMAGE, png_of(held_up()))
        seen = Watched(page)
        page.context.on("request", lambda request: seen.requests.append(request.url))
        page.on("framenavigated", lambda frame: seen.moves.append(frame.url))
        yield seen


def pictures_of_no_badges(seed: int, number: int, badge: str) -> list[Image.Image]:
    """Four of five are texts as they are, the others cut in the middle of a sign or lie about their length."""
    dice = random.Random(seed)
    pictures = [picture(text) for text in no_badges(seed, number * 8 // 10, badge)]
    pictures += [picture(f"{badge}🎫".encode()[: -dice.randint(1, 3)]) for _ in range(number // 10)]
    return pictures + [lying_picture(dice, badge) for _ in range(number // 10)]


@pytest.mark.parametrize("number", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_pictures_of_what_is_no_badge_move_nothing(door: Door, browsers: Browsers, number: int) -> None:
    with watched(browsers) as seen:
        shown = seen.choose(pictures_of_no_badges(number, number, door.badge()))
        # Foreign letters on the screen may ask for the rest of our own type, and that is all.
        asked = [url for url in seen.requests if not (url.startswith(f"{door.address}/static/") and ".woff2" in url)]
        assert (asked, seen.moves) == ([], [])
        assert set(shown) <= {"foreign", "No code in that photo. Try one from closer."}
        # They were read: what says nothing is empty, or lies so that no decoder makes a text of it.
        assert shown.count("foreign") > number * 0.8
    assert door.posts == []


def test_a_parser_that_takes_any_address_is_noticed(door: Door, browsers: Browsers) -> None:
    with watched(browsers, CARELESS) as seen:
        seen.choose([picture("https://example.com/menu"), picture("https://evil.example/B/X")])
        seen.page.wait_for_timeout(500)
        assert [url for url in seen.requests if url.endswith("/scans")]
    assert door.posts


def test_of_ten_thousand_texts_the_phone_takes_none(door: Door, browsers: Browsers) -> None:
    texts = list(no_badges(15, 10_000, door.badge()))
    with watched(browsers) as seen:
        script = len(seen.requests)
        for start in range(0, len(texts), 2000):
            assert seen.page.evaluate(PARSE, [texts[start : start + 2000], door.address]) == []
        assert seen.moves == []
        assert [url for url in seen.requests[script:] if "badge-code" not in url] == []
