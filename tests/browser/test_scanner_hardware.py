"""What hangs on the scanner: a light, lenses, a camera that comes and goes, a screen that dims, a hand scanner."""

from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_camera import FRAME, held_up, picture_of
from tests.browser.scan_page import Browsers, Door

pytestmark = pytest.mark.browser

# Chromium's camera made of a file has neither light nor zoom and is alone: as much of a phone as is missing.
PHONE = """
  const asked = window.asked = [], devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
  const camera = (deviceId, label) => ({ deviceId, label, kind: "videoinput" });
  let current = "main";
  devices.enumerateDevices = async () => [
    camera("front", "Front Camera"), camera("wide", "Back Ultra Wide Camera"), camera("main", "Back Camera")];
  devices.getUserMedia = (wish) => {
    asked.push({ lens: wish.video.deviceId?.ideal ?? "" });
    current = wish.video.deviceId?.ideal ?? "main";
    return open(wish);
  };
  MediaStreamTrack.prototype.getSettings = () => ({ deviceId: current });
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.1 } });
  MediaStreamTrack.prototype.applyConstraints = async (wish) => { asked.push(...wish.advanced); };
"""

# A screen that may be kept awake, and a page that may be sent to the background and fetched back.
SCREEN = """
  const locks = window.locks = { asked: 0, let: 0 };
  navigator.wakeLock.request = async () => {
    locks.asked++;
    const lock = new EventTarget();
    return Object.assign(lock, { released: false, async release() { locks.let++; } });
  };
  let shown = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => shown });
  window.become = (state) => { shown = state; document.dispatchEvent(new Event("visibilitychange")); };
"""

NO_LOCK = """
  navigator.wakeLock.request = async () => {
    window.refused = true;
    throw new DOMException("battery saving", "NotAllowedError");
  };
"""

STREAM = "() => document.querySelector('badge-scanner video').srcObject?.id ?? ''"

# At a hardware scanner's speed, which a loaded machine would not keep key by key. Answers whether the last key may act.
TYPE_FAST = """(keys) => keys.map((key) => {
  const place = document.activeElement;
  const allowed = place.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  if (allowed && key.length === 1 && place.matches("input")) {
    place.setRangeText(key, place.selectionStart, place.selectionEnd, "end");
  }
  return allowed;
}).at(-1)"""


def words(page: Page) -> Locator:
    """What the scanner says."""
    return page.locator("badge-scanner [role=status]").first


def dark_room() -> Image.Image:
    """What a camera sees where nobody reads a menu."""
    return Image.new("RGB", FRAME, (30, 26, 34))


def test_in_the_dark_the_light_is_suggested_until_it_is_on(browsers: Browsers) -> None:
    with browsers.camera_on((dark_room(), 1), before=PHONE) as page:
        expect(words(page)).to_have_text("It is dark here. Turn the light on.")
        light = page.get_by_role("button", name="Light")
        light.click()
        expect(light).to_have_attribute("aria-pressed", "true")
        expect(words(page)).to_have_text("Hold a badge in the frame.")
        closer = page.get_by_role("button", name="Closer")
        closer.click()
        expect(closer).to_have_attribute("aria-pressed", "true")
        closer.click()
        expect(closer).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("() => asked") == [{"lens": ""}, {"torch": True}, {"zoom": 2}, {"zoom": 1}]


def test_a_camera_without_light_zoom_or_second_lens_offers_none(browsers: Browsers) -> None:
    with browsers.camera_on((dark_room(), 1)) as page:
        expect(words(page)).to_have_text("Hold a badge in the frame.")
        page.wait_for_timeout(1500)
        expect(words(page)).to_have_text("Hold a badge in the frame.")
        assert page.locator(".scanner-tool:visible").count() == 0


def test_the_lens_that_somebody_chose_is_used_again(browsers: Browsers) -> None:
    with browsers.camera_on((held_up(), 1), before=PHONE) as page:
        page.get_by_role("button", name="Switch lens").click()
        page.wait_for_function("() => asked.length === 2")
        assert page.evaluate("() => asked") == [{"lens": ""}, {"lens": "wide"}]
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "live")
        page.reload()
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "live")
        assert page.evaluate("() => asked") == [{"lens": "wide"}]


def test_a_camera_that_stands_still_is_opened_again(door: Door, browsers: Browsers) -> None:
    frames = [(held_up(), 2.0), (held_up(picture_of(door.badge())), 2.0)]
    with browsers.camera_on(*frames) as page:
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "live")
        first = page.evaluate(STREAM)
        page.evaluate("() => document.querySelector('badge-scanner video').srcObject.getTracks()[0].stop()")
        page.wait_for_function(f"(first) => ![first, ''].includes(({STREAM})())", arg=first)
        expect(page.locator("#verdict")).to_have_text("Welcome")


def test_in_the_background_the_camera_is_let_go_and_the_screen_may_sleep(browsers: Browsers) -> None:
    with browsers.camera_on((held_up(), 1), before=SCREEN) as page:
        scanner = page.locator("badge-scanner")
        expect(scanner).to_have_attribute("data-camera", "live")
        page.wait_for_function("() => locks.asked === 1")
        page.evaluate("() => become('hidden')")
        assert page.evaluate(STREAM) == ""
        expect(scanner).to_have_attribute("data-camera", "off")
        page.wait_for_function("() => locks.let === 1")
        page.evaluate("() => become('visible')")
        expect(scanner).to_have_attribute("data-camera", "live")
        page.wait_for_function("() => locks.asked === 2")


def test_a_phone_that_saves_its_battery_scans_all_the_same(door: Door, browsers: Browsers) -> None:
    with browsers.camera_on((held_up(picture_of(door.badge())), 1), before=NO_LOCK) as page:
        expect(page.locator("#verdict")).to_have_text("Welcome")
        assert page.evaluate("() => refused")


def test_a_hand_scanner_is_heard_wherever_the_focus_is(door: Door, browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        page.get_by_role("button", name="Start the camera").focus()
        enter_went_through = page.evaluate(TYPE_FAST, [*door.badge().lower(), "Enter"])
        assert enter_went_through is False
        expect(page.locator("#verdict")).to_have_text("Welcome")
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "off")
    assert [post["code"] for post in door.posts] == [door.badge()]


def test_what_it_types_into_somebodys_words_is_taken_out_of_them(door: Door, browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        note = page.get_by_label("Note")
        note.fill("met at the bar")
        note.evaluate("(field) => field.setSelectionRange(6, 6)")
        assert page.evaluate(TYPE_FAST, [*door.badge(), "Enter"]) is False
        expect(page.locator("#verdict")).to_have_text("Welcome")
        expect(note).to_have_value("met at the bar")
        # Fast words that are no badge are somebody's own, and their Enter too.
        assert page.evaluate(TYPE_FAST, [*"7K3M9QX0", "Enter"]) is True
        expect(note).to_have_value("met at7K3M9QX0 the bar")
    assert [post["code"] for post in door.posts] == [door.badge()]


def test_who_scans_by_hand_is_told_when_another_window_is_in_front(door: Door, browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        banner = page.get_by_text("The hand scanner types into another window.")
        devtools: Any = page.context.new_cdp_session(page)
        devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
        page.context.new_page().bring_to_front()
        page.wait_for_function("() => !document.hasFocus()")
        expect(banner).to_be_hidden()  # nobody has used one here
        page.bring_to_front()
        page.evaluate(TYPE_FAST, [*door.badge(), "Enter"])
        expect(page.locator("#verdict")).to_have_text("Welcome")
        page.context.new_page().bring_to_front()
        expect(banner).to_be_visible()
        page.bring_to_front()
        expect(banner).to_be_hidden()
