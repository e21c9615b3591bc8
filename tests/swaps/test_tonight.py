"""What of my card I give at one event."""

from tests.swaps.evening import EveningOut
from webapp.accounts.models import Card
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.swaps.queries import granted_card
from webapp.swaps.tonight import choose_for_tonight, tonight_of

WHOLE = {"headline": "Boats", "company": "Harbour Yard", "phone": "+44 20 7946 0000", "reach_phone": True}


def dressed(evening: EveningOut) -> Attendee:
    return evening.come("Amy Boatwright", reach_chosen_at=now(), **WHOLE)


def choose(evening: EveningOut, guest: Attendee, *gives: str) -> None:
    with writing() as session:
        choose_for_tonight(session, guest.id, "ask", gives, by=evening.cast.actor(guest.person_id), at=now())
        session.commit()


def given(evening: EveningOut, giver: Attendee, receiver: Attendee) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    card = granted_card(db.session(), giver.person_id, receiver.person_id)
    return list(card.fields) if card else []


def test_a_swap_gives_what_i_chose_for_this_event(evening: EveningOut) -> None:
    amy = dressed(evening)
    choose(evening, amy, "headline")
    evening.meet(amy, evening.cast.ben)
    assert given(evening, amy, evening.cast.ben) == ["name", "headline"]


def test_a_later_choice_changes_later_swaps_alone(evening: EveningOut) -> None:
    amy = dressed(evening)
    evening.meet(amy, evening.cast.ben)
    choose(evening, amy, "company")
    evening.meet(amy, evening.cast.ann)
    assert given(evening, amy, evening.cast.ben) == ["name", "headline", "company", "phone"]
    assert given(evening, amy, evening.cast.ann) == ["name", "company"]


def test_all_of_it_means_also_what_i_add_later(evening: EveningOut) -> None:
    amy = dressed(evening)
    choose(evening, amy, "headline", "company", "phone")
    with writing() as session:
        session.get_one(Card, amy.person_id).looking_for = "a berth"
        session.commit()
    evening.meet(amy, evening.cast.ben)
    assert "looking_for" in given(evening, amy, evening.cast.ben)


def test_part_of_it_leaves_out_what_i_add_later(evening: EveningOut) -> None:
    amy = dressed(evening)
    choose(evening, amy, "headline")
    with writing() as session:
        session.get_one(Card, amy.person_id).looking_for = "a berth"
        session.commit()
    evening.meet(amy, evening.cast.ben)
    assert given(evening, amy, evening.cast.ben) == ["name", "headline"]


def test_a_choice_never_gives_more_than_the_card_offers(evening: EveningOut) -> None:
    amy = dressed(evening)
    choose(evening, amy, "headline", "email", "persons.claimed_at")
    evening.meet(amy, evening.cast.ben)
    assert given(evening, amy, evening.cast.ben) == ["name", "headline"]


def test_the_form_shows_what_is_given_and_keeps_what_was_chosen(evening: EveningOut) -> None:
    amy = dressed(evening)
    browser = evening.cast.browser(amy.person_id)
    form = {"place": str(amy.id), "mode": "swap", "fields": "chosen", "gives": ["company"], "then": "/me"}
    assert browser.post("/me/tonight", data=form).status_code == 303
    db.session.rollback()
    db.session.expire_all()
    tonight = tonight_of(db.session(), amy.person_id, now())
    assert tonight
    assert (tonight.mode, tonight.fields) == ("swap", (("headline", False), ("company", True), ("phone", False)))
    page = browser.get("/me").text
    assert 'value="company" checked' in page
    assert 'value="phone" checked' not in page


def test_before_the_first_scan_the_question_names_what_this_event_gets(evening: EveningOut) -> None:
    amy = dressed(evening)
    choose(evening, amy, "company")
    with writing() as session:
        session.get_one(Card, amy.person_id).first_scan_explained_at = None
        session.commit()
    browser = evening.cast.browser(amy.person_id)
    asked = browser.post("/scans", data={"code": evening.code(evening.cast.ben)}, follow_redirects=True).text
    assert "your card (name, company)" in asked
