"""An import taken back whole, and who stays."""

import pytest
from flask import Flask

from tests.cast import Cast, keep
from tests.events.lists import brought_in, guests_by_name, staged, taken_back
from webapp.accounts.models import Address, Card, Person
from webapp.badges.issuing import issue
from webapp.checkin.models import CheckIn
from webapp.circles.models import CircleRole
from webapp.contacts.models import Meeting
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring
from webapp.core.versions import version_of
from webapp.events.claiming import claim_place
from webapp.events.guests import cancel_guest
from webapp.events.import_queries import stayed_after
from webapp.events.models import Attendee, ImportRun
from webapp.events.taking_back import NothingToTakeBack, TakenBack
from webapp.swaps.models import KeptScan

ANA = ["Ana Silva", "ana@example.org", "Lantern Works", "T-1"]
BEN = ["Ben O’Hara", "ben@example.org", "Boats & Sons", "T-2"]


def edit(guest: Attendee, **changes: object) -> None:
    with writing() as session:
        for name, value in changes.items():
            setattr(session.get_one(Attendee, guest.id), name, value)
        session.commit()


def rows_of(model: type[Person | Card | Address]) -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(model)) or 0


def test_new_guests_go_with_badge_card_and_person(app: Flask, cast: Cast) -> None:
    run = staged(cast.mixer, ANA, BEN)
    brought_in(cast.mixer, run)
    keyring: Keyring = app.extensions["mixwell.tools"].keyring
    with writing() as session:
        guests = list(session.scalars(db.select(Attendee)))
        issue(session, guests, keyring=keyring, base_url="https://mix.example.org", at=now())
        session.commit()
    before = version_of(db.session(), f"event:{cast.mixer.id}")
    assert taken_back(app, cast.mixer, run) == TakenBack(2, 0, 0)
    assert guests_by_name(cast.mixer) == {}
    assert (rows_of(Person), rows_of(Card), rows_of(Address)) == (0, 0, 0)
    assert version_of(db.session(), f"event:{cast.mixer.id}") == before + 1


def test_guests_who_were_there_before_stay_as_they_were(app: Flask, cast: Cast) -> None:
    brought_in(cast.mixer, staged(cast.mixer, ANA))
    before = guests_by_name(cast.mixer)["Ana Silva"]
    run = staged(cast.mixer, ["Ana Silva", "ana.silva@example.org", "Other Works", "T-1"])
    brought_in(cast.mixer, run)
    assert taken_back(app, cast.mixer, run) == TakenBack(0, 1, 0)
    after = guests_by_name(cast.mixer)["Ana Silva"]
    assert (after.email, after.email_key, after.company) == (before.email, before.email_key, before.company)
    assert "ana@example.org" in db.session.scalars(db.select(Address.address_key)).all()


def test_a_claimed_guest_stays_and_is_named(app: Flask, cast: Cast) -> None:
    run = staged(cast.mixer, ANA, BEN)
    brought_in(cast.mixer, run)
    ana = guests_by_name(cast.mixer)["Ana Silva"]
    with writing() as session:
        claim_place(session, session.get_one(Attendee, ana.id), by=NOBODY, at=now())
        session.commit()
    assert taken_back(app, cast.mixer, run) == TakenBack(1, 0, 1)
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}
    run = db.session.get_one(ImportRun, run.id, populate_existing=True)
    assert stayed_after(db.session(), run, limit=9) == [(ana.id, "Ana Silva", "claimed")]


@pytest.mark.parametrize("undone", [False, True])
def test_a_guest_who_came_stays_even_if_the_admission_was_taken_back(app: Flask, cast: Cast, undone: bool) -> None:
    run = staged(cast.mixer, ANA, BEN)
    brought_in(cast.mixer, run)
    ana = guests_by_name(cast.mixer)["Ana Silva"]
    entry = CheckIn(
        id=new_id(), event_id=cast.mixer.id, attendee_id=ana.id, operation_id=new_id(), at=now(), how="name"
    )
    entry.undone_at = now() if undone else None
    keep(entry)
    assert taken_back(app, cast.mixer, run) == TakenBack(1, 0, 1)
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}


def test_guests_who_met_someone_or_were_scanned_stay(app: Flask, cast: Cast) -> None:
    run = staged(cast.mixer, ANA, BEN, ["Cora Low", "", "", "T-3"])
    brought_in(cast.mixer, run)
    guests = guests_by_name(cast.mixer)
    first, second = sorted((guests["Ana Silva"].person_id, cast.ann.person_id))
    keep(Meeting(id=new_id(), event_id=cast.mixer.id, first_id=first, second_id=second, met_at=now()))
    keyring: Keyring = app.extensions["mixwell.tools"].keyring
    with writing() as session:
        [badge] = issue(session, [guests["Ben O’Hara"]], keyring=keyring, base_url="https://mix.example.org", at=now())
        session.commit()
    keep(KeptScan(id=new_id(), person_id=cast.ann.person_id, badge_id=badge.id, at=now(), expires_at=now()))
    assert taken_back(app, cast.mixer, run) == TakenBack(1, 0, 2)
    assert {"Ana Silva", "Ben O’Hara"} <= set(guests_by_name(cast.mixer))
    assert "Cora Low" not in guests_by_name(cast.mixer)


def test_a_changed_guest_edited_since_keeps_the_edit(app: Flask, cast: Cast) -> None:
    ana = cast.guest("Ana Silva", email="ana@example.org", external_ref="T-1")
    run = staged(cast.mixer, ANA)
    brought_in(cast.mixer, run)
    edit(ana, company="Typed by hand")
    assert taken_back(app, cast.mixer, run) == TakenBack(0, 0, 1)
    assert guests_by_name(cast.mixer)["Ana Silva"].company == "Typed by hand"


def test_a_cancellation_since_outlives_the_undo(app: Flask, cast: Cast) -> None:
    ana = cast.guest("Ana Silva", email="ana@example.org", external_ref="T-1")
    run = staged(cast.mixer, ANA)
    brought_in(cast.mixer, run)
    with writing() as session:
        cancel_guest(session, session.get_one(Attendee, ana.id), by=NOBODY, at=now())
        session.commit()
    assert taken_back(app, cast.mixer, run) == TakenBack(0, 1, 0)
    after = guests_by_name(cast.mixer)["Ana Silva"]
    assert after.company == ""
    assert after.cancelled_at


def test_people_who_are_more_than_this_list_outlive_it(app: Flask, cast: Cast) -> None:
    last_month = cast.event(cast.circle)
    known = cast.guest("Ana Silva", event=last_month, email="ana@example.org")
    run = staged(cast.mixer, ANA, BEN)
    brought_in(cast.mixer, run)
    ben = guests_by_name(cast.mixer)["Ben O’Hara"]
    keep(CircleRole(id=new_id(), circle_id=cast.circle.id, person_id=ben.person_id, given_at=now()))
    assert taken_back(app, cast.mixer, run) == TakenBack(2, 0, 0)
    assert {person.id for person in db.session.scalars(db.select(Person))} == {known.person_id, ben.person_id}


def test_taking_back_twice_is_once_and_an_unused_list_has_nothing_to_take_back(app: Flask, cast: Cast) -> None:
    run = staged(cast.mixer, ANA)
    assert taken_back(app, cast.mixer, run) == NothingToTakeBack()
    brought_in(cast.mixer, run)
    assert taken_back(app, cast.mixer, run) == taken_back(app, cast.mixer, run) == TakenBack(1, 0, 0)
    again = staged(cast.mixer, ANA)
    brought_in(cast.mixer, again)
    assert taken_back(app, cast.mixer, run) == TakenBack(1, 0, 0)
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}
