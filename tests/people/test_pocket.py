"""What a phone keeps for times without a network: its owner's own, and faces that only a badge opens."""

import json
from base64 import b64decode
from typing import Any

import pytest

from tests.conftest import make_client
from tests.swaps.evening import BASE, EveningOut
from webapp.badges.issuing import token_of
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.sealing import open_record
from webapp.core.tokens import SCREEN_STEP, lookup_id, screen_code
from webapp.events.models import Attendee
from webapp.swaps.faces import LABEL
from webapp.swaps.verdicts import Swapped


def pocket(evening: EveningOut, guest: Attendee) -> Any:
    return evening.cast.browser(guest.person_id).get("/me/pocket").json


def faces(evening: EveningOut, guest: Attendee) -> Any:
    answer: Any = evening.cast.browser(guest.person_id).get("/faces").json
    return answer["events"]


def face(evening: EveningOut, holder: Attendee, guest: Attendee) -> dict[str, object] | None:
    """What the phone of the one shows of the other's badge."""
    token = token_of(evening.badge(guest), evening.keyring)
    lookup = lookup_id(token)
    for event in faces(evening, holder):
        for listed, sealed in event["buckets"].get(lookup[:2], []):
            if listed == lookup:
                return open_record(b64decode(sealed), token, guest.event_id, lookup, LABEL)
    return None


def test_a_phone_keeps_names_and_times_of_whom_its_owner_met_and_nothing_of_their_cards(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    evening.answer(ben, ann)
    kept = pocket(evening, ann)
    assert kept["owner"] == f"person:{ann.person_id}"
    assert [person["name"] for person in kept["people"]] == [ben.name]
    assert set(kept["people"][0]) == {"name", "at", "event"}
    assert set(kept) == {
        *("schema", "time", "owner", "name", "base", "code", "asksFirst", "fields", "zone", "title", "people")
    }


def test_the_phone_makes_its_own_codes_and_they_swap(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    made = pocket(evening, ben)["code"]
    step = int(now().timestamp()) // SCREEN_STEP
    code = screen_code(bytes.fromhex(made["handle"]), bytes.fromhex(made["key"]), step)
    assert isinstance(evening.scan(ann, f"{BASE}/S/{code}"), Swapped)


def test_the_key_of_one_phone_makes_no_code_of_another(evening: EveningOut) -> None:
    ann, ben = (pocket(evening, guest)["code"] for guest in (evening.cast.ann, evening.cast.ben))
    assert ann["key"] != ben["key"]
    step = int(now().timestamp()) // SCREEN_STEP
    forged = screen_code(bytes.fromhex(ben["handle"]), bytes.fromhex(ann["key"]), step)
    assert evening.keyring.screen_handle(forged, now().timestamp()) is None


def test_a_first_scan_still_asks_on_the_phone_until_it_was_answered(evening: EveningOut) -> None:
    new = evening.come("New Here", knows=False)
    assert pocket(evening, new)["asksFirst"] is True
    assert pocket(evening, evening.cast.ann)["asksFirst"] is False


def test_a_badge_opens_its_own_face_on_a_phone_in_the_same_room(evening: EveningOut) -> None:
    ann = evening.cast.ann
    vera = evening.come("Vera Visitor", ask_me_about="sailing", ask_on_badge=True)
    assert face(evening, ann, vera) == {"n": "Vera Visitor", "k": "sailing"}


@pytest.mark.parametrize("what", ["not ticked", "not tonight", "not in", "holder not in", "elsewhere", "replaced"])
def test_a_face_is_what_its_owner_shows_to_who_is_there(evening: EveningOut, what: str) -> None:
    holder, vera = evening.cast.ann, evening.come("Vera Visitor", ask_me_about="sailing", ask_on_badge=True)
    expected: dict[str, object] | None = None
    if what == "not ticked":
        vera = evening.come("Vera Quiet", ask_me_about="sailing")
        expected = {"n": "Vera Quiet", "k": ""}
    elif what == "not tonight":
        before = face(evening, holder, vera)
        evening.prefer(vera, "not_tonight")
        expected = before
    elif what == "not in":
        vera = evening.cast.guest("Not Yet", claimed=True)
    elif what == "holder not in":
        holder = evening.cast.guest("Not Yet", claimed=True)
    elif what == "elsewhere":
        vera = evening.arrive(evening.cast.guest("Far Away", event=evening.cast.other_mixer, claimed=True))
    elif what == "replaced":
        old = evening.badge(vera)
        with writing() as session:
            session.merge(old).replaced_at = now()
            session.commit()
        assert old.lookup_id not in json.dumps(faces(evening, holder))
        return
    assert face(evening, holder, vera) == expected


def test_the_list_of_faces_can_be_read_by_nobody_and_no_other_badge(evening: EveningOut) -> None:
    ann, ben, vera = evening.cast.ann, evening.cast.ben, evening.come("Vera Visitor")
    evening.badge(vera)
    text = json.dumps(faces(evening, ann))
    assert "Vera" not in text
    tokens = {guest: token_of(evening.badge(guest), evening.keyring) for guest in (ben, vera)}
    lookup = lookup_id(tokens[vera])
    [sealed] = [row[1] for row in faces(evening, ann)[0]["buckets"][lookup[:2]] if row[0] == lookup]
    assert open_record(b64decode(sealed), tokens[ben], vera.event_id, lookup, LABEL) is None
    assert open_record(b64decode(sealed), tokens[vera], vera.event_id, lookup, "seal") is None
    assert open_record(b64decode(sealed), tokens[vera], vera.event_id, lookup, LABEL), "canary: its own badge opens it"


def test_a_list_that_has_not_changed_is_not_sent_again(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    evening.badge(evening.cast.ben)
    first: Any = ann.get("/faces").json
    again: Any = ann.get(f"/faces?have={first['tag']}").json
    assert again == {"schema": 1, "tag": first["tag"], "events": None}
    evening.badge(evening.come("Vera Visitor"))
    changed: Any = ann.get(f"/faces?have={first['tag']}").json
    assert changed["tag"] != first["tag"]
    assert changed["events"]


def test_a_phone_of_nobody_is_told_so_in_words_a_script_reads(evening: EveningOut) -> None:
    for path in ("/me/pocket", "/faces"):
        answer = make_client(evening.app).get(path)
        assert (answer.status_code, answer.json) == (401, {"schema": 1, "error": "sign in"})
