"""One thing a week for whoever asked, with leave to skip it; a calendar; and after two quiet months one small step."""

import re
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default

import pytest

from tests.cast import Cast
from tests.followups.mornings import words as plain
from tests.followups.nexts import DAY, MORNING, Phone, at, evening, names_in, post, swapped
from tests.people.pages import words
from webapp.core import outbox
from webapp.core.database import db
from webapp.followups.lapse import SILENCED_FOR
from webapp.followups.weekly import put_weekly_mails
from webapp.settings import Settings

NOON = MORNING + timedelta(hours=3, minutes=30)


@pytest.fixture
def phone(cast: Cast) -> Phone:
    """Of Ann, who met three people and asked for one mail a week."""
    event = evening(cast)
    ann = cast.guest("Ann Achebe", event=event, email="ann@example.org", claimed=True)
    swapped(cast, event, ann, ["Ada One", "Bea Two", "Cyd Three"])
    phone = Phone(cast, ann.person_id)
    post(phone, MORNING, "/me/weekly", weekly="yes")
    return phone


def sent(cast: Cast, moment: datetime, settings: Settings) -> list[str]:
    """The words of every weekly mail there is after the chores ran then, the first sent first."""
    tools = cast.app.extensions["mixwell.tools"]
    with at(moment):
        db.session.remove()
        put_weekly_mails(tools, moment)
        put_weekly_mails(tools, moment)
        outbox.sweep(tools, at=moment)
        db.session.remove()
    files = sorted((settings.data_dir / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    mails = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
    return [plain(mail) for mail in mails if mail["Subject"].startswith("One thing")]


def link_in(mail: str) -> str:
    found = re.search(r"https://mix.example.org(/week/\S+)", mail)
    assert found
    return found[1]


def test_d21_the_weekly_mail_has_one_item_and_skip_this_week(cast: Cast, phone: Phone, settings: Settings) -> None:
    [mail] = sent(cast, NOON + DAY, settings)
    assert sum(name in mail for name in ("Ada One", "Bea Two", "Cyd Three")) == 1
    assert "Skip this week" in mail
    stranger = cast.browser()
    with at(NOON + 2 * DAY):
        page = stranger.get(link_in(mail)).text
        assert "Skip this week" in page
        done = stranger.post(link_in(mail), data={"act": "skip"})
        assert "Nothing more this week." in words(done.text)
        link = link_in(mail)
        assert stranger.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
    with at(NOON + 9 * DAY):
        assert stranger.get(link_in(mail)).status_code == 404


def test_at_most_one_question_a_week_and_two_ignored_stop_it(cast: Cast, phone: Phone, settings: Settings) -> None:
    counts = [len(sent(cast, NOON + day * DAY, settings)) for day in range(1, 40)]
    assert counts[:7] == [1] * 7
    assert counts[7] == counts[-1] == 2
    post(phone, NOON + 41 * DAY, "/me/weekly", weekly="yes")
    assert len(sent(cast, NOON + 43 * DAY, settings)) == 3, "asked for again, it begins anew"


def test_looking_at_the_link_is_no_answer_and_skipping_is_one(cast: Cast, phone: Phone, settings: Settings) -> None:
    for week in range(5):
        mails = sent(cast, NOON + (1 + 7 * week) * DAY, settings)
        assert len(mails) == week + 1
        with at(NOON + (2 + 7 * week) * DAY):
            cast.browser().get(link_in(mails[-1]))
            cast.browser().post(link_in(mails[-1]), data={"act": "skip"})


def test_another_day_from_the_mail_puts_that_person_off(cast: Cast, phone: Phone, settings: Settings) -> None:
    [mail] = sent(cast, NOON + DAY, settings)
    with at(NOON + DAY):
        cast.browser().post(link_in(mail), data={"act": "later"})
        assert names_in(phone.get("/next").text) == ["Bea Two", "Cyd Three"]


def test_nothing_by_night_nor_in_quiet_hours_and_a_late_run_sends_it_once(
    cast: Cast, phone: Phone, settings: Settings
) -> None:
    post(phone, MORNING, "/me/quiet-hours", **{"from": "11:00", "until": "14:00"})
    for hours in (12, 14, 20, 23.9):
        assert sent(cast, MORNING + timedelta(hours=hours) + DAY, settings) == []
    assert sent(cast, datetime(2026, 11, 23, 12, tzinfo=UTC), settings) == []
    for minutes in (1, 2, 60):
        assert len(sent(cast, datetime(2026, 11, 23, 14, tzinfo=UTC) + timedelta(minutes=minutes), settings)) == 1


def test_whoever_did_not_ask_gets_none(cast: Cast, phone: Phone, settings: Settings) -> None:
    post(phone, MORNING, "/me/weekly", weekly="no")
    assert sent(cast, NOON + 2 * DAY, settings) == []


def test_the_calendar_is_secret_renewed_and_ended(cast: Cast, phone: Phone) -> None:
    with at(MORNING):
        other = re.findall(r"/people/([0-9a-f-]{36})/keeping", phone.get("/next").text)[0]
    post(phone, MORNING, f"/people/{other}/keeping", rhythm="now")
    stranger, links = cast.browser(), []
    for form in ({}, {}, {"none": "yes"}):
        page = post(phone, MORNING, "/me/calendar", then="/me", **form)
        with at(MORNING):
            page = phone.get("/me").text
        links += re.findall(r'href="https://mix.example.org(/calendars/[0-9a-f-]{36}/[0-9A-Z]{26}\.ics)"', page)
        with at(MORNING):
            codes = [stranger.get(link).status_code for link in links]
        assert codes == {1: [200], 2: [404, 200]}[len(links)] or form
        if not form:
            with at(MORNING):
                feed = stranger.get(links[-1]).text
            assert "DTSTART:20261219T083000Z" in feed
            assert "SUMMARY:Keep in touch: Ada One" in feed
    with at(MORNING):
        assert [stranger.get(link).status_code for link in links] == [404, 404]


def test_a7_after_sixty_quiet_days_one_small_step_and_a_no_silences_it_for_a_month(cast: Cast, phone: Phone) -> None:
    quiet = MORNING + 61 * DAY
    with at(MORNING + 58 * DAY):
        assert "One small step?" not in phone.get("/next").text
    with at(quiet):
        page = phone.get("/next").text
    assert page.count("One small step?") == 1
    assert names_in(page) == []
    assert page.partition('id="small-step"')[2].partition("</section>")[0].count("<a ") == 1
    assert "streak" not in page
    post(phone, quiet, "/next/small-step")
    for days in (0, 1, 29):
        with at(quiet + days * DAY):
            assert "One small step?" not in phone.get("/next").text
    with at(quiet + SILENCED_FOR):
        assert "One small step?" in phone.get("/next").text
