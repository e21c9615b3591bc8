"""The morning mails as a mail program shows them: sound by day and night, on a phone and on a desk."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.test_every_page import AXE, VIOLATIONS
from tests.cast import Cast
from tests.followups.mornings import html, mails, next_morning
from tests.swaps.evening import EveningOut
from webapp.settings import Settings

pytestmark = pytest.mark.browser

RULES = {"rules": {"region": {"enabled": False}}}
"""A mail's footer lies outside its one column, as in every mail program the program's own bars do."""


@pytest.fixture
def letters(app: Flask, cast: Cast, settings: Settings) -> list[str]:
    """To Ann, who met people with long names and wrote nothing, and to Una, who has no account: as HTML."""
    evening = EveningOut(app, cast)
    ann, ben = evening.arrive(cast.ann, headline="Bakes"), evening.arrive(cast.ben, headline="Sails")
    una = evening.arrive(cast.guest("Una Unclaimed", email="una@example.org"))
    for other in (ben, una, evening.come("Maximiliane Donaudampfschifffahrtsgesellschaftskapitän")):
        evening.meet(ann, other)
    evening.answer(ben, ann)
    sent = mails(evening, next_morning(evening), settings)
    return [html(sent[f"{who}@example.org"]) for who in ("ann", "una")]


@pytest.fixture
def window(playwright: Playwright) -> Iterator[Page]:
    """An empty window."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    yield browser.new_page()
    browser.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 800])
def test_a_mail_is_sound_in_both_themes_and_widths(letters: list[str], window: Page, width: int, theme: str) -> None:
    window.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    window.set_viewport_size({"width": width, "height": 844})
    for letter in letters:
        window.set_content(letter)
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        window.evaluate(AXE)
        assert window.evaluate(VIOLATIONS, RULES) == []
        small = window.locator("a.button").evaluate_all("all => all.filter((a) => a.offsetHeight < 44).length")
        assert small == 0
