"""Chromium as the people of an evening use it: a page in each hand, and whatever a camera is to see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, StorageState, expect

from tests.browser.fake_camera import CHROMIUM, FLAGS, film, flags_for, held_up
from tests.browser.served import House, words_of

PHONE, DESK = (390, 844), (1280, 800)
CODE = "Mixwell code"
"""In the subject of every mail that holds one."""

WATCH = """document.addEventListener("securitypolicyviolation",
  (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""


@dataclass
class Phones:
    """Opens pages that are watched: what any of them complains of is in `complaints`."""

    playwright: Playwright
    browser: Browser
    base: str
    folder: Path
    complaints: list[str] = field(default_factory=list)
    films: int = 0

    def page(self, size: tuple[int, int] = PHONE, *, script: bool = True, dark: bool = False) -> Page:
        """A page of somebody new, in cookies of their own."""
        return self._watched(self.browser, size, script=script, dark=dark).new_page()

    @contextmanager
    def seeing(self, page: Page, *pictures: Image.Image) -> Iterator[Page]:
        """Another window of the same somebody, with the same cookies, whose camera sees the pictures."""
        self.films += 1
        video = film(self.folder / f"camera-{self.films}.mjpeg", [(held_up(), 0.4), (held_up(*pictures), 1.6)])
        browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=flags_for(video))
        try:
            yield self._watched(browser, PHONE, state=page.context.storage_state()).new_page()
        finally:
            browser.close()

    def put_away(self) -> list[str]:
        """Close every page; what was complained of meanwhile."""
        for context in self.browser.contexts:
            context.close()
        heard, self.complaints = self.complaints, []
        return heard

    def _watched(
        self,
        browser: Browser,
        size: tuple[int, int],
        *,
        script: bool = True,
        dark: bool = False,
        state: StorageState | None = None,
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=self.base,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            storage_state=state,
        )
        if script:
            context.add_init_script(WATCH)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.set_default_timeout(60_000)
        return context

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{said.text} {said.location['url']}")


@contextmanager
def phones_for(playwright: Playwright, base: str, folder: Path) -> Iterator[Phones]:
    """Phones for the server at `base`, until the block ends; films are kept in `folder`."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    try:
        yield Phones(playwright, browser, base, folder)
    finally:
        browser.close()


def sign_in(page: Page, house: House, address: str) -> None:
    """Sign in as anyone does: the address, the mail, the six digits."""
    before = len(house.mails_to(address, CODE))
    page.goto("/sign-in")
    page.get_by_label("Your e-mail").fill(address)
    page.get_by_role("button", name="Write me a code").click()
    enter_code(page, house, address, before, "Sign in")


def enter_code(page: Page, house: House, address: str, before: int, button: str) -> None:
    """Type the digits of the mail that came after the first `before` ones."""
    mail = house.wait_for_mail(address, CODE, after=before)
    digits = re.search(r"\b\d{6}\b", words_of(mail))
    assert digits
    page.get_by_label("Code from the mail").fill(digits[0])
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_label("Code from the mail")).to_have_count(0)
