"""A code is issued once, and a lost one dies at once."""

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from webapp.badges.issuing import issue, replace_lost, token_of, typed_code_of
from webapp.badges.models import Badge
from webapp.badges.queries import find_by_token, find_by_typed_code, find_live
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee
from webapp.web.current import current_keyring

BASE = "https://mix.example.org"


def issued(guests: list[Attendee], keyring: Keyring) -> list[Badge]:
    with writing() as session:
        badges = issue(session, guests, keyring=keyring, base_url=BASE, at=now())
        session.commit()
    return badges


def test_a_guest_has_one_badge_however_often_it_is_issued(cast: Cast) -> None:
    keyring = current_keyring()
    first, again = issued([cast.ann, cast.ben], keyring), issued([cast.ben, cast.ann], keyring)
    assert [badge.id for badge in first] == [badge.id for badge in reversed(again)]


def test_a_badge_is_found_by_its_code_and_by_its_typed_code_in_its_event_only(cast: Cast) -> None:
    keyring = current_keyring()
    [badge] = issued([cast.ann], keyring)
    typed = typed_code_of(badge, keyring)
    session = db.session()
    assert find_by_token(session, token_of(badge, keyring)) == badge
    assert find_by_typed_code(session, cast.mixer.id, typed, keyring) == badge
    assert find_by_typed_code(session, cast.other_mixer.id, typed, keyring) is None


def test_losing_a_badge_kills_its_code_and_keeps_the_guest(cast: Cast) -> None:
    keyring = current_keyring()
    [old] = issued([cast.ann], keyring)
    token = token_of(old, keyring)
    with writing() as session:
        fresh = replace_lost(session, cast.ann, keyring=keyring, base_url=BASE, by=cast.actor(cast.dora.id), at=now())
        session.commit()
    found = find_by_token(db.session(), token)
    assert found is not None
    assert found.replaced_at is not None
    assert (fresh.generation, find_live(db.session(), cast.ann.id)) == (2, fresh)
    assert token_of(fresh, keyring) != token


def test_nothing_printable_is_stored(app: Flask, cast: Cast) -> None:
    keyring = current_keyring()
    [badge] = issued([cast.ann], keyring)
    row = repr(db.session.execute(select(Badge.__table__)).one())
    assert token_of(badge, keyring) not in row
    assert typed_code_of(badge, keyring) not in row
