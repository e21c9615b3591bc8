"""What do pages weigh on a phone, and how soon and how light does the server stand?

    python -m benchmarks.pages

The sample evening, served as `mixwell serve` does, and a Chromium that has seen nothing: bytes as they travelled,
compressed, without headers. A first load is a page in an empty browser; a later tap is the next one in the same.
"""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Request, sync_playwright

import webapp
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.demo.evening import seed
from webapp.settings import read_settings
from webapp.web.builds import ROOT

FIRST = ("/sign-in", "/scan", "/people")
LATER = ("/people", "/next", "/me")
KINDS = {"document": "page", "stylesheet": "style", "script": "script", "font": "type"}
DECODER = "/vendor/zxing/"
STARTS = 5


def sample(folder: Path) -> dict[str, str]:
    """A database with the sample evening; the settings to serve it with."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    own = {"MIXWELL_MODE": "demo", "MIXWELL_BASE_URL": f"http://127.0.0.1:{port}", "MIXWELL_DATA_DIR": str(folder)}
    settings = read_settings(own)
    schema.upgrade(settings.database_url)
    app = webapp.create_app(settings)
    with app.app_context(), writing() as session:
        seed(session, keyring=app.extensions["mixwell.tools"].keyring, base_url=settings.base_url, at=now())
        session.commit()
    return own | {"PORT": port}


@contextmanager
def served(own: dict[str, str]) -> Iterator[tuple[int, float]]:
    """The server's process id, and the seconds from its start to its first answer."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "webapp.cli", "serve", "--host", "127.0.0.1"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL)
    try:
        while not answers(f"{own['MIXWELL_BASE_URL']}/"):
            assert server.poll() is None, "the server ended"
            time.sleep(0.01)
        yield server.pid, time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()


def answers(address: str) -> bool:
    """Whether somebody is there."""
    try:
        with urlopen(address) as answer:  # noqa: S310  # our own loopback address
            return bool(answer.status == 200)
    except URLError:
        return False


def memory(pid: int) -> float:
    """Megabytes of this process and its children, shared pages counted once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own / 1024 + sum(memory(int(child)) for child in children)


def a_phone(browser: Browser, base: str, *, signed_in: bool) -> BrowserContext:
    """A browser that has seen nothing. The service worker, which fetches the same files again, stays away."""
    context = browser.new_context(base_url=base, viewport={"width": 390, "height": 844}, service_workers="block")
    if signed_in:
        assert context.request.post("/cast/ann", headers={"Origin": base}, max_redirects=0).status == 303
    return context


def weigh(context: BrowserContext, path: str) -> Counter[str]:
    """Kilobytes that travel for this page, by kind; the decoder apart."""
    page, finished = context.new_page(), list[Request]()
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    weights: Counter[str] = Counter()
    for request in finished:
        kind = "decoder" if DECODER in request.url else KINDS.get(request.resource_type, "other")
        weights[kind] += max(0, request.sizes()["responseBodySize"])  # below zero: it came from the browser's own cache
    page.close()
    return weights


def tell(name: str, weights: Counter[str]) -> None:
    """One line of the table, in kilobytes."""
    columns = [*KINDS.values(), "other"]
    whole = sum(weights[column] for column in columns)
    numbers = "".join(f"{weights[column] / 1000:8.1f}" for column in columns)
    print(f"{name:22}{numbers}{whole / 1000:8.1f}{weights['decoder'] / 1000:9.1f}")


def main() -> None:
    """Print both tables."""
    subprocess.run([sys.executable, "bin/pack_assets.py"], cwd=ROOT, check=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        own = sample(Path(folder))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        print(f"Chromium {browser.version}, gunicorn {version('gunicorn')}, Python {sys.version.split()[0]}")
        print(f"kB{'':20}" + "".join(f"{name:>8}" for name in (*KINDS.values(), "other", "whole")) + "  decoder")
        with served(own) as (pid, _):
            idle = memory(pid)
            base = own["MIXWELL_BASE_URL"]
            for path in FIRST:
                tell(f"first load {path}", weigh(a_phone(browser, base, signed_in=path != "/sign-in"), path))
            phone = a_phone(browser, base, signed_in=True)
            weigh(phone, "/scan")
            for path in LATER:
                tell(f"later tap {path}", weigh(phone, path))
            print("aims: first load 90, later tap 15")
            print(f"Server: {idle:.0f} MB when it has started (aim 120), {memory(pid):.0f} MB after these pages")
        seconds, processor = min(start_time(own) for _ in range(STARTS))
        print(f"first answer after {seconds:.2f} s (aim 1.5), {processor:.2f} s of processor; the best of {STARTS}")


def start_time(own: dict[str, str]) -> tuple[float, float]:
    """Seconds to the first answer of one more start, by the clock and of processor time."""
    with served(own) as (pid, seconds):
        return seconds, worked(pid)


def worked(pid: int) -> float:
    """Seconds of processor that this process and its children have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    user, system = map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13])
    return (user + system) / os.sysconf("SC_CLK_TCK") + sum(worked(int(child)) for child in children)


if __name__ == "__main__":
    main()
