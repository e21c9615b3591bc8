"""Every contact keeps the circle it came from, and the words I have for it (practice A2)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.people.evening import met
from tests.people.pages import counted_statements, names, words
from tests.swaps.evening import EveningOut
from webapp.circles.founding import found_circle
from webapp.contacts.models import Tag, Tagging
from webapp.contacts.tagging import MOST_ON_ONE, MOST_WORDS, TooManyTags, Words, add_tag, words_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.mydata.joining import join

Shown = Callable[..., list[str]]


@pytest.fixture
def ann(evening: EveningOut) -> FlaskClient:
    """Ann's phone."""
    return evening.cast.browser(evening.cast.ann.person_id)


@pytest.fixture
def shown(ann: FlaskClient) -> Shown:
    """Whom her list shows."""
    return lambda **asked: names(ann.get("/people", query_string=asked).text)


def found(cast: Cast, name: str) -> Event:
    """A circle, founded as `mixwell circle` does, and an evening of it that goes on now."""
    with writing() as session:
        circle = found_circle(session, name, hue=30, zone="Europe/London", organizer_id=cast.dora.id, at=now())
        session.commit()
    return cast.event(circle, title=f"{name} evening")


def seat(cast: Cast, event: Event, person_id: UUID, name: str) -> Attendee:
    """A place for somebody who has an account already."""
    place = cast.guest(name, event=event)
    with writing() as session:
        session.get_one(Attendee, place.id).person_id = person_id
        session.commit()
    place.person_id = person_id
    return place


def swap(evening: EveningOut, event: Event, me: UUID, other: UUID, name: str) -> None:
    """Both come, and scan each other's badges."""
    mine, theirs = (seat(evening.cast, event, *who) for who in ((me, "Ann Achebe"), (other, name)))
    for guest in (mine, theirs):
        evening.arrive(guest)
    evening.meet(mine, theirs)
    evening.meet(theirs, mine)


def test_a2_three_circles_filter_the_list_and_whoever_was_met_in_two_shows_both(
    evening: EveningOut,
) -> None:
    cast, me = evening.cast, evening.cast.ann.person_id
    people = {name: cast.person(name) for name in ("Ben Speaks", "Mia Trades", "Noa Prays")}
    circles = {}
    rounds = {
        "Speaking Club": ("Ben Speaks", "Mia Trades"),
        "Business Circle": ("Mia Trades",),
        "Synagogue Board": ("Noa Prays",),
    }
    with time_machine.travel(now(), tick=False) as clock:
        for name, guests in rounds.items():
            event = found(cast, name)
            circles[name] = str(event.circle_id)
            for guest in guests:
                swap(evening, event, me, people[guest].id, guest)
            clock.shift(timedelta(days=7))
        ann = cast.browser(me)
        page = ann.get("/people").text
    assert all(f"<bdi>{name}</bdi></a>" in page for name in rounds), "a filter for each circle"
    lists = {name: names(ann.get("/people", query_string={"circle": one}).text) for name, one in circles.items()}
    assert {name: sorted(guests) for name, guests in lists.items()} == {n: sorted(g) for n, g in rounds.items()}
    both = '<p class="known-by"><span><bdi>Business Circle</bdi></span><span><bdi>Speaking Club</bdi></span></p>'
    for name in ("Speaking Club", "Business Circle"):
        assert both in ann.get("/people", query_string={"circle": circles[name]}).text
    assert page.count("known-by") == 2, "Mia twice, and nobody else"
    about = words(ann.get(f"/people/{people['Mia Trades'].id}").text)
    assert "Business Circle" in about
    assert "Speaking Club" in about


def test_a2_a_filter_by_circle_goes_with_words_and_says_so(evening: EveningOut, shown: Shown) -> None:
    cast = evening.cast
    met(cast, cast.ann, cast.ben)
    there = cast.guest("Zoe Twin", event=cast.other_mixer)
    met(cast, seat(cast, cast.other_mixer, cast.ann.person_id, "Ann Achebe"), there)
    assert sorted(shown()) == ["Ben Adeyemi", "Zoe Twin"]
    assert shown(circle=cast.circle.id) == ["Ben Adeyemi"]
    assert shown(circle=cast.circle.id, q="zoe") == []
    assert shown(circle=cast.other_circle.id, event=cast.mixer.id) == []
    assert shown(circle="nonsense") == shown()


# My own words.


def tag(phone: FlaskClient, other: Attendee, word: str) -> str:
    """Type a word on somebody's page; what the page then says."""
    return phone.post(f"/people/{other.person_id}/tags", data={"word": word}, follow_redirects=True).text


def mine(evening: EveningOut, me: Attendee) -> Words:
    db.session.rollback()
    return words_of(db.session(), me.person_id, Sealed(evening.keyring, "notes"))


def test_a2_people_are_filtered_by_words_of_my_own_that_nobody_else_sees(
    evening: EveningOut, ann: FlaskClient, shown: Shown
) -> None:
    cast = evening.cast
    cleo = cast.guest("Cleo Costa", claimed=True)
    for other in (cast.ben, cleo):
        met(cast, cast.ann, other)
    tag(ann, cast.ben, "Typesetting")
    tag(ann, cleo, "Ghent")
    page = tag(ann, cleo, " typesetting ")
    assert '<option value="Ghent">' not in page, "what is there already is not suggested"
    assert '<option value="Ghent">' in ann.get(f"/people/{cast.ben.person_id}").text
    known = {word.text: word.id for word in mine(evening, cast.ann).all}
    assert list(known) == ["Ghent", "Typesetting"], "in the order of the alphabet, whatever the capitals"
    assert sorted(shown(tag=known["Typesetting"])) == ["Ben Adeyemi", "Cleo Costa"]
    assert shown(tag=known["Ghent"]) == ["Cleo Costa"]
    assert shown(q="ghent") == ["Cleo Costa"], "and found by the word"
    for other in (cast.ben, cleo):
        theirs = cast.browser(other.person_id)
        pages = [theirs.get(path).text for path in ("/people", f"/people/{cast.ann.person_id}", "/me")]
        assert not any("Typesetting" in text or "Ghent" in text for text in pages)
        assert names(theirs.get("/people", query_string={"tag": known["Typesetting"]}).text) == []
    assert not any(b"Typesetting" in row.sealed_word for row in db.session.scalars(select(Tag)))


def test_a_word_that_nobody_carries_is_gone(evening: EveningOut, ann: FlaskClient) -> None:
    cast = evening.cast
    met(cast, cast.ann, cast.ben)
    tag(ann, cast.ben, "Printers")
    [word] = mine(evening, cast.ann).of(cast.ben.person_id)
    removal = f"/people/{cast.ben.person_id}/tags/{word.id}/removal"
    assert cast.browser(cast.ben.person_id).post(removal).status_code == 404
    assert ann.post(removal).location == f"/people/{cast.ben.person_id}#tags"
    assert (mine(evening, cast.ann).all, mine(evening, cast.ann).by_person) == ([], {})


def test_words_have_an_end_on_one_and_in_all(evening: EveningOut, ann: FlaskClient) -> None:
    cast = evening.cast
    met(cast, cast.ann, cast.ben)
    for number in range(MOST_ON_ONE):
        tag(ann, cast.ben, f"Word {number}")
    assert "Take one of their other words away first" in tag(ann, cast.ben, "One more")
    assert "One more" not in tag(ann, cast.ben, "Word 0"), "the same again is no other"
    others = [cast.guest(f"Guest {number}") for number in range(MOST_WORDS // MOST_ON_ONE)]
    by, at, kept = cast.actor(cast.ann.person_id), now(), list[object]()
    for row, other in enumerate(others):
        met(cast, cast.ann, other)
        with writing() as session:
            said = [f"{row} {number}" for number in range(MOST_ON_ONE)]
            kept = [
                add_tag(session, new_id(), other.person_id, word, by=by, at=at, keyring=evening.keyring)
                for word in said
            ]
            session.commit()
    assert kept == [TooManyTags(on_one=False)] * MOST_ON_ONE
    assert len(mine(evening, cast.ann).all) == MOST_WORDS
    assert "You have forty words" in tag(ann, others[-1], "Another")


def test_nothing_is_no_word_and_a_stranger_takes_none(evening: EveningOut, ann: FlaskClient) -> None:
    cast = evening.cast
    assert ann.post(f"/people/{cast.ben.person_id}/tags", data={"word": "x"}).status_code == 404
    met(cast, cast.ann, cast.ben)
    assert "Write a word" in tag(ann, cast.ben, " — ")
    assert mine(evening, cast.ann).all == []


def test_the_same_sent_twice_is_one_word(evening: EveningOut, ann: FlaskClient) -> None:
    cast, operation = evening.cast, str(new_id())
    met(cast, cast.ann, cast.ben)
    for _ in range(2):
        ann.post(f"/people/{cast.ben.person_id}/tags", data={"word": "Gym", "operation_id": operation})
    assert [word.text for word in mine(evening, cast.ann).of(cast.ben.person_id)] == ["Gym"]


def test_two_who_become_one_carry_each_word_once_and_have_each_word_once(evening: EveningOut, ann: FlaskClient) -> None:
    cast, dee = evening.cast, evening.cast.guest("Dee Double", claimed=True)
    for one, other in ((cast.ann, cast.ben), (dee, cast.ben), (cast.ann, dee)):
        met(cast, one, other)
    fay = cast.guest("Fay Found", claimed=True)
    met(cast, cast.ann, fay)
    met(cast, dee, fay)
    herself, ben = cast.browser(dee.person_id), cast.browser(cast.ben.person_id)
    tag(ann, cast.ben, "Gym")
    tag(herself, cast.ben, "gym")
    tag(herself, fay, "gym")
    tag(ann, dee, "Twin")
    tag(ben, dee, "Baker")
    tag(ben, cast.ann, "Baker")
    with writing() as session:
        join(session, cast.ann.person_id, dee.person_id, sealed=Sealed(evening.keyring, "notes"), at=now())
        session.commit()
    hers, his = mine(evening, cast.ann), mine(evening, cast.ben)
    assert [word.text for word in hers.all] == ["Gym"]
    assert {person: [one.text for one in carried] for person, carried in hers.by_person.items()} == {
        cast.ben.person_id: ["Gym"],
        fay.person_id: ["Gym"],
    }
    assert {person: len(carried) for person, carried in his.by_person.items()} == {cast.ann.person_id: 1}
    assert db.session.scalar(select(func.count()).select_from(Tagging)) == 3


def test_forty_words_on_many_people_take_as_many_statements_as_one(evening: EveningOut, ann: FlaskClient) -> None:
    cast = evening.cast
    others = cast.crowd(12)
    for other in others:
        met(cast, cast.ann, other)
    counts = []
    for known in (others[:1], others[1:]):
        for number, other in enumerate(known):
            tag(ann, other, f"Word {number}")
        with counted_statements() as statements:
            ann.get("/people")
        counts.append(len(statements))
    assert counts[0] == counts[1]
