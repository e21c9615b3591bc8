"""A hand at human speed: counts the taps, signs and pages of a journey, and says how long a person takes for them."""

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

SCROLL = 1.0
"""Seconds to find what is further down."""

TAP = 0.8
"""Seconds to find a button and press it."""
SIGN = 0.25
"""Seconds to type one sign on glass."""
PAGE = 1.0
"""Seconds to read what has just appeared."""
AIM = 1.5
"""Seconds to hold a phone over a badge until it is read."""

ON_SCREEN = """(thing) => {
  const box = thing.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}"""


@dataclass
class Hand:
    """What somebody has done so far; a journey does everything through it, so that nothing is left uncounted."""

    taps: int = 0
    signs: int = 0
    pages: int = 0
    aims: int = 0
    scrolls: int = 0

    @property
    def seconds(self) -> float:
        """How long a person took, whatever the machine needed."""
        return self.taps * TAP + self.signs * SIGN + self.pages * PAGE + self.aims * AIM + self.scrolls * SCROLL

    def tap(self, thing: Locator) -> None:
        """Press it; what is not on the screen has to be scrolled to."""
        expect(thing).to_be_visible()
        self.scrolls += not thing.evaluate(ON_SCREEN)
        thing.click()
        self.taps += 1

    def elsewhere(self, *, taps: int, pages: int = 0) -> None:
        """In the camera or the mail program of the phone."""
        self.taps += taps
        self.pages += pages

    def read(self, heading: Locator) -> None:
        """Take in a page or a sheet that has just come up."""
        expect(heading).to_be_visible()
        self.pages += 1

    def aim(self) -> None:
        """Hold the camera over a badge."""
        self.aims += 1

    def type(self, field: Locator, words: str) -> None:
        """Type into a field; putting the finger into it belongs to typing."""
        field.press_sequentially(words)
        self.signs += len(words)
