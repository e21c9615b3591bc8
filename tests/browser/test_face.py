"""The face in Chromium: every part on a page of its own, under the product's own headers."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, Response, make_response, render_template, render_template_string
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    Form,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stub package

from tests.browser.fake_camera import CHROMIUM, FLAGS
from webapp.core.qr import choose, draw
from webapp.settings import read_settings
from webapp.web.access import public
from webapp.web.assets import TEMPLATES, init_assets
from webapp.web.security import init_security
from webapp.web.templating import init_templating

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
VIOLATIONS = (
    "() => axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`))"
)
MEETINGS = [UUID(int=number) for number in range(1, 6)]
PHONE, DESK, NARROW = (390, 844), (1280, 800), (320, 640)
CODE = draw("A CODE", choose("A CODE"))
PARTS = ["people/hue", "empty", "swap", "scan", "sheet", "forms", "desk", "door"]
VERDICTS = ["verdict/agreed", "verdict/again", "verdict/no", "verdict/ask"]

ASKING = """{% extends "_layout/page.html" %}{% block title %}Asking{% endblock %}{% block main %}<h1>Asking</h1>
<button hx-get="/answers/plain" hx-target="#answer" hx-swap="outerHTML">Plain</button>
<button hx-get="/answers/script" hx-target="#answer" hx-swap="outerHTML">Script</button>
<button hx-get="/answers/broken" hx-target="#answer" hx-swap="outerHTML">Broken</button>
<div id="answer">Nothing yet</div>{% endblock %}"""

ANSWERS = {
    "plain": ('<div id="answer">It came</div>', 200),
    "script": ('<div id="answer">It came<script src="/static/never/js/theme.js"></script></div>', 200),
    "broken": ('<div id="answer">It came broken</div>', 503),
}


class EveryField(Form):
    """One of each kind of field a page may hold."""

    name = StringField("Name", [validators.InputRequired()])
    email = EmailField("E-mail", [validators.Regexp(".+@.+[.].+", message="That address has no domain.")])
    note = TextAreaField("What did you talk about?")
    agree = BooleanField("Show my headline on my badge")
    file = FileField("Drop the list here")
    knew = RadioField(
        "How do you know Ben?",
        choices=[SelectChoice(value="new", label="New to me"), SelectChoice(value="knew", label="We knew each other")],
    )
    tonight = RadioField(
        "Tonight",
        choices=[SelectChoice(value="ask", label="Ask me each time"), SelectChoice(value="none", label="Not tonight")],
    )
    reach = SelectMultipleField(
        "Reachable by",
        choices=[
            SelectChoice(value="mail", label="E-mail"),
            SelectChoice(value="relay", label="Notes through Mixwell"),
        ],
    )


def refused_form() -> EveryField:
    """A form with one error, as a 422 shows it."""
    sent = MultiDict([("name", "Ann Aster"), ("email", "ann@example"), ("reach", "relay"), ("tonight", "ask")])
    form = EveryField(sent)
    assert not form.validate()
    return form


def add_views(app: Flask) -> None:
    """The style sheet by part, and a page whose buttons ask for answers."""

    @app.get("/<part>")
    @app.get("/<part>/<manner>")
    @public
    def page(part: str, manner: str = "") -> str:
        hue = 215 if manner == "hue" else None
        fixed = {"form": refused_form(), "meeting_id": MEETINGS[0], "more_ids": MEETINGS[1:], "drawing": CODE}
        return render_template("style_sheet.html", part=part, hue=hue, verdict=manner, **fixed)

    @app.get("/asking")
    @public
    def asking() -> str:
        return render_template_string(ASKING)

    @app.get("/answers/<kind>")
    @public
    def answer(kind: str) -> Response:
        return make_response(*ANSWERS[kind])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the product's templates, assets and headers, and the pages above."""
    app = Flask("face", template_folder=None, static_folder=None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    folder = str(tmp_path_factory.mktemp("face"))
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": address, "MIXWELL_DATA_DIR": folder}
    app.extensions["mixwell.settings"] = read_settings(environ)
    app.extensions["mixwell.actors"] = {"person": None, "device": None}
    app.jinja_loader = ChoiceLoader([FileSystemLoader(str(TEMPLATES)), FileSystemLoader(str(Path(__file__).parent))])
    init_security(app)
    init_templating(app)
    init_assets(app)
    app.jinja_env.globals["url_for"] = lambda endpoint, **values: f"/{endpoint}"
    add_views(app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for the module; each test has a context of its own."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    yield browser
    browser.close()


@dataclass
class Looking:
    """Opens parts of the style sheet."""

    browser: Browser
    address: str

    def context(self, size: tuple[int, int] = PHONE, *, night: bool = False, loose: bool = False) -> BrowserContext:
        """A new visitor; loose lets the test add styles that our policy refuses."""
        return self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if night else "light",
            bypass_csp=loose,
        )

    def page(self, part: str, context: BrowserContext) -> Page:
        """A part of the style sheet, with everything it loads."""
        page = context.new_page()
        page.goto(f"{self.address}/{part}")
        if page.locator("badge-scanner").count():
            page.wait_for_function("() => customElements.whenDefined('badge-scanner').then(() => true)")
        return page


@pytest.fixture
def looking(chromium: Browser, address: str) -> Iterator[Looking]:
    """Opens pages; closes what it opened."""
    yield Looking(chromium, address)
    for context in chromium.contexts:
        context.close()


def background(page: Page) -> str:
    """The colour of the page, as the browser computed it."""
    colour: str = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    return colour


@pytest.mark.parametrize("part", PARTS + VERDICTS)
def test_axe_finds_nothing_by_day_or_night(looking: Looking, part: str) -> None:
    for size, night in ((PHONE, True), (DESK, False)):
        page = looking.page(part, looking.context(size, night=night))
        page.evaluate(AXE)
        assert page.evaluate(VIOLATIONS) == []


@pytest.mark.parametrize("part", [*PARTS, "verdict/agreed"])
def test_large_text_on_a_narrow_screen_never_scrolls_sideways(looking: Looking, part: str) -> None:
    page = looking.page(part, looking.context(NARROW, loose=True))
    page.add_style_tag(content="html { font-size: 225% !important }")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    assert page.evaluate("() => document.documentElement.scrollWidth") == NARROW[0]


def test_a_chosen_theme_is_kept_and_the_door_keeps_its_own(looking: Looking) -> None:
    context = looking.context()
    page = looking.page("scan", context)
    by_day = background(page)
    page.get_by_role("button", name="Dark screen").click()
    by_night = background(page)
    assert by_night != by_day
    page.reload()
    assert background(page) == by_night
    expect(page.get_by_role("button", name="Dark screen")).to_have_attribute("aria-pressed", "true")
    assert background(looking.page("door", context)) == "oklch(1 0 0)"
    page.get_by_role("button", name="As my phone says").click()
    page.reload()
    assert background(page) == by_day


def test_an_answer_is_put_in_under_trusted_types(looking: Looking) -> None:
    page = looking.page("asking", looking.context())
    page.get_by_role("button", name="Plain").click()
    expect(page.locator("#answer")).to_have_text("It came")


@pytest.mark.parametrize("kind", ["Script", "Broken"])
def test_an_answer_that_must_not_come_in_is_left_out_and_said(looking: Looking, kind: str) -> None:
    page = looking.page("asking", looking.context())
    page.get_by_role("button", name=kind).click()
    expect(page.locator("#toasts")).to_contain_text("Nothing is lost")
    expect(page.locator("#answer")).to_have_text("Nothing yet")


def test_a_lost_network_is_said_until_it_is_back(looking: Looking) -> None:
    context = looking.context()
    page = looking.page("people", context)
    bar = page.get_by_text("No network.")
    expect(bar).to_be_hidden()
    context.set_offline(True)
    expect(bar).to_be_visible()
    context.set_offline(False)
    expect(bar).to_be_hidden()


def press_escape(page: Page) -> None:
    """Close as with a keyboard."""
    page.keyboard.press("Escape")


def swipe_down(page: Page) -> None:
    """Close as with a finger, from the grab downwards."""
    place = page.locator(".sheet-grab").bounding_box()
    assert place
    middle = place["x"] + place["width"] / 2
    page.mouse.move(middle, place["y"] + 5)
    page.mouse.down()
    page.mouse.move(middle, place["y"] + 140, steps=4)
    page.mouse.up()


@pytest.mark.parametrize("close", [press_escape, swipe_down])
def test_a_sheet_takes_the_focus_and_closes_by_its_own_link(looking: Looking, close: Callable[[Page], None]) -> None:
    page = looking.page("sheet", looking.context())
    expect(page.get_by_role("heading", name="Ben Adeyemi")).to_be_focused()
    page.wait_for_function("document.getAnimations().every((one) => one.playState === 'finished')")
    close(page)
    expect(page).to_have_url(f"{looking.address}/sheet#")
