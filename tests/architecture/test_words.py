"""Our words: all of them can be translated, and some are never used."""

import re
from collections.abc import Iterator
from typing import get_args
from xml.etree.ElementTree import Element

import pytest
from flask import Flask, render_template
from sqlalchemy.orm import joinedload

from tests.architecture.conftest import audited_app
from tests.architecture.house import PRIVATE_NOTE, PRIVATE_ROLE, House
from tests.architecture.routes import address, knock, knocks
from tests.architecture.templates import Template, all_templates
from tests.architecture.test_pages import SHOWN_TO
from tests.architecture.words import WORD, messages, outside_brackets, texts, write_pseudo_catalogue
from tests.web.pages import elements, read_page
from webapp.badges.forms import STOCK_WORDS
from webapp.badges.stocks import stocks
from webapp.contacts.queries import OpenedPromise
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Event
from webapp.followups.morning import MetThere
from webapp.followups.queue import Item, get_item
from webapp.introductions.queries import Question
from webapp.swaps.queries import CardView
from webapp.swaps.stories import State

NEVER = ("lead", "leads", "pipeline", "target", "targets", "funnel", "score", "scores", "prospect", "prospects")
NEVER_ON_SCREENS = ("grant", "grants", "(?<!in )touch", "touches", "operation", "operations", "attendee", "attendees")

SPOKEN = ("aria-label", "alt", "title", "placeholder", "data-confirm", "aria-description", "aria-roledescription")
OUR_NAMES = {"Mixwell", "mix.example.org", "mailto", "https"}
DATES = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September"
    r"|October|November|December|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|[AP]M"
    r"|(?:\d+ )?(?:second|minute|hour|day|week)s?(?: ago)?|just now|[A-Z][a-z]+/[A-Z][\w/]+)\b"
)
"""Dates, spans and zone names come from the language's own data, not from our catalogue."""
CODES = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4,}(?:-[0-9A-HJKMNP-TV-Z]+)*\b|[0-9a-f-]{36}")


def test_some_words_are_never_used() -> None:
    """D2: nothing slick is said anywhere, on screens, in mails or in our own names."""
    pattern = re.compile(rf"\b(?:{'|'.join(NEVER + NEVER_ON_SCREENS)})\b", re.IGNORECASE)
    assert len(messages()) > 200
    assert {text: file for text, file in texts() if pattern.search(text)} == {}


def test_our_own_names_keep_away_from_those_words_too() -> None:
    routes = re.compile(rf"/(?:{'|'.join((*NEVER, 'attendee', 'attendees'))})\b")
    app_rules = [t.name for t in all_templates().values() if routes.search(t.source)]
    assert app_rules == []


def test_texts_do_not_shout_and_do_not_run_on() -> None:
    loud = {text: file for text, file in texts() if "!" in text}
    assert loud == {}


def test_no_template_holds_a_text_that_is_not_marked() -> None:
    assert [hit for t in all_templates().values() if _is_read(t) for hit in _bare_words(t)] == []


def _is_read(template: Template) -> bool:
    """Paper is left out: its words come with the sheet, and its measures look like words."""
    return template.name.endswith((".html", ".txt")) and "/print/" not in template.name


def _bare_words(template: Template) -> Iterator[str]:
    """Letters between tags, or in an attribute that is read aloud, outside every Jinja expression."""
    source = re.sub(
        r"\{#.*?#\}|\{% block \w*(?:class|theme)\w* %\}.*?\{% endblock %\}", "", template.source, flags=re.S
    )
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\x1f", source, flags=re.S)
    for name, value in re.findall(r"\b(aria-label|alt|title|placeholder)=\"([^\"]*)\"", source):
        if WORD.search(value):
            yield f"{template.name}: {name} {value!r}"
    source = re.sub(r"<style\b.*?</style>|<!doctype[^>]*>|<!--.*?-->", "", source, flags=re.S | re.IGNORECASE)
    for text in re.split(r"<[^>]*>", source):
        for words in text.split("\x1f"):
            suffix_of_an_id = words.startswith("-")
            if WORD.search(words) and words.strip(" ·\n") not in OUR_NAMES and not suffix_of_an_id:
                yield f"{template.name}: {words.strip()!r}"


@pytest.fixture(scope="module")
def dressed(built_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house, speaking in brackets."""
    catalogue = write_pseudo_catalogue(tmp_path_factory.mktemp("catalogue"))
    house = built_house.another(tmp_path_factory.mktemp("dressed"), audited_app)
    house.app.extensions["babel"].translation_directories.insert(0, str(catalogue))
    with house.app.app_context():
        yield house
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(("role", "endpoint"), SHOWN_TO)
def test_every_page_speaks_only_words_that_can_be_translated(dressed: House, role: str, endpoint: str) -> None:
    response = dressed.browser(role).get(address(dressed.app, endpoint, "GET", dressed.mixer), buffered=True)
    if response.mimetype == "text/html":
        page = read_page(endpoint, response.get_data(as_text=True))
        assert "⟦" in page.text or endpoint in WORDLESS
        assert bare_texts(page.tree, data_of(dressed)) == []


WORDLESS = {"checkin.guests", "swaps.pulse"}
"""Regions that may be empty or hold nothing but data."""


def bare_texts(tree: Element, data: list[str]) -> list[str]:
    """What is read on this page, stands in no brackets and is not data."""
    shown = outside_brackets("\x1f".join(_visible(tree))).split("\x1f")
    return [piece.strip() for piece in shown if _says_something(piece, data)]


def _visible(tree: Element) -> Iterator[str]:
    for name, element in elements(tree):
        if name not in {"script", "style", "option"} and element.text:
            yield element.text
        yield from (element.get(attribute, "") for attribute in SPOKEN)
        if element.tail:
            yield element.tail


def _says_something(piece: str, data: list[str]) -> bool:
    """Whether words are left of it when all data are taken out."""
    if not WORD.search(piece):
        return False
    for known in data:
        piece = piece.replace(known, " ")
    return bool(WORD.search(CODES.sub(" ", DATES.sub(" ", piece))))


def data_of(house: House) -> list[str]:
    """Everything that was typed by somebody, longest first."""
    typed = {PRIVATE_NOTE, PRIVATE_ROLE, "someone@example.org", "https://mix.example.org/invitation/…"}
    words = typed | {cell for _name, rows in house.dump() for row in rows for cell in row if isinstance(cell, str)}
    parts = {part for text in words for pattern in (r"\s+", '"') for part in re.split(pattern, text)}
    return sorted({text for text in words | parts | OUR_NAMES if WORD.search(text)}, key=len, reverse=True)


@pytest.mark.parametrize(
    "headers", [{}, {"HX-Request": "true", "HX-Request-Type": "partial"}], ids=["page", "fragment"]
)
def test_refused_forms_are_whole_and_speak_words_that_can_be_translated(
    dressed: House, headers: dict[str, str]
) -> None:
    bare, refused, data = [], 0, data_of(dressed)
    for cell in knocks(dressed.app, "POST"):
        if (
            cell.expected != "may"
            or cell.side != "mixer"
            or cell.role not in {"stranger", "inside", "door", "organizer"}
        ):
            continue
        response = knock(dressed, cell, headers=headers)
        dressed.put_back()
        if response.status_code != 422:
            continue
        page = read_page(str(cell), response.get_data(as_text=True))
        refused += 1
        bare += [f"{cell}: {text}" for text in bare_texts(page.tree, data)]
        bare += [f"{cell}: {fault}" for fault in page.faults if not headers]
    assert refused > 20
    assert bare == []


def test_failures_speak_words_that_can_be_translated(dressed: House) -> None:
    for path in ("/nothing", f"/events/{new_id()}"):
        page = read_page(path, dressed.browser("organizer").get(path).get_data(as_text=True))
        assert bare_texts(page.tree, data_of(dressed)) == []


def test_the_brackets_find_a_bare_text() -> None:
    page = read_page(
        "/", "<!doctype html><title>⟦A⟧</title><h1>⟦Hello ⟦dear⟧ Ann⟧ Submit</h1><p aria-label='Close'>Ann</p>"
    )
    assert bare_texts(page.tree, ["Ann"]) == ["Submit", "Close"]


def _an_item(house: House) -> Item:
    me, other = house.mixer.values["feed_id"], house.mixer.values["person_id"]
    return get_item(db.session(), me, other, Sealed(house.app.extensions["mixwell.tools"].keyring, "notes"), now())


QUESTION = Question(new_id(), "Ann", "Ann", "Ann", "", by_mail=False, until=now())
CARD = CardView(new_id(), "Ann", {"email": "Ann", "headline": "Ann"}, new_id(), now())


def test_mails_speak_words_that_can_be_translated(dressed: House) -> None:
    event = db.session.get_one(Event, dressed.mixer.values["event_id"], options=[joinedload(Event.circle)])
    made = [OpenedPromise(new_id(), new_id(), "Ann", now(), None)]
    met = [
        MetThere(new_id(), new_id(), "Ann", "Ann", state, note, promises, asked, {"link": "Ann"})
        for state in get_args(State)
        for note in ("", "Ann")
        for promises in ([], made)
        for asked in (None, new_id())
    ]
    shared = {"event": event, "people": met, "more": 2, "page": "⟦LINK⟧", "everybody": "⟦LINK⟧", "stop": "⟦LINK⟧"}
    given: dict[str, dict[str, object]] = {
        "address_changed": {"old": "⟦OLD⟧", "new": "⟦NEW⟧", "back": "⟦LINK⟧"},
        "code": {"digits": "123456", "link": "LINK", "instead": "⟦NEW⟧", "joins": True},
        "unused": {"name": "Ann", "ends_at": event.ends_at, "link": "LINK"},
        "invitation": {"name": "Ann", "event": event, "link": "LINK"},
        "joined": {},
        "question": {"asked": QUESTION, "page": "⟦LINK⟧", "stop": "⟦LINK⟧", "fields": ["name"]},
        "both": {"first": CARD, "second": CARD, "page": "⟦LINK⟧"},
        "note": {"name": "Ann", "words": "Ann", "answer_to": "", "page": "⟦LINK⟧", "stop": "⟦LINK⟧"},
        "morning": shared,
        "cards": shared | {"name": "Ann"},
        "week": {"item": _an_item(dressed), "page": "⟦LINK⟧", "stop": "⟦LINK⟧", "next_page": "⟦LINK⟧"},
    }
    mails = [name for name in all_templates() if name.startswith("mail/") and "/_" not in name]
    assert {name.split("/")[1].partition(".")[0] for name in mails} <= set(given)
    data = data_of(dressed)
    for name in mails:
        text = _rendered(dressed.app, name, given[name.split("/")[1].partition(".")[0]])
        words = CODES.sub("", re.sub(r"<style.*?</style>|<[^>]*>", "\x1f", text, flags=re.S))
        bare = [part.strip() for part in outside_brackets(words).split("\x1f") if _says_something(part, data)]
        assert [part for part in bare if part != "LINK"] == [], name


def _rendered(app: Flask, name: str, context: dict[str, object]) -> str:
    with app.test_request_context("/", base_url="https://mix.example.org"):
        return render_template(name, **context)


def test_the_papers_we_ship_have_words_that_say_what_their_rows_say(app: Flask) -> None:
    with app.test_request_context("/"):
        assert {key: str(words) for key, words in STOCK_WORDS.items()} == {key: s.name for key, s in stocks().items()}
