"""What the sheet suggests at the moment of a swap, and what it never touches."""

import re
from typing import Any

from flask.testing import FlaskClient

from tests.people.pages import fill_card
from tests.swaps.evening import EveningOut
from tests.swaps.test_views import post_scan
from webapp.core.clock import now
from webapp.events.models import Attendee

HELP = "You could help each other with"
BOTH = "You both said"


def say(guest: Attendee, **card: Any) -> None:
    """Fill a card whose owner has chosen how to be reached, so that all of it goes along."""
    fill_card(guest.person_id, reach_chosen_at=now(), **card)


def sheet(evening: EveningOut, me: Attendee, other: Attendee) -> str:
    """What my sheet says right after I scanned their badge."""
    answer = post_scan(evening.cast.browser(me.person_id), evening.code(other))
    assert answer.status_code == 200
    return plain(answer.text)


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def test_d10_at_the_moment_of_a_swap_the_sheet_says_where_one_could_help_the_other(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    say(ann, looking_for="someone who builds small websites")
    say(ben, can_help_with="Stubborn websites, larch boats")
    evening.prefer(ben, "swap")
    assert f"{HELP} websites." in sheet(evening, ann, ben).lower().replace(HELP.lower(), HELP)
    assert HELP in plain(evening.cast.browser(ben.person_id).get(_sheet_path(evening, ben, ann)).text)


def _sheet_path(evening: EveningOut, me: Attendee, other: Attendee) -> str:
    grant = evening.grant(other, me)
    assert grant
    return f"/meetings/{grant.meeting_id}/sheet"


def test_d10_nothing_is_said_when_nothing_matches(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    say(ann, looking_for="a workshop", can_help_with="rye bread", ask_me_about="bread")
    say(ben, looking_for="a bookkeeper", can_help_with="websites", ask_me_about="sailing")
    evening.prefer(ben, "swap")
    said = sheet(evening, ann, ben)
    assert "Swapped." in said
    assert HELP not in said
    assert BOTH not in said


def test_d10_a_card_that_is_not_open_to_me_is_not_compared(evening: EveningOut) -> None:
    """S-13: a match would tell what stands on a card nobody gave me."""
    ann, ben = evening.cast.ann, evening.cast.ben
    say(ann, looking_for="websites", ask_me_about="sailing")
    say(ben, can_help_with="websites", ask_me_about="sailing", ask_on_badge=False)
    said = sheet(evening, ann, ben)
    assert "Asked." in said
    assert HELP not in said
    assert BOTH not in said
    evening.answer(ben, ann)
    phone = evening.cast.browser(ann.person_id)
    polled = plain(phone.get(_sheet_path(evening, ann, ben).replace("sheet", "exchange")).text)
    assert f"{HELP} websites." in polled
    assert f"{BOTH} sailing." in polled


def test_d10_what_both_wear_on_their_badges_is_said_before_any_card_moves_back(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    say(ann, ask_me_about="sailing")
    say(ben, ask_me_about="Sailing", ask_on_badge=True)
    assert f"{BOTH} Sailing." in sheet(evening, ann, ben)


def test_c25_set_not_children_and_no_starter_for_me_draws_on_it(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    card = {"name": "Ann Achebe", "looking_for": "children’s books, boats", "not_about": "children"}
    fill_card(ann.person_id, reach_chosen_at=now())
    assert evening.cast.browser(ann.person_id).post("/me/card", data=card).status_code == 303
    say(ben, ask_me_about="my children", ask_on_badge=True, can_help_with="Children’s books, boats")
    evening.prefer(ben, "swap")
    said = sheet(evening, ann, ben)
    assert f"{HELP} books, boats." in said
    assert "hildren" not in said
    theirs = plain(evening.cast.browser(ben.person_id).get(_sheet_path(evening, ben, ann)).text)
    assert f"{HELP} books, boats." in theirs
    assert "hildren" not in theirs


def test_c25_whoever_holds_my_card_reads_what_i_would_rather_not_be_asked(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    say(ben, not_about="my last company")
    evening.meet(ann, ben)
    phone: FlaskClient = evening.cast.browser(ann.person_id)
    assert "my last company" not in phone.get(f"/people/{ben.person_id}").text
    evening.answer(ben, ann)
    shown = phone.get(f"/people/{ben.person_id}").text
    assert "<dt>Please not about</dt><dd><bdi>my last company</bdi>" in shown


def test_d17_a_piece_of_work_goes_with_the_card_as_a_link_that_tells_nobody_where_it_was_followed_from(
    evening: EveningOut,
) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    say(ben, work="A rowing boat of larch.", work_link="https://example.org/boat")
    evening.meet(ann, ben)
    phone = evening.cast.browser(ann.person_id)
    assert "rowing boat" not in phone.get(f"/people/{ben.person_id}").text
    evening.answer(ben, ann)
    shown = phone.get(f"/people/{ben.person_id}").text
    assert '<a href="https://example.org/boat" rel="noopener noreferrer" target="_blank">' in shown
    assert "One piece of work" in shown
    assert "A rowing boat of larch." in shown


def test_d17_the_first_scan_says_that_my_piece_of_work_goes_along(evening: EveningOut) -> None:
    cast = evening.cast
    new = evening.come("Nora Newcomer", first_scan_explained_at=None, reach_chosen_at=now())
    say(new, work="A rowing boat of larch.", work_link="https://example.org/boat", not_about="rain")
    said = sheet(evening, new, cast.ben)
    assert "your card (name, one piece of work, its link, please not about)" in said
