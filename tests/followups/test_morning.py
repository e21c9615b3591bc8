"""One quiet mail the morning after, in one's own words, and not a second one."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.followups.mornings import BASE, mails, next_morning, words
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.followups.morning import morning_after, who_hears
from webapp.followups.stopping import stop_link
from webapp.settings import Settings
from webapp.swaps.blocking import block


def who_would_hear(evening: EveningOut) -> set[str]:
    db.session.rollback()
    people = who_hears(db.session(), evening.cast.mixer.id)
    return set(db.session.scalars(select(Address.address_key).where(Address.person_id.in_(people))))


def stop_path(evening: EveningOut, address: str) -> str:
    address_id = db.session.scalars(select(Address.id).where(Address.address_key == address)).one()
    return stop_link(evening.app.extensions["mixwell.tools"].keyring, address_id)


def test_each_hears_of_whom_they_met_in_their_own_words(evening: EveningOut, settings: Settings) -> None:
    sent = mails(evening, next_morning(evening), settings)
    assert set(sent) == {"ann@example.org", "ben@example.org"}
    anns, bens = words(sent["ann@example.org"]), words(sent["ben@example.org"])
    assert sent["ann@example.org"]["Subject"] == "One person"
    assert all(said in anns for said in ("Ben Adeyemi", "You wrote: Rye bread", "Has your card.", "Enjoy your day."))
    assert "Gave you a card and waits for yours." in bens
    assert "Rye bread" not in bens


def test_nobody_hears_before_half_past_eight_nor_late_in_the_evening(evening: EveningOut, settings: Settings) -> None:
    assert mails(evening, next_morning(evening, -0.2), settings) == {}
    assert mails(evening, next_morning(evening, 13), settings) == {}


@pytest.mark.parametrize("days", [1, 3, 6])
def test_after_days_of_standstill_it_goes_out_by_day_once(evening: EveningOut, settings: Settings, days: int) -> None:
    assert mails(evening, next_morning(evening, 24 * days - 1), settings) == {}, "not before half past eight"
    assert set(mails(evening, next_morning(evening, 24 * days), settings)) == {"ann@example.org", "ben@example.org"}
    for file in (settings.data_dir / "mail").glob("*.eml"):
        file.unlink()
    assert mails(evening, next_morning(evening, 24 * days + 24), settings) == {}


def test_after_a_week_of_standstill_there_is_no_morning_left(evening: EveningOut, settings: Settings) -> None:
    assert mails(evening, next_morning(evening, 24 * 7 + 0.1), settings) == {}


def test_a_second_look_sends_nothing_more(evening: EveningOut, settings: Settings) -> None:
    mails(evening, next_morning(evening), settings)
    for file in (settings.data_dir / "mail").glob("*.eml"):
        file.unlink()
    assert mails(evening, next_morning(evening, 3), settings) == {}


def test_who_met_nobody_hears_nothing(evening: EveningOut, settings: Settings) -> None:
    evening.arrive(evening.cast.guest("Lone Guest", email="lone@example.org", claimed=True))
    assert set(mails(evening, next_morning(evening), settings)) == {"ann@example.org", "ben@example.org"}


def test_whom_i_blocked_is_not_in_my_mail(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    with writing() as session:
        block(session, new_id(), ann.person_id, by=evening.cast.actor(ben.person_id), at=now())
        session.commit()
    assert set(mails(evening, next_morning(evening), settings)) == {"ann@example.org"}


def test_the_mail_programs_own_button_stops_it_without_a_browser(evening: EveningOut, settings: Settings) -> None:
    mail = mails(evening, next_morning(evening), settings)["ann@example.org"]
    path = stop_path(evening, "ann@example.org")
    assert mail["List-Unsubscribe"] == f"<{BASE}{path}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert evening.cast.browser().get(path).status_code == 200
    assert "ann@example.org" in who_would_hear(evening), "looking stops nothing"
    assert post_plainly(evening, path, {}) == 303
    assert "ann@example.org" not in who_would_hear(evening)


def post_plainly(evening: EveningOut, path: str, headers: dict[str, str]) -> int:
    """The status of a POST as a mail provider's server makes it: with these headers and no others."""
    client = FlaskClient(evening.app, evening.app.response_class)
    with evening.app.app_context():
        return client.post(path, base_url=BASE, headers=headers, data={"List-Unsubscribe": "One-Click"}).status_code


def test_one_can_be_written_to_again(evening: EveningOut) -> None:
    path, browser = stop_path(evening, "ann@example.org"), evening.cast.browser()
    browser.post(path)
    assert "No more of these" in browser.get(path).text
    assert "ann@example.org" not in who_would_hear(evening)
    browser.post(path, data={"again": "yes"})
    assert "ann@example.org" in who_would_hear(evening)


def test_a_link_we_did_not_make_stops_nobody(evening: EveningOut) -> None:
    path = stop_path(evening, "ann@example.org")
    assert evening.cast.browser().post(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    assert "ann@example.org" in who_would_hear(evening)


def test_s_33_a_foreign_page_cannot_press_the_button(evening: EveningOut) -> None:
    """Only what is no browser at all goes without saying where it comes from, and only here."""
    path = stop_path(evening, "ann@example.org")
    foreign: list[dict[str, Any]] = [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.org"}]
    assert [post_plainly(evening, path, headers) for headers in foreign] == [403, 403]
    assert post_plainly(evening, "/sign-out", {}) == 403


@pytest.mark.parametrize(
    ("ends", "zone", "opens"),
    [
        ("2026-11-22T22:00+00:00", "Europe/London", "2026-11-23T08:30+00:00"),
        ("2026-11-23T00:30+00:00", "Europe/London", "2026-11-23T08:30+00:00"),
        ("2026-11-23T08:20+00:00", "Europe/London", "2026-11-24T08:30+00:00"),
        ("2026-11-23T05:00+00:00", "America/Los_Angeles", "2026-11-23T08:30-08:00"),
        ("2026-03-28T22:00+00:00", "Europe/Berlin", "2026-03-29T08:30+02:00"),
    ],
)
def test_the_morning_is_where_the_event_was(ends: str, zone: str, opens: str) -> None:
    assert morning_after(datetime.fromisoformat(ends), zone) == datetime.fromisoformat(opens)
