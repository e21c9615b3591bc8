"""The door without a network: by its own list, kept first, told later, agreed by all."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select

from tests.browser.door_phones import NO_BADGE, Door, Hall, Said
from tests.browser.lasting import wait_for_worker
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.operations import Operation
from webapp.core.quarantine import missing_of
from webapp.core.tokens import lookup_id
from webapp.events.devices import revoke_device
from webapp.events.models import Attendee, DoorDevice

pytestmark = pytest.mark.browser


def test_a_door_without_a_network_says_what_it_would_have_said_and_tells_it_later(hall: Hall) -> None:
    [ann, ben] = hall.guests(2)
    gone = hall.cast.guest("Gil Gone", cancelled_at=now())
    badges = {guest.name: hall.badge(guest) for guest in (ann, ben, gone)}
    door = hall.door()
    assert door.scan(badges[ann.name]) == Said("Welcome", False, ann.name)
    hall.weather("dead")
    assert door.scan(badges[ben.name]) == Said("Welcome", True, ben.name)
    assert door.scan(badges[gone.name]) == Said("Cancelled", True, gone.name)
    assert door.scan(f"{hall.room.house.base}/B/{NO_BADGE}") == Said("Let’s find you", True, "")
    door.expect_unsent(3)
    assert (len(hall.rows(ann)), len(hall.rows(ben))) == (1, 0)
    hall.weather("fine")
    door.notice_network()
    door.expect_unsent(0)
    assert (len(hall.rows(ann)), len(hall.rows(ben)), len(hall.rows(gone))) == (1, 1, 0)
    assert door.scan(badges[gone.name]) == Said("Cancelled", False, gone.name)


def test_what_a_door_asks_online_and_what_it_tells_later_are_counted_through_without_a_gap(hall: Hall) -> None:
    guests = hall.guests(4)
    badges = [hall.badge(guest) for guest in guests]
    door = hall.door()
    assert [door.scan(badge).by_list for badge in badges[:2]] == [False, False]
    door.page.get_by_label("Three letters of the name").fill(guests[2].name)
    door.page.get_by_role("button", name=guests[2].name).click()
    assert door.said() == Said("Welcome", False, guests[2].name)
    door.close()
    hall.weather("dead")
    assert door.scan(badges[3]) == Said("Welcome", True, guests[3].name)
    hall.weather("fine")
    door.notice_network()
    door.expect_unsent(0)
    db.session.rollback()
    label = f"device:{door.device.id}"
    counts = select(Operation.sequence).where(Operation.actor == label).order_by(Operation.sequence)
    assert db.session.scalars(counts).all() == [1, 2, 3, 4]
    assert missing_of(db.session(), label) == []


def test_the_door_opens_without_a_network_and_goes_back_to_its_page_by_itself(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    wait_for_worker(door.page)
    hall.weather("dead")
    door.page.reload()
    expect(door.page.get_by_role("heading", name="Scan the badge")).to_be_visible()
    assert door.scan(badge) == Said("Welcome", True, ann.name)
    door.page.get_by_role("button", name="Walk-in").click()
    door.page.get_by_label("Name, as it goes on the badge").fill("Wanda Walk")
    door.page.get_by_role("button", name="Let in").click()
    assert door.said() == Said("Welcome", True, "Wanda Walk")
    door.close()
    door.expect_unsent(2)
    hall.weather("fine")
    door.notice_network()
    expect(door.page.get_by_role("heading", name="Who is here?")).to_be_visible()
    door.expect_unsent(0)
    expect(door.page.locator("#counter")).to_contain_text("2 in of")


def test_a_name_leaves_the_screen_after_eight_seconds_and_was_nowhere_else(hall: Hall) -> None:
    gone = hall.cast.guest("Zephyrine Quillfeather", cancelled_at=now())
    badge = hall.badge(gone)
    door = hall.door()
    hall.weather("dead")
    door.page.clock.install()
    door.page.get_by_label("Code under the badge").fill(badge)
    door.page.get_by_role("button", name="Go", exact=True).click()
    assert door.said() == Said("Cancelled", True, gone.name)
    assert gone.name not in door.page.title() + door.page.url
    assert gone.name not in str(door.kept())
    door.page.clock.run_for(8_100)
    assert door.said() == Said("Cancelled", True, "")


def test_what_was_let_in_without_a_network_is_taken_back_without_one(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    hall.weather("dead")
    type_at(door, badge)
    assert door.said().word == "Welcome"
    door.page.get_by_text("Undo", exact=True).click()
    door.page.get_by_role("button", name="Wrong person").click()
    expect(door.page.get_by_role("heading", name="Not in")).to_be_visible()
    assert door.said().word == "Not in"
    door.close()
    door.expect_unsent(2)
    hall.weather("fine")
    door.notice_network()
    door.expect_unsent(0)
    assert hall.rows(ann) == []
    assert door.scan(badge) == Said("Welcome", False, ann.name)


def test_a_welcome_of_the_server_is_taken_back_when_the_network_has_died_since(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    type_at(door, badge)
    assert door.said() == Said("Welcome", False, ann.name)
    hall.weather("dead")
    door.page.get_by_text("Undo", exact=True).click()
    door.page.get_by_role("button", name="Tapped by mistake").click()
    expect(door.page.get_by_role("heading", name="Not in")).to_be_visible()
    assert door.said() == Said("Not in", True, "")
    door.close()
    hall.weather("fine")
    door.notice_network()
    door.expect_unsent(0)
    assert hall.rows(ann) == []


def test_a_phone_that_is_taken_back_hands_over_what_it_kept_and_keeps_nothing(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    wait_for_worker(door.page)
    hall.weather("dead")
    assert door.scan(badge).word == "Welcome"
    with writing() as session:
        revoke_device(session, session.get_one(DoorDevice, door.device.id), at=now())
        session.commit()
    [operation] = door.kept()["operations"]
    hall.weather("fine")
    door.notice_network()
    expect(door.page.get_by_role("heading", name="This phone is no longer a door")).to_be_visible()
    expect(door.page.get_by_text("has been handed over")).to_be_visible()
    kept = door.kept()
    assert (kept["operations"], kept["lists"], kept["sealed"], kept["sequences"]) == ([], [], [], [])
    assert hall.operations([operation["id"]]) + hall.quarantined(operation["id"]) == 1
    hall.weather("dead")
    door.page.goto(f"/events/{hall.cast.mixer.id}/door")
    expect(door.page.get_by_text("No network just now.")).to_be_visible()


@pytest.mark.parametrize("scans", [6, pytest.param(40, marks=pytest.mark.slow)])
def test_two_doors_without_a_network_end_as_one_evening_with_two_cards_to_settle(hall: Hall, scans: int) -> None:
    """Shows-2. A camera reads the first four; the others come by the field that typing scanners write into."""
    both, [gone] = hall.guests(2), [hall.cast.guest("Gil Gone", cancelled_at=now())]
    north_only, south_only = hall.guests(scans - 2, tens=1), hall.guests(scans - 2, tens=2)
    badges = {guest.name: hall.badge(guest) for guest in [*both, gone, *north_only, *south_only]}
    seen = [both[0], north_only[0], gone]
    south = hall.door("South door")
    with hall.camera_door("North door", [badges[guest.name] for guest in seen]) as north:
        hall.weather("dead")
        for door in (north, south):
            door.page.context.set_offline(True)
        welcomed = {Said("Welcome", True, guest.name) for guest in (both[0], north_only[0])}
        doubled = Said("Already in", True, both[0].name)
        said = north.watch(welcomed | {doubled, Said("Cancelled", True, gone.name)})
        said += [north.scan(badges[guest.name]) for guest in (both[1], *north_only[1:])]
        said += [south.scan(badges[guest.name]) for guest in (*both, *south_only)]
        assert south.scan(badges[gone.name]).word == "Cancelled"
        acts = {door: door.kept()["operations"] for door in (north, south)}
        assert len(acts[north]) + len(acts[south]) == len(said) + 1
        hall.weather("fine")
        for door in (north, south):
            door.page.context.set_offline(False)
            door.expect_unsent(0)
        everybody = [*both, *north_only, *south_only]
        assert [len(hall.rows(guest)) for guest in everybody] == [1] * len(everybody)
        assert hall.rows(gone) == []
        assert hall.operations([act["id"] for door in acts for act in acts[door]]) == len(said) + 1
        expect(north.page.locator("#counter")).to_contain_text(f"{len(everybody)} in of {len(everybody)}")
    page = hall.organizer()
    page.goto(f"/events/{hall.cast.mixer.id}/to-settle")
    cards = page.locator("article.case")
    expect(cards).to_have_count(2)
    for guest in both:
        times = [hall.clock(at) for at in sorted(first_of(acts[door], badges[guest.name]) for door in acts)]
        card = cards.filter(has_text=guest.name)
        assert card.locator(".sighting-time").all_inner_texts() == times
        expect(card).to_contain_text("North door")
        expect(card).to_contain_text("South door")


def first_of(acts: list[dict[str, Any]], badge: str) -> datetime:
    """When this phone first let in the guest with this badge, by the server's clock as the phone has measured it."""
    lookup = lookup_id(badge.rpartition("/")[2])
    mine = [act for act in acts if act["body"].get("lookup") == lookup and act["decided"] == "admitted"]
    # It is one clock, so what was measured is an error: at most the half of the way there and back.
    assert all(abs(act["offset"]) <= act["rtt"] / 2 + 5 for act in mine)
    return min(datetime.fromisoformat(act["at"]) - timedelta(milliseconds=act["offset"]) for act in mine)


def type_at(door: Door, text: str) -> None:
    """Read this text and leave the answer on the screen."""
    door.page.get_by_label("Code under the badge").fill(text)
    door.page.get_by_role("button", name="Go", exact=True).click()


def test_whom_this_door_sent_away_though_the_server_let_them_in_is_taken_back(hall: Hall) -> None:
    """R5: the answer was lost, and this phone’s older list knew better."""
    gone = hall.cast.guest("Gil Gone", cancelled_at=now())
    badge = hall.badge(gone)
    door = hall.door()
    with writing() as session:
        session.get_one(Attendee, gone.id).cancelled_at = None
        session.commit()
    door.page.route("**/check-ins", lose_the_answer, times=1)
    assert door.scan(badge) == Said("Cancelled", True, gone.name)
    door.expect_unsent(0)
    expect_none_in(door, hall, gone)


def test_a_guest_found_by_name_is_let_in_when_the_network_dies_in_between(hall: Hall) -> None:
    [ann] = hall.guests(1)
    door = hall.door()
    door.page.get_by_label("Three letters of the name").fill("gue")
    row = door.page.get_by_role("button", name=ann.name)
    expect(row).to_be_visible()
    hall.weather("dead")
    row.click()
    assert door.said() == Said("Welcome", True, ann.name)
    door.close()
    hall.weather("fine")
    door.notice_network()
    door.expect_unsent(0)
    assert len(hall.rows(ann)) == 1


def test_the_card_before_the_doors_open_says_what_is_left_to_do(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    wait_for_worker(door.page)
    door.page.reload()
    card = door.page.locator("door-ready")
    card.get_by_text("Ready for a dead network?").click()
    for good in ("This page opens without network.", "Everything was sent.", "The clock is right."):
        expect(card.get_by_text(good)).to_be_visible()
    expect(card.get_by_text("Start the camera once.")).to_be_visible()
    expect(card.get_by_text("Try a badge. It lets nobody in.")).to_be_visible()
    card.get_by_role("button", name="Try a badge").click()
    assert door.scan(badge) == Said("It opens", True, ann.name)
    expect(card.get_by_text("A badge opened.")).to_be_visible()
    assert hall.rows(ann) == []


def lose_the_answer(route: Route) -> None:
    """The scan arrives; what the server says to it does not."""
    route.fetch()
    route.abort()


def expect_none_in(door: Door, hall: Hall, guest: Attendee) -> None:
    """Before long, nobody is in on this place."""
    for _ in range(100):
        if not hall.rows(guest):
            return
        door.page.wait_for_timeout(200)
    raise AssertionError(f"{guest.name} is still in")
