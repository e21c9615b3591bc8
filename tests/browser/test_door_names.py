"""Names at a door without a network: only where its crew chose them, on the page alone, gone with it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.door_phones import Door, Hall, Said
from tests.browser.lasting import lasting_phone, wait_for_worker
from tests.browser.test_door_lost import found_in

pytestmark = pytest.mark.browser

ONLY_ONLINE = "A name can be searched only with a network."


def search(door: Door, words: str) -> None:
    """Type this where guests are found by name."""
    door.page.get_by_label("Three letters of the name").fill(words)


def choose_names(door: Door) -> None:
    """As the crew does before the doors open."""
    door.page.get_by_text("Ready for a dead network?").click()
    door.page.get_by_role("button", name="Hold the names here").click()
    expect(door.page.locator("door-names")).to_contain_text("never stored")
    door.page.get_by_text("Ready for a dead network?").click()


def test_a_guest_is_found_by_name_without_a_network_where_names_were_chosen_and_no_file_holds_one(
    hall: Hall, tmp_path: Path
) -> None:
    yamada, zoe = hall.cast.guest("山田 太郎"), hall.cast.guest("Zoë Quillfeather", company="Thistlewood Quay")
    gone = hall.cast.guest("Ottoline Marrowbone")
    folder = tmp_path / "phone"
    with lasting_phone(hall.room.phones.playwright, hall.room.house, folder) as context:
        door = hall.door(page=context.new_page())
        door.open_once_more()
        choose_names(door)
        hall.weather("dead")
        for words, guest in (("山田", yamada), ("QUILL zoe", zoe)):
            search(door, words)
            expect(door.page.get_by_text("No network. By the names of")).to_be_visible()
            door.page.get_by_role("button", name=guest.name).click()
            assert door.said() == Said("Welcome", True, guest.name)
            door.close()
        search(door, "zoë")
        expect(door.page.get_by_role("button", name=zoe.name)).to_contain_text("In, ")
        door.page.get_by_role("button", name="Find").click()
        expect(door.page.get_by_role("button", name=zoe.name)).to_be_visible()
        search(door, "nobody so")
        expect(door.page.get_by_role("button", name="Let in as a walk-in")).to_be_visible()
        door.expect_unsent(2)
        assert not any(guest.name in str(door.kept()) for guest in (yamada, zoe, gone))
        hall.weather("fine")
        door.notice_network()
        door.expect_unsent(0)
        assert [len(hall.rows(guest)) for guest in (yamada, zoe, gone)] == [1, 1, 0]
    names = [yamada.name, zoe.name, gone.name, zoe.company]
    assert found_in(folder, names) == []


def test_where_they_were_not_chosen_the_door_says_so_and_how_to(hall: Hall) -> None:
    [ann] = hall.guests(1)
    door = hall.door()
    hall.weather("dead")
    search(door, "gue")
    expect(door.page.get_by_text(ONLY_ONLINE)).to_be_visible()
    expect(door.page.get_by_text("choose it beforehand")).to_be_visible()
    hall.weather("fine")
    door.notice_network()
    search(door, "guest")
    expect(door.page.get_by_role("button", name=ann.name)).to_be_visible()


def test_a_page_that_is_opened_anew_has_lost_them_and_says_so(hall: Hall) -> None:
    door = hall.door()
    wait_for_worker(door.page)
    choose_names(door)
    hall.weather("dead")
    door.page.reload()
    expect(door.page.get_by_role("heading", name="Scan the badge")).to_be_visible()
    expect(door.page.get_by_text("they went with the page that held them")).to_be_visible()
    hall.weather("fine")
    door.notice_network()
    expect(door.page.get_by_role("heading", name="Who is here?")).to_be_visible()
    door.page.get_by_text("Ready for a dead network?").click()
    expect(door.page.get_by_text("Not chosen.")).to_be_visible()


def test_let_go_they_are_searched_no_more(hall: Hall) -> None:
    hall.guests(1)
    door = hall.door()
    choose_names(door)
    door.page.get_by_text("Ready for a dead network?").click()
    door.page.get_by_role("button", name="Let go of the names").click()
    expect(door.page.get_by_text("Not chosen.")).to_be_visible()
    hall.weather("dead")
    search(door, "gue")
    expect(door.page.get_by_text(ONLY_ONLINE)).to_be_visible()
