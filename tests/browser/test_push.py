"""Being told on this phone, in a real browser: asked on the tap alone, told in the morning, and nobody else's line."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlalchemy import select

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.lasting import wait_for_worker
from tests.browser.served import PATIENCE, House, a_house
from tests.cast import Cast
from tests.core.push_service import Phone, PushService, push_service
from tests.people.evening import gave, met
from webapp.accounts.models import Person, PushSubscription
from webapp.accounts.sessions import open_session
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Event
from webapp.followups.jobs import put_morning_mails
from webapp.followups.morning import morning_after

pytestmark = pytest.mark.browser

THEIRS = """(theirs) => {
  // This Chromium has nobody behind it who carries messages: where to and with which keys is the test's own phone.
  const plain = (text) => text.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = (text) => Uint8Array.from(atob(plain(text)), (one) => one.charCodeAt(0));
  const subscription = {
    get options() { return { applicationServerKey: bytes(sessionStorage.getItem("subscribed")).buffer }; },
    toJSON: () => theirs,
    unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
  };
  PushManager.prototype.getSubscription = async () => sessionStorage.getItem("subscribed") ? subscription : null;
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || applicationServerKey.length !== 87) throw new TypeError("not so");
    sessionStorage.setItem("subscribed", applicationServerKey);
    return subscription;
  };
  const ask = Notification.requestPermission.bind(Notification);
  window.timesAsked = 0;
  Notification.requestPermission = () => { window.timesAsked += 1; return ask(); };
}"""
SHOWN = """() => navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) =>
  all.map((one) => [one.title, one.body, one.data]))"""


@dataclass
class Hand:
    """Ann's phone in her hand, the morning after she met Ben."""

    context: BrowserContext
    house: House
    service: PushService
    phone: Phone

    def me(self) -> Page:
        """Her page with the switch on it."""
        page = self.context.new_page()
        page.goto("/me")
        wait_for_worker(page)
        expect(switch(page)).to_be_visible()
        return page

    def allow(self) -> None:
        """She says yes when the browser asks."""
        self.context.grant_permissions(["notifications"], origin=self.house.base)

    def told(self) -> list[str]:
        """Endpoints that are told."""
        with self.house.app.app_context():
            found = list(db.session.scalars(select(PushSubscription.endpoint)))
            db.session.remove()
        return found

    def morning_comes(self) -> None:
        """Half past eight and a minute: chores and outbox run."""
        app = self.house.app
        with app.app_context():
            event = db.session.scalars(select(Event)).one()
            at = morning_after(event.ends_at, event.zone).astimezone(UTC) + timedelta(minutes=1)
            db.session.remove()
            with time_machine.travel(at, tick=False):
                put_morning_mails(app.extensions["mixwell.tools"], at)
                outbox.sweep(app.extensions["mixwell.tools"], at=at)
            db.session.remove()
        give_up = time.monotonic() + PATIENCE  # the house's own runner may have been quicker to take it up
        while not self.service.received:
            assert time.monotonic() < give_up, "nothing came"
            time.sleep(0.05)


def switch(page: Page) -> Any:
    """The switch, by the words beside it."""
    return page.get_by_role("switch", name="Tell me on this phone, mornings only")


@pytest.fixture
def hand(playwright: Playwright, tmp_path: Path) -> Iterator[Hand]:
    """A lasting profile: what is private by design has no notifications."""
    with ExitStack() as stack:
        service = stack.enter_context(push_service())
        house = stack.enter_context(
            a_house(tmp_path / "house", MIXWELL_PUSH_HOSTS="localhost", MIXWELL_PUSH_LOOPBACK="yes")
        )
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "phone"),
            executable_path=CHROMIUM,
            args=list(FLAGS),
            base_url=house.base,
            viewport={"width": 390, "height": 844},
        )
        stack.callback(context.close)
        hand = Hand(context, house, service, Phone("anns-phone", service.base))
        keys = {name: hand.phone.form[name] for name in ("p256dh", "auth")}
        theirs = json.dumps({"endpoint": hand.phone.endpoint, "keys": keys})
        context.add_init_script(f"({THEIRS})({theirs})")
        context.add_cookies([{"name": "mixwell-session", "value": _ann_who_met_ben(house), "url": house.base}])
        yield hand


def key_of_the_server(hand: Hand) -> str:
    """The key of this server, as the browser was given it when somebody subscribed."""
    return str(hand.house.app.extensions["mixwell.tools"].pusher.public_key)


def _ann_who_met_ben(house: House) -> str:
    with house.app.app_context():
        cast = Cast(house.app)
        gave(met(cast, cast.ann, cast.ben), cast.ben)
        with writing() as session:
            secret = open_session(session, session.get_one(Person, cast.ann.person_id), browser="Test", at=now())
            session.commit()
        db.session.remove()
    return secret


def test_the_browser_asks_on_the_tap_alone_and_its_no_is_said_kindly(hand: Hand) -> None:
    page = hand.me()
    assert page.evaluate("() => window.timesAsked") == 0
    switch(page).click()
    expect(page.get_by_text("Your browser says no. You can change that in its settings for this site.")).to_be_visible()
    assert page.evaluate("() => window.timesAsked") == 1
    expect(switch(page)).not_to_be_checked()
    assert hand.told() == []


def test_from_the_switch_to_the_lock_screen_in_the_morning(hand: Hand) -> None:
    """The whole way: keyboard, subscription, outbox, push service, worker; and what is shown names nobody."""
    hand.allow()
    page = hand.me()
    switch(page).focus()
    page.keyboard.press("Space")
    expect(switch(page)).to_be_checked()
    expect(switch(page)).to_be_focused()
    assert hand.told() == [hand.phone.endpoint]
    hand.morning_comes()
    [message] = hand.service.received
    said = hand.phone.read(message)
    assert said["notification"]["body"] == "Your morning list is ready."
    for words in ("Your morning list is ready.", "The same once more."):  # the later takes the place of the earlier
        said["notification"]["body"] = words
        _deliver(page, hand.house.base, json.dumps(said))
        only = json.dumps([["Mixwell", words, f"{hand.house.base}/next"]], separators=(",", ":"))
        page.wait_for_function(f"(only) => ({SHOWN})().then((all) => JSON.stringify(all) === only)", arg=only)
    switch(page).click()
    expect(switch(page)).not_to_be_checked()
    assert hand.told() == []
    assert page.evaluate("() => sessionStorage.getItem('subscribed')") is None


def _deliver(page: Page, origin: str, data: str) -> None:
    """As the browser hands it to the worker."""
    registrations: list[dict[str, Any]] = []
    browser: Any = page.context.new_cdp_session(page)
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda said: registrations.extend(said["registrations"]))
    browser.send("ServiceWorker.enable")
    for _ in range(200):
        if registrations:
            break
        page.wait_for_timeout(100)
    which = {"origin": origin, "registrationId": registrations[-1]["registrationId"]}
    browser.send("ServiceWorker.deliverPushMessage", which | {"data": data})
    browser.detach()


def test_s_40_what_somebody_else_left_in_this_browser_is_dropped_when_the_switch_is_off(hand: Hand) -> None:
    hand.allow()
    page = hand.context.new_page()
    page.goto("/manifest.webmanifest")
    page.evaluate(f"() => sessionStorage.setItem('subscribed', '{key_of_the_server(hand)}')")
    page.goto("/me")
    wait_for_worker(page)
    expect(switch(page)).to_be_visible()
    page.wait_for_function("() => sessionStorage.getItem('subscribed') === null")
    expect(switch(page)).not_to_be_checked()


@pytest.mark.parametrize("now_has", ["nothing", "a key of before"])
def test_what_reaches_this_browser_no_more_turns_the_switch_off(hand: Hand, now_has: str) -> None:
    hand.allow()
    page = hand.me()
    switch(page).click()
    expect(switch(page)).to_be_checked()
    before = "sessionStorage.clear()" if now_has == "nothing" else f"sessionStorage.setItem('subscribed', '{'B' * 87}')"
    page.evaluate(f"() => {{ {before}; }}")
    page.reload()
    expect(switch(page)).not_to_be_checked()
    page.wait_for_function("() => sessionStorage.getItem('subscribed') === null")
    assert hand.told() == []


def test_a_browser_that_cannot_be_told_shows_no_switch(hand: Hand) -> None:
    hand.context.add_init_script("delete window.PushManager;")
    page = hand.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/me")
    wait_for_worker(page)
    assert not [url for url in asked if url.endswith("/me/push")]
    expect(page.locator("push-switch")).to_be_hidden()
