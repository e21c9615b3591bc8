"""An account nobody uses for two years: asked by mail, kept by one sign-in, gone a month later."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, update

from tests.cast import Cast
from webapp.accounts.models import Address, Person
from webapp.accounts.sessions import open_session
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.mydata.jobs import MINUTE, let_the_unused_go
from webapp.mydata.leaving import who_left
from webapp.mydata.unused import TO_ANSWER, UNUSED
from webapp.settings import Settings


@pytest.fixture
def olu(cast: Cast) -> Person:
    """Somebody who signed in today and stands on no list."""
    olu = cast.person("Olu Away", "olu@example.org")
    cast.browser(olu.id)
    return olu


def look(app: Flask, after: timedelta) -> datetime:
    """The hourly look and the mails, so long from now."""
    at = (now() + after).replace(minute=MINUTE, second=0, microsecond=0)
    tools = app.extensions["mixwell.tools"]
    with time_machine.travel(at, tick=False):
        db.session.remove()
        let_the_unused_go(tools, at)
        outbox.sweep(tools, at=at)
        db.session.remove()
    return at


def mails(settings: Settings) -> list[EmailMessage]:
    files = sorted((settings.data_dir / "mail").glob("*.eml"))
    return [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]


def is_here(person: Person) -> bool:
    return bool(db.session.scalar(select(func.count()).where(Person.id == person.id, Person.erased_at.is_(None))))


A_DAY = timedelta(days=1, hours=1)


def test_a_day_before_two_years_nobody_is_asked(app: Flask, olu: Person, settings: Settings) -> None:
    look(app, UNUSED - A_DAY)
    assert mails(settings) == []


def test_after_two_years_one_mail_says_until_when_and_how_to_stay(app: Flask, olu: Person, settings: Settings) -> None:
    at = look(app, UNUSED + A_DAY)
    look(app, UNUSED + A_DAY + timedelta(hours=5))
    [mail] = mails(settings)
    body = mail.get_body(("plain",))
    assert body
    text = body.get_content()
    assert mail["To"] == "olu@example.org"
    assert "Olu" not in mail["Subject"]
    assert "https://mix.example.org/sign-in" in text
    assert f"{at + TO_ANSWER:%B} {(at + TO_ANSWER).day}, {(at + TO_ANSWER).year}" in text
    assert is_here(olu)


def test_a_month_after_the_mail_they_are_gone_and_stay_gone_after_a_restore(
    app: Flask, olu: Person, settings: Settings
) -> None:
    look(app, UNUSED + A_DAY)
    look(app, UNUSED + TO_ANSWER)
    assert is_here(olu), "not before the day the mail names"
    look(app, UNUSED + TO_ANSWER + 2 * A_DAY)
    assert not is_here(olu)
    assert olu.id in who_left(settings.data_dir)
    assert db.session.scalar(select(func.count()).select_from(Address)) == 0


def test_signing_in_once_keeps_everything(app: Flask, olu: Person, settings: Settings) -> None:
    look(app, UNUSED + A_DAY)
    with writing() as session:
        person = session.get_one(Person, olu.id)
        open_session(session, person, browser="Test browser", at=now() + UNUSED + 3 * A_DAY)
        session.commit()
    look(app, UNUSED + TO_ANSWER + 2 * A_DAY)
    assert is_here(olu)
    assert len(mails(settings)) == 1
    look(app, 2 * UNUSED + 5 * A_DAY)
    assert len(mails(settings)) == 2, "and after two more years they are asked again"


def test_without_the_mail_nobody_is_erased(app: Flask, olu: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    mailer = app.extensions["mixwell.tools"].mailer
    monkeypatch.setattr(type(mailer), "send", _no_relay)
    look(app, UNUSED + A_DAY)
    look(app, UNUSED + TO_ANSWER + 3 * A_DAY)
    assert is_here(olu)


def _no_relay(_mailer: object, _letter: object) -> None:
    raise OSError("no relay today")


def test_whoever_has_a_place_at_an_event_is_not_asked_and_one_who_was_is_asked_afresh(
    app: Flask, cast: Cast, settings: Settings
) -> None:
    cast.browser(cast.ann.person_id)
    look(app, UNUSED + A_DAY)
    assert mails(settings) == []
    with writing() as session:
        session.execute(update(Person).values(asked_to_stay_at=now()))
        session.commit()
    look(app, UNUSED + TO_ANSWER + A_DAY)
    assert db.session.get_one(Person, cast.ann.person_id).asked_to_stay_at is None
    with writing() as session:
        session.execute(delete(Attendee))
        session.commit()
    look(app, UNUSED + TO_ANSWER + 2 * A_DAY)
    assert len(mails(settings)) == 1
    assert db.session.get_one(Person, cast.ann.person_id).name


def test_the_only_organizer_of_a_circle_is_left_alone(app: Flask, cast: Cast, settings: Settings) -> None:
    cast.browser(cast.dora.id)
    look(app, UNUSED + A_DAY)
    look(app, UNUSED + TO_ANSWER + 2 * A_DAY)
    assert mails(settings) == []
    assert is_here(cast.dora)


def test_who_gave_no_address_goes_after_the_same_time(app: Flask, cast: Cast, settings: Settings) -> None:
    slip = cast.person("Slip Only")
    look(app, UNUSED + A_DAY)
    assert is_here(slip)
    look(app, UNUSED + TO_ANSWER + 2 * A_DAY)
    assert not is_here(slip)
    assert mails(settings) == []


def test_my_page_says_so(cast: Cast, olu: Person) -> None:
    assert "away for two years" in cast.browser(olu.id).get("/me/data").text
