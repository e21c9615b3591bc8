"""Two of my contacts who could help each other, with the reason in words; and what Share on a person's page means."""

import re

import pytest
from flask import Flask

from tests.cast import Cast
from tests.introductions.trio import TO_BEN, TO_CLEO, Trio, swap
from tests.people.pages import counted_statements, fill_card
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.introductions.suggesting import Suggestion, suggestions
from webapp.introductions.wording import says_too_much
from webapp.swaps.stories import met_by

ALL = "name headline company ask_me_about can_help_with looking_for not_about"


@pytest.fixture
def two(app: Flask, cast: Cast) -> tuple[Attendee, Attendee]:
    """Xena needs a bookkeeper; Yusuf of another circle offers bookkeeping. Ann knows both."""
    _ = cast.ann
    xena = cast.guest("Xena Needs", claimed=True)
    yusuf = cast.guest("Yusuf Offers", event=cast.other_mixer, claimed=True)
    fill_card(xena.person_id, looking_for="bookkeeping", company="Xena Ltd", headline="Director")
    fill_card(yusuf.person_id, can_help_with="bookkeeping", company="Yusuf Ltd", headline="Clerk")
    for other in (xena, yusuf):
        swap(cast, cast.ann, other, ALL)
    return xena, yusuf


def suggested(cast: Cast) -> list[Suggestion]:
    db.session.rollback()
    found = suggestions(met_by(db.session(), cast.ann.person_id), set())
    db.session.rollback()
    return found


def test_c19_a_need_and_an_offer_from_another_circle_are_suggested_with_the_reason(
    cast: Cast, two: tuple[Attendee, Attendee]
) -> None:
    ann = cast.browser(cast.ann.person_id)
    for path in ("/next", "/people", "/introductions"):
        page = ann.get(path).text
        either = "<bdi>(Xena Needs|Yusuf Offers)</bdi>"
        assert re.search(f"{either} and {either} could meet", page)
        assert "One can help with bookkeeping, the other is looking for it." in page
    assert "could meet" not in cast.browser(two[0].person_id).get("/next").text


def test_c19_from_the_suggestion_to_two_paragraphs_and_both_are_asked(
    cast: Cast, two: tuple[Attendee, Attendee]
) -> None:
    ann = cast.browser(cast.ann.person_id)
    [found] = suggested(cast)
    drafted = ann.post(f"/people/{found.first_id}/introductions", data={"other": str(found.second_id)})
    page = ann.get(drafted.location).text
    assert "I thought of you both because of bookkeeping." in page
    words = {f"words-{guest.person_id}": "You could help each other." for guest in two}
    asked = ann.post(f"{drafted.location}/asking", data=words | {"operation_id": str(new_id())})
    assert asked.status_code == 303
    for guest in two:
        assert "You could help each other." in cast.browser(guest.person_id).get("/next").text
    assert "could meet" not in ann.get("/next").text, "thought of once is enough"


def test_c19_not_these_two_is_not_asked_again(cast: Cast, two: tuple[Attendee, Attendee]) -> None:
    ann = cast.browser(cast.ann.person_id)
    [found] = suggested(cast)
    ann.post(f"/people/{found.first_id}/introductions", data={"other": str(found.second_id), "aside": "yes"})
    assert "could meet" not in ann.get("/next").text
    assert "Yusuf" not in ann.get("/introductions").text


def test_c19_from_one_circle_nobody_is_suggested(cast: Cast) -> None:
    for name, field in (("Xena Needs", "looking_for"), ("Zoe Offers", "can_help_with")):
        guest = cast.guest(name, claimed=True)
        fill_card(guest.person_id, **{field: "bookkeeping"})
        swap(cast, cast.ann, guest, ALL)
    assert suggested(cast) == []


def test_c19_what_one_would_rather_not_hear_of_is_no_reason(cast: Cast, two: tuple[Attendee, Attendee]) -> None:
    fill_card(two[0].person_id, not_about="bookkeeping")
    assert suggested(cast) == []


def test_d19_titles_and_companies_swapped_change_nothing(cast: Cast, two: tuple[Attendee, Attendee]) -> None:
    before = suggested(cast)
    fill_card(two[0].person_id, company="Yusuf Ltd", headline="Clerk")
    fill_card(two[1].person_id, company="Xena Ltd", headline="Director")
    assert suggested(cast) == before
    assert before


def test_next_asks_no_more_of_the_database_for_many_suggestions(cast: Cast, two: tuple[Attendee, Attendee]) -> None:
    ann = cast.browser(cast.ann.person_id)
    ann.get("/next")
    with counted_statements() as few:
        ann.get("/next")
    for number in range(5):
        other = cast.guest(f"Guest{number} Many", event=cast.other_mixer, claimed=True)
        fill_card(other.person_id, can_help_with="bookkeeping", ask_me_about="rye")
        swap(cast, cast.ann, other, ALL)
    with counted_statements() as many:
        ann.get("/next")
    asked = [[one for one in statements if one.startswith("SELECT")] for statements in (few, many)]
    assert len(asked[0]) == len(asked[1])
    assert len(suggested(cast)) == 3


# Share (C30).


def test_c30_share_on_a_persons_page_offers_only_an_introduction(trio: Trio) -> None:
    page = trio.cast.browser(trio.ann.person_id).get(f"/people/{trio.ben.person_id}").text
    share = re.search(r'<details class="more" id="share">(.*?)</details>', page, re.DOTALL)
    assert share
    links = [link for link in re.findall(r'(?:href|action)="([^"]*)"', share[1]) if not link.startswith("/static/")]
    me = trio.ben.person_id
    assert links == [f"/people/{me}/introduction", f"/people/{me}/tie"]
    for outside in ("share-button", "mailto:", "sms:", "copy-button", ".vcf", "http"):
        assert outside not in share[1], outside


def test_c30_without_their_card_there_is_nobody_to_introduce(trio: Trio) -> None:
    from tests.people.evening import met

    stranger = trio.cast.guest("Stranger Here", claimed=True)
    met(trio.cast, trio.ann, stranger)
    ann = trio.cast.browser(trio.ann.person_id)
    assert "once they gave you their card" in ann.get(f"/people/{stranger.person_id}").text
    assert ann.get(f"/people/{stranger.person_id}/introduction").status_code == 404
    again = ann.post(f"/people/{stranger.person_id}/introductions", data={"other": str(trio.ben.person_id)})
    assert again.status_code == 404


def test_introducing_by_hand_picks_writes_asks_and_takes_back(trio: Trio) -> None:
    ann, ben, cleo = trio.cast.browser(trio.ann.person_id), trio.ben.person_id, trio.cleo.person_id
    assert "Cleo Third" in ann.get(f"/people/{ben}/introduction").text
    place = ann.post(f"/people/{ben}/introductions", data={"other": str(cleo)}).location
    refused = ann.post(f"{place}/asking", data={f"words-{ben}": "Cleo Third is nice.", f"words-{cleo}": TO_CLEO})
    assert refused.status_code == 422
    assert "First name and reason only, please." in refused.text
    assert "Cleo Third is nice." in refused.text, "what was typed stays"
    words = {f"words-{ben}": TO_BEN, f"words-{cleo}": TO_CLEO}
    assert "both are asked" in ann.post(f"{place}/asking", data=words, follow_redirects=True).text
    assert "Taken back" in ann.post(f"{place}/withdrawal", follow_redirects=True).text


@pytest.mark.parametrize(
    ("words", "too_much"),
    [
        ("Cleo keeps books.", False),
        ("Cleo Third keeps books.", True),
        ("A third of her clients bake.", True),
        ("Write to c@books.example", True),
        ("See www.books.example", True),
        ("+44 20 7946 0958", True),
        ("She has kept books for 12 years, since 2014.", False),
        ("She works at THIRD & sons.", True),
        ("Thirdly, she laughs.", False),
    ],
)
def test_s_17_a_paragraph_says_a_first_name_and_a_reason(words: str, too_much: bool) -> None:
    assert says_too_much(words, "Cleo Third", {"company": "Harbour Books"}) is too_much


def test_a_draft_whose_card_was_taken_back_says_so_and_sends_nothing(trio: Trio) -> None:
    ann, introduction_id = trio.cast.browser(trio.ann.person_id), trio.draft()
    trio.block(trio.cleo, trio.ann)
    assert "One of them took their card back." in ann.get(f"/introductions/{introduction_id}").text
    words = {f"words-{guest.person_id}": "Worth meeting." for guest in (trio.ben, trio.cleo)}
    assert ann.post(f"/introductions/{introduction_id}/asking", data=words).status_code == 404
    assert trio.is_asked(trio.ben) == []
