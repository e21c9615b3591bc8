"""Numbers about oneself, when asked for: counts that a hand can check, and nobody is rated."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from tests.cast import Cast
from tests.people.evening import met
from webapp.contacts.touching import OpenedTouch, Way
from webapp.contacts.wishing import Wished, wish_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.people.numbers import Answers, History, answers_by_way, balance, old_against_new, trend

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def day(year: int, month: int, number: int = 10) -> datetime:
    return datetime(year, month, number, 12, tzinfo=UTC)


def touch(at: datetime, way: Way = "message", answered: datetime | None = None) -> OpenedTouch:
    return OpenedTouch(uuid4(), uuid4(), way, False, at, answered, "")


def test_c9_new_active_at_rest_and_lost_over_twelve_months_match_a_count_by_hand() -> None:
    ties = [
        History([day(2024, 1)]),  # silent since: at rest all year
        History([day(2025, 8)]),  # in touch until half a year after: February
        History([day(2025, 8)], [touch(day(2026, 5))]),  # woken in May, in touch since
        History([day(2026, 3)], ended_at=day(2026, 6)),  # new in March, in touch, ended in June
        History([day(2026, 11)]),  # new this month
    ]
    counted = {
        (one.start.year, one.start.month): (one.new, one.active, one.at_rest, one.lost) for one in trend(ties, AT)
    }
    assert list(counted) == [(2025, 12), *((2026, month) for month in range(1, 12))]
    assert counted[2025, 12] == (0, 2, 1, 0)
    assert counted[2026, 1] == (0, 2, 1, 0)
    assert counted[2026, 2] == (0, 0, 3, 0)
    assert counted[2026, 3] == (1, 0, 3, 0)
    assert counted[2026, 4] == (0, 1, 3, 0)
    assert counted[2026, 5] == (0, 2, 2, 0)
    assert counted[2026, 6] == (0, 1, 2, 1)
    assert counted[2026, 10] == (0, 1, 2, 1)
    assert counted[2026, 11] == (1, 0, 3, 1)


def test_c9_each_tie_is_counted_once_in_every_month() -> None:
    ties = [History([day(2025, month)], [touch(day(2026, month))]) for month in range(1, 12)]
    for month in trend(ties, AT):
        known = sum(tie.met[0] < month.start + timedelta(days=31) for tie in ties)
        assert month.new + month.active + month.at_rest + month.lost <= known


def test_d7_after_twenty_approaches_each_way_lists_how_many_and_how_many_answers() -> None:
    answered = [touch(day(2026, 3), "message", day(2026, 3, 12)) for _ in range(3)]
    silent = [touch(day(2026, 3), "message") for _ in range(7)]
    mails = [touch(day(2026, 4), "mail", day(2026, 4, 11)), *(touch(day(2026, 4), "mail") for _ in range(9))]
    calls = [touch(day(2026, 4), "call")]
    found = answers_by_way([History([day(2026, 2)], [*answered, *silent, *mails, *calls])])
    assert found == {"message": Answers(10, 3, 2.0), "mail": Answers(10, 1, 1.0)}


def test_c14_reconnecting_against_new_ties_with_the_counts_after_ten_of_each() -> None:
    old = [
        History([day(2024, 1)], [touch(day(2026, 3), answered=day(2026, 3, 11) if n < 6 else None)]) for n in range(10)
    ]
    new = [
        History([day(2026, 2)], [touch(day(2026, 3), answered=day(2026, 3, 14) if n < 4 else None)]) for n in range(10)
    ]
    assert old_against_new(old + new) == (Answers(10, 6, 1.0), Answers(10, 4, 4.0))


def test_c28_a_month_of_only_meeting_shows_the_gap(cast: Cast) -> None:
    for other in cast.crowd(2):
        met(cast, cast.ann, other, at=now() - timedelta(minutes=1))
    phone = cast.browser(cast.ann.person_id)
    assert "balance you wished" not in phone.get("/me/numbers").text
    assert phone.post("/me/wishes", data={"tend_for_one": "3"}).location == "/me/numbers"
    assert "6 old ties to go, for the balance you wished." in phone.get("/me/numbers").text


def test_c28_tending_and_meeting_are_counted_apart() -> None:
    tended = [History([day(2026, 3)], [touch(day(2026, 11, 5))]), History([day(2026, 3)])]
    assert vars(balance([*tended, History([day(2026, 11, 20)])], AT)) == {"tended": 1, "met": 1}


@pytest.mark.parametrize(
    ("typed", "kept"), [("3", 3), ("", None), ("0", None), ("-2", None), ("99", 10), ("many", None), ("٣", 3)]
)
def test_a_wish_is_a_small_number_or_none(cast: Cast, typed: str, kept: int | None) -> None:
    cast.browser(cast.ann.person_id).post("/me/wishes", data={"tend_for_one": typed})
    assert wish_of(db.session(), cast.ann.person_id) == Wished(kept)


def test_c11_tending_is_switched_on_and_off_and_keeps_the_other_wish(cast: Cast) -> None:
    phone = cast.browser(cast.ann.person_id)
    phone.post("/me/wishes", data={"tend_for_one": "3"})
    phone.post("/me/wishes", data={"tending": "yes"})
    assert wish_of(db.session(), cast.ann.person_id) == Wished(3, tending=True)
    assert "Next begins with people you know" in phone.get("/me/numbers").text
    phone.post("/me/wishes", data={"tending": "no"})
    db.session.rollback()
    db.session.expire_all()
    assert wish_of(db.session(), cast.ann.person_id) == Wished(3)


def test_c11_while_i_tend_next_holds_old_ties_alone_and_nobody_is_lost(cast: Cast) -> None:
    met(cast, cast.ann, cast.ben, at=now())
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        phone = cast.browser(cast.ann.person_id)
        assert "Ben Adeyemi" in phone.get("/next").text
        phone.post("/me/wishes", data={"tending": "yes"})
        assert "Ben Adeyemi" not in phone.get("/next").text
        assert "Ben Adeyemi" in phone.get("/people").text
        keep_in_touch = {"rhythm": "now"}
        phone.post(f"/people/{cast.ben.person_id}/keeping", data=keep_in_touch)
    with time_machine.travel(now() + timedelta(days=120), tick=True):
        assert "Ben Adeyemi" in cast.browser(cast.ann.person_id).get("/next").text


def test_d20_no_page_of_numbers_rates_a_person(cast: Cast) -> None:
    met(cast, cast.ann, cast.ben)
    assert "Ben" not in cast.browser(cast.ann.person_id).get("/me/numbers").text


def test_nothing_yet_is_said_in_words(cast: Cast) -> None:
    assert "Nothing yet." in cast.browser(cast.ann.person_id).get("/me/numbers").text
