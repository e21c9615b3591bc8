"""Phones at the door of a room whose network can be made bad: how they are paired, what they scan and what they say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from playwright.sync_api import Page, Playwright, Route, expect
from sqlalchemy import select

from tests.browser.bad_network import ELSEWHERE, Weather, Wire, a_wire
from tests.browser.fake_camera import CHROMIUM, film, flags_for, held_up, picture_of
from tests.browser.lasting import wait_for_worker
from tests.browser.phones import DESK, Phones, phones_for
from tests.browser.room import Room
from tests.browser.served import House, a_house, free_port
from tests.cast import Cast, keep
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Person
from webapp.accounts.sessions import open_session
from webapp.checkin.models import CheckIn
from webapp.circles.models import CircleRole
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import allow_writing, db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.core.quarantine import QuarantinedOperation
from webapp.events.devices import NewDoor, add_device, pairing_code_of
from webapp.events.models import Attendee, DoorDevice
from webapp.web.templating import clock_time

NO_BADGE = "0" * 24
"""Letters of a badge that nobody wears."""
KEPT = """async () => { const open = indexedDB.open("mixwell");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const all = (name) => new Promise((done) => {
    const asked = db.transaction(name).objectStore(name).getAll(); asked.onsuccess = () => done(asked.result); });
  const kept = {}; for (const name of db.objectStoreNames) kept[name] = await all(name);
  db.close(); return kept; }"""
"""Everything the phone's database holds, by store."""


class Said(NamedTuple):
    """What a door showed: its word, whether by its own list, whose name."""

    word: str
    by_list: bool
    name: str


READ_VERDICT = """(shown) => { const text = (part) => shown.querySelector(part)?.textContent.trim() ?? "";
  return [text(".verdict-word"), "byList" in shown.dataset, text(".verdict-name")]; }"""
WATCH_VERDICTS = """() => { window.said = [];
  new MutationObserver(() => { const shown = document.querySelector("door-verdict.shown > [data-outcome]");
    if (!shown || shown.dataset.heard) return;
    shown.dataset.heard = "yes";
    const text = (part) => shown.querySelector(part)?.textContent.trim() ?? "";
    window.said.push([text(".verdict-word"), "byList" in shown.dataset, text(".verdict-name")]);
    // An open question keeps the camera waiting.
    if ("pausesScanner" in shown.dataset) setTimeout(() => shown.querySelector("[data-close]")?.click(), 200);
  }).observe(document.querySelector("door-verdict"), { childList: true, attributes: true });
}"""


@dataclass(eq=False)
class Door:
    """One phone at the door."""

    page: Page
    device: DoorDevice

    def scan(self, text: str) -> Said:
        """Read this text, as a scanner that types would; what the door said. Closes the answer again."""
        self.page.get_by_label("Code under the badge").fill(text)
        self.page.get_by_role("button", name="Go", exact=True).click()
        said = self.said()
        self.close()
        return said

    def watch(self, wanted: set[Said]) -> list[Said]:
        """Let the camera see until all of these were said at least once; all that was said, in its order."""
        self.page.evaluate(WATCH_VERDICTS)
        self.page.get_by_role("button", name="Start the camera").click()
        said: list[Said] = []
        for _ in range(300):
            said = [Said(*each) for each in self.page.evaluate("() => window.said")]
            if wanted <= set(said):
                self.page.locator("badge-scanner").evaluate("scanner => scanner.setAttribute('paused', '')")
                return said
            self.page.wait_for_timeout(200)
        raise AssertionError(f"only {said} was said")

    def said(self) -> Said:
        """What it shows now, once it shows something."""
        shown = self.page.locator("door-verdict.shown > [data-outcome]")
        expect(shown).to_be_visible()
        # In one look: the next answer may take its place at any moment.
        word, by_list, name = shown.first.evaluate(READ_VERDICT)
        return Said(word, by_list, name)

    def close(self) -> None:
        """The next guest, please."""
        self.page.keyboard.press("Escape")
        expect(self.page.locator("door-verdict.shown")).to_have_count(0)

    def open_once_more(self) -> None:
        """As the card before the evening says, so that page and decoder stay."""
        wait_for_worker(self.page)
        self.page.reload()
        expect(self.page.locator("[data-check=page][data-is=good]")).to_have_count(1)
        self.expect_list()

    def expect_list(self) -> None:
        """It has a list of tonight, and has told the server everything."""
        expect(self.page.locator("door-phone[data-age=fresh][data-unsent='0']")).to_be_visible()

    def expect_unsent(self, count: int) -> None:
        """So many operations wait on it."""
        expect(self.page.locator(f"door-phone[data-unsent='{count}']")).to_be_visible()

    def notice_network(self) -> None:
        """The phone finds a network: what waits for the next try is tried now."""
        self.page.context.set_offline(True)
        self.page.context.set_offline(False)

    def kept(self) -> dict[str, list[Any]]:
        """Everything in its database."""
        kept: dict[str, list[Any]] = self.page.evaluate(KEPT)
        return kept


@dataclass
class Hall:
    """A room, the wire between it and the server, and the badges of its guests."""

    room: Room
    wire: Wire

    @property
    def cast(self) -> Cast:
        """Who makes people."""
        return self.room.cast

    def guests(self, count: int, tens: int = 0) -> list[Attendee]:
        """So many more guests on tonight's list."""
        return [self.cast.guest(f"Guest Number{tens}{number:03}") for number in range(count)]

    def badge(self, guest: Attendee) -> str:
        """What a scanner reads from their badge."""
        return self.room.badge_link(guest)

    def rows(self, guest: Attendee) -> list[CheckIn]:
        """Their admissions that stand."""
        db.session.rollback()
        live = select(CheckIn).where(CheckIn.attendee_id == guest.id, CheckIn.undone_at.is_(None))
        return list(db.session.scalars(live))

    def operations(self, ids: list[str]) -> int:
        """How many of these the server has."""
        db.session.rollback()
        known = select(Operation.id).where(Operation.id.in_([UUID(each) for each in ids]))
        return len(list(db.session.scalars(known)))

    def quarantined(self, operation: str) -> int:
        """How many of these wait for a human."""
        db.session.rollback()
        known = select(QuarantinedOperation.id).where(QuarantinedOperation.operation_id == operation)
        return len(list(db.session.scalars(known)))

    def weather(self, weather: Weather) -> None:
        """From now on the network is like this."""
        self.wire.weather = weather

    def clock(self, at: datetime) -> str:
        """What the clock on the wall of this evening showed then."""
        return clock_time(at, self.cast.mixer.zone)

    def door(self, name: str = "North door", page: Page | None = None) -> Door:
        """A volunteer's phone that has become a door, with its list."""
        device_id = new_id()
        with writing() as session:
            new = NewDoor(device_id, name, f"{name} phone")
            add_device(session, self.cast.mixer, new, keyring=self.room.evening.keyring, by=NOBODY, at=now())
            session.commit()
        device = db.session.get_one(DoorDevice, device_id)
        page = page or self.room.phones.page()
        page.goto(f"/door/pairing?code={pairing_code_of(device, self.room.evening.keyring, now())}")
        page.get_by_role("button", name="Use this phone as a door").click()
        expect(page.get_by_role("heading", name="Who is here?")).to_be_visible()
        door = Door(page, device)
        door.expect_list()
        return door

    @contextmanager
    def camera_door(self, name: str, badges: list[str]) -> Iterator[Door]:
        """A door whose camera sees these badges one after the other, again and again."""
        scenes = [scene for badge in badges for scene in ((held_up(picture_of(badge, scale=9)), 1.6), (held_up(), 0.5))]
        video = film(self.room.phones.folder / f"{new_id()}.mjpeg", scenes)
        browser = self.room.phones.playwright.chromium.launch(executable_path=CHROMIUM, args=flags_for(video))
        try:
            door = self.door(name, browser.new_context(base_url=self.room.house.base).new_page())
            door.open_once_more()
            yield door
        finally:
            browser.close()

    def organizer(self) -> Page:
        """The desk of whoever organizes this evening."""
        page = self.room.phones.page(DESK)
        # Without an address: the evenings of a house may not share one.
        olga = self.cast.person("Olga Lindqvist")
        keep(CircleRole(id=new_id(), circle_id=self.cast.circle.id, person_id=olga.id, given_at=now()))
        with writing() as session:
            secret = open_session(session, session.get_one(Person, olga.id), browser="Test", at=now())
            session.commit()
        page.context.add_cookies([{"name": "mixwell-session", "value": secret, "url": self.room.house.base}])
        return page

    def weak_door(self, file: str, defence: str, weakness: str, page: Page | None = None) -> Door:
        """A door whose script lacks a defence: the canary in the tests of that defence."""
        page = page or self.room.phones.page()
        # What a service worker serves cannot be changed on the way.
        page.add_init_script("delete Navigator.prototype.serviceWorker")

        def weaken(route: Route) -> None:
            text = route.fetch().text()
            assert defence in text, f"{file} has changed"
            route.fulfill(body=text.replace(defence, weakness), content_type="text/javascript")

        page.route(f"**/{file}", weaken)
        return self.door("Weak door", page)


@dataclass(frozen=True)
class Site:
    """A served house behind a wire, and phones that reach it by the wire alone."""

    house: House
    wire: Wire
    phones: Phones

    @contextmanager
    def evening(self) -> Iterator[Hall]:
        """An evening of its own, in fine weather; its phones are put away at the end."""
        self.wire.weather = "fine"
        allow_writing(False)
        with self.house.app.app_context():
            yield Hall(Room(self.house, self.phones, EveningOut(self.house.app, Cast(self.house.app))), self.wire)
            db.session.remove()
        heard = unusual(self.phones.put_away())
        assert heard == [], heard


@contextmanager
def a_site(playwright: Playwright, folder: Path, seed: int = 20261130) -> Iterator[Site]:
    """An empty house, served, whose network can be made bad."""
    inside, outside = free_port(), free_port()
    base = f"http://127.0.0.1:{outside}"
    with (
        a_wire(inside, outside, seed) as wire,
        a_house(folder / "house", port=inside, base=base) as house,
        phones_for(playwright, base, folder) as phones,
    ):
        yield Site(house, wire, phones)


def unusual(heard: list[str]) -> list[str]:
    """What phones complained of, but for what any dead network says."""
    network = ("Failed to load resource", "htmx:error", "net::ERR_", "Failed to fetch")
    # Our own policy stops whatever is sent elsewhere.
    usual = (*network, ELSEWHERE, "connect-src", "policy: img-src")
    return [words for words in heard if not any(said in words for said in usual)]
