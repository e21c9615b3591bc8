"""One card each, changed by its owner, counted by version."""

from dataclasses import replace
from uuid import UUID

from tests.cast import Cast
from webapp.accounts.cards import CardValues, card_fields, change_card, choose_reach, get_card, offered_fields
from webapp.accounts.models import Card
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.versions import version_of

VALUES = CardValues(
    name="Ann Achebe",
    headline="Boat builder",
    company="Harbour Yard",
    email="ann@yard.example.org",
    phone="",
    link="https://example.org/ann",
    ask_me_about="sailing",
    ask_on_badge=True,
    can_help_with="sails",
    looking_for="a workshop",
)


def change(person_id: UUID, values: CardValues) -> Card:
    with writing() as session:
        card = change_card(session, person_id, values, now())
        session.commit()
    return card


def choose(person_id: UUID, *ways: str) -> Card:
    with writing() as session:
        card = choose_reach(session, person_id, ways, at=now())
        session.commit()
    return card


def test_a_changed_card_counts_up_and_tells_the_phone(cast: Cast) -> None:
    ann = cast.ann.person_id
    card = change(ann, VALUES)
    assert (card.version, version_of(db.session(), f"person:{ann}")) == (2, 1)
    assert get_card(db.session(), ann).person.name == "Ann Achebe"


def test_keeping_the_same_card_again_changes_nothing(cast: Cast) -> None:
    change(cast.ann.person_id, VALUES)
    assert change(cast.ann.person_id, VALUES).version == 2
    assert change(cast.ann.person_id, replace(VALUES, name="Ann A.")).version == 3


def test_a_card_shows_what_is_filled_in_one_order(cast: Cast) -> None:
    card = change(cast.ann.person_id, VALUES)
    shown = card_fields(card, card.person)
    expected = ["name", "headline", "company", "email", "link", "ask_me_about", "can_help_with", "looking_for"]
    assert list(shown) == expected
    assert shown["headline"] == "Boat builder"


def test_no_way_to_be_reached_leaves_before_it_is_chosen(cast: Cast) -> None:
    card = change(cast.ann.person_id, VALUES)
    assert not {"email", "phone", "link"} & set(offered_fields(card, card.person))


def test_only_chosen_and_filled_ways_are_offered(cast: Cast) -> None:
    change(cast.ann.person_id, VALUES)
    card = choose(cast.ann.person_id, "email", "phone")
    assert card.reach_chosen_at
    assert {"email", "phone", "link"} & set(offered_fields(card, card.person)) == {"email"}


def test_choosing_e_mail_on_an_empty_card_takes_the_address_they_sign_in_with(cast: Cast) -> None:
    assert choose(cast.ann.person_id, "email").email == "ann@example.org"


def test_not_choosing_e_mail_puts_no_address_on_the_card(cast: Cast) -> None:
    assert choose(cast.ann.person_id, "link").email == ""
