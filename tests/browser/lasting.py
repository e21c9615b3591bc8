"""A phone with a profile that lasts: workers, caches and permissions outlive a page, as on a real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.phones import PHONE
from tests.browser.served import House
from tests.cast import Cast
from webapp.accounts.models import Person
from webapp.accounts.sessions import open_session
from webapp.core.clock import now
from webapp.core.database import db, writing

WORKER = "() => navigator.serviceWorker.ready.then(() => true)"


def wait_for_worker(page: Page) -> None:
    """Until this page has a worker. One that never starts fails the test, where asking for it would wait for ever."""
    page.wait_for_function(WORKER)


@contextmanager
def lasting_phone(playwright: Playwright, house: House, folder: Path, **options: Any) -> Iterator[BrowserContext]:
    """A browser of its own for this house; what is private by design could not be installed."""
    width, height = PHONE
    context = playwright.chromium.launch_persistent_context(
        str(folder),
        executable_path=CHROMIUM,
        args=list(FLAGS),
        base_url=house.base,
        viewport={"width": width, "height": height},
        **options,
    )
    context.set_default_timeout(30_000)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def cast_of(house: House) -> Iterator[Cast]:
    """The cast, in the database of this house."""
    with house.app.app_context():
        yield Cast(house.app)
        db.session.remove()


def let_in(context: BrowserContext, house: House, person_id: UUID) -> None:
    """Sign this person in: the cookie that a typed code would have brought."""
    with house.app.app_context(), writing() as session:
        secret = open_session(session, session.get_one(Person, person_id), browser="Test", at=now())
        session.commit()
    context.add_cookies([{"name": "mixwell-session", "value": secret, "url": house.base}])


def with_worker(page: Page, path: str) -> Page:
    """This page, once its worker is in place."""
    page.goto(path)
    wait_for_worker(page)
    return page
