"""What a card says of its owner: few words, and an offer before a wish."""

import re

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.web.pages import elements, visit
from webapp.accounts.cards import CARD_FIELDS, get_card
from webapp.accounts.forms import MOST_SENTENCES, MOST_WORDS, CardForm, count_sentences
from webapp.accounts.models import Card
from webapp.core.database import db
from webapp.events.models import Attendee

WARNING = "Your card asks and offers nothing yet."
CARD = {"name": "Ann A.", "headline": "Boat builder"}


@pytest.fixture
def ann(cast: Cast) -> Attendee:
    """Ann, who has a place tonight."""
    return cast.ann


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


def card_of(ann: Attendee) -> Card:
    """Ann's card, read afresh."""
    db.session.rollback()
    db.session.expire_all()
    return get_card(db.session(), ann.person_id)


def error_beside(text: str, field: str) -> str:
    """What the form says is wrong with this field."""
    found = re.search(rf'id="{field}-error".*?<span>([^<]*)</span>', text, re.S)
    return found[1] if found else ""


# Few words (D18).


@pytest.mark.parametrize("field", ["can_help_with", "looking_for"])
def test_d18_a_fourth_sentence_about_oneself_is_refused_and_nothing_is_lost(
    phone: FlaskClient, ann: Attendee, field: str
) -> None:
    three = "I mend boats. I teach splicing. Ask me about rope."
    assert phone.post("/me/card", data=CARD | {field: three}).status_code == 303
    refused = phone.post("/me/card", data=CARD | {field: f"{three} I am the best."})
    assert refused.status_code == 422
    assert error_beside(refused.text, field) == "3 sentences are enough. People ask for the rest."
    assert f"{three} I am the best.</textarea>" in refused.text
    assert getattr(card_of(ann), field) == three


def test_d18_what_i_do_takes_eight_words_and_not_nine(phone: FlaskClient, ann: Attendee) -> None:
    eight = "Builds small wooden boats for people who row"
    assert phone.post("/me/card", data=CARD | {"headline": eight}).status_code == 303
    refused = phone.post("/me/card", data=CARD | {"headline": f"{eight} best"})
    assert refused.status_code == 422
    assert error_beside(refused.text, "headline") == "At most 8 words. The rest comes out in talking."
    assert card_of(ann).headline == eight


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("...", 0),
        ("rope", 1),
        ("Rope. Sails", 2),
        ("Rope, e.g. for boats, i.e. splicing, approx. two hours.", 1),
        ("Version 2.5 of example.org", 1),
        ("What? Yes! And “so.” Then.", 4),
        ("船を直します。ロープも教えます！どうぞ。", 3),
    ],
)
def test_sentences_are_counted_as_a_reader_does(text: str, number: int) -> None:
    assert count_sentences(text) == number


@given(st.text(max_size=80))
def test_counting_sentences_takes_whatever_is_typed(text: str) -> None:
    assert 0 <= count_sentences(text) <= len(text)


# One piece of work (D17).

BOAT = "https://example.org/boat"


def test_d17_a_link_with_a_sentence_of_140_characters_is_kept_and_141_are_refused(
    phone: FlaskClient, ann: Attendee
) -> None:
    sentence = "A rowing boat of larch, " + "o" * 116
    assert len(sentence) == 140
    assert phone.post("/me/card", data=CARD | {"work": sentence, "work_link": BOAT}).status_code == 303
    refused = phone.post("/me/card", data=CARD | {"work": f"{sentence}o", "work_link": BOAT})
    assert refused.status_code == 422
    assert error_beside(refused.text, "work") == "Shorter, please: at most 140 characters."
    assert (card_of(ann).work, card_of(ann).work_link) == (sentence, BOAT)
    page = visit(phone, "/me/card")
    assert page.faults == []
    assert 'type="url"' in page.text


@pytest.mark.parametrize(
    ("work", "link", "field", "words"),
    [
        ("A boat.", "", "work_link", "A link and a sentence, please: each needs the other."),
        ("", BOAT, "work_link", "A link and a sentence, please: each needs the other."),
        ("A boat.", "http://example.org/boat", "work_link", "A link that begins with https://, please."),
        ("A boat.", "javascript:alert(1)", "work_link", "A web address, please, such as example.org/me."),
        ("A boat. Buy it.", BOAT, "work", "One sentence. The work says the rest."),
    ],
)
def test_d17_the_slot_holds_one_piece_of_work_and_no_pitch(
    phone: FlaskClient, work: str, link: str, field: str, words: str
) -> None:
    refused = phone.post("/me/card", data=CARD | {"work": work, "work_link": link})
    assert refused.status_code == 422
    assert error_beside(refused.text, field) == words


def test_d17_a_link_typed_without_its_beginning_is_completed(phone: FlaskClient, ann: Attendee) -> None:
    phone.post("/me/card", data=CARD | {"work": "A boat.", "work_link": "example.org/boat"})
    assert card_of(ann).work_link == BOAT


# What they care about before what they want (D9).


def test_d9_the_form_asks_what_i_care_about_before_what_i_want(phone: FlaskClient) -> None:
    order = re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', phone.get("/me/card").text)
    cares, wants = order.index("ask_me_about"), order.index("looking_for")
    assert cares < order.index("can_help_with") < wants
    assert CARD_FIELDS.index("ask_me_about") < CARD_FIELDS.index("looking_for")


# An offer before a wish (D8).


def test_d8_an_offer_has_at_least_the_room_of_a_wish_and_stands_before_it(phone: FlaskClient) -> None:
    page = visit(phone, "/me/card")
    assert page.faults == []
    offer, wish = (_field(page.tree, name) for name in ("can_help_with", "looking_for"))
    assert (offer["name"], wish["name"]) == ("textarea", "textarea")
    assert all(int(offer[size]) >= int(wish[size]) for size in ("rows", "maxlength"))
    assert offer["class"] == wish["class"]
    assert page.text.index('id="can_help_with"') < page.text.index('id="looking_for"')
    assert CARD_FIELDS.index("can_help_with") < CARD_FIELDS.index("looking_for")


def _field(tree: object, wanted: str) -> dict[str, str]:
    [(name, field)] = [(name, one) for name, one in elements(tree) if one.get("id") == wanted]  # type: ignore[arg-type]  # html5lib's
    return {**field.attrib, "name": name}


def test_d8_a_card_with_needs_and_no_offer_is_kept_and_warned_of(phone: FlaskClient, ann: Attendee) -> None:
    kept = phone.post("/me/card", data=CARD | {"looking_for": "a workshop"})
    assert (kept.status_code, kept.location) == (303, "/me")
    assert card_of(ann).looking_for == "a workshop"
    for path in ("/me", "/me/card"):
        page = visit(phone, path)
        assert page.faults == []
        assert WARNING in page.text
        assert "Add one thing you can help with." in page.text


@pytest.mark.parametrize(
    "offer", [{"can_help_with": "rope"}, {"can_help_with": "rope", "looking_for": "a workshop"}, {}]
)
def test_d8_a_card_that_offers_or_asks_nothing_is_not_warned_of(phone: FlaskClient, offer: dict[str, str]) -> None:
    phone.post("/me/card", data=CARD | offer)
    assert WARNING not in phone.get("/me").text + phone.get("/me/card").text


def test_d8_on_a_card_the_offer_stands_before_the_wish_in_the_same_words(phone: FlaskClient, cast: Cast) -> None:
    everything = CARD | {"can_help_with": "rope", "looking_for": "a workshop", "ask_me_about": "knots"}
    phone.post("/me/card", data=everything)
    with cast.app.test_request_context():
        shown = cast.app.jinja_env.from_string(
            '{% from "people/_words.html" import card_facts %}{{ card_facts(fields) }}'
        ).render(fields=everything)
    offer, wish = re.findall(r"<div><dt>(?:Can help with|Is looking for)</dt><dd><bdi>([^<]*)</bdi></dd></div>", shown)
    assert (offer, wish) == ("rope", "a workshop")


def test_the_caps_are_said_where_they_are_set() -> None:
    assert (MOST_WORDS, MOST_SENTENCES) == (8, 3)
    assert {"headline", "can_help_with", "looking_for"} <= set(CardForm()._fields)
