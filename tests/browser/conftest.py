"""One Playwright for all browser tests: its synchronous interface can run only once at a time in a process."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.browser.door_phones import Hall, Site, a_site
from tests.browser.phones import Phones, phones_for
from tests.browser.room import Room
from tests.browser.scan_page import Browsers, Door, a_door
from tests.browser.served import GONE_MIDWAY, House, a_house
from tests.cast import Cast
from tests.swaps.evening import EveningOut
from webapp.core.database import allow_writing, db

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any test of these may end while a page of its own still loads."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.filterwarnings(GONE_MIDWAY))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Starts browsers; each test launches and closes its own."""
    # How fast things are is measured in benchmarks/; here a busy machine may take its time.
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        yield playwright


@dataclass(frozen=True)
class Venue:
    """A house and phones that the journeys of a file share, each in a room of its own."""

    house: House
    phones: Phones


@pytest.fixture(scope="module")
def venue(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    """An empty house, served."""
    films = tmp_path_factory.mktemp("films")
    with a_house(tmp_path_factory.mktemp("house")) as house, phones_for(playwright, house.base, films) as phones:
        yield Venue(house, phones)


@pytest.fixture
def room(venue: Venue) -> Iterator[Room]:
    """An evening of its own; no page of it may have complained at the end."""
    app = venue.house.app
    allow_writing(False)
    with app.app_context():
        yield Room(venue.house, venue.phones, EveningOut(app, Cast(app)))
        db.session.remove()
    assert venue.phones.put_away() == []


@pytest.fixture(scope="module")
def site(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server and a network that can be made bad, which the journeys of a file share."""
    with a_site(playwright, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def hall(site: Site) -> Iterator[Hall]:
    """An evening of its own there."""
    with site.evening() as hall:
        yield hall


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A page with nothing but a scanner."""
    with a_door(tmp_path) as door:
        yield door


@pytest.fixture
def browsers(playwright: Playwright, door: Door, tmp_path: Path) -> Browsers:
    """Chromium before that page."""
    return Browsers(playwright, door, tmp_path)
