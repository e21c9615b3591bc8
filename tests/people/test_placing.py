"""I can't place this person: the evening around a meeting, out of my own story and nobody else's."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import counted_statements, rename, words, write_note
from tests.web.pages import visit
from webapp.contacts.queries import meetings_of_pair
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee
from webapp.people.placing import find_around


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


@pytest.fixture
def start() -> datetime:
    """When Ann met the first of the evening."""
    return now() - timedelta(minutes=28)


@pytest.fixture
def five(cast: Cast, start: datetime) -> list[Attendee]:
    """Five people Ann met, five minutes apart."""
    people = [cast.guest(name) for name in ("First Fry", "Second Sun", "Third Thorn", "Fourth Ford", "Fifth Finn")]
    for minutes, guest in enumerate(people):
        met(cast, cast.ann, guest, at=start + timedelta(minutes=5 * minutes))
    return people


def help_for(phone: FlaskClient, guest: Attendee) -> str:
    """What the helper says on this person's page."""
    page = visit(phone, f"/people/{guest.person_id}")
    assert page.faults == []
    return words("<main>" + page.text.partition("<summary>I can’t place")[2].partition("</details>")[0] + "</main>")


def order(said: str) -> list[str]:
    """First names in the order they are said."""
    return re.findall(r"\b(First|Second|Third|Fourth|Fifth)\b", said)


def test_it_tells_whom_i_met_just_before_and_after_by_the_clock(phone: FlaskClient, five: list[Attendee]) -> None:
    said = help_for(phone, five[2])
    assert order(said) == ["First", "Second", "Third", "Fourth", "Fifth"]
    assert "Number 3 of the 5 people you met there." in said
    assert len(re.findall(r"\b\d{1,2}:\d\d\b", said)) == 5


def test_at_either_end_of_the_evening_one_side_is_empty(phone: FlaskClient, five: list[Attendee]) -> None:
    assert order(help_for(phone, five[0])) == ["First", "Second", "Third"]
    assert order(help_for(phone, five[4])) == ["Third", "Fourth", "Fifth"]


def test_names_are_the_ones_i_may_know(phone: FlaskClient, cast: Cast, start: datetime, five: list[Attendee]) -> None:
    guest = cast.guest("Printed Name", claimed=True)
    meeting = met(cast, cast.ann, guest, at=start + timedelta(minutes=6))
    rename(guest, "Chosen Name")
    assert "Printed Name" in help_for(phone, five[2])
    gave(meeting, guest)
    assert "Chosen Name" in help_for(phone, five[2])


def test_it_says_what_i_wrote_and_whether_they_were_new_to_me(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    assert "You wrote nothing." in help_for(phone, cast.ben)
    write_note(cast, meeting.id, cast.ann.person_id, "Keeps bees on a roof.", knew=False)
    said = help_for(phone, cast.ben)
    assert "You met nobody else there." in said
    assert "They were new to you. You wrote: Keeps bees on a roof." in said
    write_note(cast, meeting.id, cast.ann.person_id, "Keeps bees on a roof.", knew=True)
    assert "You knew each other before." in help_for(phone, cast.ben)


def test_it_tells_nothing_of_what_others_did_that_evening(
    phone: FlaskClient, cast: Cast, start: datetime, five: list[Attendee]
) -> None:
    stranger = cast.guest("Stranger Stone")
    theirs = met(cast, cast.ben, stranger, at=start + timedelta(minutes=9))
    write_note(cast, theirs.id, cast.ben.person_id, "An unseen word.")
    page = phone.get(f"/people/{five[2].person_id}").text
    assert "Stranger" not in page
    assert "unseen" not in page


def test_each_evening_with_the_same_person_has_its_own_surroundings(
    phone: FlaskClient, cast: Cast, five: list[Attendee]
) -> None:
    lunch = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    again = Attendee(event_id=lunch.id, person_id=five[2].person_id)
    met(cast, cast.ann, again, at=now() - timedelta(days=90))
    met(cast, cast.ann, cast.guest("Lunch Lee", event=lunch), at=now() - timedelta(days=90, minutes=-5))
    page = visit(phone, f"/people/{five[2].person_id}")
    assert page.faults == []
    tonight, before = page.text.split("And before")
    assert "Lunch Lee" in before
    assert "Lunch Lee" not in tonight
    assert "Fourth Ford" in tonight
    assert "Fourth Ford" not in before


def test_ten_evenings_take_as_many_statements_as_one(cast: Cast, five: list[Attendee]) -> None:
    me = cast.ann.person_id
    met(cast, cast.ann, cast.ben)

    def statements() -> int:
        meetings = meetings_of_pair(db.session(), me, cast.ben.person_id)
        with counted_statements() as sent:
            assert len(find_around(db.session(), me, meetings)) == len(meetings)
        return len(sent)

    first = statements()
    for days in range(1, 10):
        event = cast.event(cast.circle, starts_at=now() - timedelta(days=days))
        met(cast, cast.ann, Attendee(event_id=event.id, person_id=cast.ben.person_id))
        met(cast, cast.ann, cast.guest("Someone Else", event=event))
    assert statements() == first
