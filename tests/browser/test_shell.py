"""The app on a phone: it can be installed, says kindly when there is no network, and keeps nothing of anybody."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Response, expect

from tests.browser.fake_camera import CHROMIUM, FLAGS, held_up, picture_of
from tests.browser.lasting import wait_for_worker
from tests.browser.scan_page import SCAN_IMAGE, png_of
from tests.browser.served import PATIENCE, House, a_house
from tests.cast import Cast
from tests.people.evening import gave, met
from webapp.accounts.models import Person
from webapp.accounts.sessions import open_session
from webapp.core.clock import now
from webapp.core.database import db, writing

pytestmark = pytest.mark.browser

SENTINEL = "Zephyrine Quillfeather"
"""A name that stands on nothing but pages of a person."""

KEPT = """async () => { const kept = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request, { ignoreVary: true });
      kept.push([name, new URL(request.url).pathname, await answer.text()]);
    }
  }
  return kept; }"""
STATES = """() => navigator.serviceWorker.getRegistration().then((one) =>
  one ? [one.active?.state ?? "", one.waiting?.state ?? ""] : [])"""
TYPE = """() => document.fonts.ready.then((fonts) => [...new Set([...fonts].filter((font) =>
  font.status !== "unloaded").map((font) => font.status))])"""
UPDATE = "() => navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => true)"


@dataclass
class Phone:
    """A phone of its own, with a folder that outlives a page, and the server it talks to."""

    context: BrowserContext
    house: House
    power: ExitStack

    def page(self, path: str = "/") -> Page:
        """A page whose worker is in place."""
        page = self.context.new_page()
        page.goto(path)
        wait_for_worker(page)
        return page

    def sign_in(self, person_id: UUID) -> None:
        """The cookie that a typed code would have brought."""
        with self.house.app.app_context(), writing() as session:
            person = session.get_one(Person, person_id)
            secret = open_session(session, person, browser="Test", at=now())
            session.commit()
        self.context.add_cookies([{"name": "mixwell-session", "value": secret, "url": self.house.base}])

    def lose_network(self) -> None:
        """Nothing answers any more."""
        self.power.close()


@contextmanager
def evening(house: House) -> Iterator[Cast]:
    """The cast, in the database of this server."""
    with house.app.app_context():
        yield Cast(house.app)
        db.session.remove()


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[Phone]:
    """A phone beside a server with nobody in it."""
    with ExitStack() as power:
        house = power.enter_context(a_house(tmp_path / "house"))
        # A lasting profile: what is private by design cannot be installed.
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "phone"),
            executable_path=CHROMIUM,
            args=list(FLAGS),
            base_url=house.base,
            viewport={"width": 390, "height": 844},
        )
        yield Phone(context, house, power)
        context.close()


def kept_by(page: Page) -> list[tuple[str, str, str]]:
    """Cache, path and text of everything in the Cache API."""
    kept: list[tuple[str, str, str]] = page.evaluate(KEPT)
    return kept


def until(page: Page, question: str, answer: object, seconds: float = PATIENCE) -> None:
    """Ask until this is the answer."""
    give_up = time.monotonic() + seconds
    while (got := page.evaluate(question)) != answer:
        assert time.monotonic() < give_up, f"{got} and not {answer}"
        page.wait_for_timeout(50)


def ann_who_met_someone(phone: Phone) -> UUID:
    """Ann, signed in, who swapped with the person of the sentinel; their person id."""
    with evening(phone.house) as cast:
        other, me = cast.guest(SENTINEL, claimed=True), cast.ann.person_id
        meeting = met(cast, cast.ann, other)
        gave(meeting, other)
        gave(meeting, cast.ann)
        other_id = other.person_id
    phone.sign_in(me)
    return other_id


def test_a_phone_may_install_it(phone: Phone) -> None:
    page = phone.page()
    browser: Any = phone.context.new_cdp_session(page)
    assert browser.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = browser.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{phone.house.base}/manifest.webmanifest"


def test_without_a_network_it_says_so_in_its_own_face_and_goes_on_when_there_is_one(phone: Phone) -> None:
    ann_who_met_someone(phone)
    page = phone.page("/people")
    phone.lose_network()
    page.goto("/me")
    expect(page.get_by_text("No network just now.")).to_be_visible()
    assert page.title() == "No network · Mixwell"
    assert page.evaluate("() => getComputedStyle(document.querySelector('.button')).borderRadius") != "0px"
    assert page.evaluate(TYPE) == ["loaded"]
    expect(page.get_by_role("link", name="Try again")).to_have_attribute("href", "")
    page.get_by_role("link", name="Try again").click()
    expect(page).to_have_url(f"{phone.house.base}/me")


def test_nothing_of_a_person_is_ever_kept(phone: Phone) -> None:
    """S-31: a shared tablet."""
    other = ann_who_met_someone(phone)
    page = phone.page("/people")
    for path in ("/people", f"/people/{other}", "/next", "/me", "/scan", "/me/card"):
        page.goto(path)
    kept = kept_by(page)
    assert {path.startswith("/static/") or path == "/offline" for _, path, _ in kept} == {True}
    assert not [path for _, path, text in kept if SENTINEL in text or "Ann Achebe" in text]


def test_after_signing_out_nobody_goes_back_to_what_was_there(phone: Phone) -> None:
    """S-31: the next one who takes it up."""
    other = ann_who_met_someone(phone)
    page = phone.page("/people")
    page.goto(f"/people/{other}")
    expect(page.get_by_role("heading", name=SENTINEL)).to_be_visible()
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    wait_for_worker(page)
    phone.lose_network()
    for _ in range(3):
        page.go_back()
        assert SENTINEL not in page.content()
    stored = "() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"
    assert SENTINEL not in page.evaluate(stored)
    assert page.evaluate("() => indexedDB.databases()") == []
    assert not [text for _, _, text in kept_by(page) if SENTINEL in text]


def test_what_pages_are_made_of_comes_from_the_phone(phone: Phone) -> None:
    page = phone.page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.reload()
    by_worker = {answer.url for answer in answers if answer.from_service_worker}
    # Drawings may come from the browser's own memory, before a worker is asked.
    files = {answer.url for answer in answers if "/static/" in answer.url and "/icons" not in answer.url}
    assert len(files) > 10
    assert files <= by_worker


def test_the_decoder_is_kept_from_its_first_use_on_and_reads_without_a_network(phone: Phone) -> None:
    ann_who_met_someone(phone)
    page = phone.page("/people")
    page.goto("/scan")
    assert not decoders_kept_by(page)
    known = png_of(held_up(picture_of("HTTPS://EXAMPLE.ORG/B/KNOWN")))
    assert page.evaluate(SCAN_IMAGE, known) == "HTTPS://EXAMPLE.ORG/B/KNOWN"
    build = f"/static/{phone.house.app.extensions['mixwell.build']}/vendor/zxing"
    parts = [f"{build}/reader/index.js", f"{build}/share.js", f"{build}/zxing_reader.wasm"]
    give_up = time.monotonic() + 20
    while decoders_kept_by(page) != parts:
        assert time.monotonic() < give_up
        page.wait_for_timeout(50)
    page.goto("/scan")
    phone.lose_network()
    assert page.evaluate(SCAN_IMAGE, known) == "HTTPS://EXAMPLE.ORG/B/KNOWN"


def decoders_kept_by(page: Page) -> list[str]:
    """Paths of the kept files that belong to a decoder."""
    return sorted(path for _, path, _ in kept_by(page) if "/vendor/zxing/" in path or "/vendor/qr/decode" in path)


def test_a_new_build_waits_while_a_camera_runs_and_then_sweeps_the_old_one_away(phone: Phone) -> None:
    ann_who_met_someone(phone)
    page = phone.page("/people")
    page.goto("/scan")
    build = phone.house.app.extensions["mixwell.build"]
    phone.house.app.extensions["mixwell.build"] = "0123456789ab"
    page.evaluate("() => { window.untouched = true; }")
    page.evaluate(UPDATE)
    until(page, STATES, ["activated", "installed"])
    assert page.evaluate("() => window.untouched")
    assert f"mixwell-{build}" in {name for name, _, _ in kept_by(page)}
    open_pages_until_it_is_in(phone, page, "mixwell-0123456789ab")
    until(page, STATES, ["activated", ""])


def open_pages_until_it_is_in(phone: Phone, page: Page, build: str) -> None:
    """Open a page where nothing is at stake, again and again, while the old worker finds time to be idle.

    It is replaced when it has nothing to do. One watched by a test never says so by itself; it does when it is stopped,
    unless a page asks for something at that moment, which starts it. Only the old one is stopped: the new one has
    a message to read.
    """
    workers: dict[str, str] = {}
    watcher: Any = phone.context.new_cdp_session(page)
    watcher.on(
        "ServiceWorker.workerVersionUpdated",
        lambda told: workers.update({one["versionId"]: one["status"] for one in told["versions"]}),
    )
    watcher.send("ServiceWorker.enable")
    give_up = time.monotonic() + PATIENCE
    while page.evaluate("() => caches.keys()") != [build]:
        assert time.monotonic() < give_up, f"{workers}, {page.evaluate(STATES)}"
        page.goto("/people")
        page.wait_for_timeout(300)
        for worker in [worker for worker, status in workers.items() if status == "activated"]:
            watcher.send("ServiceWorker.stopWorker", {"versionId": worker})


def test_a_worker_without_files_takes_itself_and_all_it_kept_away(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = phone.page()
    assert kept_by(page)
    monkeypatch.setattr("webapp.pwa.views.shell_files", lambda build: [])
    page.evaluate(UPDATE)
    until(page, "() => caches.keys()", [])
    page.close()
    blank = phone.context.new_page()
    blank.goto(f"{phone.house.base}/manifest.webmanifest")
    until(blank, STATES, [])
