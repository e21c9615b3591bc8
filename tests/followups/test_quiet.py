"""In quiet hours nothing is sent; when they end, it is."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from tests.followups.mornings import mails, next_morning
from tests.swaps.evening import EveningOut
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.followups.models import QuietHours
from webapp.followups.pace import choose_rest
from webapp.followups.quiet import when_awake
from webapp.mydata.leaving import erase
from webapp.settings import Settings


@pytest.mark.parametrize(
    ("starts", "until", "at", "awake"),
    [
        ("08:00", "10:00", "2026-11-23T08:30+00:00", "2026-11-23T10:00+00:00"),
        ("08:00", "10:00", "2026-11-23T10:00+00:00", "2026-11-23T10:00+00:00"),
        ("08:00", "10:00", "2026-11-23T07:59+00:00", "2026-11-23T07:59+00:00"),
        ("22:00", "09:15", "2026-11-23T08:30+00:00", "2026-11-23T09:15+00:00"),
        ("22:00", "09:15", "2026-11-23T23:00+00:00", "2026-11-24T09:15+00:00"),
        ("22:00", "09:15", "2026-11-23T12:00+00:00", "2026-11-23T12:00+00:00"),
        ("22:00", "09:15", "2027-03-27T23:00+00:00", "2027-03-28T09:15+01:00"),
    ],
)
def test_it_waits_until_they_end(starts: str, until: str, at: str, awake: str) -> None:
    hours = QuietHours(starts=time.fromisoformat(starts), until=time.fromisoformat(until))
    assert when_awake(hours, datetime.fromisoformat(at), "Europe/London") == datetime.fromisoformat(awake)
    assert when_awake(None, datetime.fromisoformat(at), "Europe/London") == datetime.fromisoformat(at)


def hours() -> list[tuple[time, time]]:
    db.session.rollback()
    return [(row.starts, row.until) for row in db.session.scalars(select(QuietHours))]


def test_c8_the_morning_mail_waits_for_who_wants_quiet(evening: EveningOut, settings: Settings) -> None:
    """C8: hours in which nothing is sent to me; what would have come then comes when they end."""
    ann = evening.cast.browser(evening.cast.ann.person_id)
    assert ann.post("/me/quiet-hours", data={"from": "07:00", "until": "11:00"}).status_code == 303
    morning = next_morning(evening)
    assert set(mails(evening, morning, settings)) == {"ben@example.org"}
    tools = evening.app.extensions["mixwell.tools"]
    assert outbox.sweep(tools, at=morning + timedelta(hours=2)) == 0
    assert outbox.sweep(tools, at=morning + timedelta(hours=3)) == 1
    assert set(mails(evening, morning + timedelta(hours=3), settings)) == {"ann@example.org", "ben@example.org"}


def test_they_are_chosen_changed_and_given_up_on_me(evening: EveningOut) -> None:
    ann = evening.cast.browser(evening.cast.ann.person_id)
    for form, expected in (
        ({"from": "22:00", "until": "09:00"}, [(time(22), time(9))]),
        ({"from": "23:30", "until": "09:00"}, [(time(23, 30), time(9))]),
        ({"from": "23:30", "until": "09:00", "none": "yes"}, []),
        ({"from": "later", "until": "09:00"}, []),
        ({"from": "09:00", "until": "09:00"}, []),
    ):
        ann.post("/me/quiet-hours", data=form)
        assert hours() == expected
    ann.post("/me/quiet-hours", data={"from": "22:00", "until": "09:00"})
    assert "22:00–09:00" in ann.get("/me").text


def test_they_go_with_the_person(evening: EveningOut) -> None:
    evening.cast.browser(evening.cast.ann.person_id).post("/me/quiet-hours", data={"from": "22:00", "until": "09:00"})
    with writing() as session:
        erase(session, evening.cast.ann.person_id, at=now())
        session.commit()
    assert db.session.scalar(select(func.count()).select_from(QuietHours)) == 0


def test_a3_a_longer_rest_of_mine_holds_my_mail_and_nobody_elses(evening: EveningOut, settings: Settings) -> None:
    with writing() as session:
        choose_rest(session, evening.cast.ann.person_id, 48)
        session.commit()
    assert set(mails(evening, next_morning(evening), settings)) == {"ben@example.org"}
    assert set(mails(evening, next_morning(evening, 60), settings)) == {"ann@example.org", "ben@example.org"}
