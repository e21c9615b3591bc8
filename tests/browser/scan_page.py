"""A page with nothing but a scanner, and a Chromium before it whose camera plays a film.

The headers, templates, scripts and decoder are the product's own; the server behind them answers as a test tells it.
"""

import base64
import io
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, make_response, render_template_string, request
from PIL import Image
from playwright.sync_api import Page, Playwright
from werkzeug.serving import make_server

from tests.browser.fake_camera import CHROMIUM, FLAGS, film, flags_for
from tests.browser.served import PATIENCE
from webapp.settings import read_settings
from webapp.web.access import public
from webapp.web.assets import TEMPLATES, init_assets
from webapp.web.security import for_scanner, init_security
from webapp.web.templating import init_templating

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
<div id="verdict"></div><form action="/elsewhere"><label>Note <input name="note"></label></form></main></body></html>"""

Answer = Callable[[], Response]


@dataclass
class Door:
    """A server with one page: keeps what was posted, answers as it is told, has no file whose path fits `withheld`.

    A policy that forbids wasm is that of a browser which cannot run it.
    """

    address: str = ""
    posts: list[dict[str, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    withheld: str = "no path"
    forbids_wasm: bool = False
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


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Wait for something the server sees."""
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up, "it did not happen"
        page.wait_for_timeout(50)


@contextmanager
def a_door(folder: Path) -> Iterator[Door]:
    """The page on a port of its own, with the assets, templates and headers of the product."""
    state = Door()
    app = Flask("door", template_folder=str(TEMPLATES), static_folder=None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    state.address = f"http://127.0.0.1:{server.server_port}"
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": state.address, "MIXWELL_DATA_DIR": str(folder)}
    app.extensions["mixwell.settings"] = read_settings(environ)
    app.extensions["mixwell.actors"] = {"person": None, "device": None}
    init_security(app)
    init_templating(app)
    init_assets(app)
    _add_views(app, state)
    app.wsgi_app = _noting(app.wsgi_app, state)  # type: ignore[method-assign]  # what Flask's own manual does
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Application = Callable[..., Iterable[bytes]]
"""Of WSGI."""


def _noting(inner: Application, state: Door) -> Application:
    """Notes each request, withholds and forbids what it is told to. Around everything: Flask never sees a file."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def strictly(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            without = [(name, value.replace("'wasm-unsafe-eval'", "")) for name, value in headers]
            return start_response(status, without if state.forbids_wasm else headers, *error)

        path = environ["PATH_INFO"]
        state.requests.append(path)
        if re.search(state.withheld, path):
            return Response(status=404)(environ, start_response)
        return inner(environ, strictly)

    return application


def _add_views(app: Flask, state: Door) -> None:
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
    def page_with(self, args: Sequence[str], *, script: bool = True, before: str = "") -> Iterator[Page]:
        """The door's page in a fresh Chromium, `before` run in it first; an error it did not catch fails the test."""
        browser = self.playwright.chromium.launch(executable_path=CHROMIUM, args=list(args))
        errors: list[str] = []
        try:
            page = browser.new_context(java_script_enabled=script).new_page()
            page.add_init_script(before)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(self.door.address)
            yield page
        finally:
            browser.close()
        assert errors == []

    @contextmanager
    def camera_on(self, *scenes: tuple[Image.Image, float], before: str = "") -> Iterator[Page]:
        """The page with its camera started, showing the scenes."""
        video = film(self.folder / "camera.mjpeg", scenes)
        with self.page_with(flags_for(video), before=before) as page:
            page.get_by_role("button", name="Start the camera").click()
            yield page

    def without_camera(self) -> AbstractContextManager[Page]:
        """A desk computer."""
        return self.page_with(FLAGS)


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
  const region = {{ x: 0, y: 0, width: bitmap.width, height: bitmap.height }};
  worker.postMessage({{ id: 1, picture: bitmap, region, size, rungs }}, [bitmap]);
  return (await answer).reading.codes.map((code) => code.text);
}}"""


def png_of(picture: Image.Image) -> str:
    """The picture as PNG in base64, to be carried into the page past its content policy."""
    png = io.BytesIO()
    picture.save(png, "PNG")
    return base64.b64encode(png.getvalue()).decode()
