"""The sample is alive and true: what it shows was done through the acts people use."""

import ast
import inspect
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from webapp.accounts.models import Card
from webapp.badges.models import Badge
from webapp.chains.models import Need, Outcome
from webapp.checkin.models import CheckIn
from webapp.contacts.models import Promise, Reminder, Role, Takeaway
from webapp.core.clock import now
from webapp.core.database import Base, db
from webapp.demo import evening
from webapp.events.models import Attendee, Event
from webapp.swaps.models import KindLine, SlideCode


@pytest.fixture
def tonight(inside: None) -> Event:
    return db.session.scalars(select(Event).order_by(Event.starts_at.desc())).first() or pytest.fail("no event")


def names(event: Event) -> list[str]:
    return list(db.session.scalars(select(Attendee.name).where(Attendee.event_id == event.id)))


def live(event: Event) -> int:
    inside = select(func.count()).select_from(CheckIn).where(CheckIn.event_id == event.id)
    return db.session.scalar(inside.where(CheckIn.undone_at.is_(None))) or 0


def test_tonights_mixer_goes_on_and_last_months_is_over(tonight: Event) -> None:
    before = db.session.scalars(select(Event).order_by(Event.starts_at)).first()
    assert tonight.starts_at < now() < tonight.ends_at
    assert before
    assert timedelta(days=26) < now() - before.ends_at < timedelta(days=30)


def test_sixty_are_expected_with_names_of_every_kind(tonight: Event) -> None:
    listed = names(tonight)
    assert len(listed) == 60
    for kind in ("山田 花子", "محمد الأمين", "דוד לוי", "สมชาย ใจดี", "प्रिया शर्मा", "Bo", "Sunny 🎉 Okonkwo"):
        assert kind in listed
    assert max(map(len, listed)) > 50


def test_twenty_are_in_one_is_cancelled_and_everyone_has_a_badge(tonight: Event) -> None:
    gone = select(func.count()).select_from(Attendee).where(Attendee.cancelled_at.is_not(None))
    drawn = select(func.count()).select_from(Badge).where(Badge.event_id == tonight.id)
    assert (live(tonight), db.session.scalar(gone), db.session.scalar(drawn)) == (20, 1, 60)


def test_people_came_one_after_the_other(tonight: Event) -> None:
    times = set(db.session.scalars(select(CheckIn.at).where(CheckIn.event_id == tonight.id)))
    assert len(times) == 20
    assert tonight.starts_at <= min(times)
    assert max(times) <= now()


def test_the_sample_writes_no_row_by_itself() -> None:
    called = [node.func for node in ast.walk(ast.parse(inspect.getsource(evening))) if isinstance(node, ast.Call)]
    by_name = {function.id for function in called if isinstance(function, ast.Name)}
    methods = {function.attr for function in called if isinstance(function, ast.Attribute)}
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert not by_name & (tables | {"insert", "update", "delete"})
    assert not methods & {"add", "add_all", "execute", "merge"}


def test_what_a_swap_grows_into_is_there_to_be_seen(tonight: Event) -> None:
    place = select(Attendee.person_id).where(Attendee.event_id == tonight.id, Attendee.name == "Ann Achebe")
    ann = db.session.scalars(place).one()
    for mine in (
        Promise.person_id,
        Outcome.person_id,
        Need.person_id,
        Reminder.person_id,
        Role.person_id,
        Takeaway.person_id,
        KindLine.about_id,
    ):
        assert db.session.scalar(select(func.count()).where(mine == ann)), mine
    assert db.session.scalars(select(SlideCode.event_id)).all() == [tonight.id]
    assert db.session.scalar(select(func.count()).where(Card.reach_notes)) == 1
