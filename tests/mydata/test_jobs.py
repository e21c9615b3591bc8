"""Nothing is kept longer than the record says."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.cast import keep
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address, AddressChange, OneTimeCode, Person, SignInSession
from webapp.console.overview import readiness
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation
from webapp.events.models import Attendee, Event
from webapp.mydata.jobs import MINUTE, forget_what_is_due
from webapp.swaps.models import CardRequest, Grant


@pytest.fixture
def evening(evening: EveningOut) -> EveningOut:
    """Ann asked Ben, who has not answered; Bo was only ever on the list, Una too, and Ann met her."""
    cast = evening.cast
    ann, una = cast.ann, evening.arrive(cast.guest("Una Unclaimed", email="una@example.org"))
    cast.guest("Bo Listed", email="bo@example.org")
    evening.meet(ann, cast.ben)
    evening.meet(ann, una)
    cast.browser(ann.person_id)
    return evening


def forget(evening: EveningOut, after: timedelta, *, minute: int = MINUTE) -> datetime:
    """The hourly look, so long from now."""
    at = (now() + after).replace(minute=minute)
    db.session.rollback()
    forget_what_is_due(evening.app.extensions["mixwell.tools"], at)
    db.session.rollback()
    db.session.expire_all()
    return at


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def names() -> set[str]:
    return set(db.session.scalars(select(Person.name)))


def test_the_next_morning_everything_is_still_there(evening: EveningOut) -> None:
    before = [count(table) for table in (Attendee, Grant, CardRequest, SignInSession, Operation)]
    forget(evening, timedelta(hours=12))
    assert [count(table) for table in (Attendee, Grant, CardRequest, SignInSession, Operation)] == before


@pytest.mark.parametrize(("done", "hours", "left"), [(True, 70, 1), (True, 73, 0), (False, 20, 1), (False, 26, 0)])
def test_a_change_of_address_is_kept_as_long_as_it_can_be_taken_back(
    evening: EveningOut, done: bool, hours: int, left: int
) -> None:
    address = db.session.scalars(select(Address).where(Address.address == "ann@example.org")).one()
    row = AddressChange(id=new_id(), person_id=address.person_id, address_id=address.id, asked_at=now())
    row.old_address = row.old_key = row.new_address = row.new_key = "ann@example.org"
    row.done_at = now() if done else None
    db.session.rollback()
    keep(row)
    forget(evening, timedelta(hours=hours), minute=MINUTE)
    assert count(AddressChange) == left


def test_a_question_nobody_answered_ends_after_two_weeks_and_the_card_stays_given(evening: EveningOut) -> None:
    forget(evening, timedelta(days=15))
    assert count(CardRequest) == 0
    assert count(Grant) == 2


def test_a_month_after_the_event_its_list_is_gone_and_its_count_is_not(evening: EveningOut) -> None:
    event_id, ann = evening.cast.mixer.id, evening.cast.ann.person_id
    before = readiness(db.session(), db.session.get_one(Event, event_id))
    forget(evening, timedelta(days=32))
    after = readiness(db.session(), db.session.get_one(Event, event_id))
    assert count(Attendee) == 0
    assert (after.guests, after.inside) == (before.guests, before.inside) == (4, 3)
    assert "Bo Listed" not in names()
    assert {"Ann Achebe", "Ben Adeyemi", "Una Unclaimed"} <= names(), "whom others met keeps the name they know"
    assert set(db.session.scalars(select(Address.address_key))) == {"ann@example.org", "ben@example.org"}
    assert "Una Unclaimed" in evening.cast.browser(ann).get("/people").text


def test_after_a_year_and_more_nothing_with_a_date_is_left(evening: EveningOut) -> None:
    forget(evening, timedelta(days=400))
    tables = (Attendee, CardRequest, SignInSession, OneTimeCode, Operation)
    assert [count(table) for table in tables] == [0] * len(tables)


def test_it_looks_once_an_hour(evening: EveningOut) -> None:
    forget(evening, timedelta(days=400), minute=MINUTE + 1)
    assert count(Attendee) == 4


def test_looking_twice_changes_nothing_more(evening: EveningOut) -> None:
    forget(evening, timedelta(days=32))
    event = db.session.get_one(Event, evening.cast.mixer.id)
    gone = (event.gone_guests, event.gone_came)
    forget(evening, timedelta(days=33))
    event = db.session.get_one(Event, evening.cast.mixer.id)
    assert (event.gone_guests, event.gone_came) == gone
