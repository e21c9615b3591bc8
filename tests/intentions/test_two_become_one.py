"""What somebody said about themselves stays theirs when two claims become one, and goes when they go."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from tests.cast import Cast, keep
from tests.intentions.pages import evening, place_of, read, say
from tests.mydata.test_joining import join_now
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import Base, db, writing
from webapp.core.identifiers import new_id
from webapp.events.guests import cancel_guest
from webapp.events.models import Attendee
from webapp.intentions.models import Enquiries, Mood
from webapp.mydata.joining import Joined


def test_own_words_are_read_by_who_stays_and_what_was_said_twice_is_said_once(app: Flask, cast: Cast) -> None:
    stays, goes = cast.ann, cast.guest("Ann Again", claimed=True)
    other = cast.browser(goes.person_id)
    say(other, "/me/season", words="Listen first", season="fun")
    say(other, "/me/help", words="Hosted a table")
    say(other, "/me/load", evenings=3)
    elsewhere = evening(cast, 4)
    for number, (person, mood) in enumerate([(stays, "tired"), (goes, "lifted")]):
        said = now() + timedelta(minutes=number)
        keep(Mood(id=new_id(), person_id=person.person_id, event_id=cast.mixer.id, mood=mood, at=said))
        month = now().date().replace(day=1)
        keep(Enquiries(id=new_id(), person_id=person.person_id, month=month, number=3 - number))
    keep(Mood(id=new_id(), person_id=goes.person_id, event_id=elsewhere.id, mood="even", at=now()))
    assert join_now(app, stays.person_id, goes.person_id) == Joined()
    mine = cast.browser(stays.person_id)
    assert "Listen first" in read(mine, "/me/week")
    assert "Was it fun?" in read(mine, "/me/week")
    assert "Hosted a table" in read(mine, "/me/help")
    assert "You want at most 3." in read(mine, "/me/load")
    moods = {row.event_id: row.mood for row in db.session.scalars(select(Mood))}
    assert moods == {cast.mixer.id: "lifted", elsewhere.id: "even"}, "the later one"
    assert [row.number for row in db.session.scalars(select(Enquiries))] == [3], "the higher one"
    assert {row.person_id for row in db.session.scalars(select(Mood))} == {stays.person_id}


def test_who_leaves_takes_all_of_it_along(cast: Cast) -> None:
    mine = cast.browser(cast.ann.person_id, fresh=True)
    say(mine, "/me/season", words="Listen first", season="fun")
    say(mine, "/me/help", words="Hosted a table")
    say(mine, "/me/load", evenings=3)
    say(mine, "/me/enquiries", number=2)
    say(mine, f"/me/moods/{place_of(cast, cast.ann, evening(cast, 4)).event_id}", mood="even")
    tables = ["intentions", "helps", "measures", "enquiries", "moods"]
    assert [_count(name) for name in tables] == [1] * 5
    assert mine.post("/me/leaving", data={"sure": "yes"}).status_code == 303
    assert [_count(name) for name in tables] == [0] * 5


def _count(name: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) or 0


def test_who_has_two_places_at_one_event_lends_one_hand(app: Flask, cast: Cast) -> None:
    ahead = now() + timedelta(days=3)
    event = cast.event(cast.circle, starts_at=ahead, ends_at=ahead + timedelta(hours=2), greeters=3)
    goes = cast.guest("Ann Again", claimed=True)
    for me in (cast.ann, goes):
        place = place_of(cast, me, event)
        say(cast.browser(me.person_id), f"/coming/{place.id}/hand", hand="greeter")
    assert "Greeters 2 of 3" in read(cast.browser(cast.dora.id), f"/events/{event.id}")
    assert join_now(app, cast.ann.person_id, goes.person_id) == Joined()
    assert "Greeters 1 of 3" in read(cast.browser(cast.dora.id), f"/events/{event.id}")


def test_the_hand_stays_at_the_place_that_stands_whatever_became_of_the_other(app: Flask, cast: Cast) -> None:
    ahead = now() + timedelta(days=3)
    event = cast.event(cast.circle, starts_at=ahead, ends_at=ahead + timedelta(hours=2), greeters=1)
    stays, goes = cast.ann, cast.guest("Ann Again", claimed=True)
    places = {me.id: place_of(cast, me, event) for me in (stays, goes)}
    say(cast.browser(goes.person_id), f"/coming/{places[goes.id].id}/hand", hand="greeter")
    with writing() as session:
        cancel_guest(session, session.get_one(Attendee, places[stays.id].id), by=NOBODY, at=now())
        session.commit()
    assert join_now(app, stays.person_id, goes.person_id) == Joined()
    assert "Greeters 1 of 1" in read(cast.browser(cast.dora.id), f"/events/{event.id}")
    assert "Greeter: Autumn mixer" in read(cast.browser(stays.person_id), "/me/help")
