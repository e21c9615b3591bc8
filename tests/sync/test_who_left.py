"""What was on its way when somebody left Mixwell: attendance counts, no contact is made, no phone keeps it (R16)."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.cast import Cast
from tests.sync.own_phones import Phone
from tests.sync.phones import DoorPhone
from webapp.accounts.models import Person
from webapp.checkin.models import CheckIn, RefusedScan
from webapp.contacts.loose import loose_notes_of
from webapp.contacts.models import Meeting, Memory
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.quarantine import QuarantinedOperation
from webapp.events.models import Attendee, Event
from webapp.mydata.leaving import Left, leave
from webapp.settings import Settings
from webapp.swaps.models import CardRequest, Grant


def go(person_id: UUID, settings: Settings) -> None:
    with writing() as session:
        assert leave(session, person_id, data_dir=Path(settings.data_dir), at=now()) == Left()
        session.commit()


def counts(cast: Cast) -> tuple[int, int]:
    """Of the guests who left: how many there were, how many of them came."""
    db.session.rollback()
    row = db.session.execute(select(Event.gone_guests, Event.gone_came).where(Event.id == cast.mixer.id)).one()
    db.session.rollback()
    return row.gone_guests, row.gone_came


def rows(*tables: type) -> list[int]:
    db.session.rollback()
    found = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    db.session.rollback()
    return found


@pytest.mark.parametrize("means", ["badge", "name", "typed"])
def test_r16_a_door_tells_of_somebody_who_left_and_they_are_counted_once(
    north: DoorPhone, south: DoorPhone, cast: Cast, settings: Settings, means: str
) -> None:
    told = []
    for phone in (north, south):
        done = phone.let_in(cast.ann)
        if means == "name":
            done["body"] = {"event": str(cast.mixer.id), "attendee": str(cast.ann.id), "anyway": ""}
        if means == "typed":
            typed = phone.room.typed(cast.ann).code
            done["body"] = {"event": str(cast.mixer.id), "typed": typed, "anyway": ""}
            done["decided"] = "kept"
        told.append(done)
    go(cast.ann.person_id, settings)
    assert counts(cast) == (1, 0)
    assert [one["result"] for one in north.tell()] == ["applied"]
    assert counts(cast) == (1, 1)
    assert [one["result"] for one in south.tell()] == ["applied"], "another door saw the same guest"
    assert [one["result"] for one in north.tell()] == ["duplicate"]
    assert counts(cast) == (1, 1)
    assert rows(QuarantinedOperation, CheckIn, RefusedScan, Attendee) == [0, 0, 0, 0]


def test_r16_who_had_come_before_they_left_is_not_counted_again(
    north: DoorPhone, south: DoorPhone, cast: Cast, settings: Settings
) -> None:
    north.let_in(cast.ann)
    south.let_in(cast.ann)
    north.tell()
    go(cast.ann.person_id, settings)
    assert counts(cast) == (1, 1)
    assert [one["result"] for one in south.tell()] == ["applied"]
    assert counts(cast) == (1, 1)


def test_a_badge_that_was_never_ours_is_still_set_aside(north: DoorPhone, cast: Cast, settings: Settings) -> None:
    go(cast.ann.person_id, settings)
    north.act("check_in", {"lookup": "0" * 32, "anyway": ""}, decided="admitted")
    assert north.words() == [("quarantined", "unknown_badge")]
    assert counts(cast) == (1, 0)


def test_what_a_door_keeps_of_who_left_names_nobody(north: DoorPhone, cast: Cast, settings: Settings) -> None:
    from tests.mydata.test_leaving import whole_database

    lookup = north.room.badge(cast.ann).lookup_id
    go(cast.ann.person_id, settings)
    kept = whole_database()
    for word in (lookup, str(cast.ann.id), str(cast.ann.person_id), "Ann Achebe"):
        assert word not in kept


@pytest.mark.parametrize("way", ["badge", "screen"])
def test_r16_a_scan_of_somebody_who_left_makes_no_contact_and_leaves_the_phone(
    two: tuple[Phone, Phone], settings: Settings, way: str
) -> None:
    ann, ben = two
    scanned = ann.scan(ben.evening.code(ben.guest) if way == "badge" else ben.shows())
    ann.keep("remember", of=scanned, note="Tall, hums while thinking", promise="the recipe")
    ann.keep("undo_scan", of=scanned)
    go(ben.guest.person_id, settings)
    assert [one["result"] for one in ann.tell()] == ["applied"] * 3
    assert [one["result"] for one in ann.tell()] == ["duplicate", "duplicate", "applied"]
    assert rows(Meeting, Memory, Grant, CardRequest, QuarantinedOperation) == [0] * 5
    [loose] = loose_notes_of(db.session(), ann.guest.person_id, ann.sealed)
    assert loose.words == "Tall, hums while thinking\nthe recipe", "her own words stay hers"


@pytest.mark.parametrize("way", ["badge", "screen"])
def test_r16_words_and_an_undo_about_somebody_who_left_since_the_scan(
    two: tuple[Phone, Phone], settings: Settings, way: str
) -> None:
    ann, ben = two
    scanned = ann.scan(ben.evening.code(ben.guest) if way == "badge" else ben.shows())
    ann.tell()
    remembered = ann.keep("remember", of=scanned, note="Tall, hums while thinking", promise="the recipe")
    undone = ann.keep("undo_scan", of=scanned)
    go(ben.guest.person_id, settings)
    assert [one["result"] for one in ann.tell(remembered, undone)] == ["applied", "applied"]
    assert rows(Grant, CardRequest, QuarantinedOperation) == [0, 0, 0]
    assert ann.note_with(ben.guest) == "Tall, hums while thinking"
    gone = db.session.get_one(Person, ben.guest.person_id)
    assert (gone.name, gone.erased_at is not None) == ("", True)
    db.session.rollback()
