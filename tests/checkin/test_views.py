"""The door as a browser meets it: pages, fragments, cookies, limits."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.checkin.room import Room
from webapp.checkin.models import CheckIn, RefusedScan
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.events.models import Attendee, DoorDevice

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def door(cast: Cast) -> FlaskClient:
    """Cora's phone at tonight's mixer."""
    return cast.browser(door_key=cast.door()[1])


def at(cast: Cast, path: str = "") -> str:
    return f"/events/{cast.mixer.id}/{path}"


def scan(client: FlaskClient, cast: Cast, headers: dict[str, str] | None = None, **sent: str) -> TestResponse:
    return client.post(at(cast, "check-ins"), data=sent, headers=headers)


def badge_text(room: Room, guest: Attendee) -> str:
    return f"HTTPS://MIX.EXAMPLE.ORG/B/{room.token(guest).token}"


def rows(model: type[CheckIn | RefusedScan | Operation]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_scan_answers_htmx_with_the_verdict_alone(door: FlaskClient, cast: Cast, room: Room) -> None:
    answer = scan(door, cast, PARTIAL, code=badge_text(room, cast.ann), operation_id=str(new_id()))
    assert answer.status_code == 200
    assert re.match(r'\s*<section id="verdict" [^>]*data-outcome="agreed"', answer.text)
    assert "Ann Achebe" in answer.text
    assert "data-pauses-scanner" not in answer.text


def test_a_scan_without_script_leads_to_a_page_with_the_same_verdict(door: FlaskClient, cast: Cast, room: Room) -> None:
    operation_id = str(new_id())
    answer = scan(door, cast, code=badge_text(room, cast.ann), operation_id=operation_id)
    assert (answer.status_code, answer.location) == (303, at(cast, f"door/verdicts/{operation_id}"))
    page = door.get(answer.location)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "Ann Achebe" in page.text


def test_every_refusal_has_its_own_word_tone_and_outline(door: FlaskClient, cast: Cast, room: Room) -> None:
    gone = cast.guest("Gil Gone", cancelled_at=now())
    old = badge_text(room, cast.ben)
    room.lose(cast.ben)
    room.let_in(cast.ann, room.other_door)
    asked = {
        "Already in": ("wait", "check-check", badge_text(room, cast.ann)),
        "Cancelled": ("no", "#hand", badge_text(room, gone)),
        "Old badge": ("no", "#hand", old),
        "Let’s find you": ("wait", "circle-question-mark", f"HTTPS://MIX.EXAMPLE.ORG/B/{'0' * 24}"),
    }
    for word, (tone, outline, code) in asked.items():
        answer = scan(door, cast, PARTIAL, code=code)
        assert word in answer.text
        assert f'data-outcome="{tone}"' in answer.text
        assert outline in answer.text
        assert "data-pauses-scanner" in answer.text
    assert "South door, Filip’s phone" in scan(door, cast, PARTIAL, code=badge_text(room, cast.ann)).text


def test_text_that_is_no_code_is_refused_and_not_shown_back(door: FlaskClient, cast: Cast) -> None:
    answer = scan(door, cast, PARTIAL, code="https://evil.example/<b>x</b>")
    assert answer.status_code == 422
    assert "evil" not in answer.text
    assert 'id="verdict"' in answer.text
    assert scan(door, cast, code="").status_code == 422
    assert rows(Operation) == 0


def test_one_operation_sent_a_thousand_times_is_one_row_and_one_answer(
    cast: Cast, room: Room, door: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.checkin.views.spend", lambda *_: None)  # limits have tests of their own
    sent = {"code": badge_text(room, cast.ann), "operation_id": str(new_id())}
    strip = re.compile(r'name="operation_id" value="[^"]*"')  # the forms in the answer carry fresh ids of their own
    answers = {strip.sub("", scan(door, cast, PARTIAL, **sent).text) for _ in range(1000)}
    assert len(answers) == 1
    assert (rows(Operation), rows(CheckIn), rows(RefusedScan)) == (1, 1, 0)


def test_an_operation_id_used_for_another_guest_is_refused(door: FlaskClient, cast: Cast) -> None:
    operation_id = str(new_id())
    scan(door, cast, attendee_id=str(cast.ann.id), operation_id=operation_id)
    assert scan(door, cast, attendee_id=str(cast.ben.id), operation_id=operation_id).status_code == 422
    assert rows(CheckIn) == 1


def test_a_full_room_asks_and_the_door_decides(cast: Cast, room: Room) -> None:
    cast.__dict__["mixer"] = cast.event(cast.circle, capacity=1)
    room.let_in(cast.ann)
    door = cast.browser(door_key=cast.door()[1])
    asked = scan(door, cast, PARTIAL, attendee_id=str(cast.ben.id)).text
    assert "1 of 1 are in" in asked
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked))
    assert "Welcome" in scan(door, cast, PARTIAL, **sent).text


def test_a_name_is_found_by_three_letters_in_any_accent_and_order(door: FlaskClient, cast: Cast) -> None:
    cast.guest("Søren O’Neil-Šmíd", company="Harbour Books")
    cast.guest("Bo Li")
    cast.guest("张伟")
    for words, found in (
        ("sor", "Søren"), ("SMI", "Søren"), ("smid sor", "Søren"), ("o'nei", "Søren"),
        ("so", ""), ("li ", "Bo Li"), ("li", ""), ("张", "张伟"), ("xyz", ""), ("%%%", ""), ("_o_", ""),
    ):  # fmt: skip
        text = door.get(at(cast, "door/guests"), query_string={"q": words}).text
        assert ("find-row" in text) == bool(found), words
        assert found in text


def test_whoever_begins_so_comes_first_and_only_a_handful_is_shown(door: FlaskClient, cast: Cast) -> None:
    for number in range(9):
        cast.guest(f"Joanna Aaron{number}")
    cast.guest("Ann Zulu")
    text = door.get(at(cast, "door/guests"), query_string={"q": "ann"}).text
    assert text.count("find-row") == 6
    assert text.index("Ann Zulu") < text.index("Joanna")
    assert "More have this name" in text


def test_rows_say_who_is_in_who_is_cancelled_and_which_box(door: FlaskClient, cast: Cast, room: Room) -> None:
    room.let_in(cast.guest("Testa In"))
    cast.guest("Testa Out", cancelled_at=now())
    cast.guest("Testa Waiting")
    text = door.get(at(cast, "door/guests"), query_string={"q": "testa"}).text
    assert re.search(r"Testa In.*In, \d.*Testa Out.*Cancelled.*Testa Waiting.*<strong>W</strong>", text, re.S)


def test_the_search_works_without_script_and_needs_no_fragment(door: FlaskClient, cast: Cast) -> None:
    cast.guest("Testa Waiting")
    page = door.get(at(cast, "door"), query_string={"q": "tes"})
    assert "<!doctype html>" in page.text.lower()
    assert "Testa Waiting" in page.text


def test_nobody_can_leaf_through_the_list(door: FlaskClient, cast: Cast) -> None:
    statuses = [door.get(at(cast, "door/guests"), query_string={"q": "ann"}).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    assert door.get(at(cast, "door/guests"), query_string={"q": "a"}).status_code == 200


def test_the_counter_is_asked_again_for_nothing_until_somebody_comes(door: FlaskClient, cast: Cast, room: Room) -> None:
    assert cast.ann.event_id == cast.ben.event_id
    first = door.get(at(cast, "door/counter"))
    assert "in of 2 expected" in first.text
    tag = {"HX-PTag": first.headers["HX-PTag"]}
    assert door.get(at(cast, "door/counter"), headers=tag).status_code == 304
    room.let_in(cast.ann)
    again = door.get(at(cast, "door/counter"), headers=tag)
    assert (again.status_code, again.headers["HX-PTag"] != tag["HX-PTag"]) == (200, True)
    assert ">1</strong>" in again.text


def test_undo_needs_one_of_the_reasons(door: FlaskClient, cast: Cast) -> None:
    scan(door, cast, attendee_id=str(cast.ann.id))
    check_in_id = db.session.scalar(select(CheckIn.id))
    address = at(cast, f"check-ins/{check_in_id}/reversal")
    assert door.post(address, data={"reason": "because"}).status_code == 400
    assert "Not in" in door.post(address, data={"reason": "wrong_person"}, headers=PARTIAL).text
    db.session.rollback()
    assert db.session.scalar(select(CheckIn.undone_reason)) == "wrong_person"


def test_a_walk_in_is_asked_for_a_name_and_welcomed(door: FlaskClient, cast: Cast) -> None:
    assert door.post(at(cast, "walk-ins"), data={"name": "  "}).status_code == 422
    answer = door.post(at(cast, "walk-ins"), data={"name": "Wanda West", "operation_id": str(new_id())})
    page = door.get(answer.location or "").text
    assert "Wanda West" in page
    assert "No badge yet" in page


def test_a_plus_one_belongs_to_a_guest_of_this_event(door: FlaskClient, cast: Cast) -> None:
    stranger = cast.guest("Ann Achebe", event=cast.other_mixer)
    sent = {"name": "Otis Other", "host": str(stranger.id)}
    assert door.post(at(cast, "plus-ones"), data=sent).status_code == 404
    assert door.get(at(cast, f"door/walk-in?host={stranger.id}")).status_code == 404
    assert door.post(at(cast, "plus-ones"), data=sent | {"host": str(cast.ann.id)}).status_code == 303
    assert db.session.scalar(select(Attendee.host_id).where(Attendee.name == "Otis Other")) == cast.ann.id


def test_another_actors_verdict_is_not_here(door: FlaskClient, cast: Cast) -> None:
    operation_id = str(new_id())
    scan(door, cast, attendee_id=str(cast.ann.id), operation_id=operation_id)
    other = cast.browser(door_key=cast.door()[1])
    assert other.get(at(cast, f"door/verdicts/{operation_id}")).status_code == 404


def test_a_door_phone_sees_nothing_but_its_door(door: FlaskClient, cast: Cast, app: Flask) -> None:
    """S-21: whoever works a door cannot browse."""
    elsewhere = f"/events/{cast.other_mixer.id}"
    for path in ("door", "door/guests", "door/counter", "door/walk-in", "door/help"):
        assert door.get(f"{elsewhere}/{path}").status_code == 404
    assert door.post(f"{elsewhere}/check-ins", data={"code": "00000000"}).status_code == 404
    for rule in app.url_map.iter_rules():
        access = app.view_functions[rule.endpoint].__dict__["access"]
        if "GET" not in (rule.methods or ()) or access in (["public"], ["door crew"]):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<[^>]*\b{name}>", str(cast.mixer.id), path)
        assert door.get(path).status_code in (303, 401, 403, 404), rule.rule


def test_strangers_and_other_organizers_find_no_door(client: FlaskClient, cast: Cast) -> None:
    eve = cast.browser(cast.eve.id)
    for path in ("door", "door/guests?q=ann", "door/counter", "door/help"):
        assert client.get(at(cast, path)).status_code == 404
        assert eve.get(at(cast, path)).status_code == 404
    assert eve.get(at(cast, "doors")).status_code == 404
    assert eve.post(at(cast, "doors"), data={"door": "Hers"}).status_code == 404
    assert cast.browser(cast.dora.id).get(at(cast, "door")).status_code == 200


def paired(cast: Cast) -> tuple[FlaskClient, FlaskClient, str, UUID]:
    """Dora's browser, a volunteer's phone, the code shown to it, and the device."""
    dora, phone = cast.browser(cast.dora.id), cast.browser()
    made = dora.post(at(cast, "doors"), data={"door": "North door", "phone": ""})
    page = dora.get(made.location or "").text
    [code] = re.findall(r"pairing\?code=([0-9A-Z]{8})\"", page)
    assert '<path d="M' in page
    return dora, phone, code, UUID((made.location or "").rpartition("/")[2])


def test_a_volunteer_joins_by_a_code_that_works_once(cast: Cast) -> None:
    dora, phone, code, device_id = paired(cast)
    for _ in range(2):
        page = phone.get("/door/pairing", query_string={"code": code})
        assert (page.status_code, "Autumn mixer" in page.text) == (200, True)
        assert "Set-Cookie" not in page.headers
    joined = phone.post("/door/pairings", data={"code": f"{code[:4].lower()}-{code[4:]}", "name": "Filip"})
    assert (joined.status_code, joined.location) == (303, at(cast, "door"))
    cookie = joined.headers["Set-Cookie"]
    assert cookie.startswith("__Host-mixwell-door=")
    assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(cookie.split("; "))
    assert phone.get("/door").location == at(cast, "door")
    late = cast.browser().post("/door/pairings", data={"code": code})
    assert (late.status_code, "Set-Cookie" in late.headers) == (422, False)
    assert cast.browser().get("/door/pairing", query_string={"code": code}).status_code == 404
    assert "Filip" in dora.get(at(cast, "doors")).text
    assert code.encode() not in repr(db.session.execute(select(DoorDevice.__table__)).all()).encode()
    assert db.session.get_one(DoorDevice, device_id).paired_at


def test_a_phone_that_was_taken_back_learns_it_with_its_next_request(cast: Cast, room: Room) -> None:
    dora, phone, code, device_id = paired(cast)
    phone.post("/door/pairings", data={"code": code})
    assert "Welcome" in scan(phone, cast, PARTIAL, attendee_id=str(cast.ann.id)).text
    assert dora.post(at(cast, f"doors/{device_id}/revocation")).status_code == 303
    assert phone.get(at(cast, "door")).location == "/door"
    refused = scan(phone, cast, PARTIAL, attendee_id=str(cast.ben.id))
    assert (refused.headers["HX-Redirect"], rows(CheckIn)) == ("/door", 1)
    told = phone.get("/door")
    assert (told.status_code, "no longer a door" in told.text) == (410, True)
    # It may still have to hand over what it kept, under the same name: nothing takes that name away.
    assert "Set-Cookie" not in told.headers


def test_the_organizer_needs_a_door_name_and_the_same_form_sent_twice_makes_one_phone(cast: Cast) -> None:
    dora = cast.browser(cast.dora.id)
    assert dora.post(at(cast, "doors"), data={"door": ""}).status_code == 422
    sent = {"door": "North door", "operation_id": str(new_id())}
    assert dora.post(at(cast, "doors"), data=sent).location == dora.post(at(cast, "doors"), data=sent).location
    assert db.session.scalar(select(func.count()).select_from(DoorDevice)) == 1


def test_pairing_codes_cannot_be_guessed_by_trying(client: FlaskClient, cast: Cast) -> None:
    statuses = [client.post("/door/pairings", data={"code": f"AAAA{n:04d}"}).status_code for n in range(31)]
    assert statuses == [422] * 30 + [429]


def test_door_scans_have_a_limit_per_phone(door: FlaskClient, cast: Cast) -> None:
    statuses = [scan(door, cast, code="00000000").status_code for _ in range(12)]
    assert 429 in statuses
    assert cast.browser(door_key=cast.door()[1]).post(at(cast, "check-ins"), data={"code": "0"}).status_code == 422


def test_a_look_up_is_logged_by_the_phone_and_never_by_the_name(
    door: FlaskClient, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.guest("Testa Waiting")
    door.get(at(cast, "door/guests"), query_string={"q": "testa"})
    [line] = [line for line in capsys.readouterr().out.splitlines() if "door/guests" in line]
    assert '"actor": "device:' in line
    assert "testa" not in line.lower()


def test_a_camera_may_open_at_the_door_and_nowhere_else_around_it(door: FlaskClient, cast: Cast) -> None:
    assert "camera=(self)" in door.get(at(cast, "door")).headers["Permissions-Policy"]
    assert "camera=()" in door.get(at(cast, "door/help")).headers["Permissions-Policy"]
