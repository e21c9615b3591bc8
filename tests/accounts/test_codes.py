"""One-time codes: short-lived, counted, bound to a browser, used once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from webapp.accounts import codes
from webapp.accounts.codes import LIFE, TRIES, NoCode, Proven, Wish, WrongCode, digits_of, link_of, try_code, try_link
from webapp.accounts.models import OneTimeCode
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import OutboxRow
from webapp.core.tokens import Keyring

START = datetime(2026, 11, 22, 19, 4, tzinfo=UTC)
HERE, ELSEWHERE = "this browser", "another browser"


@pytest.fixture
def keyring(app: Flask) -> Keyring:
    keyring: Keyring = app.extensions["mixwell.tools"].keyring
    return keyring


def asked(keyring: Keyring, *, key: str = "ann@example.org", browser: str = HERE, at: datetime = START) -> UUID:
    with writing() as session:
        code_id = codes.ask_for_code(session, keyring, Wish(codes.SIGN_IN, key, browser), at)
        session.commit()
    return code_id


def tried(keyring: Keyring, typed: str, *, browser: str = HERE, after: timedelta = timedelta()) -> codes.Proof:
    with writing() as session:
        proof = try_code(session, keyring, codes.SIGN_IN, browser, typed, START + after)
        session.commit()
    return proof


def tapped(link: str, *, browser: str = HERE, after: timedelta = timedelta()) -> codes.Proof:
    with writing() as session:
        proof = try_link(session, browser, link, START + after)
        session.commit()
    return proof


def test_the_right_code_proves_the_address_once(keyring: Keyring) -> None:
    code_id = asked(keyring)
    code = digits_of(keyring, code_id)
    assert tried(keyring, code) == Proven(code_id, "ann@example.org", None)
    assert tried(keyring, code) == NoCode()


def test_the_link_is_the_twin_of_the_code_and_only_one_of_them_works(keyring: Keyring) -> None:
    code_id = asked(keyring)
    assert tapped(link_of(keyring, code_id)) == Proven(code_id, "ann@example.org", None)
    assert tried(keyring, digits_of(keyring, code_id)) == NoCode()


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("after", "good"), [(LIFE - SECOND, True), (LIFE, False), (LIFE + SECOND, False)])
@pytest.mark.parametrize("way", ["code", "link"])
def test_code_and_link_die_after_ten_minutes_to_the_second(
    keyring: Keyring, way: str, after: timedelta, good: bool
) -> None:
    code_id = asked(keyring)
    ways: dict[str, Callable[[], codes.Proof]] = {
        "code": lambda: tried(keyring, digits_of(keyring, code_id), after=after),
        "link": lambda: tapped(link_of(keyring, code_id), after=after),
    }
    assert isinstance(ways[way](), Proven) is good


def not_the(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_wrong_code_is_counted_down_and_the_fifth_ends_it(keyring: Keyring) -> None:
    code = digits_of(keyring, asked(keyring))
    answers = [tried(keyring, not_the(code)) for _ in range(TRIES)]
    assert answers == [WrongCode(4), WrongCode(3), WrongCode(2), WrongCode(1), NoCode()]
    assert tried(keyring, code) == NoCode()


def test_the_fifth_try_may_still_be_right(keyring: Keyring) -> None:
    code = digits_of(keyring, asked(keyring))
    for _ in range(TRIES - 1):
        tried(keyring, not_the(code))
    assert isinstance(tried(keyring, code), Proven)


@pytest.mark.parametrize("spoil", ["{}", " {} ", "{} ", "Code: {}."])
def test_blanks_and_words_around_the_digits_do_no_harm(keyring: Keyring, spoil: str) -> None:
    assert isinstance(tried(keyring, spoil.format(digits_of(keyring, asked(keyring)))), Proven)


def test_digits_of_other_keyboards_are_digits(keyring: Keyring) -> None:
    arabic = digits_of(keyring, asked(keyring)).translate({ord("0") + i: 0x0660 + i for i in range(10)})
    assert isinstance(tried(keyring, arabic), Proven)


def test_another_browser_gets_nowhere_with_the_right_code_or_link(keyring: Keyring) -> None:
    code_id = asked(keyring)
    assert tried(keyring, digits_of(keyring, code_id), browser=ELSEWHERE) == NoCode()
    assert tapped(link_of(keyring, code_id), browser=ELSEWHERE) == NoCode()
    assert isinstance(tried(keyring, digits_of(keyring, code_id)), Proven), "canary: nothing but the browser was wrong"


def test_a_new_code_for_an_address_ends_the_one_before(keyring: Keyring) -> None:
    first, second = asked(keyring), asked(keyring)
    assert isinstance(tried(keyring, digits_of(keyring, first)), WrongCode)
    assert isinstance(tried(keyring, digits_of(keyring, second)), Proven)


def test_codes_of_other_addresses_go_on(keyring: Keyring) -> None:
    first = asked(keyring)
    asked(keyring, key="ben@example.org", browser=ELSEWHERE)
    assert isinstance(tried(keyring, digits_of(keyring, first)), Proven)


def test_old_codes_do_not_pile_up(keyring: Keyring) -> None:
    for number in range(5):
        asked(keyring, key=f"guest{number}@example.org", at=START + number * LIFE)
    assert db.session.scalar(select(func.count()).select_from(OneTimeCode)) == 1


def test_neither_row_nor_outbox_holds_what_the_mail_says(keyring: Keyring) -> None:
    code_id = asked(keyring)
    rows = repr(db.session.execute(select(OneTimeCode.__table__)).all())
    rows += repr(db.session.execute(select(OutboxRow.__table__)).all())
    assert digits_of(keyring, code_id) not in rows.replace(str(code_id), "")
    assert link_of(keyring, code_id) not in rows
    assert HERE not in rows


def test_codes_spread_over_all_six_digits(app: Flask, keyring: Keyring) -> None:
    drawn = {digits_of(keyring, new_id()) for _ in range(2000)}
    assert len(drawn) > 1990
    assert {len(code) for code in drawn} == {6}
    assert {code[0] for code in drawn} == set("0123456789")
