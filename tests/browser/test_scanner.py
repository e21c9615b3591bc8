"""The scanner in Chromium: camera file, real decoder, the product's own headers; only the page around is small."""

import base64
import io
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, Response, abort, make_response, render_template_string, request
from PIL import Image, ImageFilter
from playwright.sync_api import Page, Playwright, expect
from werkzeug.serving import make_server

from tests.browser.fake_camera import CHROMIUM, FLAGS, film, flags_for, held_up, picture_of
from webapp.settings import read_settings
from webapp.web.access import public
from webapp.web.assets import TEMPLATES, init_assets
from webapp.web.security import for_scanner, init_security
from webapp.web.templating import init_templating

pytestmark = pytest.mark.browser

TOKEN = "7K3M9QXT2A0B1C4D5E6F8GHJ"
OTHER_TOKEN = "00000000000000000000000Z"

PAGE = """{% from "_parts/scanner.html" import scanner %}
<!doctype html><html lang="en"><head><title>Door</title>
<link rel="icon" href="data:,">
<meta name="htmx-config" content='{"noSwap": [204, 304, "5xx"], "includeIndicatorCSS": false, "extensions": "tt"}'>
<link rel="stylesheet" href="{{ asset('css/app.css') }}">
<link rel="stylesheet" href="{{ asset('css/parts/scanner.css') }}">
<script src="{{ asset('vendor/htmx.min.js') }}" defer></script>
<script src="{{ asset('js/htmx-guard.js') }}" defer></script>
<script src="{{ asset('js/elements/badge-scanner.js') }}" type="module"></script></head>
<body><main><h1>Door</h1>
{{ scanner("/scans", "door", "verdict", {"event": "e1"}) }}
<div id="verdict"></div></main></body></html>"""

# At a hardware scanner's speed, which a loaded machine would not keep key by key. Answers whether the last key may act.
TYPE_FAST = """(keys) => keys.map((key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))).at(-1)"""

Answer = Callable[[], Response]


@dataclass
class Door:
    """A server with one page: keeps what was posted, answers as it is told, has no file whose path fits `withheld`."""

    address: str = ""
    posts: list[dict[str, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    withheld: str = "no path"
    answers: list[Answer] = field(default_factory=list)

    def badge(self, token: str = TOKEN) -> str:
        """The text of a badge printed for this server."""
        return f"HTTPS://{self.address.removeprefix('http://')}/B/{token}"


def welcome(*, pausing: bool = False) -> Response:
    """The fragment of an admission."""
    pause = " data-pauses-scanner" if pausing else ""
    return make_response(f'<div id="verdict" data-outcome="agreed"{pause}>Welcome</div>')


def broken() -> Response:
    """A server that has fallen over."""
    return make_response("sorry", 503)


def silent() -> Response:
    """A server that says nothing for longer than a phone waits."""
    time.sleep(7)
    return welcome()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """The page on a port of its own, with the assets, templates and headers of the product."""
    state = Door()
    app = Flask("door", template_folder=str(TEMPLATES), static_folder=None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    state.address = f"http://127.0.0.1:{server.server_port}"
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": state.address, "MIXWELL_DATA_DIR": str(tmp_path)}
    app.extensions["mixwell.settings"] = read_settings(environ)
    app.extensions["mixwell.actors"] = {"person": None, "device": None}
    init_security(app)
    init_templating(app)
    init_assets(app)
    _add_views(app, state)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def _add_views(app: Flask, state: Door) -> None:
    @app.before_request
    def note() -> None:
        state.requests.append(request.path)
        if re.search(state.withheld, request.path):
            abort(404)

    @app.get("/")
    @public
    def page() -> Response:
        return for_scanner(make_response(render_template_string(PAGE)))

    @app.post("/scans")
    @public
    def create_scan() -> Response:
        state.posts.append(request.form.to_dict())
        return (state.answers.pop(0) if state.answers else welcome)()


@dataclass
class Browsers:
    """Starts Chromium with or without a camera."""

    playwright: Playwright
    door: Door
    folder: Path

    @contextmanager
    def page_with(self, args: Sequence[str], *, script: bool = True) -> Iterator[Page]:
        """The door's page in a fresh Chromium; any error the page did not catch fails the test."""
        browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=list(args))
        page = browser.new_context(java_script_enabled=script).new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(self.door.address)
        yield page
        browser.close()
        assert errors == []

    @contextmanager
    def camera_on(self, *scenes: tuple[Image.Image, float]) -> Iterator[Page]:
        """The page with its camera started, showing the scenes."""
        video = film(self.folder / "camera.mjpeg", scenes)
        with self.page_with(flags_for(video)) as page:
            page.get_by_role("button", name="Start the camera").click()
            yield page

    def without_camera(self) -> AbstractContextManager[Page]:
        """A desk computer."""
        return self.page_with(FLAGS)


@pytest.fixture
def browsers(playwright: Playwright, door: Door, tmp_path: Path) -> Browsers:
    """Chromium for the door."""
    return Browsers(playwright, door, tmp_path)


BITMAP = """const bitmapOf = (data) => createImageBitmap(
  new Blob([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], { type: "image/png" }));"""

SCAN_IMAGE = f"""async (data) => {{
  {BITMAP}
  await customElements.whenDefined("badge-scanner");
  return document.querySelector("badge-scanner").scanImage(await bitmapOf(data));
}}"""

ASK_WORKER = f"""async ([data, rungs]) => {{
  {BITMAP}
  const lib = new URL("../lib/trusted-urls.js", document.querySelector("script[type=module]").src);
  const {{ trustedScriptUrl }} = await import(lib);
  const worker = new Worker(trustedScriptUrl(new URL("../workers/decode-worker.js", lib)), {{ type: "module" }});
  const bitmap = await bitmapOf(data);
  const size = {{ width: bitmap.width, height: bitmap.height }};
  const answer = new Promise((resolve) => worker.addEventListener("message", (event) => resolve(event.data)));
  worker.postMessage({{ id: 1, bitmap, size, rungs }}, [bitmap]);
  return (await answer).reading.codes.map((code) => code.text);
}}"""


def png_of(picture: Image.Image) -> str:
    """The picture as PNG in base64, to be carried into the page past its content policy."""
    png = io.BytesIO()
    picture.save(png, "PNG")
    return base64.b64encode(png.getvalue()).decode()


def test_a_badge_held_to_the_camera_is_posted_once_with_an_operation_of_its_own(door: Door, browsers: Browsers) -> None:
    with browsers.camera_on((held_up(), 0.5), (held_up(picture_of(door.badge())), 1.5)) as page:
        expect(page.locator("#verdict")).to_have_text("Welcome")
        page.wait_for_timeout(2500)
    [post] = door.posts
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


@pytest.mark.parametrize("obstacle", ["no wasm in the worker's policy", "no wasm file", "no glue either"])
def test_without_wasm_a_badge_is_read_by_plain_script(
    door: Door, browsers: Browsers, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    if obstacle == "no wasm in the worker's policy":
        monkeypatch.setattr("webapp.web.security.is_scanner_code", lambda path: False)
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
    door.answers = [silent]
    with browsers.without_camera() as page:
        page.get_by_label("Code under the badge").fill("7k3m-9qxo")
        page.keyboard.press("Enter")
        expect(page.locator("badge-scanner")).to_have_attribute("data-request", "asking")
        expect(page.get_by_role("alert")).to_contain_text("Not sent", timeout=8_000)
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
        page.wait_for_timeout(2500)
    assert {post["code"] for post in door.posts} == {door.badge(), door.badge(OTHER_TOKEN)}


def test_a_hardware_scanner_is_heard_wherever_the_focus_is(door: Door, browsers: Browsers) -> None:
    with browsers.without_camera() as page:
        page.get_by_role("button", name="Start the camera").focus()
        enter_went_through = page.evaluate(TYPE_FAST, [*door.badge().lower(), "Enter"])
        assert enter_went_through is False
        expect(page.locator("#verdict")).to_have_text("Welcome")
        expect(page.locator("badge-scanner")).to_have_attribute("data-camera", "off")
    assert [post["code"] for post in door.posts] == [door.badge()]


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
