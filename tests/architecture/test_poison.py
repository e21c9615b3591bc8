"""Whatever people type is text on every page, for every role (S-05, S-06)."""

from collections.abc import Iterator

import html5lib
import pytest

from tests.architecture.house import House
from tests.architecture.routes import knock, knocks, table
from tests.poison import HANDLER, POISON, SIGN, spread
from tests.web.pages import elements
from webapp.core.database import db, writing

WHOLE = {"forwards": " ".join(POISON), "backwards": " ".join(reversed(POISON))}
SOURCES = ("href", "src", "action", "formaction", "srcdoc", "hx-get", "hx-post", "data-hx-get", "poster")


@pytest.fixture(params=["forwards", pytest.param("backwards", marks=pytest.mark.slow)])
def poisoned(house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """The house with every text replaced by all of the poison."""
    with writing() as session:
        spread(session.connection(), WHOLE[request.param])
        session.commit()
    db.session.remove()
    yield house
    house.put_back()


def infections(body: str) -> list[str]:
    """What of the poison has become an element, an attribute or an address."""
    found = []
    for name, element in elements(html5lib.parse(body)):
        if name == SIGN or HANDLER in element.attrib:
            found.append(f"<{name}> {element.attrib}")
        if name == "script" and not element.get("src"):
            found.append("a script")
        led = [str(element.get(key, "")).strip().lower() for key in SOURCES]
        led = [to for to in led if not to.startswith("mailto:?")]  # a mail to nobody yet: what follows is its text
        if any(to.startswith(("javascript:", "data:", "vbscript:", "//")) or "evil.example.org" in to for to in led):
            found.append(f"<{name}> leads to {led}")
    return found


def test_s_05_poison_in_every_text_is_text_on_every_page(poisoned: House) -> None:
    infected, told = {}, 0
    for cell in knocks(poisoned.app, "GET", table()["GET"]):
        if cell.expected != "ok":
            continue
        answer = knock(poisoned, cell)
        if answer.status_code >= 500:
            infected[str(cell)] = [f"status {answer.status_code}"]
        if answer.mimetype != "text/html":
            continue
        body = answer.get_data(as_text=True)
        told += "7*7" in body
        if wrong := infections(body):
            infected[str(cell)] = wrong
    assert infected == {}
    assert told > 20, "the poison was on the pages"


def test_the_check_finds_each_of_these_texts_where_it_is_not_escaped() -> None:
    caught = [text for text in POISON if SIGN in text or HANDLER in text]
    plain = [text for text in caught if infections(f"<!doctype html><title>t</title><p>{text}</p>")]
    quoted = [text for text in caught if infections(f'<!doctype html><title>t</title><p title="{text}"></p>')]
    bare = [text for text in caught if infections(f"<!doctype html><title>t</title><p title={text}></p>")]
    assert len(POISON) >= 60
    assert len(set(plain) | set(quoted) | set(bare)) >= 35
