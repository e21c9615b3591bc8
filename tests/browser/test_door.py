"""A volunteer's phone at the door: joins by a link, finds by name, undoes, loses the network, is taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, Route, expect
from sqlalchemy import func, select

from tests.browser.phones import PHONE, Phones, phones_for
from tests.browser.served import House, a_house
from tests.cast import Cast, keep
from tests.checkin.room import Room
from webapp.accounts.models import Person
from webapp.accounts.sessions import open_session
from webapp.checkin.models import CheckIn
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.events.devices import NewDoor, add_device, pairing_code_of, revoke_device
from webapp.events.models import DoorDevice

pytestmark = pytest.mark.browser


@dataclass
class Entrance:
    """A served mixer with a few guests, and the phones in front of it."""

    house: House
    phones: Phones
    cast: Cast
    device: DoorDevice
    code: str

    def join(self) -> Page:
        """A volunteer's phone that has followed the link and become a door."""
        page = self.phones.page(PHONE)
        page.goto(f"/door/pairing?code={self.code}")
        page.get_by_label("Your name, or the phone’s").fill("Filip")
        page.get_by_role("button", name="Use this phone as a door").click()
        expect(page.get_by_role("heading", name="Who is here?")).to_be_visible()
        expect(page.get_by_role("button", name="Start the camera")).to_be_visible()
        return page

    def organizer(self) -> Page:
        """The door on a phone of the organizer, who is signed in."""
        page = self.phones.page(PHONE)
        with self.house.app.app_context(), writing() as session:
            secret = open_session(session, session.get_one(Person, self.cast.dora.id), browser="Test", at=now())
            event_id = self.device.event_id
            session.commit()
        page.context.add_cookies([{"name": "mixwell-session", "value": secret, "url": self.house.base}])
        page.goto(f"/events/{event_id}/door")
        return page

    def rows(self, model: type[CheckIn | Operation]) -> int:
        """How many there are now."""
        with self.house.app.app_context():
            return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def entrance(playwright: Playwright, tmp_path: Path) -> Iterator[Entrance]:
    """Tonight's mixer with Ann, Ben and a cancelled guest, and a door that waits for a phone."""
    with a_house(tmp_path / "house") as house, phones_for(playwright, house.base, tmp_path) as phones:
        with house.app.app_context():
            cast = Cast(house.app)
            cast.guest("Ann Achebe", company="Harbour Books")
            cast.guest("Ben Adeyemi")
            device, code = waiting_door(house.app, cast)
        yield Entrance(house, phones, cast, device, code)


def waiting_door(app: Flask, cast: Cast) -> tuple[DoorDevice, str]:
    keyring, device_id = app.extensions["mixwell.tools"].keyring, new_id()
    with writing() as session:
        add_device(session, cast.mixer, NewDoor(device_id, "North door", ""), keyring=keyring, by=NOBODY, at=now())
        session.commit()
    device = db.session.get_one(DoorDevice, device_id)
    code = pairing_code_of(device, keyring, now())
    assert code
    return device, code


def find(page: Page, letters: str, name: str) -> None:
    page.get_by_label("Three letters of the name").fill(letters)
    page.get_by_role("button", name=name).click()


def lose_the_answer(route: Route) -> None:
    """The scan arrives; what the server says to it does not."""
    route.fetch()
    route.abort()


def test_a_guest_is_found_welcomed_taken_back_and_welcomed_again(entrance: Entrance) -> None:
    page = entrance.join()
    find(page, "ann", "Ann Achebe")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    expect(page.locator("#verdict")).to_be_focused()
    page.get_by_text("Undo", exact=True).click()
    page.get_by_role("button", name="Tapped by mistake").click()
    expect(page.get_by_role("heading", name="Not in")).to_be_visible()
    page.keyboard.press("Escape")
    field = page.get_by_label("Three letters of the name")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    find(page, "ach", "Ann Achebe")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_role("link", name="Next guest").click()
    expect(page.locator("#counter")).to_contain_text("1 in of 2 expected")
    assert entrance.rows(CheckIn) == 2
    assert entrance.phones.complaints == []


def test_a_welcome_leaves_by_itself_and_an_open_question_stays(entrance: Entrance) -> None:
    page = entrance.join()
    page.clock.install()
    find(page, "ann", "Ann Achebe")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.clock.run_for(8_100)
    expect(page.get_by_role("heading", name="Welcome")).to_have_count(0)
    with entrance.house.app.app_context():
        keep(db.session.merge(entrance.cast.guest("Gil Gone", cancelled_at=now())))
    find(page, "gil", "Gil Gone")
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    page.clock.run_for(20_000)
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_after_a_dropout_the_same_scan_is_sent_again_and_counts_once(entrance: Entrance) -> None:
    page = entrance.join()
    with entrance.house.app.app_context():
        room = Room(entrance.cast)
        room.keyring = entrance.house.app.extensions["mixwell.tools"].keyring
        code = room.typed(entrance.cast.guest("Ona One")).code
    page.route("**/check-ins", lose_the_answer, times=1)
    page.get_by_label("Code under the badge").fill(code)
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_role("heading", name="Kept")).to_be_visible()
    page.get_by_role("button", name="Let in", exact=True).click()
    expect(page.locator("door-phone[data-unsent='0']")).to_be_visible()
    assert (entrance.rows(CheckIn), entrance.rows(Operation)) == (1, 1)


def test_a_phone_that_is_taken_back_goes_dark_without_a_touch(entrance: Entrance) -> None:
    page = entrance.join()
    with entrance.house.app.app_context(), writing() as session:
        revoke_device(session, session.get_one(DoorDevice, entrance.device.id), at=now())
        session.commit()
    expect(page.get_by_role("heading", name="This phone is no longer a door")).to_be_visible()


PAUSE = '<section id="problem" data-outcome="no"><h1>A short pause, please</h1><a href="/">Back</a></section>'


def test_a_short_pause_is_asked_for_over_the_door_and_not_instead_of_it(entrance: Entrance) -> None:
    page = entrance.organizer()
    page.route("**/check-ins", lambda route: route.fulfill(status=429, body=PAUSE), times=1)
    find(page, "ann", "Ann Achebe")
    expect(page.get_by_role("heading", name="A short pause")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="A short pause")).to_have_count(0)
    find(page, "ann", "Ann Achebe")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()


def test_a_paired_phone_goes_on_by_its_list_while_the_server_wants_a_pause(entrance: Entrance) -> None:
    page = entrance.join()
    page.route("**/check-ins", lambda route: route.fulfill(status=429, body=PAUSE), times=1)
    find(page, "ann", "Ann Achebe")
    expect(page.locator("[data-by-list]").get_by_role("heading", name="Welcome")).to_be_visible()
    expect(page.locator("door-phone[data-unsent='0']")).to_be_visible()
    assert entrance.rows(CheckIn) == 1
