"""Leaving: nothing of a person is left, here or after a restore; counts and other people's own words stay."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.cast import Cast
from tests.people.pages import fill_card
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Person
from webapp.console.overview import readiness
from webapp.contacts.models import Meeting, Memory
from webapp.core.clock import now
from webapp.core.database import Base, db, writing
from webapp.events.models import Attendee, Event
from webapp.mydata.jobs import erase_again
from webapp.mydata.leaving import ERASED, LastOrganizer, Left, leave, remove_places
from webapp.mydata.record import record
from webapp.settings import Settings
from webapp.swaps.models import Grant

NAME, MAIL, NOTE = "Ann Achebe", "ann@example.org", "Rye bread on Tuesdays"


@pytest.fixture
def evening(evening: EveningOut) -> EveningOut:
    """Ann and Ben have swapped, and each has written about the other."""
    cast, ann, ben = evening.cast, evening.cast.ann, evening.cast.ben
    fill_card(ann.person_id, headline="Bakes")
    evening.meet(ann, ben)
    evening.answer(ben, ann)
    [meeting_id] = db.session.scalars(select(Meeting.id))
    for guest, note in ((ann, NOTE), (ben, "She bakes")):
        said = {"note": note, "knew": "yes"}
        assert cast.browser(guest.person_id).post(f"/meetings/{meeting_id}/memory", data=said).status_code == 303
    return evening


def go(cast: Cast, person_id: object, data_dir: Path) -> Left | LastOrganizer:
    with writing() as session:
        verdict = leave(session, person_id, data_dir=data_dir, at=now())  # type: ignore[arg-type]  # ids of the cast
        session.commit()
    return verdict


def whole_database() -> str:
    """Every value of every row, as text."""
    db.session.rollback()
    rows = (row for table in Base.metadata.sorted_tables for row in db.session.execute(select(table)))
    return "\n".join(repr(tuple(row)) for row in rows)


def test_s_48_nothing_of_who_left_is_in_any_row(evening: EveningOut, settings: Settings) -> None:
    cast, person_id = evening.cast, evening.cast.ann.person_id
    before = readiness(db.session(), db.session.get_one(Event, cast.mixer.id))
    assert all(words in whole_database() for words in (NAME, MAIL))
    assert go(cast, person_id, settings.data_dir) == Left()
    left = whole_database()
    assert not any(words in left for words in (NAME, "Achebe", MAIL, "Bakes"))
    after = readiness(db.session(), db.session.get_one(Event, cast.mixer.id))
    assert (after.guests, after.inside) == (before.guests, before.inside), "the count of the evening stays"


def test_whoever_met_them_keeps_their_own_note_about_someone_who_left(evening: EveningOut, settings: Settings) -> None:
    cast, person_id = evening.cast, evening.cast.ann.person_id
    go(cast, person_id, settings.data_dir)
    ben = cast.browser(cast.ben.person_id)
    page = ben.get(f"/people/{person_id}")
    assert page.status_code == 200
    assert "Someone who left" in page.text
    assert "She bakes" in page.text
    assert "Someone who left" in ben.get("/people").text
    assert [memory.person_id for memory in db.session.scalars(select(Memory))] == [cast.ben.person_id]


def test_who_was_never_met_leaves_no_row_at_all(cast: Cast, settings: Settings) -> None:
    loner = cast.guest("Lone Guest", email="lone@example.org", claimed=True)
    person_id = loner.person_id
    go(cast, person_id, settings.data_dir)
    assert db.session.scalar(select(func.count()).where(Person.id == person_id)) == 0


def test_who_left_is_erased_again_after_a_restore(evening: EveningOut, settings: Settings) -> None:
    person_id = evening.cast.ann.person_id
    go(evening.cast, person_id, settings.data_dir)
    with writing() as session:  # what an older backup would bring back
        session.get_one(Person, person_id).name = NAME
        session.get_one(Person, person_id).erased_at = None
        session.commit()
    assert erase_again(settings.data_dir, now()) == 1
    assert NAME not in whole_database()
    assert erase_again(settings.data_dir, now()) == 0


def test_the_list_of_who_left_holds_ids_alone(evening: EveningOut, settings: Settings) -> None:
    person_id = evening.cast.ann.person_id
    go(evening.cast, person_id, settings.data_dir)
    assert (settings.data_dir / ERASED).read_text() == f"{person_id}\n"


def test_the_only_organizer_of_a_circle_is_told_what_to_do_first(cast: Cast, settings: Settings) -> None:
    verdict = go(cast, cast.dora.id, settings.data_dir)
    assert verdict == LastOrganizer((cast.circle.name,))
    assert db.session.get_one(Person, cast.dora.id).name
    assert not (settings.data_dir / ERASED).exists()
    page = cast.browser(cast.dora.id, fresh=True).post("/me/leaving", data={"sure": "yes"})
    assert page.status_code == 409
    assert "You alone organize" in page.text


def test_leaving_needs_a_fresh_code_and_a_tick(evening: EveningOut) -> None:
    cast, person_id = evening.cast, evening.cast.ann.person_id
    stale = cast.browser(person_id).post("/me/leaving", data={"sure": "yes"})
    assert "/fresh-code" in stale.location
    fresh = cast.browser(person_id, fresh=True)
    assert fresh.post("/me/leaving").status_code == 422
    assert db.session.get_one(Person, person_id).erased_at is None
    gone = fresh.post("/me/leaving", data={"sure": "yes"})
    assert gone.location.endswith("/left")
    assert fresh.get("/people").status_code == 303
    assert "Nothing of yours is left here" in fresh.get("/left").text


def test_leaving_before_an_event_takes_the_place_off_the_list_without_a_count(cast: Cast, settings: Settings) -> None:
    later = cast.event(cast.circle, starts_at=now() + timedelta(days=3), ends_at=now() + timedelta(days=3, hours=2))
    guest = cast.guest("Early Leaver", event=later, claimed=True)
    go(cast, guest.person_id, settings.data_dir)
    db.session.expire_all()
    assert readiness(db.session(), db.session.get_one(Event, later.id)).guests == 0


def test_every_table_about_people_says_whose_its_rows_are() -> None:
    about = {"persons", "attendees"}
    silent = {
        kept.table.name
        for kept in record()
        if not kept.mine and any(key.column.table.name in about for key in kept.table.foreign_keys)
    }
    assert silent == {"events", "door_devices", "import_runs"}, "their people are organizers at work"


def exported(browser: FlaskClient) -> tuple[dict[str, object], str]:
    answer = browser.get("/me/data.zip")
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return json.loads(archive.read("mine.json")), archive.read("people.vcf").decode()


def test_my_export_holds_all_of_mine_and_my_own_words(evening: EveningOut) -> None:
    mine, _ = exported(evening.cast.browser(evening.cast.ann.person_id))
    text = json.dumps(mine, ensure_ascii=False)
    assert all(words in text for words in (NAME, MAIL, NOTE, "Bakes", "Ben Adeyemi", "Autumn mixer"))
    records = mine["records"]
    assert isinstance(records, dict)
    assert set(records) == {kept.table.name for kept in record() if kept.mine}


def test_my_export_holds_nothing_that_others_wrote_or_answered(evening: EveningOut) -> None:
    cast = evening.cast
    cleo = evening.come("Cleo Third")
    evening.meet(cast.ann, cleo)
    evening.answer(cleo, cast.ann, yes=False)
    mine, _ = exported(cast.browser(cast.ann.person_id))
    text = json.dumps(mine)
    assert "She bakes" not in text
    assert "not now" not in text, "who put me off cannot be told from who did not look"


def test_after_the_minute_of_undo_the_cards_i_hold_come_along(evening: EveningOut) -> None:
    ann = evening.cast.ann.person_id
    assert exported(evening.cast.browser(ann))[1] == ""
    with writing() as session:
        session.execute(update(Grant).values(at=now() - timedelta(minutes=5)))
        session.commit()
    assert "Ben Adeyemi" in exported(evening.cast.browser(ann))[1]


def test_a_purged_list_keeps_its_counts(evening: EveningOut) -> None:
    event_id = evening.cast.mixer.id
    before = readiness(db.session(), db.session.get_one(Event, event_id))
    with writing() as session:
        remove_places(session, Attendee.event_id == event_id, at=now())
        session.commit()
    db.session.expire_all()
    after = readiness(db.session(), db.session.get_one(Event, event_id))
    assert (after.guests, after.inside) == (before.guests, before.inside)
    assert after.claimed == 0
