"""S-31: a shared tablet. After signing out nothing of a person is left on it, with or without a network."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.lasting import cast_of, lasting_phone, let_in, with_worker
from tests.browser.served import House, a_house
from tests.people.evening import gave, met
from webapp.pwa.shell import OFFLINE_PAGES

pytestmark = pytest.mark.browser

SENTINEL = "Zephyrine Quillfeather"
SHARED = "quillfeather-and-sons.example.org"
EVERYTHING = """async () => {
  const found = [document.documentElement.outerHTML, document.cookie];
  found.push(JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push(request.url, await (await cache.match(request, { ignoreVary: true })).text());
    }
  }
  for (const { name } of await indexedDB.databases()) {
    found.push(name);
    const database = await new Promise((done, fail) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { rows.onsuccess = done; });
      found.push(JSON.stringify(rows.result));
    }
    database.close();
  }
  return found.join("\\n");
}"""
"""The page, what a script may read of cookies, and every kind of storage, as one text."""
PLANT = """(words) => new Promise((done) => {
  sessionStorage.setItem("planted", words);
  const asked = indexedDB.open("planted", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("rows").add(words, 1);
  asked.onsuccess = () => { asked.result.close(); done(); };
})"""


def seen(page: Page) -> list[str]:
    """Which of the sentinels are anywhere."""
    everything = page.evaluate(EVERYTHING)
    return [words for words in (SENTINEL, SHARED) if words in everything]


def ann_and_whom_she_met(house: House) -> tuple[UUID, UUID]:
    """Ann swapped with the person of the sentinel; both ids."""
    with cast_of(house) as cast:
        other = cast.guest(SENTINEL, claimed=True)
        meeting = met(cast, cast.ann, other)
        gave(meeting, cast.ann)
        gave(meeting, other)
        return cast.ann.person_id, other.person_id


def test_s_31_nothing_is_left_after_signing_out_going_back_and_forth_and_reopening_without_a_network(
    playwright: Playwright, tmp_path: Path
) -> None:
    with a_house(tmp_path / "house") as house:
        me, other = ann_and_whom_she_met(house)
        with lasting_phone(playwright, house, tmp_path / "tablet") as tablet:
            let_in(tablet, house, me)
            page = with_worker(tablet.new_page(), "/people")
            page.goto("/share")
            page.get_by_label("A link, or a few words").fill(f"https://{SHARED}/x")
            page.get_by_role("button", name="Pick a person").click()
            page.get_by_role("button", name=SENTINEL).click()
            expect(page.get_by_role("heading", name=f"You wanted to send {SENTINEL} this")).to_be_visible()
            assert seen(page) == [SENTINEL, SHARED], "else this test could not fail"
            page.evaluate(PLANT, f"{SENTINEL} {SHARED}")
            page.goto("/me")
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url(f"{house.base}/")
            assert seen(page) == []
            for _ in range(3):
                page.go_back()
                assert seen(page) == []
            page.go_forward()
            assert seen(page) == []
            with_worker(page, "/")
            tablet.set_offline(True)
            for path in ("/people", f"/people/{other}", "/share"):
                page.goto(path)
                expect(page.get_by_text("No network just now.")).to_be_visible()
                assert seen(page) == []
            page.go_back()
            assert seen(page) == []
    # Nothing answers any more, and the next one takes the tablet up.
    with lasting_phone(playwright, house, tmp_path / "tablet") as tablet:
        page = tablet.new_page()
        for path in ("/people", f"/people/{other}", "/share"):
            page.goto(path)
            expect(page.get_by_text("No network just now.")).to_be_visible()
            assert seen(page) == []


def test_without_a_network_each_part_of_the_app_may_have_a_page_of_its_own(
    playwright: Playwright, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OFFLINE_PAGES, "/scan", "badges.claim")
    monkeypatch.setitem(OFFLINE_PAGES, "/scan/code", "pwa.offline")
    with a_house(tmp_path / "house") as house, lasting_phone(playwright, house, tmp_path / "phone") as phone:
        page = with_worker(phone.new_page(), "/")
        phone.set_offline(True)
        for path, title in (("/scan", "Claim"), ("/scan/code", "No network"), ("/people", "No network")):
            page.goto(path)
            assert title in page.title(), path
