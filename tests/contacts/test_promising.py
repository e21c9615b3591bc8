"""A promise is its author's: kept once, done, not yet, found again, printed, taken along, and gone with them."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.cast import Cast
from tests.people.evening import met, swapped_with
from tests.people.pages import counted_statements, words
from tests.swaps.evening import EveningOut
from webapp.contacts.models import Meeting, Memory, Promise
from webapp.contacts.promising import LONGEST_PROMISE, Promised, promise, settle
from webapp.contacts.queries import OpenedPromise, promises_of
from webapp.contacts.remembering import forget_if_empty
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import OperationReused
from webapp.core.tokens import Keyring, Sealed
from webapp.mydata.leaving import erase
from webapp.people.printing import evening_sheet
from webapp.swaps.blocking import block

RECIPE = "send the rye recipe"


def keyring(cast: Cast) -> Keyring:
    keys: Keyring = cast.app.extensions["mixwell.tools"].keyring
    return keys


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Ann and Ben met."""
    return met(cast, cast.ann, cast.ben)


def say(cast: Cast, meeting: Meeting, line: str = RECIPE, *, operation: UUID | None = None) -> Promised:
    """Ann promises Ben something."""
    with writing() as session:
        by = cast.actor(cast.ann.person_id)
        said = promise(session, operation or new_id(), meeting, line, by=by, keyring=keyring(cast), at=now())
        session.commit()
    return said


def promised(cast: Cast, person_id: UUID | None = None) -> list[OpenedPromise]:
    db.session.rollback()
    db.session.expire_all()
    return promises_of(db.session(), person_id or cast.ann.person_id, Sealed(keyring(cast), "notes"))


def test_the_same_promise_sent_twice_is_kept_once(cast: Cast, meeting: Meeting) -> None:
    operation = new_id()
    assert say(cast, meeting, operation=operation) == say(cast, meeting, operation=operation)
    assert [one.words for one in promised(cast)] == [RECIPE]
    with pytest.raises(OperationReused):
        say(cast, meeting, "something else", operation=operation)


def test_several_promises_stand_in_the_order_they_were_made(cast: Cast, meeting: Meeting) -> None:
    for line in ("one", "  two\nlines ", "", " ", "x" * (LONGEST_PROMISE + 50)):
        say(cast, meeting, line)
    assert [one.words for one in promised(cast)] == ["one", "two lines", "x" * LONGEST_PROMISE]


def test_its_words_are_in_no_row(cast: Cast, meeting: Meeting) -> None:
    with counted_statements() as statements:
        say(cast, meeting)
    assert not any(RECIPE in statement for statement in statements)


def test_done_and_not_yet_can_be_said_again_and_again(cast: Cast, meeting: Meeting) -> None:
    promise_id = say(cast, meeting).promise_id
    assert promise_id
    first = now()
    for minutes, done, expected in ((0, True, first), (5, True, first), (6, False, None), (7, False, None)):
        with writing() as session:
            settle(session, promise_id, cast.ann.person_id, done=done, at=first + timedelta(minutes=minutes))
            session.commit()
        assert [one.done_at for one in promised(cast)] == [expected]


def test_s_16_only_its_author_ever_sees_or_settles_it(cast: Cast, meeting: Meeting) -> None:
    """S-16: neither the person it is about nor the organizer nor anybody else finds a word of it."""
    promise_id = say(cast, meeting).promise_id
    assert promise_id
    for other in (cast.ben.person_id, cast.dora.id, cast.eve.id):
        browser = cast.browser(other)
        pages = ["/people", f"/people?q={RECIPE}", "/people?promise=open", "/next", "/people/table.csv"]
        pages += [f"/people/{cast.ann.person_id}", f"/events/{cast.mixer.id}", f"/events/{cast.mixer.id}/guests"]
        found = [browser.get(page).get_data(as_text=True).partition("<main")[2] for page in pages]
        assert not any("rye" in text for text in (words(f"<main{text}") for text in found))
        assert b"rye" not in browser.get("/me/data.zip").data
        assert browser.post(f"/promises/{promise_id}/state", data={"done": "yes"}).status_code == 404
        with pytest.raises(NotHere), writing() as session:
            settle(session, promise_id, other, done=True, at=now())
    assert [one.done_at for one in promised(cast)] == [None]


def test_a_promise_is_a_word_so_the_meeting_stays_in_my_story(cast: Cast, meeting: Meeting) -> None:
    say(cast, meeting)
    with writing() as session:
        forget_if_empty(session, meeting.id)
        session.commit()
    left = db.session.scalars(select(Memory.person_id).where(Memory.meeting_id == meeting.id)).all()
    assert left == [cast.ann.person_id]
    assert "ten seconds?" not in cast.browser(cast.ann.person_id).get("/next").text


def test_to_somebody_i_blocked_i_promised_nothing_i_want_to_see(cast: Cast, meeting: Meeting) -> None:
    say(cast, meeting)
    with writing() as session:
        block(session, new_id(), cast.ben.person_id, by=cast.actor(cast.ann.person_id), at=now())
        session.commit()
    assert promised(cast) == []


def test_the_form_keeps_note_and_promise_together_once(cast: Cast, meeting: Meeting) -> None:
    ann, path = cast.browser(cast.ann.person_id), f"/meetings/{meeting.id}/memory"
    form = {"note": "Bakes", "promise": RECIPE, "operation_id": str(new_id())}
    assert ann.post(path, data=form).status_code == 303
    part = ann.post(path, data=form, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.text.count(f"<bdi>{RECIPE}</bdi>") == 1
    assert f'id="promises-{meeting.id}" hx-swap-oob="true"' in part.text
    assert [one.words for one in promised(cast)] == [RECIPE]


def test_the_sheet_after_a_scan_keeps_a_promise_and_gives_it_back_when_it_refuses(
    cast: Cast, evening: EveningOut
) -> None:
    evening.meet(cast.ann, cast.ben)
    [meeting_id] = db.session.scalars(select(Meeting.id))
    ann, path = cast.browser(cast.ann.person_id), f"/meetings/{meeting_id}/sheet"
    page = ann.get(path).text
    assert all(said in page for said in ("Talked of…", "I promised…"))
    form = {"promise": RECIPE, "note": "Bakes", "operation_id": str(new_id())}
    refused = ann.post(path, data=form | {"reach_phone": "y"})
    assert refused.status_code == 422
    assert f'value="{RECIPE}"' in refused.text
    assert promised(cast) == []
    assert ann.post(path, data=form).status_code == 303
    assert [one.words for one in promised(cast)] == [RECIPE]


def test_a_persons_page_says_did_it_and_takes_it_back(cast: Cast, meeting: Meeting) -> None:
    promise_id = say(cast, meeting).promise_id
    ann, page = cast.browser(cast.ann.person_id), f"/people/{cast.ben.person_id}"
    path = f"/promises/{promise_id}/state"
    assert "Did it" in words(ann.get(page).text)
    assert ann.post(path, data={"done": "yes", "then": page}).location.endswith(page)
    assert "Not yet" in words(ann.get(page).text)
    part = ann.post(path, data={"done": "no"}, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.text.strip().startswith(f'<div class="promise" id="promise-{promise_id}"')
    assert ann.post(path, data={"done": "yes", "then": "//evil.example.org"}).location.endswith("/next")


def test_next_lists_open_promises_the_oldest_first(cast: Cast, meeting: Meeting) -> None:
    other = met(cast, cast.ann, cast.guest("Cleo Third"))
    done = say(cast, meeting, "bake bread").promise_id
    say(cast, other, "second")
    say(cast, meeting, "third")
    ann = cast.browser(cast.ann.person_id)
    said = words(ann.get("/next").text)
    assert "3 promises" in said
    assert said.index("bake bread") < said.index("second") < said.index("third")
    ann.post(f"/promises/{done}/state", data={"done": "yes"})
    assert "bake bread" not in words(ann.get("/next").text)


def test_people_are_found_by_a_promise_and_filtered_by_an_open_one(cast: Cast, meeting: Meeting) -> None:
    met(cast, cast.ann, cast.guest("Cleo Third"))
    promise_id = say(cast, meeting).promise_id
    ann = cast.browser(cast.ann.person_id)
    found = ann.get("/people?q=recipe").text
    assert "1 person found." in found
    assert "<mark>recipe</mark>" in found
    only = words(ann.get("/people?promise=open").text)
    assert "Ben Adeyemi" in only
    assert "Cleo Third" not in only
    ann.post(f"/promises/{promise_id}/state", data={"done": "yes"})
    assert "Nobody found." in ann.get("/people?promise=open").text


def test_the_sheet_for_the_pen_prints_what_is_open(cast: Cast, meeting: Meeting) -> None:
    say(cast, meeting)
    did = say(cast, meeting, "introduce Cleo").promise_id
    assert did
    with writing() as session:
        settle(session, did, cast.ann.person_id, done=True, at=now())
        session.commit()
    me, sealed = cast.actor(cast.ann.person_id).someone, Sealed(keyring(cast), "notes")
    with cast.app.test_request_context("/"):
        args = (db.session(), me, cast.mixer.id, "a4")
        sheet = evening_sheet(*args, sealed=sealed, base_url="https://mix.example.org", at=now())  # type: ignore[arg-type]  # "a4" is a Paper
    assert [contact.promises for contact in sheet.contacts] == [(RECIPE,)]


def test_my_export_holds_my_promises_opened(cast: Cast, meeting: Meeting) -> None:
    say(cast, meeting)
    with zipfile.ZipFile(io.BytesIO(cast.browser(cast.ann.person_id).get("/me/data.zip").data)) as archive:
        mine = json.loads(archive.read("mine.json"))
    assert [one["words"] for person in mine["people"] for one in person["promises"]] == [RECIPE]
    assert len(mine["records"]["promises"]["rows"]) == 1


def test_a_promise_goes_with_its_author_and_stays_without_whom_it_was_made_to(cast: Cast, meeting: Meeting) -> None:
    say(cast, meeting)
    with writing() as session:
        erase(session, cast.ben.person_id, at=now())
        session.commit()
    assert [one.words for one in promised(cast)] == [RECIPE]
    with writing() as session:
        erase(session, cast.ann.person_id, at=now())
        session.commit()
    assert db.session.scalar(select(func.count()).select_from(Promise)) == 0


def test_next_asks_no_more_of_the_database_for_many_promises(cast: Cast) -> None:
    others = swapped_with(cast, cast.ann, 6)
    ann = cast.browser(cast.ann.person_id)
    meetings = {meeting.other_of(cast.ann.person_id): meeting for meeting in db.session.scalars(select(Meeting))}
    say(cast, meetings[others[0]])
    with counted_statements() as few:
        ann.get("/next")
    for other in others[1:]:
        say(cast, meetings[other])
    with counted_statements() as many:
        ann.get("/next")
    assert len(many) == len(few)
