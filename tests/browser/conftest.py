"""One Playwright for all browser tests: its synchronous interface can run only once at a time in a process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Starts browsers; each test launches and closes its own."""
    # How fast things are is measured in benchmarks/; here a busy machine may take its time.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        yield playwright
