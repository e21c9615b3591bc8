"""People I know from elsewhere: mine alone, brought along from an old address book, never sent anything."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.people.evening import gave, met
from tests.people.pages import fill_card, names, words
from tests.swaps.evening import EveningOut
from webapp.contacts.address_books import MAX_BYTES, MAX_ENTRIES
from webapp.contacts.models import AddressBook, OutsideContact
from webapp.contacts.outside import Outside, outside_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import OutboxRow
from webapp.core.tokens import Sealed
from webapp.mydata.jobs import forget_what_is_due
from webapp.mydata.joining import join

HEADINGS = "Name,E-mail Address,Mobile Phone,Company,Notes\n"
OLD_BOOK = (
    f"{HEADINGS}Ada Old,ada@example.org,+44 20 7946 0101,Mill,Sang alto\nBen A.,BEN@example.org,,,\n,,+1 555 0100,,\n"
)


@pytest.fixture
def ann(evening: EveningOut) -> FlaskClient:
    """Ann's phone."""
    return evening.cast.browser(evening.cast.ann.person_id)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that can be moved."""
    with time_machine.travel(now(), tick=False) as moved:
        yield moved


def known(evening: EveningOut) -> list[Outside]:
    db.session.rollback()
    return outside_of(db.session(), evening.cast.ann.person_id, Sealed(evening.keyring, "notes"))


def write_down(phone: FlaskClient, name: str = "Olga Old", **more: str) -> str:
    """Write somebody down; the address of their page."""
    sent = phone.post("/people/elsewhere", data={"name": name, **more})
    assert sent.status_code == 303
    return str(sent.location)


def look(phone: FlaskClient, content: str | bytes, name: str = "old.csv", **more: str) -> TestResponse:
    """Drop an address book."""
    file = (BytesIO(content if isinstance(content, bytes) else content.encode()), name)
    return phone.post("/people/address-books", data={"book": file, **more}, content_type="multipart/form-data")


def bring(phone: FlaskClient, content: str | bytes, **answer: str) -> str:
    """Drop an address book, look at it, keep it; what is said then."""
    looked = look(phone, content)
    assert looked.status_code == 303, words(looked.text)
    return phone.post(f"{looked.location}/keeping", data=answer, follow_redirects=True).text


# By hand.


def test_whoever_is_written_down_stands_among_people_as_mine_alone(evening: EveningOut, ann: FlaskClient) -> None:
    assert "No one yet" in ann.get("/people").text
    ways = {"email-0": "olga@example.org", "phone-0": "+44 20 7946 0102", "link": "https://example.org/olga"}
    page = write_down(ann, origin="First job", note="Knows every ferry", **ways)
    shown = ann.get(page).text
    for said in ("Olga Old", "First job", "Knows every ferry", "mailto:olga@example.org", "tel:+442079460102"):
        assert said in shown
    people = ann.get("/people").text
    assert names(people) == ["Olga Old"]
    assert "yours alone" in people
    assert names(ann.get("/people", query_string={"q": "ferry"}).text) == ["Olga Old"]
    assert names(ann.get("/people", query_string={"q": "tram"}).text) == []
    assert names(ann.get("/people", query_string={"state": "swapped"}).text) == []
    [row] = db.session.scalars(select(OutsideContact))
    assert b"Olga" not in row.sealed_entry


def test_nobody_else_finds_them(evening: EveningOut, ann: FlaskClient) -> None:
    page = write_down(ann)
    met(evening.cast, evening.cast.ann, evening.cast.ben)
    ben = evening.cast.browser(evening.cast.ben.person_id)
    assert ben.get(page).status_code == 404
    for act in ("", "/removal", "/rhythm", "/in-touch", "/another-day"):
        assert ben.post(f"{page}{act}", data={"name": "Mine now"}).status_code == 404
    assert "Olga" not in ben.get("/people").text + ben.get("/people/elsewhere").text
    assert [one.name for one in known(evening)] == ["Olga Old"]


def test_what_i_know_can_be_changed_and_erased_in_one_tap(evening: EveningOut, ann: FlaskClient) -> None:
    page = write_down(ann, **{"email-0": "olga@example.org"})
    ann.post(page, data={"name": "Olga New", "link": "javascript:alert(1)"})
    shown = ann.get(page).text
    assert "Olga New" in shown
    assert "olga@example.org" not in shown
    assert 'href="javascript' not in shown
    assert "Write a name first" in ann.post(page, data={"name": " "}, follow_redirects=True).text
    assert "Nothing of them is left" in ann.post(f"{page}/removal", follow_redirects=True).text
    assert ann.get(page).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(OutsideContact)) == 0


def test_a_form_sent_twice_is_one_person(evening: EveningOut, ann: FlaskClient) -> None:
    operation = str(new_id())
    assert write_down(ann, operation_id=operation) == write_down(ann, operation_id=operation)
    assert "Write a name first" in ann.post("/people/elsewhere", data={"name": ""}, follow_redirects=True).text
    assert len(known(evening)) == 1


# Next.


def test_they_stand_in_next_only_after_a_rhythm_was_chosen(
    evening: EveningOut, ann: FlaskClient, clock: time_machine.Traveller
) -> None:
    page = write_down(ann)

    def after(days: int) -> FlaskClient:
        clock.shift(timedelta(days=days))
        return evening.cast.browser(evening.cast.ann.person_id)

    assert "Olga" not in after(400).get("/next").text
    after(0).post(f"{page}/rhythm", data={"every": "30"})
    assert "Olga" not in after(29).get("/next").text
    assert "You wanted to be told" in after(2).get("/next").text
    after(0).post(f"{page}/another-day", data={"then": "/next"})
    assert "Olga" not in after(0).get("/next").text
    assert "Olga" in after(8).get("/next").text
    assert after(0).post(f"{page}/in-touch", data={"then": "/next"}).location == "/next"
    assert "Olga" not in after(29).get("/next").text
    assert "Olga" in after(2).get("/next").text
    after(0).post(f"{page}/rhythm", data={"every": ""})
    assert "Olga" not in after(0).get("/next").text


def test_next_shows_no_more_of_them_than_the_minutes_hold(
    evening: EveningOut, ann: FlaskClient, clock: time_machine.Traveller
) -> None:
    for number in range(4):
        ann.post(f"{write_down(ann, f'Old {number}')}/rhythm", data={"every": "30"})
    clock.shift(timedelta(days=31))
    page = evening.cast.browser(evening.cast.ann.person_id).get("/next").text
    assert page.count("/another-day") == 2, "five minutes are two things"


# An old address book.


def test_a_book_is_looked_at_before_anybody_is_kept(evening: EveningOut, ann: FlaskClient) -> None:
    cast = evening.cast
    fill_card(cast.ben.person_id, email="ben@example.org", reach_email=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name email")
    looked = look(ann, OLD_BOOK, origin="Old phone")
    page = words(ann.get(str(looked.location)).text)
    assert "2 people to keep" in page
    assert "Look like people you know: 1 Ben A. may be Ben Adeyemi" in page
    assert "1 line was not read Line 4: no name, no address" in page
    assert "Not kept" not in page
    assert known(evening) == []
    ben = cast.browser(cast.ben.person_id)
    assert ben.get(str(looked.location)).status_code == 404
    assert ben.post(f"{looked.location}/keeping").status_code == 404
    kept = ann.post(f"{looked.location}/keeping", data={"leave": "yes"}, follow_redirects=True)
    assert "1 more among your people" in kept.text
    assert [(one.name, one.origin, one.brought) for one in known(evening)] == [("Ada Old", "Old phone", True)]
    assert ann.get(str(looked.location)).status_code == 404, "what was looked at is gone"


def test_twice_the_same_book_adds_nobody(evening: EveningOut, ann: FlaskClient) -> None:
    assert "2 more among your people" in bring(ann, OLD_BOOK)
    [ada, _] = known(evening)
    ann.post(f"/people/elsewhere/{ada.id}", data={"name": "Ada, renamed"})
    looked = look(ann, OLD_BOOK)
    page = words(ann.get(str(looked.location)).text)
    assert "Nobody new in it 2 were brought before." in page
    assert "0 more among your people" in bring(ann, OLD_BOOK)
    assert [one.name for one in known(evening)] == ["Ada, renamed", "Ben A."]


def test_brought_people_are_old_ties_and_count_nowhere_as_new(evening: EveningOut, ann: FlaskClient) -> None:
    before = words(ann.get("/me/numbers").text)
    bring(ann, OLD_BOOK)
    rest = ann.get("/people/at-rest").text
    assert sorted(names(rest)) == ["Ada Old", "Ben A."]
    assert words(ann.get("/me/numbers").text) == before
    assert "Ada" not in ann.get("/next").text
    [ada, _] = known(evening)
    ann.post(f"/people/elsewhere/{ada.id}/in-touch")
    assert names(ann.get("/people/at-rest").text) == ["Ben A."]


def test_nothing_is_ever_sent_to_them(evening: EveningOut, ann: FlaskClient, clock: time_machine.Traveller) -> None:
    bring(ann, OLD_BOOK)
    for one in known(evening):
        ann.post(f"/people/elsewhere/{one.id}/rhythm", data={"every": "30"})
    clock.shift(timedelta(days=60))
    assert db.session.scalars(select(OutboxRow.kind)).all() == []


def test_a_file_that_is_too_much_or_nothing_is_refused_in_words(evening: EveningOut, ann: FlaskClient) -> None:
    cards = "".join(f"BEGIN:VCARD\nFN:Guest {number}\nEND:VCARD\n" for number in range(MAX_ENTRIES + 1))
    for content, said in (
        (cards, "2001 people are too many for one file. Split it at 2000."),
        (b"a letter", "There is nobody in this file"),
        (b"Name\nAna\x00", "zero signs"),
    ):
        refused = look(ann, content)
        assert refused.status_code == 422
        assert said in words(refused.text)
    sent = {"data": b"x" * (MAX_BYTES + 20_000), "content_type": "multipart/form-data; boundary=x"}
    assert "over 8 MB" in ann.post("/people/address-books", **sent).text
    nothing = ann.post("/people/address-books", data={}, content_type="multipart/form-data")
    assert "Choose a file first" in words(nothing.text)
    assert db.session.scalar(select(func.count()).select_from(AddressBook)) == 0


def test_a_book_that_nobody_looked_at_is_gone_after_a_day(evening: EveningOut, ann: FlaskClient) -> None:
    look(ann, OLD_BOOK)
    look(ann, OLD_BOOK)
    assert db.session.scalar(select(func.count()).select_from(AddressBook)) == 1, "the later one"
    db.session.rollback()
    tomorrow = (now() + timedelta(days=1, hours=1)).replace(minute=17)
    due = _minute_of_the_purge(tomorrow)
    forget_what_is_due(evening.app.extensions["mixwell.tools"], due)
    assert db.session.scalar(select(func.count()).select_from(AddressBook)) == 0


def _minute_of_the_purge(day: datetime) -> datetime:
    from webapp.mydata.jobs import MINUTE

    return day.replace(minute=MINUTE)


def test_a_book_can_be_let_go(evening: EveningOut, ann: FlaskClient) -> None:
    looked = look(ann, OLD_BOOK)
    assert ann.post(f"{looked.location}/removal").location == "/people/elsewhere"
    assert ann.get(str(looked.location)).status_code == 404
    assert known(evening) == []


def test_two_who_become_one_know_everybody_from_elsewhere(evening: EveningOut, ann: FlaskClient) -> None:
    cast, dee = evening.cast, evening.cast.guest("Dee Double", claimed=True)
    herself = cast.browser(dee.person_id)
    write_down(ann, "Olga Old")
    write_down(herself, "Otto Old")
    look(herself, OLD_BOOK)
    with writing() as session:
        join(session, cast.ann.person_id, dee.person_id, sealed=Sealed(evening.keyring, "notes"), at=now())
        session.commit()
    assert [one.name for one in known(evening)] == ["Olga Old", "Otto Old"]


def test_they_are_in_my_export(evening: EveningOut, ann: FlaskClient) -> None:
    from webapp.mydata.collecting import everything_of

    write_down(ann, "Olga Old", note="Knows every ferry")
    with evening.app.test_request_context("/"):
        sealed = Sealed(evening.keyring, "notes")
        everything = everything_of(db.session(), evening.cast.ann.person_id, sealed, now())
    assert [(one["name"], one["note"]) for one in everything["from_elsewhere"]] == [("Olga Old", "Knows every ferry")]
