"""How evenings leave one, in one tap, and who asked for one's work: on the axis, and no causal word (practice A13)."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast
from tests.chains.test_pictures import CAUSAL
from tests.intentions.pages import TODAY, evening, place_of, read, say
from tests.people.pages import words
from webapp.core.database import db
from webapp.events.models import Attendee, Event
from webapp.intentions.models import Enquiries, Mood


@pytest.fixture
def phone(cast: Cast) -> Iterator[FlaskClient]:
    """Ann's, on a Wednesday in June."""
    with time_machine.travel(TODAY, tick=False):
        yield cast.browser(cast.ann.person_id)


def been_to(cast: Cast, day: int, month: int = 6) -> Event:
    """An evening Ann had a place at."""
    event = evening(cast, day, month)
    place_of(cast, cast.ann, event)
    return event


def axis(client: FlaskClient) -> str:
    return client.get("/me/outcomes/months").text.partition('id="months-head"')[2].partition("</section>")[0]


def test_a13_mood_in_one_tap_and_two_enquiries_stand_on_the_axis(cast: Cast, phone: FlaskClient) -> None:
    last_week, in_may = been_to(cast, 4), been_to(cast, 20, month=5)
    say(phone, "/me/moods", wanted="yes")
    here = f"/people/evenings/{last_week.id}"
    form = phone.get(here).text.partition(f'id="mood-{last_week.id}"')[2].partition("</form>")[0]
    taps = re.findall(r'<button class="chip" type="submit" name="mood" value="(\w+)"', form)
    assert taps == ["lifted", "even", "tired"]
    said = phone.post(f"/me/moods/{last_week.id}", data={"mood": "lifted", "then": here})
    assert said.location == here, "one tap, and back"
    say(phone, f"/me/moods/{in_may.id}", mood="tired")
    say(phone, "/me/enquiries", month="2026-06-01", number=2)
    part = axis(phone)
    assert part.count('class="mood-dot"') == 2
    assert re.findall(r'class="asked"[^>]*>(\d+)<', part) == ["2"]
    rows = dict(re.findall(r'<th scope="row">(\w+ \d+)</th>(.*?)</tr>', part))
    assert re.search(r'<td class="number">2</td><td>1 × Full of energy</td>', rows["Jun 2026"])
    assert re.search(r'<td class="number">0</td><td>1 × Worn out</td>', rows["May 2026"])
    assert not CAUSAL.search(words(f"<main>{part}</main>")), "both fell in these months, and no more is said"


def test_a13_it_is_off_until_asked_for_and_off_again(cast: Cast, phone: FlaskClient) -> None:
    event = been_to(cast, 9)
    for path in (f"/people/evenings/{event.id}", "/me/week", "/me/moods"):
        assert "How did it leave you?" not in read(phone, path), path
    say(phone, "/me/moods", wanted="yes")
    for path in (f"/people/evenings/{event.id}", "/me/week", "/me/moods"):
        assert "How did it leave you?" in read(phone, path), path
    say(phone, f"/me/moods/{event.id}", mood="even")
    say(phone, "/me/enquiries", month="2026-06-01", number=3)
    assert "How did it leave you?" not in read(phone, "/me/week"), "said once, it is asked no more"
    assert 'class="mood-dot"' in axis(phone)
    say(phone, "/me/moods", wanted="no")
    assert "How did it leave you?" not in read(phone, f"/people/evenings/{event.id}")
    assert 'class="mood-dot"' not in axis(phone)
    assert 'class="asked"' not in axis(phone)
    say(phone, "/me/moods", wanted="yes")
    assert 'class="mood-dot"' in axis(phone), "nothing was lost"


def test_a13_the_last_tap_counts_and_the_same_tap_takes_it_back(cast: Cast, phone: FlaskClient) -> None:
    event = been_to(cast, 9)
    for mood in ("lifted", "tired"):
        say(phone, f"/me/moods/{event.id}", mood=mood)
    assert [row.mood for row in db.session.scalars(select(Mood))] == ["tired"]
    say(phone, "/me/moods", wanted="yes")
    pressed = re.findall(r'value="(\w*)" aria-pressed="true"', phone.get("/me/moods").text)
    assert pressed == [""]
    say(phone, f"/me/moods/{event.id}", mood="")
    db.session.rollback()
    assert db.session.scalars(select(Mood)).all() == []


def test_a13_nobody_says_how_an_evening_of_others_left_them(cast: Cast, phone: FlaskClient) -> None:
    elsewhere = cast.event(cast.other_circle)
    assert phone.post(f"/me/moods/{elsewhere.id}", data={"mood": "lifted"}).status_code == 404
    event = been_to(cast, 9)
    say(phone, "/me/moods", wanted="yes")
    say(phone, f"/me/moods/{event.id}", mood="tired")
    organizer = cast.browser(cast.dora.id)
    place = db.session.scalars(select(Attendee.id).where(Attendee.event_id == event.id)).one()
    for path in (f"/events/{event.id}", f"/events/{event.id}/guests/{place}", "/me/moods", "/me/outcomes/months"):
        assert "Worn out" not in organizer.get(path).text


def test_enquiries_are_one_number_a_month_and_none_is_none(phone: FlaskClient) -> None:
    for number in ("2", "5", "many", "-1", "1000000"):
        say(phone, "/me/enquiries", month="2026-06-15", number=number)
        db.session.rollback()
        kept = [row.number for row in db.session.scalars(select(Enquiries))]
        assert kept == {"2": [2], "5": [5], "many": [], "-1": [], "1000000": [999]}[number]
