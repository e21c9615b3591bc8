"""F15 at the endpoints: whatever is posted as a code opens nothing, breaks nothing and is answered like a person.

What a phone makes of the same texts is in tests/browser/test_scanner_fuzz.py and tests/js/fuzzed-codes.test.js.
"""

import random
from collections import Counter
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.fuzz import forged, no_badges
from tests.swaps.evening import EveningOut
from webapp.checkin.models import CheckIn
from webapp.contacts.models import Meeting
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.swaps.models import CardRequest, Grant, KeptScan

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
ACCEPTED = ('data-outcome="agreed"', 'data-outcome="swapped"', 'data-outcome="asked"')


@pytest.fixture(autouse=True)
def without_limits(app: Flask) -> None:
    """No pause between codes: each is to be looked at."""
    app.extensions["mixwell.settings"] = replace(app.extensions["mixwell.settings"], lift_limits=True)


def given() -> Counter[str]:
    """How many rows say that somebody came, met or gave."""
    db.session.rollback()
    tables = (CheckIn, Meeting, Grant, CardRequest, KeptScan)
    found = Counter({table.__name__: db.session.scalar(select(func.count()).select_from(table)) for table in tables})
    db.session.rollback()  # PostgreSQL waits ten seconds for a transaction that does nothing, and the codes take longer
    return found


def codes(seed: int, number: int, badge: str) -> list[str]:
    """Nine of ten are no badges, one is a badge that was forged."""
    dice = random.Random(seed)
    texts = [*no_badges(seed, number * 9 // 10, badge), *(forged(dice, badge) for _ in range(number // 10))]
    assert badge not in texts
    dice.shuffle(texts)
    return texts


def post_all(client: FlaskClient, path: str, texts: list[str]) -> Counter[int]:
    """How often which status was answered."""
    statuses: Counter[int] = Counter()
    for text in texts:
        answer = client.post(path, data={"code": text, "operation_id": str(new_id())}, headers=PARTIAL)
        assert not [word for word in ACCEPTED if word in answer.text], ascii(text)
        assert answer.status_code < 300 or 400 <= answer.status_code < 500, ascii(text)
        statuses[answer.status_code] += 1
    return statuses


def raw_bodies(badge: str) -> list[bytes]:
    """Forms that no browser would send: broken escapes, cut UTF-8, a length that lies, no code at all."""
    code, id_ = quote(badge).encode(), str(new_id()).encode()
    spoiled = (code[:-1] + b"%", code + b"%00", b"%ff%fe" + code, code + b"%f0%9f%98", b"512:" + code, b"")
    return [b"operation_id=%s&code=%s" % (id_, text) for text in spoiled] + [b"code", b"=&=&;" + code]


def post_raw(client: FlaskClient, path: str, badge: str) -> None:
    """Each is answered, by a refusal at most."""
    for body in raw_bodies(badge):
        assert client.post(path, data=body, content_type="application/x-www-form-urlencoded").status_code < 500, body


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_fuzzed_code_lets_anybody_in(evening: EveningOut, cast: Cast, number: int) -> None:
    client, path = cast.browser(door_key=cast.door()[1]), f"/events/{cast.mixer.id}/check-ins"
    guest = cast.guest("Gus Guest")
    badge, before = evening.code(guest), given()
    post_all(client, path, codes(number, number, badge))
    post_raw(client, path, badge)
    assert given() == before
    # The same door takes the code that was meant.
    client.post(path, data={"code": badge, "operation_id": str(new_id())}, headers=PARTIAL)
    assert given() - before == Counter(CheckIn=1)


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_fuzzed_code_gives_or_asks_for_a_card(evening: EveningOut, cast: Cast, number: int) -> None:
    client = cast.browser(cast.ann.person_id)
    badge, before = evening.code(cast.ben), given()
    post_all(client, "/scans", codes(number + 1, number, badge))
    post_raw(client, "/scans", badge)
    assert given() == before
    client.post("/scans", data={"code": badge, "operation_id": str(new_id())}, headers=PARTIAL)
    assert (given() - before)["Meeting"] == 1
