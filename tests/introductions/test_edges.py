"""Friends of friends: seen where both ends of both ties allow it, asked for through the friend, named after a yes."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.introductions.trio import Trio, swap
from tests.people.pages import fill_card
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.introductions.choices import Choices, choose, choose_tie
from webapp.introductions.edges import edges_of

FIELDS = "name headline ask_me_about"
WORDS = "Ann throws pots on Sundays and would love to see another wheel."


class Row:
    """Ann knows Ben, Ben knows Cleo, Ann and Cleo have never met."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.cast, self.app = cast, app
        self.ann, self.ben = cast.ann, cast.ben
        self.cleo = cast.guest("Cleo Third", email="cleo@example.org", claimed=True)
        fill_card(self.cleo.person_id, ask_me_about="pottery", reach_chosen_at=now())
        fill_card(self.ann.person_id, reach_chosen_at=now())
        swap(cast, self.ann, self.ben, FIELDS)
        swap(cast, self.ben, self.cleo, FIELDS)

    @property
    def trio(self) -> Trio:
        """Ben as the connector of the other two."""
        return Trio(self.app, self.cast, self.ben, self.ann, self.cleo)

    def allow(self, *guests: Attendee) -> None:
        """These let themselves be seen."""
        for guest in guests:
            with writing() as session:
                choose(session, guest.person_id, Choices(seen=True))
                session.commit()

    def browser(self, guest: Attendee) -> FlaskClient:
        """Their phone."""
        return self.cast.browser(guest.person_id)

    def edges(self, guest: Attendee) -> str:
        """What they see of friends of friends."""
        return self.browser(guest).get("/introductions/edges").text

    def handles(self, guest: Attendee) -> list[str]:
        """Under which names."""
        return re.findall(r'href="/introductions/edges/(\w+)"', self.edges(guest))

    def wish(self) -> FlaskClient:
        """Ann asks Ben."""
        ann = self.browser(self.ann)
        [handle] = self.handles(self.ann)
        assert ann.post(f"/introductions/edges/{handle}", data={"words": WORDS}).status_code == 303
        return ann

    def waiting_for_ben(self) -> str:
        """The wish on Ben's screen."""
        found = re.search(r'href="/introductions/([0-9a-f-]{36})"', self.browser(self.ben).get("/next").text)
        assert found
        return found[1]


@pytest.fixture
def row(app: Flask, cast: Cast) -> Row:
    """Three in a row."""
    return Row(app, cast)


def test_c15_someone_ben_knows_interested_in_pottery_and_no_name_until_cleo_agrees(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    page = row.edges(row.ann)
    assert "Someone <bdi>Ben Adeyemi</bdi> knows" in page
    assert "Interested in pottery" in page
    for hidden in ("Cleo", "Third", str(row.cleo.person_id), "cleo@"):
        assert hidden not in page
    [handle] = row.handles(row.ann)
    assert "Cleo" not in row.browser(row.ann).get(f"/introductions/edges/{handle}").text
    ann = row.wish()
    wish_id = row.waiting_for_ben()
    words = f"words-{row.cleo.person_id}"
    row.browser(row.ben).post(f"/introductions/{wish_id}/asking", data={words: WORDS})
    assert "Cleo" not in ann.get("/introductions").text
    asks = row.trio.asks_of(row.cleo)
    row.trio.answer_ask(asks[0], row.cleo, "yes")
    assert "Cleo Third" in ann.get("/introductions").text
    assert "Introduced by Ben Adeyemi" in ann.get(f"/people/{row.cleo.person_id}").text


@pytest.mark.parametrize("missing", ["ann", "ben", "cleo"])
def test_c15_without_the_yes_of_every_end_there_is_nothing_to_see(row: Row, missing: str) -> None:
    people = {"ann": row.ann, "ben": row.ben, "cleo": row.cleo}
    row.allow(*(guest for name, guest in people.items() if name != missing))
    assert row.handles(row.ann) == []
    assert row.handles(row.cleo) == []


def test_c15_nobody_is_seen_who_chose_nothing(row: Row) -> None:
    assert "Nobody to see here yet" in row.edges(row.ann)


def test_c15_one_tie_may_be_hidden_or_shown_against_the_choice_for_all(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    cleo = row.browser(row.cleo)
    for seen, shown in (("no", 0), ("", 1), ("yes", 1)):
        cleo.post(f"/people/{row.ben.person_id}/tie", data={"seen": seen})
        assert len(row.handles(row.ann)) == shown, seen
    row.browser(row.cleo).post("/me/introductions", data={})
    assert len(row.handles(row.ann)) == 1, "this one tie alone is still let be seen"


@pytest.mark.parametrize("act", ["blocks ann", "takes the card back", "is known", "is blocked"])
def test_c15_blocks_cards_taken_back_and_known_people_are_not_seen(row: Row, act: str) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    if act == "takes the card back":
        row.trio.block(row.cleo, row.ben)
    else:
        swap(row.cast, row.ann, row.cleo)
        if act == "blocks ann":
            row.trio.block(row.cleo, row.ann)
        elif act == "is blocked":
            row.trio.block(row.ann, row.cleo)
    assert row.handles(row.ann) == []


def test_the_same_for_many_friends_as_for_few(row: Row) -> None:
    from tests.people.pages import counted_statements

    row.allow(row.ann, row.ben, row.cleo)
    keyring = row.trio.keyring
    with counted_statements() as few:
        edges_of(db.session(), row.ann.person_id, keyring)
    for number in range(6):
        other = row.cast.guest(f"Guest{number} Many", claimed=True)
        fill_card(other.person_id, ask_me_about="kites")
        swap(row.cast, row.ben, other, FIELDS)
        row.allow(other)
    with counted_statements() as many:
        assert len(edges_of(db.session(), row.ann.person_id, keyring)) == 7
    assert len(many) == len(few)


# Asking the friend (C16).


def test_c16_ben_reads_annas_words_and_may_change_them_before_they_go_on(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    row.wish()
    ben, wish_id = row.browser(row.ben), row.waiting_for_ben()
    page = ben.get(f"/introductions/{wish_id}").text
    assert WORDS in page
    other_words = "Ann makes pots. I think you two would laugh."
    ben.post(f"/introductions/{wish_id}/asking", data={f"words-{row.cleo.person_id}": other_words})
    cleo = row.browser(row.cleo).get("/next").text
    assert other_words in cleo
    assert WORDS not in cleo
    assert "Achebe" not in cleo


@pytest.mark.parametrize("ignored", ["put aside", "left alone"])
def test_c16_cleo_never_learns_of_a_refusal_and_ann_cannot_tell_it_from_hers(
    app: Flask, cast: Cast, ignored: str
) -> None:
    start = now()
    seen: dict[str, list[str]] = {}
    for course in (ignored, "passed on and refused"):
        for name in ("ann", "ben", "mixer"):
            cast.__dict__.pop(name, None)
        with time_machine.travel(start, tick=False) as clock:
            number = len(seen)
            for name, whole in (("ann", "Ann Achebe"), ("ben", "Ben Adeyemi")):
                cast.__dict__[name] = cast.guest(whole, email=f"{name}{number}@example.org", claimed=True)
            row = _row_again(app, cast, number)
            row.wish()
            seen[course] = []
            for day in (1, 3, 13, 15, 27, 29):
                clock.move_to(start + timedelta(days=day))
                _what_ben_and_cleo_do(row, course, day)
                seen[course].append(_plain(row.browser(row.ann).get("/introductions").text))
                if course == ignored:
                    assert "Ann" not in row.browser(row.cleo).get("/next").text
    assert seen[ignored] == seen["passed on and refused"]
    assert "not now" in seen[ignored][-1]
    assert "not now" not in seen[ignored][-2]


def _row_again(app: Flask, cast: Cast, number: int) -> Row:
    guest = cast.guest

    def other_address(name: str, **more: Any) -> Attendee:
        return guest(name, **more | ({"email": f"{number}-{more['email']}"} if more.get("email") else {}))

    cast.__dict__["guest"] = other_address
    try:
        row = Row(app, cast)
    finally:
        cast.__dict__.pop("guest")
    row.allow(row.ann, row.ben, row.cleo)
    return row


def _what_ben_and_cleo_do(row: Row, course: str, day: int) -> None:
    ben = row.browser(row.ben)
    if course == "put aside" and day == 1:
        ben.post(f"/introductions/{row.waiting_for_ben()}/removal")
    elif course == "passed on and refused" and day == 1:
        ben.post(f"/introductions/{row.waiting_for_ben()}/asking", data={f"words-{row.cleo.person_id}": WORDS})
    elif course == "passed on and refused" and day == 3:
        row.trio.answer_ask(row.trio.asks_of(row.cleo)[0], row.cleo, "no")


def _plain(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|<p class=\"toast.*?</p>", "", text)


def test_c16_a_wish_is_taken_back_by_who_made_it_and_then_nothing_comes_of_it(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    ann = row.wish()
    wish_id = row.waiting_for_ben()
    assert ann.post(f"/introductions/{wish_id}/wish/reversal").status_code == 303
    assert "would like to meet" not in row.browser(row.ben).get("/next").text
    assert WORDS not in ann.get("/introductions").text


def test_c16_one_wish_at_a_time_whatever_became_of_it(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    ann = row.wish()
    row.browser(row.ben).post(f"/introductions/{row.waiting_for_ben()}/removal")
    [handle] = row.handles(row.ann)
    answer = ann.post(f"/introductions/edges/{handle}", data={"words": WORDS}, follow_redirects=True)
    assert "You asked for this before" in answer.text


def test_a_paragraph_about_me_names_me_by_first_name_alone(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    [handle] = row.handles(row.ann)
    for words in ("Ann Achebe throws pots.", "Ann: ann@example.org", "Ring 020 7946 0958", ""):
        answer = row.browser(row.ann).post(f"/introductions/edges/{handle}", data={"words": words})
        assert answer.status_code == 422, words


def test_an_edge_is_nobody_elses(row: Row) -> None:
    row.allow(row.ann, row.ben, row.cleo)
    [handle] = row.handles(row.ann)
    assert row.browser(row.cleo).get(f"/introductions/edges/{handle}").status_code == 404
    with writing() as session:
        choose_tie(session, row.cleo.person_id, row.ben.person_id, seen=False)
        session.commit()
    assert row.browser(row.ann).get(f"/introductions/edges/{handle}").status_code == 404
