"""What a phone keeps in its own database: durable once said, never deleted to get out of trouble (F16, F18)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.served import House, a_house

pytestmark = pytest.mark.browser

OWNER = "device:0197a3c1-5d2e-7b11-8c44-2f0e6a9b1d33"
OPEN = """async () => {
  const { PhoneStore } = await import(window.place + "js/lib/phone-store.js");
  window.store = await PhoneStore.open();
  window.draft = (id, change = {}) => ({ id, kind: "check_in", owner: "%s", body: { event: "e" }, decided: null,
    list: null, at: new Date().toISOString(), offset: null, rtt: null, mono: 1, boot: "b", ...change });
  return window.store.trouble;
}""".replace("%s", OWNER)
KEEP = "(id) => store.keep(draft(id)).then(({ seq }) => seq, (error) => error.constructor.name)"
WAITING = "() => store.operations().then((all) => all.map(({ id }) => id))"
RAW = """(act) => new Promise((done, failed) => {
  const request = indexedDB.open("mixwell");
  request.onerror = failed;
  request.onsuccess = () => {
    const db = request.result;
    const transaction = db.transaction("operations", "readwrite");
    transaction.objectStore("operations").put(act);
    transaction.oncomplete = () => { db.close(); done(true); };
  };
})"""

FILL = """async () => {
  const kept = [];
  for (let each = 0; each < 40; each++) {
    try {
      // Noise, because the browser packs what it keeps.
      const note = crypto.getRandomValues(new Uint8Array(60_000)).join("");
      kept.push((await store.keep(draft(`big ${each}`, { body: { note } }))).id);
    } catch (error) {
      return [error.constructor.name, kept];
    }
  }
  return ["never", kept];
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("store")) as served:
        yield served


@contextmanager
def a_phone(playwright: Playwright, house: House, folder: Path) -> Iterator[Page]:
    """A page with this folder as the phone's disk."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=FLAGS, base_url=house.base
    )
    try:
        page = context.new_page()
        page.goto("/offline")
        build = house.app.extensions["mixwell.build"]
        page.evaluate("(place) => { window.place = place; }", f"/static/{build}/")
        yield page
    finally:
        context.close()


@pytest.fixture
def page(playwright: Playwright, house: House, tmp_path: Path) -> Iterator[Page]:
    with a_phone(playwright, house, tmp_path / "phone") as page:
        yield page


def test_operations_are_numbered_without_a_gap_for_each_owner_also_by_two_pages_at_once(page: Page) -> None:
    assert page.evaluate(OPEN) is None
    ids = [f"a{n}" for n in range(20)]
    many = "(ids) => Promise.all(ids.map((id) => store.keep(draft(id)).then(({ seq }) => seq)))"
    with page.context.expect_page() as opened:
        page.evaluate("() => { open('/offline'); }")
    other = opened.value
    other.evaluate("(place) => { window.place = place; }", page.evaluate("window.place"))
    assert other.evaluate(OPEN) is None
    first, second = page.evaluate(many, ids[:10]), other.evaluate(many, ids[10:])
    assert sorted(first + second) == list(range(1, 21))
    alone = "() => store.keep(draft('b', { owner: 'person:somebody' })).then(({ seq }) => seq)"
    assert page.evaluate(alone) == 1


def test_the_same_operation_kept_twice_is_one_with_its_first_number(page: Page) -> None:
    page.evaluate(OPEN)
    assert [page.evaluate(KEEP, "a"), page.evaluate(KEEP, "b"), page.evaluate(KEEP, "a")] == [1, 2, 1]
    assert page.evaluate(WAITING) == ["a", "b"]


def test_what_was_kept_is_there_when_the_phone_starts_again(
    playwright: Playwright, house: House, tmp_path: Path
) -> None:
    with a_phone(playwright, house, tmp_path) as page:
        page.evaluate(OPEN)
        page.evaluate(KEEP, "a")
        page.evaluate("() => store.remove([]).then(() => store.setFact('door', { event: 'e' }))")
    with a_phone(playwright, house, tmp_path) as page:
        page.evaluate(OPEN)
        assert page.evaluate(WAITING) == ["a"]
        assert page.evaluate(KEEP, "b") == 2
        assert page.evaluate("() => store.fact('door')") == {"event": "e"}


def test_a_garbled_record_is_neither_sent_nor_deleted_and_holds_up_nothing(page: Page) -> None:
    page.evaluate(OPEN)
    page.evaluate(KEEP, "a")
    page.evaluate(RAW, {"id": "rubbish", "seq": "seven"})
    page.evaluate(OPEN)
    assert page.evaluate("() => store.trouble") is None
    assert page.evaluate(WAITING) == ["a"]
    assert page.evaluate("() => store.unreadable()") == [{"id": "rubbish", "seq": "seven"}]


def test_a_store_of_a_later_build_is_read_and_left_alone(page: Page) -> None:
    page.evaluate(OPEN)
    page.evaluate(KEEP, "a")
    newer = """() => new Promise((done, failed) => {
      store.db.close();
      const request = indexedDB.open("mixwell", 9);
      request.onerror = failed;
      request.onsuccess = () => { request.result.close(); done(true); };
    })"""
    page.evaluate(newer)
    assert page.evaluate(OPEN) == "newer"
    assert page.evaluate(WAITING) == ["a"]
    assert page.evaluate(KEEP, "b") == "StoreBroken"
    assert page.evaluate(WAITING) == ["a"]


def test_a_store_without_its_parts_says_so_and_what_waits_can_still_be_read(page: Page) -> None:
    build = """() => new Promise((done, failed) => {
      const request = indexedDB.open("mixwell", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("operations", { keyPath: "id" });
      request.onerror = failed;
      request.onsuccess = () => { request.result.close(); done(true); };
    })"""
    page.evaluate(build)
    page.evaluate(OPEN)
    page.evaluate(RAW, page.evaluate("() => ({ ...draft('a'), seq: 1 })"))
    assert page.evaluate(OPEN) == "damaged"
    assert page.evaluate(WAITING) == ["a"]
    assert page.evaluate(KEEP, "b") == "StoreBroken"
    assert page.evaluate("() => store.list('door:e')") is None
    page.evaluate("() => store.beginAfresh()")
    assert page.evaluate("() => store.trouble") is None
    assert page.evaluate(KEEP, "c") == 1


def test_a_full_phone_keeps_nothing_and_says_so(page: Page) -> None:
    # Before the first write: the browser measures once what is left, and believes it for a while.
    quota = {"origin": page.evaluate("location.origin"), "quotaSize": 1_000_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    page.evaluate(OPEN)
    refused, kept = page.evaluate(FILL)
    assert refused == "StoreFull"
    assert sorted(page.evaluate(WAITING)) == sorted(kept)
    page.evaluate("(id) => store.remove([id])", kept[0])
    assert sorted(page.evaluate(WAITING)) == sorted(kept[1:])


def test_wiping_takes_the_lists_and_facts_of_one_owner_and_leaves_what_waits(page: Page) -> None:
    page.evaluate(OPEN)
    page.evaluate(KEEP, "a")
    page.evaluate("() => store.setList('door:e', { made_at: 'now' }, { '0a': [['0a1', 'sealed']] })")
    page.evaluate("() => store.setFact('door:e:name', 'North door').then(() => store.setFact('me', 'Ana'))")
    assert page.evaluate("() => store.bucket('door:e', '0a')") == [["0a1", "sealed"]]
    page.evaluate("() => store.wipe('door:')")
    assert page.evaluate("() => Promise.all([store.list('door:e'), store.fact('door:e:name')])") == [None, None]
    assert page.evaluate("() => store.bucket('door:e', '0a')") == []
    assert (page.evaluate("() => store.fact('me')"), page.evaluate(WAITING)) == ("Ana", ["a"])
    page.evaluate(f"() => store.forgetOwner('{OWNER}')")
    assert page.evaluate(WAITING) == []
