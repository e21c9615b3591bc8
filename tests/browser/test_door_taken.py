"""A door phone that was taken back: at its next contact it forgets the list before anything of it is drawn (F24)."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.door_phones import Door, Hall
from tests.browser.lasting import wait_for_worker
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.events.devices import revoke_device
from webapp.events.models import DoorDevice

pytestmark = pytest.mark.browser

WATCH_FRAMES = """() => { window.drawn = [];
  const look = () => {
    const shown = [...document.querySelectorAll(".door-frame, .door-state, .find-name, .verdict-name")];
    if (shown.some((each) => each.checkVisibility())) window.drawn.push(document.body.innerText);
    requestAnimationFrame(look); };
  requestAnimationFrame(look); }"""
"""Note every frame in which anything of a door is on the screen."""


def take_back(door: Door) -> None:
    """The organizer takes the phone off the list of doors."""
    with writing() as session:
        revoke_device(session, session.get_one(DoorDevice, door.device.id), at=now())
        session.commit()


def waiting_door(hall: Hall, scans: int = 1) -> Door:
    """A door that has let somebody in without a network, and keeps it."""
    guests = hall.guests(scans)
    badges = [hall.badge(guest) for guest in guests]
    door = hall.door()
    wait_for_worker(door.page)
    hall.weather("dead")
    for badge in badges:
        assert door.scan(badge).word == "Welcome"
    return door


def expect_nothing_kept(door: Door) -> None:
    """No list, no queue, no count of what it did."""
    kept = door.kept()
    assert [kept[store] for store in ("operations", "lists", "sealed", "sequences")] == [[], [], [], []]


@pytest.mark.parametrize("address", ["/door", "/events/{event}/door"])
def test_a_page_that_is_opened_afterwards_draws_nothing_of_the_door(hall: Hall, address: str) -> None:
    door = waiting_door(hall)
    [operation] = door.kept()["operations"]
    assert door.kept()["lists"] != []
    take_back(door)
    hall.weather("fine")
    door.page.add_init_script(f"({WATCH_FRAMES})()")
    door.page.goto(address.format(event=hall.cast.mixer.id))
    expect(door.page.get_by_text("has been handed over")).to_be_visible()
    expect_nothing_kept(door)
    assert door.page.evaluate("() => window.drawn") == []
    assert hall.quarantined(operation["id"]) == 1


def test_a_door_that_stands_open_is_cleared_by_the_next_answer_and_says_why(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    wait_for_worker(door.page)
    door.page.evaluate(WATCH_FRAMES)
    door.page.wait_for_function("() => window.drawn.length > 0")  # a door that is drawn would be noted above
    take_back(door)
    door.page.get_by_label("Code under the badge").fill(badge)
    door.page.get_by_role("button", name="Go", exact=True).click()
    expect(door.page.get_by_role("heading", name="This phone is no longer a door")).to_be_visible()
    expect(door.page.get_by_text("has been handed over")).to_be_visible()
    expect_nothing_kept(door)
    assert hall.rows(ann) == []


def test_what_the_server_has_no_room_for_stays_here_and_is_saved_as_a_file(hall: Hall) -> None:
    door = waiting_door(hall)
    [operation] = door.kept()["operations"]
    take_back(door)
    door.page.context.route("**/sync", no_room)
    hall.weather("fine")
    door.page.goto("/door")
    expect(door.page.get_by_text("so the rest stays here")).to_be_visible()
    assert [each["id"] for each in door.kept()["operations"]] == [operation["id"]]
    assert door.kept()["lists"] == []
    assert [each["id"] for each in saved_by(door.page)] == [operation["id"]]


def no_room(route: Route) -> None:
    """The server as it is once somebody has filled every place under this phone’s key."""
    answer = route.fetch()
    told = answer.json()
    results = [result | {"result": "unkept"} for result in told["results"]]
    route.fulfill(response=answer, json=told | {"results": results})


def saved_by(page: Page) -> list[dict[str, str]]:
    """What the file holds that the phone hands over."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save it as a file").click()
    kept: list[dict[str, str]] = json.loads(download.value.path().read_text())
    return kept
