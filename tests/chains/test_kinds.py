"""What somebody did to keep in touch, and introductions that were made, are parts of chains like any other."""

from datetime import date

import pytest

from tests.chains.ledger import TODAY, Pages, titles
from tests.introductions.trio import Trio, make_trio
from tests.people.pages import words
from webapp.chains.activity import months_of
from webapp.chains.kinds import Node, written
from webapp.chains.statements import Period, page_of
from webapp.contacts.models import Touch
from webapp.core.database import db


def coffee_with(pages: Pages, name: str, **form: str) -> str:
    """Ann had a coffee with somebody she met in March, and wrote that down; how forms name the coffee."""
    ben = pages.met(name, date(2026, 3, 2))
    sent = pages.client.post(f"/people/{ben.person_id}/touches", data={"way": "coffee", "words": "His boat", **form})
    assert sent.status_code == 303, sent.text
    [touch] = db.session.query(Touch).filter_by(other_id=ben.person_id)
    found = written(Node("touch", touch.id))
    db.session.rollback()
    return found


def brought_together(trio: Trio) -> str:
    """Both said yes; how forms name it."""
    introduction_id = trio.introduce()
    for guest in (trio.ben, trio.cleo):
        trio.answer(introduction_id, guest, "yes")
    return written(Node("introduction", introduction_id))


def test_a_coffee_is_picked_and_told_with_its_day_and_words(pages: Pages) -> None:
    coffee = coffee_with(pages, "Ben Adeyemi", no_agenda="yes")
    assert f'value="{coffee}"' in pages.client.get("/me/outcomes/new").text
    outcome = pages.write(words="The harbour job", day=TODAY, through=coffee)
    assert titles(pages.page(outcome)) == ["A coffee, Ben Adeyemi", "The harbour job"]
    assert "His boat" in words(pages.page(outcome))
    assert pages.chain(outcome).attributed


def test_an_introduction_that_was_made_is_told_and_counted_once(pages: Pages) -> None:
    trio = make_trio(pages.cast.app, pages.cast)
    made = brought_together(trio)
    outcome = pages.write(words="Their boatyard", day=TODAY, through=made)
    assert titles(pages.page(outcome)) == ["You introduced Ben Adeyemi and Cleo Third", "Their boatyard"]
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert page_of(pages.ledger(), year, [], TODAY, hours="", cost="").introductions == 1
    db.session.rollback()


def test_who_was_introduced_tells_it_from_their_side(pages: Pages) -> None:
    trio = make_trio(pages.cast.app, pages.cast)
    made = brought_together(trio)
    ben = Pages(pages.cast, pages.cast.browser(trio.ben.person_id), trio.ben.person_id)
    assert titles(ben.page(ben.write(through=made)))[0] == "Ann Achebe introduced you to Cleo Third"


@pytest.mark.parametrize("what", ["asked", "somebody else's", "a stranger's coffee"])
def test_what_is_not_mine_or_was_not_made_is_no_part_of_a_chain(pages: Pages, what: str) -> None:
    trio = make_trio(pages.cast.app, pages.cast)
    if what == "asked":
        thing = written(Node("introduction", trio.introduce()))
    elif what == "somebody else's":
        thing = brought_together(trio)
    else:
        thing = coffee_with(pages, "Dan Fourth")
    if what != "asked":
        pages = Pages(pages.cast, pages.cast.browser(pages.cast.eve.id), pages.cast.eve.id)
    assert thing not in pages.client.get("/me/outcomes/new").text
    sent = pages.client.post(
        "/me/outcomes", data={"kind": "client", "state": "closed", "tie": "direct", "through": thing}
    )
    assert sent.status_code == 404 or titles(pages.client.get(sent.location).text) == ["A client"]


def test_a_coffee_that_never_was_leaves_something_in_the_story(pages: Pages) -> None:
    coffee = coffee_with(pages, "Ben Adeyemi")
    outcome = pages.write(words="The harbour job", through=coffee)
    pages.client.post(f"/touches/{coffee.partition(':')[2]}/removal")
    assert titles(pages.page(outcome)) == ["Something", "The harbour job"]


def test_a8_meetings_touches_and_introductions_i_gave_count_in_their_months(pages: Pages) -> None:
    coffee_with(pages, "Dan Fourth", day="2026-10-05")
    trio = make_trio(pages.cast.app, pages.cast)
    brought_together(trio)
    done = {month.first: month.done for month in months_of(db.session(), pages.me, [], TODAY)}
    assert (done[date(2026, 3, 1)], done[date(2026, 10, 1)]) == (1, 1)
    assert done[date(2026, 11, 1)] == 3, "two swaps and the introduction"
    of_ben = {month.first: month.done for month in months_of(db.session(), trio.ben.person_id, [], TODAY)}
    db.session.rollback()
    assert of_ben[date(2026, 11, 1)] == 2, "her swap, and Cleo through her; that it was made is what she did"
