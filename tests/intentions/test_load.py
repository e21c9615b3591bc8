"""What one has taken on against limits of one's own: one evening too many is asked twice (practice A5)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.cast import Cast
from tests.intentions.pages import TODAY, evening, place_of, read, say
from tests.people.evening import met
from tests.people.pages import words
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.inviting import invite, link_of
from webapp.events.models import Attendee, Event, Invitation
from webapp.web.current import current_keyring


@pytest.fixture
def phone(cast: Cast) -> Iterator[FlaskClient]:
    """Ann's, on a Wednesday in June; the mixer she is at is in the same month."""
    with time_machine.travel(TODAY, tick=False):
        yield cast.browser(cast.ann.person_id)


def invited(cast: Cast, event: Event, me: Attendee) -> str:
    """A place at this event that is not taken yet, and the path of the invitation to it."""
    place = place_of(cast, me, event, claimed=False)
    with writing() as session:
        held = session.get_one(Event, event.id)
        invite(session, held, keyring=current_keyring(), by=cast.actor(cast.dora.id), at=now())
        session.commit()
    invitation = db.session.scalars(select(Invitation.id).where(Invitation.attendee_id == place.id)).one()
    return f"/invitation/{link_of(current_keyring(), invitation)}"


def busy(cast: Cast) -> str:
    """Three evenings of June are taken; the way to a fourth."""
    for day in (17, 24):
        place_of(cast, cast.ann, evening(cast, day))
    return invited(cast, evening(cast, 29, title="Summer table"), cast.ann)


def everything() -> dict[str, list[Any]]:
    """Every row there is, but for when a browser was last seen."""
    db.session.rollback()
    with db.engine.connect() as connection:
        rows = {name: list(connection.execute(text(f'SELECT * FROM "{name}"'))) for name in db.metadata.tables}  # noqa: S608  # our own tables
    return {name: found for name, found in rows.items() if name != "sign_in_sessions"}


def test_a5_a_limit_of_three_shows_the_count_before_the_fourth_and_asks(cast: Cast, phone: FlaskClient) -> None:
    link = busy(cast)
    say(phone, "/me/load", evenings=3)
    asked = phone.post(link)
    assert asked.status_code == 409
    assert "Evening 4 in Jun 2026" in words(asked.text)
    assert "You want 3 at most." in words(asked.text)
    taken = db.session.scalars(select(Attendee).where(Attendee.claimed_at.is_(None))).one()
    db.session.rollback()
    assert phone.post(link, data={"sure": "yes"}).status_code == 303
    assert db.session.get_one(Attendee, taken.id, populate_existing=True).claimed_at is not None
    assert "4 evenings" in read(phone, "/me/load")
    assert "That is 1 more." in read(phone, "/me/load")


def test_a5_declining_costs_nothing_and_is_shown_to_nobody(cast: Cast, phone: FlaskClient) -> None:
    link, dora = busy(cast), cast.browser(cast.dora.id)
    say(phone, "/me/load", evenings=3)
    event = db.session.scalars(select(Event).where(Event.title == "Summer table")).one()
    pages = [f"/events/{event.id}{rest}" for rest in ("", "/guests", "/invitations")]
    before, seen = everything(), [dora.get(path).text for path in pages]
    asked = phone.post(link)
    assert '<a class="button quiet wide-button" href="/">Not this time</a>' in asked.text
    assert phone.get("/", follow_redirects=True).status_code == 200
    assert everything() == before, "nothing is written"
    assert [words(dora.get(path).text) for path in pages] == [words(text) for text in seen]
    assert "I’m Ann Achebe" in phone.get(link).text, "and the invitation stands"


def test_a5_below_the_limit_and_in_another_month_nothing_is_asked(cast: Cast, phone: FlaskClient) -> None:
    for day in (17, 24):
        place_of(cast, cast.ann, evening(cast, day))
    say(phone, "/me/load", evenings=3)
    link = invited(cast, evening(cast, 1, month=7), cast.ann)
    assert phone.post(link).status_code == 303


def test_a5_it_is_off_until_asked_for_and_off_again(cast: Cast, phone: FlaskClient) -> None:
    assert "June" not in read(phone, "/me/load")
    assert "open promise" not in read(phone, "/me/load").replace("Open promises, at most", "")
    link = busy(cast)
    say(phone, "/me/load", evenings=3)
    assert phone.post(link).status_code == 409
    say(phone, "/me/load", none="yes")
    assert "3 evenings" not in read(phone, "/me/load")
    assert phone.post(link).status_code == 303


def test_a5_who_is_not_signed_in_is_asked_where_the_link_would_sign_them_in(cast: Cast, phone: FlaskClient) -> None:
    link = busy(cast)
    say(phone, "/me/load", evenings=3)
    browser = cast.browser()
    assert "Evening 4" not in browser.get(link).text, "who only looks, a mail program too, is told nothing"
    assert browser.post(link).status_code == 409
    assert browser.get("/me/load").status_code == 303, "and is not signed in by asking"
    assert browser.post(link, data={"sure": "yes"}).status_code == 303
    assert "4 evenings" in read(browser, "/me/load")


def test_a5_somebody_else_who_opens_my_mail_reads_never_my_count(cast: Cast, phone: FlaskClient) -> None:
    link = busy(cast)
    say(phone, "/me/load", evenings=3)
    ben = cast.browser(cast.ben.person_id)
    assert ben.post(link, data={"who": "me"}).status_code == 303
    assert "Evening" not in read(ben, "/me/load").replace("Evenings a month", "")


def test_a5_saying_that_i_come_to_one_too_many_is_asked_too(cast: Cast, phone: FlaskClient) -> None:
    *_others, last = [place_of(cast, cast.ann, evening(cast, day)) for day in (17, 24, 29)]
    say(phone, "/me/load", evenings=3)
    asked = phone.post(f"/coming/{last.id}", data={"shown": "yes"})
    assert asked.status_code == 409
    assert "Evening 4 in Jun 2026" in words(asked.text)
    assert not db.session.get_one(Attendee, last.id, populate_existing=True).shows_coming
    db.session.rollback()
    assert phone.post(f"/coming/{last.id}", data={"shown": "yes", "sure": "yes"}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Attendee, last.id, populate_existing=True).shows_coming
    db.session.rollback()
    assert phone.post(f"/coming/{last.id}", data={"shown": "no"}).status_code == 303, "hiding it is never asked about"


def test_a5_promises_and_check_ins_are_counted_against_their_limits(cast: Cast, phone: FlaskClient) -> None:
    meeting = met(cast, cast.ann, cast.ben, at=now())
    for number in range(3):
        phone.post(f"/meetings/{meeting.id}/memory", data={"promise": f"Send thing {number}"})
    phone.post(f"/people/{cast.ben.person_id}/keeping", data={"rhythm": "own", "ideal": "10", "worst": "20"})
    say(phone, "/me/load", evenings="", promises=2, check_ins=0)
    page = read(phone, "/me/load")
    assert "3 open promises You want at most 2. That is 1 more." in page
    assert "1 person to keep in touch with You want at most 0. That is 1 more." in page
    assert "1 evening 3 open promises" in page, "no limit was set for these"
    with time_machine.travel(TODAY.replace(month=7, day=28), tick=False):
        later = read(cast.browser(cast.ann.person_id), "/me/load")
        assert "0 evenings" in later, "a new month begins anew"
        assert "3 open promises" in later
