"""How well does the shipped scanner read, how long does a frame take, and how soon is the sheet there?

    python -m benchmarks.scanner [EACH] [--seed 20261121] [--runs 5]

The product is served, Chromium opens its scan page, and every picture goes through the scanner element: `scanImage`
says what was read, the worker's own answers say what a video frame costs. The same library, native and in one pass
over the same pictures, is the measure beside it in the same run: ratios are the result, milliseconds are colour. Then
Chromium's fake camera plays a badge of a real guest, from the camera being ready to the sheet standing on the screen.
"""

import argparse
import base64
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserType, Page, StorageState, sync_playwright
from playwright.sync_api import Error as BrowserError
from sqlalchemy import select

import webapp
from benchmarks.badge_pictures import FILMS, Photo, frames, photos
from benchmarks.pages import a_phone, sample, served
from webapp.badges.issuing import issue, token_of
from webapp.core import qr
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.settings import read_settings
from webapp.web.builds import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu"]
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
FLOORS = {"easy": 250, "dim": 500, "walk-up": 2500, "hard": 4000}
"""Film → milliseconds from the camera being ready to the sheet on the screen."""
WARM_UP = 5
REACHING = 1000
"""Milliseconds a thumb takes to the button."""
QR_ONLY = zxingcpp.barcode_formats_from_str("QRCode")

# A page that answers three questions about a picture: what scanImage reads, and the milliseconds of a video frame
# without and with one rung of the retry ladder.
PREPARE = """async () => {
  await customElements.whenDefined("badge-scanner");
  const lib = new URL("lib/", document.querySelector("script[type=module]").src);
  const { trustedScriptUrl } = await import(new URL("trusted-urls.js", lib));
  const worker = new Worker(trustedScriptUrl(new URL("../workers/decode-worker.js", lib)), { type: "module" });
  const asked = async (bitmap, rungs) => {
    const frame = await createImageBitmap(bitmap), size = { width: frame.width, height: frame.height };
    const started = performance.now();
    const answer = new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
    worker.postMessage({ id: 1, picture: frame, region: { x: 0, y: 0, ...size }, size, rungs }, [frame]);
    const { reading } = (await answer).data;
    return { ms: performance.now() - started, texts: reading.codes.map((code) => code.text) };
  };
  window.tryPicture = async (data) => {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    const photo = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    // Drawn once, because a bitmap of a JPEG is decoded only when it is first used.
    const drawn = new OffscreenCanvas(photo.width, photo.height);
    drawn.getContext("2d").drawImage(photo, 0, 0);
    const bitmap = drawn.transferToImageBitmap();
    const plain = await asked(bitmap, []), retried = await asked(bitmap, [0]);
    const text = await document.querySelector("badge-scanner").scanImage(bitmap);
    return { text, all: plain.texts, plain: plain.ms, retried: retried.ms };
  };
}"""

WATCH_SHEET = """
  addEventListener("loadeddata", (event) => { if (event.target.srcObject) window.ready ??= performance.now(); }, true);
  const look = () => {
    const heading = document.querySelector("bottom-sheet h1, bottom-sheet h2");
    const box = heading?.getBoundingClientRect();
    if (box?.height && box.top >= 0 && box.bottom <= innerHeight) window.there ??= performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


@dataclass(frozen=True)
class Tried:
    """What came of one picture; times in milliseconds."""

    photo: Photo
    text: str | None
    both: bool
    plain: float
    retried: float
    native: float

    @property
    def is_read(self) -> bool:
        """A text was found that stands in the picture."""
        return self.text in self.photo.texts

    @property
    def is_misread(self) -> bool:
        """A text was found that does not."""
        return self.text is not None and not self.is_read


def try_all(page: Page, pictures: Iterator[Photo]) -> Iterator[Tried]:
    """Every picture through the page and through the native library."""
    page.evaluate(PREPARE)
    for count, photo in enumerate(pictures):
        data = base64.b64encode(photo.jpeg).decode()
        for _ in range(WARM_UP if count == 0 else 0):
            page.evaluate("(data) => tryPicture(data)", data)
        came = page.evaluate("(data) => tryPicture(data)", data)
        both = set(photo.texts) <= set(came["all"])
        yield Tried(photo, came["text"], both, came["plain"], came["retried"], native(photo.jpeg))


def native(jpeg: bytes) -> float:
    """Milliseconds of one pass over the decoded picture, outside a browser."""
    picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    started = time.perf_counter()
    zxingcpp.read_barcodes(picture, formats=QR_ONLY, try_rotate=False, try_invert=False)
    return (time.perf_counter() - started) * 1000


def tell(name: str, tried: list[Tried]) -> None:
    """One line of the table."""
    read, misread = sum(one.is_read for one in tried), sum(one.is_misread for one in tried)
    times = "".join(
        f"{value:8.0f}" for value in (*spread([t.plain for t in tried]), *spread([t.retried for t in tried]))
    )
    measure = median(one.native for one in tried)
    ratios = "".join(
        f"{median(values) / measure:8.1f}" for values in ([t.plain for t in tried], [t.retried for t in tried])
    )
    print(f"{name:14}{read:4} of{len(tried):4}{read / len(tried):8.1%}{misread:9}{times}{measure:8.0f}{ratios}")


def spread(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return median(values), sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def tell_pictures(tried: list[Tried]) -> None:
    """The whole table."""
    print(
        f"{'scene':14}{'read':>11}{'':>8}{'misread':>9}{'plain':>8}{'p95':>8}{'retry':>8}{'p95':>8}{'native':>8}",
        end="",
    )
    print(f"{'plain ×':>8}{'retry ×':>8}   milliseconds, and medians as multiples of native")
    for scene in dict.fromkeys(one.photo.scene for one in tried):
        tell(scene, [one for one in tried if one.photo.scene == scene])
    tell("all", tried)
    two = [one for one in tried if one.photo.scene == "two"]
    print(f"both badges found: {sum(one.both for one in two)} of {len(two)}")
    for one in tried:
        if one.is_misread:
            print(f"MISREAD {one.photo.name}: {one.text!r}")


def a_badge(own: dict[str, str]) -> str:
    """What the badge of a guest of tonight says, whom the one who scans has not met."""
    settings = read_settings(own)
    app = webapp.create_app(settings)
    keyring = app.extensions["mixwell.tools"].keyring
    with app.app_context(), writing() as session:
        guest = session.scalars(select(Attendee).order_by(Attendee.created_at.desc())).first()
        assert guest
        [badge] = issue(session, [guest], keyring=keyring, base_url=settings.base_url, at=now())
        text = qr.badge_text(settings.base_url, token_of(badge, keyring))
        session.commit()
        db.session.remove()
    return text


def to_the_sheet(chromium: BrowserType, film: Path, base: str, state: StorageState) -> float | None:
    """Milliseconds from the camera being ready to the sheet on the screen; None if it never came."""
    flags = [*FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={film}"]
    browser = chromium.launch(executable_path=CHROMIUM, args=flags)
    page = browser.new_page(base_url=base, viewport={"width": 390, "height": 844}, storage_state=state)
    page.add_init_script(WATCH_SHEET)
    page.goto("/scan")
    page.wait_for_timeout(REACHING)
    page.get_by_role("button", name="Start the camera").click()
    try:
        page.wait_for_function("() => window.there", timeout=15_000)
        return float(page.evaluate("() => there - ready"))
    except BrowserError:
        return None
    finally:
        browser.close()


def tell_films(chromium: BrowserType, own: dict[str, str], state: StorageState, runs: int, folder: Path) -> None:
    """How soon the sheet stands there, film by film."""
    text = a_badge(own)
    for name in FILMS:
        film = folder / f"{name}.mjpeg"
        film.write_bytes(b"".join(frames(name, text)))
        times = [to_the_sheet(chromium, film, own["MIXWELL_BASE_URL"], state) for _ in range(runs)]
        came = sorted(round(one) for one in times if one is not None)
        middle = f"median {median(came):.0f} ms" if came else "never"
        print(f"film {name:9} sheet in {len(came)} of {runs}, {middle} (floor {FLOORS[name]}): {came}")


def longest_task(chromium: BrowserType, film: Path, base: str, state: StorageState, folder: Path) -> float:
    """Milliseconds of processor that the longest task of the page took while the camera ran for three seconds."""
    browser = chromium.launch(
        executable_path=CHROMIUM, args=[*FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={film}"]
    )
    page = browser.new_page(base_url=base, viewport={"width": 390, "height": 844}, storage_state=state)
    page.goto("/scan")
    page.get_by_role("button", name="Start the camera").click()
    page.locator("badge-scanner[data-camera=live]").wait_for()
    page.wait_for_timeout(500)
    browser.start_tracing(
        page=page, path=folder / "trace.json", categories=["toplevel", "disabled-by-default-devtools.timeline"]
    )
    page.wait_for_timeout(3000)
    browser.stop_tracing()
    browser.close()
    events: list[dict[str, Any]] = json.loads((folder / "trace.json").read_text())["traceEvents"]
    mains = {
        (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        e["tdur"] for e in events if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) in mains and "tdur" in e
    ]
    return max(tasks, default=0) / 1000


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser()
    asked.add_argument("each", type=int, nargs="?", default=4, help="pictures of each scene and level")
    asked.add_argument("--seed", type=int, default=20261121)
    asked.add_argument("--runs", type=int, default=5, help="runs of each film")
    wanted = asked.parse_args()
    subprocess.run([sys.executable, "bin/pack_assets.py"], cwd=ROOT, check=True)
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, chromium = Path(name), playwright.chromium
        own = sample(folder)
        with served(own):
            browser = chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            phone = a_phone(browser, own["MIXWELL_BASE_URL"], signed_in=True)
            page = phone.new_page()
            page.goto("/scan")
            print(
                f"Chromium {browser.version}, zxing-cpp {version('zxing-cpp')} beside it, load {os.getloadavg()[0]:.1f}"
            )
            tell_pictures(list(try_all(page, photos(wanted.seed, wanted.each))))
            state = phone.storage_state()
            browser.close()
            tell_films(chromium, own, state, wanted.runs, folder)
            longest = longest_task(chromium, folder / "walk-up.mjpeg", own["MIXWELL_BASE_URL"], state, folder)
            print(
                f"the page itself: longest task {longest:.1f} ms of processor (floor 16); load {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    main()
