"""What phones are answered: sheets, pages, polls; equal bytes where nobody may tell."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from tests.conftest import make_client
from tests.swaps.evening import BASE, EveningOut
from webapp.accounts.models import SignInSession
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.tokens import SCREEN_STEP
from webapp.swaps.models import Grant, KeptScan
from webapp.web.limits import LIMITS

PART = {"HX-Request-Type": "partial"}
HOSTILE = "<img src=x onerror=alert(1)>\"'><b>\u202e{{7*7}}"


ANSWERS = re.compile(r'data-answers="[^"]*"')


def grants() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Grant)) or 0


def post_scan(browser: FlaskClient, code: str) -> TestResponse:
    return browser.post("/scans", data={"code": code, "operation_id": str(new_id())}, headers=PART)


def without_ids(body: str) -> str:
    """The body without the operation ids that are fresh in each rendering."""
    return re.sub(r'name="operation_id" value="[^"]*"', "", body)


# The page behind a printed code.


@pytest.mark.parametrize("number", [200, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_stranger_sees_one_and_the_same_page_for_every_code(evening: EveningOut, number: int) -> None:
    """S-01, S-02: so many valid and so many invalid addresses; no code in any log."""
    tokens = [evening.keyring.badge_token(new_id(), new_id(), 1) for _number in range(number - 2)]
    live = [evening.code(guest).rpartition("/")[2] for guest in (evening.cast.ann, evening.cast.ben)]
    stranger = make_client(evening.app)
    with capture_logs() as logs:
        answers = {
            (r.status_code, r.data, str(sorted(r.headers.items())))
            for r in map(stranger.get, paths(number, live, tokens))
        }
    assert len(answers) == 1
    [(status, body, headers)] = answers
    assert status == 200
    assert "no-store" in headers
    assert "no-referrer" in headers
    assert not any(name in body.decode() for name in ("Ann", "Ben", "Autumn mixer", *live))
    assert len(logs) == 2 * number
    assert not any(token in str(logs) for token in (*live, *tokens))


def paths(number: int, live: list[str], invented: list[str]) -> list[str]:
    valid = [f"/{letter}/{token}" for token in live for letter in "bB"] * (number // 4)
    return valid + [f"/b/{token}" for token in invented] + ["/S/" + "0" * 39, "/b/" + "x" * 400]


def test_it_is_the_same_page_for_somebody_signed_in(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    path = "/B/" + evening.code(evening.cast.ben).rpartition("/")[2]
    assert ann.get(path).data == make_client(evening.app).get("/b/nothing").data
    assert grants() == 0, "looking gives nothing"


def test_a_scan_with_the_phones_own_camera_is_done_by_one_tap(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    answer = ann.post("/B/" + evening.code(evening.cast.ben).rpartition("/")[2])
    assert answer.status_code == 303
    assert "Ben Adeyemi" in ann.get(answer.location).text
    assert grants() == 1


def test_a_strangers_scan_waits_in_their_browser_until_they_have_signed_in(evening: EveningOut) -> None:
    browser, token = make_client(evening.app), evening.code(evening.cast.ben).rpartition("/")[2]
    with capture_logs() as logs:
        kept = browser.post(f"/B/{token}")
        wrong = make_client(evening.app).post("/b/nothing")
    assert (kept.status_code, kept.location, kept.data) == (wrong.status_code, wrong.location, wrong.data)
    assert token not in kept.location + kept.text + str(logs)
    cookie = kept.headers["Set-Cookie"]
    assert cookie.startswith("__Host-mixwell-scan=")
    assert all(mark in cookie for mark in ("HttpOnly", "Secure", "SameSite=Lax", "Max-Age=900"))
    assert "/sign-in?next=/scan/kept" in browser.get(kept.location).text
    assert grants() == 0
    sign_in(browser, evening)
    page = browser.get("/scan/kept")
    assert "Finish" in page.text
    done = browser.post("/scan/kept", data={"operation_id": str(new_id())})
    assert "/meetings/" in done.location
    assert grants() == 1
    assert browser.get("/scan/kept").location == "/scan", "the cookie is gone"


def sign_in(browser: FlaskClient, evening: EveningOut) -> None:
    signed_in = evening.cast.browser(evening.cast.ann.person_id)
    cookie = signed_in.get_cookie("__Host-mixwell-session", domain="mix.example.org")
    assert cookie
    browser.set_cookie("__Host-mixwell-session", cookie.value, domain="mix.example.org", secure=True)


def test_a_waiting_scan_is_gone_after_a_quarter_of_an_hour_and_cannot_be_forged(evening: EveningOut) -> None:
    browser = make_client(evening.app)
    with time_machine.travel(now() - timedelta(minutes=16), tick=True):
        browser.post("/B/" + evening.code(evening.cast.ben).rpartition("/")[2])
        old = browser.get_cookie("__Host-mixwell-scan", domain="mix.example.org")
    assert old
    browser.set_cookie("__Host-mixwell-scan", old.value, domain="mix.example.org", secure=True)
    assert browser.get("/scan/kept").location == "/scan"
    browser.set_cookie("__Host-mixwell-scan", "aGVsbG8.aaaaaa.bbbbbb", domain="mix.example.org", secure=True)
    assert browser.get("/scan/kept").location == "/scan"


# Scanning in the app.


def test_not_tonight_and_unknown_and_dead_codes_answer_with_equal_bytes(evening: EveningOut) -> None:
    ann, cast = evening.cast.browser(evening.cast.ann.person_id), evening.cast
    evening.prefer(cast.ben, "not_tonight")
    absent = cast.guest("Absent Friend", claimed=True)
    far = evening.arrive(cast.guest("Far Away", event=cast.other_mixer, claimed=True))
    codes = [evening.code(guest) for guest in (cast.ben, absent, far)] + [f"{BASE}/B/{'0' * 24}", "no code at all"]
    answers = [post_scan(ann, code) for code in codes]
    # Each names the operation that its own phone sent, and nothing else differs.
    assert {(r.status_code, ANSWERS.sub("", r.text), r.headers["Content-Length"]) for r in answers} == {
        (200, ANSWERS.sub("", answers[0].text), answers[0].headers["Content-Length"])
    }
    assert "No swap on this badge just now." in answers[0].text
    plain = [ann.post("/scans", data={"code": code}) for code in codes]
    assert {(r.status_code, r.location, r.data) for r in plain} == {(303, "/scan/answers/no-swap", plain[0].data)}
    assert ann.get("/scan/answers/no-swap").status_code == 200
    assert ann.get("/scan/answers/anything").status_code == 404


def test_the_sheet_says_what_happened_and_is_the_same_after_a_reload(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    sheet = post_scan(ann, evening.code(evening.cast.ben))
    assert 'data-outcome="asked"' in sheet.text
    assert "Asked." in sheet.text
    assert "Show my code" in sheet.text
    assert 'name="knew" value="no">' in sheet.text
    assert "checked" not in sheet.text, "nothing is chosen for me"
    address = ann.post("/scans", data={"code": evening.code(evening.cast.ben)}).location
    assert "Asked." in ann.get(address).text


def test_the_phone_that_scanned_first_learns_that_it_swapped(evening: EveningOut) -> None:
    ann, ben = (evening.cast.browser(guest.person_id) for guest in (evening.cast.ann, evening.cast.ben))
    sheet = post_scan(ann, evening.code(evening.cast.ben))
    exchange = found(r'hx-get="(/meetings/[^"]*/exchange)"', sheet.text)
    tag = found(r'hx-ptag="(\d+)"', sheet.text)
    assert ann.get(exchange, headers={"HX-PTag": tag}).status_code == 304
    action = found(r'action="(/requests/[^"]*)"', ben.get("/pulse").text)
    given = ben.post(action, data={"answer": "give", "operation_id": str(new_id())}, headers=PART)
    assert 'data-outcome="swapped"' in given.text
    assert 'hx-swap-oob="true"' in given.text
    news = ann.get(exchange, headers={"HX-PTag": tag})
    assert news.status_code == 200
    assert "Swapped." in news.text
    assert "every" not in news.text, "it has nothing more to wait for"
    pictures = [re.findall(r'class="half-picture".*?</svg>', text, re.S) for text in (given.text, news.text)]
    assert pictures[0] == pictures[1] != [], "both phones show the same picture"


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def test_the_pulse_costs_one_statement_while_nothing_changed(evening: EveningOut) -> None:
    from sqlalchemy import event

    ben = evening.cast.browser(evening.cast.ben.person_id)
    tag = ben.get("/pulse").headers["HX-PTag"]
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    answer = ben.get("/pulse", headers={"HX-PTag": tag})
    assert answer.status_code == 304
    assert answer.data == b""
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1
    evening.meet(evening.cast.ann, evening.cast.ben)
    fresh = ben.get("/pulse", headers={"HX-PTag": tag})
    assert "Ann Achebe" in fresh.text
    assert fresh.headers["HX-PTag"] != tag


def test_news_of_a_swap_goes_to_the_one_who_did_not_act(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.prefer(ben, "swap")
    evening.meet(ann, ben)
    assert "Swapped with" in evening.cast.browser(ben.person_id).get("/pulse").text
    assert "Swapped with" not in evening.cast.browser(ann.person_id).get("/pulse").text


def test_a_code_shown_after_the_question_is_news_for_the_one_who_showed_it(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    phone = evening.cast.browser(ben.person_id)
    tag = phone.get("/pulse").headers["HX-PTag"]
    of_ben = select(SignInSession.id).where(SignInSession.person_id == ben.person_id)
    evening.scan(ann, evening.screen(db.session.scalars(of_ben).one()))
    assert "Swapped with" in phone.get("/pulse", headers={"HX-PTag": tag}).text
    assert "Swapped with" not in evening.cast.browser(ann.person_id).get("/pulse").text


def test_of_three_that_wait_scan_shows_one_and_next_all(evening: EveningOut) -> None:
    ben = evening.cast.ben
    for name in ("Ona One", "Tua Two", "Tre Three"):
        evening.meet(evening.come(name), ben)
    phone = evening.cast.browser(ben.person_id)
    assert phone.get("/scan").text.count("gave you a card") == 1
    assert "2 more wait for you" in phone.get("/scan").text
    assert phone.get("/next").text.count("gave you a card") == 3


def test_not_now_leaves_the_screen_and_nothing_shows_to_the_asker(evening: EveningOut) -> None:
    ann, ben = (evening.cast.browser(guest.person_id) for guest in (evening.cast.ann, evening.cast.ben))
    sheet = post_scan(ann, evening.code(evening.cast.ben))
    exchange, tag = found(r'hx-get="(/meetings/[^"]*/exchange)"', sheet.text), found(r'hx-ptag="(\d+)"', sheet.text)
    before = ann.get(exchange).data
    action = found(r'action="(/requests/[^"]*)"', ben.get("/pulse").text)
    answer = ben.post(action, data={"answer": "not-now"}, headers=PART)
    assert "gave you a card" not in answer.text
    assert ann.get(exchange, headers={"HX-PTag": tag}).status_code == 304
    assert without_ids(ann.get(exchange).text) == without_ids(before.decode())


def test_before_arriving_the_scan_is_kept_and_offered_again(evening: EveningOut) -> None:
    early = evening.cast.guest("Early Bird", email="early@example.org", claimed=True)
    browser = evening.cast.browser(early.person_id)
    told = post_scan(browser, evening.code(evening.cast.ben))
    assert "You’re not checked in yet." in told.text
    assert "your scan is kept" in told.text
    evening.arrive(early)
    place = found(r'href="(/scan/kept/[^"]*)"', browser.get("/scan").text)
    question = browser.get(place)
    assert "Give my card" in question.text
    assert "Ben Adeyemi" in question.text
    done = browser.post(place, data={"intent": "give", "operation_id": str(new_id())})
    assert "Asked." in browser.get(done.location).text
    assert "/scan/kept/" not in browser.get("/scan").text


def test_the_first_scan_says_what_would_go_and_sends_nothing(evening: EveningOut) -> None:
    new = evening.come("New Here", knows=False, headline="Boat builder")
    browser = evening.cast.browser(new.person_id)
    asked = post_scan(browser, evening.code(evening.cast.ben))
    assert "your card (name, headline)" in asked.text
    assert grants() == 0
    noted = browser.post(found(r'action="(/scan/kept/[^"]*)"', asked.text), data={"intent": "note"}, headers=PART)
    assert "Nothing was sent." in noted.text
    assert grants() == 0


def test_the_first_swap_asks_how_to_be_reached_and_the_answer_holds_for_it(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    sheet = post_scan(ann, evening.code(evening.cast.ben))
    assert "How may people you swap with reach you?" in sheet.text
    close = found(r'action="(/meetings/[^"]*/sheet)"', sheet.text)
    refused = ann.post(close, data={"reach_phone": "y", "note": "tall, boats"}, headers=PART)
    assert refused.status_code == 422
    assert "tall, boats" in refused.text
    assert evening.grant(evening.cast.ann, evening.cast.ben).fields == ["name"]  # type: ignore[union-attr]  # it is there
    closed = ann.post(close, data={"reach_email": "y", "knew": "no", "note": "tall, boats"}, headers=PART)
    assert closed.text.strip() == '<div id="sheet"></div>'
    assert evening.grant(evening.cast.ann, evening.cast.ben).fields == ["name", "email"]  # type: ignore[union-attr]
    again = ann.get(close)
    assert "How may people" not in again.text
    assert "tall, boats" in again.text
    assert "You gave: name, e-mail." in again.text


def test_a_note_is_read_by_its_author_only_and_stored_sealed(evening: EveningOut) -> None:
    ann, ben = (evening.cast.browser(guest.person_id) for guest in (evening.cast.ann, evening.cast.ben))
    sheet = post_scan(ann, evening.code(evening.cast.ben))
    close = found(r'action="(/meetings/[^"]*/sheet)"', sheet.text)
    ann.post(close, data={"note": "sentinel-note"}, headers=PART)
    assert "sentinel-note" not in ben.get(close).text
    assert ben.get(close).status_code == 200
    from webapp.contacts.models import Memory

    assert all(b"sentinel" not in (memory.sealed_note or b"") for memory in db.session.scalars(select(Memory)))


def test_somebody_else_sees_neither_sheet_nor_exchange(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    sheet = post_scan(ann, evening.code(evening.cast.ben))
    close = found(r'action="(/meetings/[^"]*/sheet)"', sheet.text)
    cleo = evening.cast.browser(evening.come("Cleo Okafor").person_id)
    for address in (close, close.replace("sheet", "exchange")):
        assert cleo.get(address).status_code == 404
    assert cleo.post(close, data={"note": "mine now"}).status_code == 404
    grant = evening.grant(evening.cast.ann, evening.cast.ben)
    assert grant
    assert cleo.post(f"/grants/{grant.id}/withdrawal").status_code == 404
    assert cleo.post(f"/swaps/{grant.operation_id}/reversal").status_code == 404


@pytest.mark.parametrize(("seconds", "words"), [(59, "Undone."), (61, "The minute is over.")])
def test_undo_works_for_a_minute(evening: EveningOut, seconds: int, words: str) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    code, start = evening.code(evening.cast.ben), now()
    with time_machine.travel(start, tick=False):
        sheet = post_scan(ann, code)
    undo = found(r'action="(/swaps/[^"]*/reversal)"', sheet.text)
    with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
        assert words in ann.post(undo, data={"operation_id": str(new_id())}, headers=PART).text


def test_hostile_names_are_text_everywhere(evening: EveningOut) -> None:
    mallory = evening.arrive(evening.cast.guest(HOSTILE, claimed=True, ask_me_about=HOSTILE), headline=HOSTILE)
    ann = evening.cast.browser(evening.cast.ann.person_id)
    evening.meet(mallory, evening.cast.ann)
    bodies = [ann.get("/pulse").text, ann.get("/scan").text, post_scan(ann, evening.code(mallory)).text]
    for body in bodies:
        assert "&lt;img src=x" in body
        assert "<img" not in body
        assert "<b>" not in body
        assert "{{7*7}}" in body


# My code.


def test_my_code_is_the_one_that_swaps_and_is_another_in_half_a_minute(evening: EveningOut) -> None:
    ben = evening.cast.browser(evening.cast.ben.person_id)
    mine = select(SignInSession.id).where(SignInSession.person_id == evening.cast.ben.person_id)
    session_id = db.session.scalars(mine).one()
    db.session.rollback()
    first = ben.get("/scan/code").text
    with time_machine.travel(now() + timedelta(seconds=SCREEN_STEP), tick=False):
        assert drawn(ben.get("/scan/code").text) != drawn(first)
    ann = evening.cast.browser(evening.cast.ann.person_id)
    assert "Swapped." in post_scan(ann, evening.screen(session_id)).text
    assert str(session_id) not in first


def drawn(page: str) -> str:
    """The strokes of the code on it."""
    found = re.search(r'<path d="(M4 4[^"]+)"', page)
    assert found
    return found[1]


# My choice, limits, taking back.


def test_my_choice_for_tonight_is_mine_to_make(evening: EveningOut) -> None:
    ann, place = evening.cast.browser(evening.cast.ann.person_id), evening.cast.ann.id
    kept = ann.post("/me/tonight", data={"place": str(place), "mode": "take"}, headers=PART)
    assert "Take theirs, keep mine" in kept.text
    assert ann.post("/me/tonight", data={"place": str(place), "mode": "nonsense"}).status_code == 400
    assert ann.post("/me/tonight", data={"place": str(evening.cast.ben.id), "mode": "swap"}).status_code == 404


def test_wrong_codes_cost_three_times_and_five_wrong_typed_ones_close_typing(evening: EveningOut) -> None:
    assert LIMITS["badge scan"].startswith("30 per minute")
    ann = evening.cast.browser(evening.cast.ann.person_id)
    codes = [f"{BASE}/B/{'0' * 24}"] * 10
    assert {post_scan(ann, code).status_code for code in codes} == {200}
    over = post_scan(ann, evening.code(evening.cast.ben))
    assert over.status_code == 429
    assert over.headers["Retry-After"]
    ben = evening.cast.browser(evening.cast.ben.person_id)
    assert [post_scan(ben, "ZZZZZZZZ").status_code for _time in range(6)] == [200] * 5 + [429]
    assert post_scan(ben, evening.code(evening.cast.ann)).status_code == 200, "the camera still works"


def test_taking_a_card_back_leads_home(evening: EveningOut) -> None:
    evening.meet(evening.cast.ann, evening.cast.ben)
    grant = evening.grant(evening.cast.ann, evening.cast.ben)
    assert grant
    ann = evening.cast.browser(evening.cast.ann.person_id)
    data = {"then": "/me", "operation_id": str(new_id())}
    first, again = (ann.post(f"/grants/{grant.id}/withdrawal", data=data) for _time in range(2))
    assert first.location == again.location == "/me"
    assert ann.post(f"/grants/{grant.id}/withdrawal", data={"then": "//evil.example.org"}).location == "/me"
    assert evening.grant(evening.cast.ann, evening.cast.ben) is None


def test_nothing_of_this_works_signed_out(evening: EveningOut) -> None:
    stranger = make_client(evening.app)
    for path in ("/scan", "/scan/code", "/pulse", f"/meetings/{new_id()}/sheet"):
        assert "/sign-in" in stranger.get(path).location
    for path in ("/scans", "/scan/kept", "/me/tonight", f"/requests/{new_id()}/answer", f"/swaps/{new_id()}/reversal"):
        assert "/sign-in" in stranger.post(path).location
    assert db.session.scalar(select(func.count()).select_from(KeptScan)) == 0
