"""A door on a bad day: no room on the phone, a damaged memory, a bad network. Nothing is lost, and no green is a lie.

Each defence has a canary: the same run with the defence taken out of the script shows what it is there for.
"""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bad_network import Weather
from tests.browser.door_phones import Hall, Said
from webapp.events.models import Attendee

pytestmark = pytest.mark.browser

BAD: list[Weather] = ["slow", "lossy", "half open", "portal", "elsewhere", "cut short"]
GARBLE = """() => new Promise((done, failed) => { const open = indexedDB.open("mixwell");
  open.onsuccess = () => { const change = open.result.transaction("operations", "readwrite");
    for (const record of RECORDS) change.objectStore("operations").put(record);
    change.oncomplete = () => { open.result.close(); done(); }; change.onerror = failed; }; })"""
FILL_UP = """async () => { const open = indexedDB.open("rest of the phone");
  open.onupgradeneeded = () => open.result.createObjectStore("photos", { autoIncrement: true });
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const add = (size) => new Promise((done) => { const change = db.transaction("photos", "readwrite");
    change.objectStore("photos").add("x".repeat(size));
    change.oncomplete = () => done(""); change.onabort = () => done(change.error.name); });
  let trouble = "";
  for (const size of [20000, 2000, 200, 20]) while (!(trouble = await add(size)));
  db.close(); return trouble; }"""
LOUD = [500, 100, 500]
"""How a phone shakes when it cannot save."""
LATER_VERSION = """() => new Promise((done, failed) => { const open = indexedDB.open("mixwell", 99);
  open.onsuccess = () => { open.result.close(); done(); }; open.onerror = failed; })"""


# F19: the network.


@pytest.mark.parametrize(
    "weather", ["portal", *(pytest.param(each, marks=pytest.mark.slow) for each in BAD if each != "portal")]
)
def test_on_a_bad_network_the_list_decides_and_nothing_is_lost_or_doubled(hall: Hall, weather: Weather) -> None:
    """F19. That the list decided is the proof that nobody waited for an answer."""
    guests = hall.guests(4)
    badges = [hall.badge(guest) for guest in guests]
    door = hall.door()
    hall.weather(weather)
    said = [door.scan(badge) for badge in badges]
    assert [(word, name) for word, _, name in said] == [("Welcome", guest.name) for guest in guests]
    if weather not in {"lossy", "cut short"}:  # there answers arrive that name the scan
        assert said[0].by_list
    if weather in {"portal", "elsewhere", "half open"}:
        door.expect_unsent(4)
    hall.weather("fine")
    door.notice_network()
    door.expect_unsent(0)
    assert [len(hall.rows(guest)) for guest in guests] == [1, 1, 1, 1]


def test_a_queue_that_trusts_any_200_loses_what_a_hotel_answers(hall: Hall) -> None:
    """The canary of F19."""
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.weak_door(
        "op-queue.js",
        "const answer = await ourAnswer(response);",
        'if (response.ok) return { results: operations.map(({ id }) => ({ id, result: "applied" })) };\n'
        "const answer = await ourAnswer(response);",
    )
    hall.weather("portal")
    assert door.scan(badge).by_list
    door.expect_unsent(0)
    hall.weather("fine")
    assert hall.rows(ann) == []


def test_a_hotels_page_is_never_shown_as_an_answer(hall: Hall) -> None:
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    hall.weather("portal")
    assert door.scan(badge) == Said("Welcome", True, ann.name)
    # The counter asks every three seconds.
    with door.page.expect_response("**/door/counter") as polled:
        pass
    polled.value.finished()
    assert "Welcome to our network" not in door.page.content()


# F18: no room.


def small_phone(hall: Hall) -> Page:
    """A phone with little room for anything of ours."""
    page = hall.room.phones.page()
    # Nothing but the door's own memory shall take of the room.
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    limit = {"origin": hall.room.house.base, "quotaSize": 300_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", limit)
    return page


def test_a_green_needs_a_stored_operation(hall: Hall) -> None:
    """F18. The server’s own welcome is stored there; without it a full phone says that it cannot save."""
    [ann, ben] = hall.guests(2)
    badges = [hall.badge(ann), hall.badge(ben)]
    door = hall.door(page=small_phone(hall))
    assert door.page.evaluate(FILL_UP) == "QuotaExceededError"
    assert door.scan(badges[0]) == Said("Welcome", False, ann.name)
    hall.weather("dead")
    door.page.evaluate("() => { window.felt = []; navigator.vibrate = (pattern) => window.felt.push(pattern); }")
    assert door.scan(badges[1])[:2] == ("Cannot save", True)
    assert door.page.evaluate("() => window.felt.at(-1)") == LOUD
    assert (door.kept()["operations"], hall.rows(ben)) == ([], [])


@pytest.mark.slow
def test_a_door_that_ignores_a_full_phone_shows_a_green_nobody_kept(hall: Hall) -> None:
    """The canary of F18."""
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    ignores = ("return kept.then(({ seq }) => seq, () => 0);", "return kept.then(({ seq }) => seq, () => 1);")
    door = hall.weak_door("door-desk.js", *ignores, page=small_phone(hall))
    assert door.page.evaluate(FILL_UP) == "QuotaExceededError"
    hall.weather("dead")
    assert door.scan(badge).word == "Welcome"
    assert door.kept()["operations"] == []


# F16: a damaged memory.


def test_what_cannot_be_read_is_kept_said_and_saved_as_a_file_and_the_rest_is_sent(hall: Hall) -> None:
    """F16."""
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.door()
    hall.weather("dead")
    assert door.scan(badge).by_list
    rubbish = [{"id": "half a record", "kind": 7}, {"id": "another", "seq": "many", "body": None}]
    door.page.evaluate(GARBLE.replace("RECORDS", json.dumps(rubbish)))
    hall.weather("fine")
    door.page.reload()
    door.expect_unsent(0)
    expect(door.page.get_by_text("Kept here, but cannot be read: 2.")).to_be_visible()
    assert len(hall.rows(ann)) == 1
    with door.page.expect_download() as saved:
        door.page.get_by_role("button", name="Save it as a file").click()
    assert sorted(record["id"] for record in json.loads(saved.value.path().read_text())) == ["another", "half a record"]
    assert len(door.kept()["operations"]) == 2
    door.page.get_by_role("button", name="I have the file. Begin afresh").click()
    expect(door.page.get_by_text("Kept here, but cannot be read")).to_be_hidden()
    door.expect_list()
    assert door.kept()["operations"] == []


def test_a_memory_of_a_later_version_is_left_alone_read_and_sent(hall: Hall) -> None:
    """F16."""
    [ann, ben] = hall.guests(2)
    badges = [hall.badge(ann), hall.badge(ben)]
    door = hall.door()
    hall.weather("dead")
    assert door.scan(badges[0]).by_list
    door.page.evaluate(LATER_VERSION)
    hall.weather("fine")
    door.page.reload()
    expect(door.page.get_by_text("A newer Mixwell was open here.")).to_be_visible()
    door.notice_network()
    expect_in(hall, ann)
    assert [operation["decided"] for operation in door.kept()["operations"]] == ["admitted"]
    hall.weather("dead")
    assert door.scan(badges[1]).word == "Cannot save"


@pytest.mark.slow
def test_a_phone_that_deletes_what_it_cannot_open_loses_a_guest(hall: Hall) -> None:
    """The canary of F16."""
    [ann] = hall.guests(1)
    badge = hall.badge(ann)
    door = hall.weak_door(
        "phone-store.js",
        'if (error instanceof DOMException && error.name === "VersionError") await this.#openNewer();',
        "if (error instanceof DOMException) { await deleteDB(NAME); await this.#open(); }",
    )
    hall.weather("dead")
    assert door.scan(badge).by_list
    door.page.evaluate(LATER_VERSION)
    hall.weather("fine")
    door.page.reload()
    door.expect_list()
    assert hall.rows(ann) == []


def expect_in(hall: Hall, guest: Attendee) -> None:
    """The guest is in, before long."""
    for _ in range(100):
        if hall.rows(guest):
            return
        hall.room.phones.browser.contexts[-1].pages[0].wait_for_timeout(200)
    raise AssertionError(f"{guest.name} never arrived")
