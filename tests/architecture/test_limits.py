"""Every row of the one table of limits holds in the product: at its number, one over, and after its window.

What was used before is counted by `spend` under the key that the row promises; the last use and the one too many are
real requests. A row counted under another key than promised would not refuse them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from limits import RateLimitItem, parse_many
from sqlalchemy import select
from werkzeug.test import TestResponse

import webapp
from tests.architecture.test_source import modules
from tests.cast import Cast
from tests.conftest import make_client
from tests.introductions.trio import make_trio
from tests.people.evening import asked, gave, met
from tests.swaps.evening import BASE, EveningOut
from webapp.accounts.models import Address
from webapp.badges.documents import private_code_of
from webapp.badges.slips import TRIES
from webapp.chains.models import Statement
from webapp.chains.statements import statement_link
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.followups.links import morning_link
from webapp.settings import Settings
from webapp.swaps.granting import MOST_OPEN
from webapp.swaps.queries import waiting_for_me
from webapp.swaps.reaching import Reach, choose_reach
from webapp.web.builds import ROOT
from webapp.web.limits import LIMITS, spend

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Use:
    """One use of something limited: the key it is counted under, and the request."""

    key: object
    request: Callable[[], TestResponse]


def _of_network(path: str, data: dict[str, str] | None = None) -> Callable[[EveningOut], Use]:
    def use(evening: EveningOut) -> Use:
        client = make_client(evening.app)
        return Use(HERE, lambda: client.post(path, data=data) if data is not None else client.get(path))

    return use


def _badge_scan(evening: EveningOut) -> Use:
    ann, code = evening.cast.ann.person_id, evening.code(evening.cast.ben)
    phone = evening.cast.browser(ann)
    return Use(ann, lambda: phone.post("/scans", data={"operation_id": str(new_id()), "code": code}))


def _typed_code(evening: EveningOut) -> Use:
    ann = evening.cast.ann.person_id
    phone = evening.cast.browser(ann)
    return Use(ann, lambda: phone.post("/scans", data={"operation_id": str(new_id()), "code": "ZZZZZZZZ"}))


def _sheet(evening: EveningOut) -> Use:
    cast = evening.cast
    met(cast, cast.ann, cast.ben)
    phone = cast.browser(cast.ann.person_id)
    return Use(cast.ann.person_id, lambda: phone.get(f"/people/sheets/{cast.mixer.id}"))


def _mail_to_me(evening: EveningOut) -> Use:
    phone = evening.cast.browser(evening.cast.ann.person_id)
    return Use("ann@example.org", lambda: phone.post("/fresh-code/mail"))


def _at_the_door(method: str, path: str, **data: str) -> Callable[[EveningOut], Use]:
    def use(evening: EveningOut) -> Use:
        actor, key = evening.cast.door()
        phone, place = evening.cast.browser(door_key=key), f"/events/{evening.cast.mixer.id}/{path}"
        return Use(actor.label, lambda: phone.open(place, method=method, data=data or None))

    return use


def _told_by_a_door(evening: EveningOut) -> Use:
    actor, key = evening.cast.door()
    phone, nothing = evening.cast.browser(door_key=key), {"schema": 1, "now": now().isoformat(), "operations": []}
    return Use(actor.label, lambda: phone.post("/sync", json=nothing | {"mono": 0, "boot": "one"}))


def _at_the_desk(path: str, **data: str) -> Callable[[EveningOut], Use]:
    def use(evening: EveningOut) -> Use:
        cast = evening.cast
        # Two sittings: the wait is longer than a fresh code lasts.
        sign_in: Callable[[], FlaskClient] = lambda: cast.browser(cast.dora.id, fresh=True)  # noqa: E731
        place = f"/events/{cast.mixer.id}/{path}"
        return Use(cast.mixer.id, lambda: sign_in().post(place, data=data))

    return use


def _mine(path: str, **data: str) -> Callable[[EveningOut], Use]:
    def use(evening: EveningOut) -> Use:
        ann = evening.cast.ann.person_id
        phone = evening.cast.browser(ann)
        return Use(ann, lambda: phone.post(path, data=data))

    return use


def _note(*, to_one: bool) -> Callable[[EveningOut], Use]:
    def use(evening: EveningOut) -> Use:
        cast = evening.cast
        ann, ben = cast.ann.person_id, cast.ben.person_id
        with writing() as session:
            choose_reach(session, ben, Reach(frozenset({"notes"})), at=now())
            session.commit()
        met(cast, cast.ann, cast.ben)
        phone = cast.browser(ann)
        key = f"{ann} {ben}" if to_one else ann
        return Use(key, lambda: phone.post(f"/people/{ben}/notes", data={"words": "Hello"}))

    return use


def _about_ben(deed: str, **data: str) -> Callable[[EveningOut], Use]:
    def use(evening: EveningOut) -> Use:
        cast = evening.cast
        gave(met(cast, cast.ann, cast.ben), cast.ben)
        phone = cast.browser(cast.ann.person_id)
        return Use(cast.ann.person_id, lambda: phone.post(f"/people/{cast.ben.person_id}/{deed}", data=data))

    return use


def _taken_along(evening: EveningOut) -> Use:
    ann = evening.cast.ann.person_id
    phone = evening.cast.browser(ann)
    return Use(ann, lambda: phone.get("/me/data.zip"))


def _exit(evening: EveningOut) -> Use:
    actor, key = evening.cast.door()
    phone, place = evening.cast.browser(door_key=key), f"/events/{evening.cast.mixer.id}/exit"
    assert actor.device
    return Use(actor.device.id, lambda: phone.post(place, data={"code": "00000000"}))


def _mailed(evening: EveningOut) -> Use:
    cast = evening.cast
    met(cast, cast.ann, cast.ben)
    mine = db.session.scalars(select(Address).where(Address.person_id == cast.ben.person_id)).one()
    db.session.rollback()
    link = morning_link(evening.keyring, cast.mixer.id, mine, now())
    return Use(mine.id, lambda: cast.browser().get(link))


def _on_paper(evening: EveningOut) -> Use:
    ann = evening.cast.ann.person_id
    phone = evening.cast.browser(ann)
    phone.post("/me/statements")
    [statement_id] = db.session.scalars(select(Statement.id))
    db.session.rollback()
    link = statement_link(evening.keyring, statement_id)
    return Use(statement_id, lambda: evening.cast.browser().get(f"{link}/page.pdf"))


def _introduced(evening: EveningOut) -> Use:
    trio = make_trio(evening.app, evening.cast)
    phone = evening.cast.browser(trio.ann.person_id)
    words = {f"words-{guest.person_id}": "Worth meeting." for guest in (trio.ben, trio.cleo)}
    # Each a draft of its own: what was asked is not asked again.
    return Use(trio.ann.person_id, lambda: phone.post(f"/introductions/{trio.draft()}/asking", data=words))


USES: dict[str, Callable[[EveningOut], Use]] = {
    "sign-in mail by address": _mail_to_me,
    "sign-in mail by network": _of_network("/sign-in", {"email": "someone@example.org"}),
    "code entry by network": _of_network("/sign-in/code", {"code": "1"}),
    "badge scan": _badge_scan,
    "typed code": _typed_code,
    "door scan": _at_the_door("POST", "check-ins", code="00000000"),
    "sync": _told_by_a_door,
    "door pairing by network": _of_network("/door/pairing?code=ABCDEFGH"),
    "guest search": _at_the_door("GET", "door/guests?q=ann"),
    "door names": _at_the_door("POST", "door/names"),
    "sheet": _sheet,
    "badge run": _at_the_desk("documents", kind="door_list"),
    "export": _taken_along,
    "pitch report": _about_ben("report"),
    "kind line": _about_ben("kind-line", line="Ben tells a good story."),
    "exit sheet": _exit,
    "link from a mail": _mailed,
    "slide code": _mine("/me/slides", starts="20:00", minutes="45"),
    "photo": _mine("/me/photo"),
    "push registration": _mine("/me/push"),
    "note through": _note(to_one=False),
    "note through to one": _note(to_one=True),
    "introduction": _introduced,
    "import": _at_the_desk("imports"),
    "address book": _mine("/people/address-books"),
    "statement": _mine("/me/statements"),
    "statement paper": _on_paper,
    "invitation run": _at_the_desk("invitations/rehearsal"),
}
"""Row of the table → how somebody uses that up."""

KEPT_INSTEAD = {"scan told later"}
"""Rows that refuse nobody: what is too much is set aside, and the phone is told so (tests/sync/test_rooms.py)."""


def test_every_row_has_a_use_here_and_is_counted_somewhere() -> None:
    assert set(USES) | KEPT_INSTEAD == set(LIMITS), "a new row needs a case"
    code = "\n".join((ROOT / "webapp" / name).read_text() for name in modules() if name != "web/limits.py")
    assert [name for name in LIMITS if f'"{name}"' not in code] == []


@pytest.mark.parametrize("name", USES)
def test_at_its_number_it_passes_one_over_is_refused_and_after_the_window_it_passes(
    evening: EveningOut, name: str
) -> None:
    tightest = min(parse_many(LIMITS[name]), key=lambda item: item.amount)
    with time_machine.travel(now(), tick=False) as clock:
        use = USES[name](evening)
        _use_up(evening.app, name, use.key, tightest)
        assert use.request().status_code < 429, "the last one passes"
        refused = use.request()
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= tightest.get_expiry()
        assert refused.headers["Cache-Control"] == "no-store"
        assert _words(refused) == _words(use.request()), "and again, in the same words"
        clock.shift(timedelta(seconds=tightest.get_expiry() + 1))
        assert use.request().status_code < 429


def _use_up(app: Flask, name: str, key: object, item: RateLimitItem) -> None:
    with app.test_request_context("/"):
        spend(name, key, cost=item.amount - 1)


def _words(refused: TestResponse) -> str:
    """What is said, without the time to wait."""
    text = re.sub(r"Try again in [^<.]*\.", "Try again.", refused.text)
    text = re.sub(r'\s*<p class="toast[^>]*>[^<]*</p>', "", text)  # what the use before it had to say
    assert "short pause" in text or "Wait a moment" in text
    return text


def test_the_longer_windows_hold_too(evening: EveningOut) -> None:
    for name, row in LIMITS.items():
        for item in parse_many(row):
            with evening.app.test_request_context("/"):
                key = f"{name} {item}"
                spend(name, key)
                counting = evening.app.extensions["mixwell.counting"].own
                assert counting.get_window_stats(item, name, key).remaining == item.amount - 1, name


def test_all_limits_refuse_with_one_body(evening: EveningOut) -> None:
    pages = set()
    with time_machine.travel(now(), tick=False):
        for name in ("sign-in mail by network", "code entry by network", "door pairing by network"):
            use = USES[name](evening)
            _use_up(evening.app, name, use.key, min(parse_many(LIMITS[name]), key=lambda item: item.amount))
            use.request()
            pages.add(_words(use.request()))
    assert len(pages) == 1


@pytest.fixture
def without_redis(settings: Settings, app: Flask) -> Flask:
    """A server that was told of a Redis which does not answer."""
    server = webapp.create_app(replace(settings, redis_url="redis://127.0.0.1:1"))
    server.config["TESTING"] = True
    return server


def test_with_redis_away_people_are_still_limited(without_redis: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    client = make_client(without_redis)
    answers = [client.get("/door/pairing?code=ABCDEFGH").status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
    assert "limits_uncounted" in "".join(capfd.readouterr())


def test_a_forged_proxy_header_is_no_new_key(app: Flask, cast: Cast) -> None:
    """S-43: a hundred invented addresses are one bucket; behind one proxy, only what that proxy wrote counts."""
    client = make_client(app)
    forged = [{"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.{number}"} for number in range(100)]
    answers = [client.get("/door/pairing?code=ABCDEFGH", headers=headers).status_code for headers in forged]
    assert answers == [404] * 30 + [429] * 70


def test_behind_one_proxy_only_what_the_proxy_wrote_counts(settings: Settings) -> None:
    """S-43, and its canary: the last address is another browser, those before it are nobody."""
    server = webapp.create_app(replace(settings, proxies=1))
    client = make_client(server)

    def ask(forwarded: str) -> int:
        return client.get("/door/pairing?code=ABCDEFGH", headers={"X-Forwarded-For": forwarded}).status_code

    with server.app_context():
        assert [ask(f"203.0.113.{number}, 198.51.100.7") for number in range(31)] == [404] * 30 + [429]
        assert ask("203.0.113.1, 198.51.100.8") == 404


# The caps of trust.md 5.4 that are counted elsewhere.

KEPT_ELSEWHERE = {
    "five tries of a mailed code": "accounts/test_views.py test_after_five_wrong_codes_the_page_asks_to_begin_again",
    "three mails in a quarter, ten a day": "accounts/test_views.py test_an_address_is_mailed_ten_times_a_day",
    "a wrong code costs three": (
        "swaps/test_views.py test_wrong_codes_cost_three_times_and_five_wrong_typed_ones_close_typing"
    ),
    "one open question in a pair, three in all": (
        "swaps/test_exchange.py test_asking_stops_after_three_times_but_giving_does_not"
    ),
    "columns of a list": "events/test_tables.py test_a_hundred_thousand_columns_are_refused_with_their_number",
    "signs in a cell": "events/test_tables.py test_a_long_cell_is_cut_where_it_still_shows_that_it_was_too_long",
    "bytes of a list": "events/test_tables.py test_more_bytes_than_allowed_are_refused",
    "five tries of a slip": "events/test_claiming.py test_after_five_wrong_private_codes_only_the_desk_helps",
    "rows of a list": "events/test_tables.py test_five_thousand_rows_are_read_and_one_more_is_not",
}
"""Cap → the test that proves it, in its own room."""


def test_caps_that_are_counted_elsewhere_are_proven_there() -> None:
    tests = ROOT / "tests"
    named = {what: where.split() for what, where in KEPT_ELSEWHERE.items()}
    assert [what for what, (file, name) in named.items() if f"def {name}(" not in (tests / file).read_text()] == []


def test_the_fifth_private_code_may_be_the_right_one(evening: EveningOut) -> None:
    guest = evening.cast.guest("Slip Guest")
    client, badge = make_client(evening.app), evening.typed(guest)
    codes = ["ZZZZZZZZ"] * (TRIES - 1) + [private_code_of(guest, evening.keyring)]
    answers = [client.post("/claim", data={"badge_code": badge, "private_code": code}) for code in codes]
    assert [answer.status_code for answer in answers] == [422] * 4 + [303]


def test_nobody_waits_for_more_than_a_hundred_and_fifty_cards(evening: EveningOut) -> None:
    cast = evening.cast
    for other in cast.crowd(MOST_OPEN - 1):
        asked(met(cast, cast.ann, other), cast.ann)
    last, over = evening.come("Last One"), evening.come("One Over")
    evening.meet(cast.ann, last)
    evening.meet(cast.ann, over)
    assert _waits_of(last.person_id) == 1
    assert _waits_of(over.person_id) == 0
    assert evening.grant(cast.ann, over), "giving has no such end"
    evening.answer(last, cast.ann, yes=False)
    evening.meet(cast.ann, over)
    assert _waits_of(over.person_id) == 1


def _waits_of(person_id: UUID) -> int:
    db.session.rollback()
    return len(waiting_for_me(db.session(), person_id))


def test_no_badge_is_scanned_without_an_account(client: FlaskClient, evening: EveningOut) -> None:
    address = evening.code(evening.cast.ben).removeprefix(BASE.upper())
    answers = [client.post(f"/B/{'0' * 24}"), client.post(address.replace("/B/", "/b/"))]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/scan/kept")}
    assert client.get("/scan/kept").status_code in {200, 303}
    assert evening.cast.browser(evening.cast.ben.person_id).get("/next").text.count("gave you a card") == 0


def test_one_person_draws_one_sheet_at_a_time(evening: EveningOut) -> None:
    from webapp.people import printing

    use = _sheet(evening)
    assert isinstance(use.key, UUID)
    with printing._one_for_each.alone(use.key):
        busy = use.request()
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "3")
    assert use.request().status_code == 200


def test_one_list_of_an_event_is_read_at_a_time(evening: EveningOut) -> None:
    from webapp.events import import_views

    cast = evening.cast
    desk, event_id = cast.browser(cast.dora.id), cast.mixer.id

    def send() -> TestResponse:
        file = (BytesIO(b"Name,Email\nNew Guest,new@example.org\n"), "guests.csv")
        return desk.post(f"/events/{event_id}/imports", data={"list": file}, content_type="multipart/form-data")

    with import_views._one_for_each.alone(event_id):
        busy = send()
    assert (busy.status_code, "Another list is being read" in busy.text) == (422, True)
    assert send().status_code == 303


@pytest.mark.parametrize("words", ["", "a", "an", "%", "__"])
def test_less_than_three_letters_show_nobody_at_the_door(evening: EveningOut, words: str) -> None:
    phone = evening.cast.browser(door_key=evening.cast.door()[1])
    assert "Achebe" not in phone.get(f"/events/{evening.cast.mixer.id}/door/guests", query_string={"q": words}).text
