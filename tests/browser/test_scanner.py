"""The scanner in Chromium: camera file, real decoder, the product's own headers; only the page around is small."""

import re
import threading
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import ImageFilter
from playwright.sync_api import expect

from tests.browser.fake_camera import FLAGS, held_up, picture_of
from tests.browser.scan_page import (
    ASK_WORKER,
    OTHER_TOKEN,
    SCAN_IMAGE,
    Browsers,
    Door,
    broken,
    png_of,
    until,
    welcome,
)
from tests.browser.served import PATIENCE

pytestmark = pytest.mark.browser

OUT_OF_SIGHT = timedelta(seconds=3)
"""How long a code has to be gone before it counts again; a film that hangs on a busy machine may be gone so long."""


def sighted(post: dict[str, str]) -> datetime:
    """When the phone says it read the code."""
    return datetime.fromisoformat(post["device_time"])


def test_a_badge_held_to_the_camera_is_posted_once_with_an_operation_of_its_own(door: Door, browsers: Browsers) -> None:
    with browsers.camera_on((held_up(), 0.5), (held_up(picture_of(door.badge())), 1.5)) as page:
        expect(page.locator("#verdict")).to_have_text("Welcome")
        page.wait_for_timeout(2500)
    post, *again = door.posts
    assert again == [] or sighted(again[0]) - sighted(post) >= OUT_OF_SIGHT, "seen all along, and posted twice"
    assert post["code"] == door.badge()
    assert post["event"] == "e1"
    assert UUID(post["operation_id"]).version == 4
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", post["device_time"])


def test_the_shipped_glue_and_wasm_read_a_known_picture(door: Door, browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        known = png_of(held_up(picture_of("HTTPS://EXAMPLE.ORG/B/KNOWN")))
        assert page.evaluate(SCAN_IMAGE, known) == "HTTPS://EXAMPLE.ORG/B/KNOWN"
        assert page.evaluate(SCAN_IMAGE, png_of(held_up())) is None
    assert door.posts == []


def test_who_can_run_wasm_does_not_load_the_other_reader(door: Door, browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        page.evaluate(SCAN_IMAGE, png_of(held_up()))
    assert any("/vendor/zxing/" in path for path in door.requests)
    assert not [path for path in door.requests if "/vendor/qr/" in path]


COUNT_CUTS = """window.cuts = 0;
const cut = createImageBitmap;
window.createImageBitmap = (...all) => (window.cuts++, cut(...all));"""


KEEP_FRAMES = """const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (said, moved) {
  if (moved?.[0] instanceof VideoFrame) throw new DOMException("cannot be cloned", "DataCloneError");
  return post.call(this, said, moved);
};"""


@pytest.mark.parametrize(
    ("browser", "page_cuts"),
    [
        ("", False),
        ("delete window.VideoFrame;", True),
        ('Object.defineProperty(VideoFrame.prototype, "displayWidth", { get: () => 7 });', True),
        (KEEP_FRAMES, True),
    ],
    ids=["of today", "without frames", "that turns frames otherwise", "that keeps frames to itself"],
)
def test_the_page_cuts_pictures_only_where_the_worker_cannot(
    door: Door, browsers: Browsers, browser: str, page_cuts: bool
) -> None:
    with browsers.camera_on((held_up(picture_of(door.badge())), 1), before=COUNT_CUTS + browser) as page:
        expect(page.locator("#verdict")).to_have_text("Welcome")
        assert (page.evaluate("() => window.cuts") > 0) == page_cuts
    assert door.posts[0]["code"] == door.badge()


@pytest.mark.parametrize("obstacle", ["no wasm in the worker's policy", "no wasm file", "no glue either"])
def test_without_wasm_a_badge_is_read_by_plain_script(door: Door, browsers: Browsers, obstacle: str) -> None:
    if obstacle == "no wasm in the worker's policy":
        door.forbids_wasm = True
    else:
        door.withheld = "wasm$" if obstacle == "no wasm file" else "/vendor/zxing/"
    with browsers.camera_on((held_up(picture_of(door.badge())), 1)) as page:
        expect(page.locator("#verdict")).to_have_text("Welcome")
    assert [post["code"] for post in door.posts] == [door.badge()]
    assert any("/vendor/qr/decode.js" in path for path in door.requests)


def test_plain_script_too_sees_two_badges_and_takes_neither(door: Door, browsers: Browsers) -> None:
    door.withheld = "wasm$"
    two = held_up(picture_of(door.badge(), scale=5), picture_of(door.badge(OTHER_TOKEN), scale=5))
    with browsers.camera_on((two, 1)) as page:
        expect(page.locator("badge-scanner [role=status]").first).to_have_text("Two badges in view. Point at one.")
    assert door.posts == []


def test_without_any_reader_the_words_say_what_to_do(door: Door, browsers: Browsers) -> None:
    door.withheld = "/vendor/(zxing|qr)/"
    with browsers.camera_on((held_up(picture_of(door.badge())), 1)) as page:
        expect(page.locator("badge-scanner [role=status]").first).to_contain_text("Type the code instead.")
        expect(page.get_by_role("button", name="Start the camera")).to_be_visible()


def test_a_code_too_blurred_for_the_decoder_alone_is_read_by_the_ladder(door: Door, browsers: Browsers) -> None:
    blurred = png_of(held_up(picture_of(door.badge(), scale=4)).filter(ImageFilter.GaussianBlur(2.1)))
    with browsers.without_camera() as page:
        assert page.evaluate(ASK_WORKER, [blurred, []]) == []
        assert page.evaluate(ASK_WORKER, [blurred, [0]]) == [door.badge()]
        assert page.evaluate(SCAN_IMAGE, blurred) == door.badge()


def test_a_scan_that_got_no_answer_is_sent_again_as_the_same_operation(door: Door, browsers: Browsers) -> None:
    door.answers = [broken]
    with browsers.camera_on((held_up(picture_of(door.badge())), 1)) as page:
        expect(page.get_by_role("alert")).to_contain_text("Not sent. Nothing is lost.")
        assert page.locator("#verdict").inner_text() == ""
        page.wait_for_timeout(700)
        assert len(door.posts) == 1
        page.get_by_role("button", name="Send again").click()
        expect(page.locator("#verdict")).to_have_text("Welcome")
        expect(page.get_by_role("alert")).to_be_hidden()
    first, second = door.posts
    assert first == second


def test_six_seconds_of_silence_count_as_not_sent(door: Door, browsers: Browsers) -> None:
    answered = threading.Event()
    door.answers = [lambda: welcome() if answered.wait(PATIENCE) else broken()]
    with browsers.without_camera() as page:
        page.clock.install(time=0)
        page.clock.pause_at(1_000)
        page.get_by_label("Code under the badge").fill("7k3m-9qxo")
        page.keyboard.press("Enter")
        expect(page.locator("badge-scanner")).to_have_attribute("data-request", "asking")
        page.clock.run_for(5_900)
        expect(page.locator("badge-scanner")).to_have_attribute("data-request", "asking")
        page.clock.run_for(200)
        expect(page.get_by_role("alert")).to_contain_text("Not sent")
        answered.set()
    assert door.posts[0]["code"] == "7K3M9QX0"


def test_a_foreign_code_is_shown_as_text_and_nothing_else_happens(door: Door, browsers: Browsers) -> None:
    foreign = f"https://{door.address.removeprefix('http://')}@evil.example/<img src=x>\u202e"
    with browsers.camera_on((held_up(picture_of(foreign, scale=6)), 1)) as page:
        expect(page.locator("badge-scanner bdi")).to_have_text(foreign.removesuffix("\u202e"))
        requests = len(door.requests)
        page.wait_for_timeout(500)
        assert page.url == f"{door.address}/"
        assert page.locator("badge-scanner bdi > *").count() == 0
    assert door.posts == []
    assert len(door.requests) == requests


def test_of_two_badges_comparably_near_neither_is_taken(door: Door, browsers: Browsers) -> None:
    two = held_up(picture_of(door.badge(), scale=5), picture_of(door.badge(OTHER_TOKEN), scale=5))
    with browsers.camera_on((two, 1)) as page:
        expect(page.locator("badge-scanner [role=status]").first).to_have_text("Two badges in view. Point at one.")
    assert door.posts == []


def test_nothing_is_read_while_a_result_waits_and_the_camera_stays_on(door: Door, browsers: Browsers) -> None:
    door.answers = [lambda: welcome(pausing=True)]
    frames = [(held_up(picture_of(door.badge())), 1.0), (held_up(picture_of(door.badge(OTHER_TOKEN))), 1.0)]
    with browsers.camera_on(*frames) as page:
        expect(page.locator("#verdict")).to_have_text("Welcome")
        page.wait_for_timeout(2500)
        assert len(door.posts) == 1
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "live")
        page.locator("#verdict").evaluate("(verdict) => verdict.removeAttribute('data-pauses-scanner')")
        expect(page.locator("badge-scanner")).not_to_have_attribute("data-paused", "")
        until(page, lambda: len({post["code"] for post in door.posts}) == 2)
    assert {post["code"] for post in door.posts} == {door.badge(), door.badge(OTHER_TOKEN)}


def test_a_photo_of_a_badge_is_as_good_as_the_camera(door: Door, browsers: Browsers, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    held_up(picture_of(door.badge())).resize((3840, 2160)).save(photo)
    with browsers.without_camera() as page:
        page.get_by_label("Photo of a code").set_input_files(photo)
        expect(page.locator("#verdict")).to_have_text("Welcome")
    assert [post["code"] for post in door.posts] == [door.badge()]


def test_without_a_camera_the_words_say_what_to_do(browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        page.get_by_role("button", name="Start the camera").click()
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "refused")
        expect(page.locator("badge-scanner [role=status]").first).to_contain_text("type the code", ignore_case=True)
        expect(page.get_by_role("button", name="Start the camera")).to_be_hidden()


def test_without_script_the_form_sends_what_was_typed(door: Door, browsers: Browsers) -> None:
    with browsers.page_with(FLAGS, script=False) as page:
        page.get_by_label("Code under the badge").fill("7k3m-9qxo")
        page.get_by_role("button", name="Go").click()
        expect(page.locator("#verdict")).to_have_text("Welcome")
    assert door.posts == [{"event": "e1", "code": "7k3m-9qxo"}]
