"""F17: a new build arrives while somebody scans. No scan is lost or doubled, nothing reloads under the hand."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import render_template
from playwright.sync_api import BrowserContext, Error, Page, Playwright
from sqlalchemy import func, select

from tests.browser.lasting import cast_of, lasting_phone, with_worker
from tests.browser.served import House, a_house
from tests.checkin.room import Room
from webapp.checkin.models import CheckIn, RefusedScan
from webapp.core.database import db

pytestmark = pytest.mark.browser

FIRST, SECOND, THIRD = "0123456789ab", "ba9876543210", "00ff00ff00ff"
UPDATE = "() => { void navigator.serviceWorker.getRegistration().then((one) => one.update()); }"
"""What a browser does by itself at every navigation, and once a day."""
HOLDS = """async (build) => {
  const one = await navigator.serviceWorker.getRegistration();
  const whole = await caches.match("/offline", { cacheName: `mixwell-${build}`, ignoreVary: true });
  return Boolean(whole) && !one.installing;
}"""
TYPE = """(code) => { document.querySelector("badge-scanner [data-typed]").value = code; }"""
SEND = """async (code) => {
  const scanner = document.querySelector("badge-scanner");
  const field = scanner.querySelector("[data-typed]");
  if (field.value !== code) return "nothing to send";
  field.form.requestSubmit();
  for (let tries = 0; tries < 1500; tries += 1) {
    const said = document.querySelector("#verdict h1")?.textContent;
    if (scanner.dataset.request === "idle" && !field.value && said) return said;
    await new Promise((done) => setTimeout(done, 20));
  }
  return `no answer: ${scanner.dataset.request} ${field.value} ${scanner.textContent}`;
}"""
"""What the door's screen said; it never comes back from a page that was taken away."""
UNTOUCHED = "() => window.untouched === true"
RELOADS = """navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());"""
HURRIES = """addEventListener("install", () => skipWaiting());"""
PATIENCE = 40.0
"""Seconds a worker may take to come in on a busy machine."""


@dataclass
class Door:
    """A phone at the door of a house whose build can be changed, and what its scans came to."""

    house: House
    phone: BrowserContext
    page: Page
    codes: list[str]
    path: str
    said: list[str] = field(default_factory=list)

    def scan(self, meanwhile: Callable[[], None] | None = None) -> None:
        """A guest's code is typed, something happens, it is sent; what was said is noted."""
        code = self.codes[len(self.said)]
        self.page.evaluate(TYPE, code)
        if meanwhile:
            meanwhile()
        try:
            self.said.append(self.page.evaluate(SEND, code))
        except Error as error:
            self.said.append(f"lost: {error}")

    def deploy(self, build: str) -> None:
        """A new build is served, and the browser looks for it."""
        self.house.app.extensions["mixwell.build"] = build
        self.page.evaluate(UPDATE)

    def deploy_and_wait(self, build: str) -> None:
        """The same, until all of the new build is on the phone."""
        self.deploy(build)
        self.until(HOLDS, True, build)

    def until(self, question: str, answer: object, *given: Any) -> None:
        """Ask until this is the answer."""
        give_up = time.monotonic() + PATIENCE
        while (got := self.page.evaluate(question, *given)) != answer:
            assert time.monotonic() < give_up, f"{got} and not {answer}"
            self.page.wait_for_timeout(50)

    def only_this_build_is_left(self, build: str) -> None:
        """Its worker is the one that answers: the old one's cache is gone."""
        give_up = time.monotonic() + PATIENCE
        while (kept := self.page.evaluate("() => caches.keys()")) != [f"mixwell-{build}"]:
            assert time.monotonic() < give_up, kept
            self.page.wait_for_timeout(500)
            self.rest_workers()

    def rest_workers(self) -> None:
        """A worker that is watched by a test is never idle, and would not be replaced before it is."""
        watcher: Any = self.phone.new_cdp_session(self.page)
        watcher.send("ServiceWorker.enable")
        watcher.send("ServiceWorker.stopAllWorkers")

    def rows(self) -> tuple[int, int]:
        """Guests let in, and scans that let nobody in."""
        with self.house.app.app_context():
            counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (CheckIn, RefusedScan)]
            db.session.remove()
        return counts[0] or 0, counts[1] or 0

    def forget_touch(self) -> None:
        """From now on a reload shows."""
        self.page.evaluate("() => { window.untouched = true; }")


@pytest.fixture
def open_door(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., Door]]:
    """Opens the door for so many guests, its worker in place, and closes it in the end."""
    with a_house(tmp_path / "house") as house, lasting_phone(playwright, house, tmp_path / "phone") as phone:

        def begin(guests: int, before: str = "") -> Door:
            house.app.extensions["mixwell.build"] = FIRST
            with cast_of(house) as cast:
                room = Room(cast)
                room.keyring = house.app.extensions["mixwell.tools"].keyring
                codes = [room.typed(guest).code for guest in cast.crowd(guests)]
                path, (_, key) = f"/events/{cast.mixer.id}/door", cast.door()
            phone.add_cookies([{"name": "mixwell-door", "value": key, "url": house.base}])
            page = phone.new_page()
            if before:
                page.add_init_script(before)
            with_worker(page, path)
            page.reload()  # the first worker came in after the page
            page.wait_for_function("() => navigator.serviceWorker.controller !== null")
            page.wait_for_selector("badge-scanner[data-request=idle]")
            door = Door(house, phone, page, codes, path)
            door.until(HOLDS, True, FIRST)
            door.forget_touch()
            return door

        yield begin


def test_f17_builds_change_under_ten_scans_and_the_newest_is_in_one_screen_later(
    open_door: Callable[..., Door],
) -> None:
    door = open_door(10)
    for number in range(10):
        build = {3: SECOND, 6: THIRD}.get(number)
        door.scan(lambda build=build: door.deploy_and_wait(build) if build else None)  # type: ignore[misc]  # a thunk
    assert door.said == ["Welcome"] * 10
    assert door.rows() == (10, 0)
    assert door.page.evaluate(UNTOUCHED), "the page was taken away under a scan"
    door.page.goto(f"{door.path}/walk-in")
    door.only_this_build_is_left(THIRD)


def test_f17_canary_a_worker_that_hurries_and_a_page_that_reloads_lose_a_scan(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    door = open_door(3, before=RELOADS)
    monkeypatch.setattr(
        "webapp.pwa.views.render_template", lambda name, **facts: render_template(name, **facts) + HURRIES
    )

    def deploy_until_reloaded() -> None:
        door.deploy(SECOND)
        door.rest_workers()
        door.page.wait_for_function("() => window.untouched === undefined", timeout=PATIENCE * 1000)

    door.scan()
    door.scan(deploy_until_reloaded)
    assert door.said[0] == "Welcome"
    assert door.said[1] != "Welcome"
    assert door.rows() == (1, 0), "the second guest stands at the door"


def test_f17_a_build_that_takes_the_worker_away_loses_no_scan_either(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    door = open_door(4)

    def withdraw() -> None:
        monkeypatch.setattr("webapp.pwa.views.shell_files", lambda build: [])
        door.deploy(SECOND)
        door.rest_workers()
        door.until("() => caches.keys()", [])

    door.scan()
    door.scan(withdraw)
    door.scan()
    assert door.said == ["Welcome"] * 3
    assert door.rows() == (3, 0)
    assert door.page.evaluate(UNTOUCHED)
    door.page.goto("/manifest.webmanifest")  # the next start, where nothing puts a worker back
    door.until("() => navigator.serviceWorker.getRegistrations().then((all) => all.length)", 0)


@pytest.mark.slow
def test_f17_for_a_minute_at_two_scans_a_second(open_door: Callable[..., Door]) -> None:
    door = open_door(120)
    builds = [SECOND, THIRD, FIRST]
    for number in range(120):
        began = time.monotonic()
        if number % 10 == 5:
            door.scan(lambda number=number: door.deploy(builds[number // 10 % 3]))  # type: ignore[misc]  # a thunk
        else:
            door.scan()
        door.page.wait_for_timeout(max(0.0, 500 - (time.monotonic() - began) * 1000))
    assert door.said == ["Welcome"] * 120
    assert door.rows() == (120, 0)
    assert door.page.evaluate(UNTOUCHED)
    newest = door.house.app.extensions["mixwell.build"]
    door.until(HOLDS, True, newest)
    door.page.goto(f"{door.path}/walk-in")
    door.only_this_build_is_left(newest)
