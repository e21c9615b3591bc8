"""A kind line stands on a card after its owner's yes, and for as long as its writer holds that card."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.swaps.evening import EveningOut
from tests.web.pages import visit
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.mydata.leaving import erase
from webapp.swaps.models import KindLine
from webapp.web.limits import LIMITS

LINE = "She explains tides so that children sail home."
PART = {"HX-Request-Type": "partial"}


@pytest.fixture
def evening(evening: EveningOut) -> EveningOut:
    """Ann and Ben have swapped, and so have Ann and Cleo."""
    for other in (evening.cast.ben, evening.come("Cleo Third")):
        evening.meet(other, evening.cast.ann)
        evening.answer(evening.cast.ann, other)
    return evening


@pytest.fixture
def cleo(evening: EveningOut) -> FlaskClient:
    """The phone of somebody else who holds Ann's card."""
    return evening.cast.browser(guest("Cleo Third").person_id)


def guest(name: str) -> Attendee:
    """A guest by name."""
    found = db.session.scalars(select(Attendee).where(Attendee.name == name)).one()
    db.session.rollback()
    return found


def offer(evening: EveningOut, line: str = LINE, **more: str) -> FlaskClient:
    """Ben offers Ann a line; his phone."""
    phone = evening.cast.browser(evening.cast.ben.person_id)
    path = f"/people/{evening.cast.ann.person_id}/kind-line"
    assert phone.post(path, data={"line": line, **more}).status_code == 303
    return phone


def answer(evening: EveningOut, word: str) -> FlaskClient:
    """Ann answers it on Me; her phone."""
    phone = evening.cast.browser(evening.cast.ann.person_id)
    db.session.rollback()
    line_id = db.session.scalars(select(KindLine.id)).one()
    assert phone.post(f"/kind-lines/{line_id}/answer", data={"answer": word}).status_code == 303
    return phone


def card_of_ann(evening: EveningOut, phone: FlaskClient) -> str:
    """Ann's card, for somebody who holds it."""
    text = phone.get(f"/people/{evening.cast.ann.person_id}").text
    return text[text.index('class="person-card"') : text.index("</article>")]


def test_d18_a_kind_line_appears_only_after_approval(evening: EveningOut, cleo: FlaskClient) -> None:
    ben = offer(evening)
    assert LINE not in card_of_ann(evening, cleo) + card_of_ann(evening, ben)
    assert "It waits for their yes." in ben.get(f"/people/{evening.cast.ann.person_id}").text
    me = visit(evening.cast.browser(evening.cast.ann.person_id), "/me")
    assert me.faults == []
    assert LINE in me.text
    assert "<bdi>Ben Adeyemi</bdi>. No name stands beside it." in me.text
    answer(evening, "yes")
    page = visit(cleo, f"/people/{evening.cast.ann.person_id}")
    assert page.faults == []
    assert LINE in card_of_ann(evening, cleo)
    assert "Ben" not in card_of_ann(evening, cleo)
    assert "It stands on their card." in ben.get(f"/people/{evening.cast.ann.person_id}").text


def test_d18_the_writers_first_name_stands_beside_it_only_if_they_agreed(
    evening: EveningOut, cleo: FlaskClient
) -> None:
    offer(evening)
    answer(evening, "yes")
    offer(evening, names_writer="on")
    assert LINE not in card_of_ann(evening, cleo), "she said yes to a line without a name"
    answer(evening, "yes")
    assert re.search(r"</q> <span class=\"soft\"><bdi>Ben</bdi></span>", card_of_ann(evening, cleo))
    assert "Adeyemi" not in card_of_ann(evening, cleo)


def test_d18_other_words_need_another_yes(evening: EveningOut, cleo: FlaskClient) -> None:
    offer(evening)
    answer(evening, "yes")
    offer(evening, "Buy her course.")
    assert "course" not in card_of_ann(evening, cleo)
    assert LINE not in card_of_ann(evening, cleo)


def test_a_line_put_aside_looks_to_its_writer_like_one_that_waits(evening: EveningOut) -> None:
    def seen() -> str:
        page = evening.cast.browser(evening.cast.ben.person_id).get(f"/people/{evening.cast.ann.person_id}").text
        return re.sub(r'name="operation_id" value="[^"]*"', "", page)

    offer(evening)
    before = seen()
    ann = answer(evening, "no")
    assert seen() == before
    assert LINE not in ann.get("/me").text
    offer(evening, "Another one.")
    assert "Another one." not in ann.get("/me").text, "no means no, and nobody is asked twice"


def test_a_line_comes_off_the_card_later_without_a_word(evening: EveningOut, cleo: FlaskClient) -> None:
    offer(evening)
    answer(evening, "yes")
    answer(evening, "no")
    assert LINE not in card_of_ann(evening, cleo)


def test_its_writer_takes_it_back_from_the_card_too(evening: EveningOut, cleo: FlaskClient) -> None:
    ben = offer(evening)
    answer(evening, "yes")
    path = f"/people/{evening.cast.ann.person_id}/kind-line/reversal"
    assert [ben.post(path).status_code for _twice in range(2)] == [303, 303]
    assert LINE not in card_of_ann(evening, cleo)
    db.session.rollback()
    assert db.session.scalars(select(KindLine)).all() == []


@pytest.mark.parametrize("how", ["withdraw", "block", "blocked", "writer leaves", "owner leaves"])
def test_a_line_ends_with_the_card_it_was_written_for(evening: EveningOut, how: str) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    offer(evening)
    answer(evening, "yes")
    grant = evening.grant(ann, ben)
    assert grant
    if how == "withdraw":
        evening.withdraw(ann, grant.id)
    elif how.startswith("block"):
        me, other = (ann, ben) if how == "block" else (ben, ann)
        form = {"operation_id": str(new_id())}
        evening.cast.browser(me.person_id).post(f"/people/{other.person_id}/block", data=form)
    else:
        with writing() as session:
            erase(session, (ben if how == "writer leaves" else ann).person_id, at=now())
            session.commit()
    db.session.rollback()
    assert db.session.scalars(select(KindLine)).all() == []


def test_whoever_i_blocked_says_nothing_to_me_on_others_cards(evening: EveningOut, cleo: FlaskClient) -> None:
    offer(evening)
    answer(evening, "yes")
    evening.meet(guest("Cleo Third"), evening.cast.ben)
    cleo.post(f"/people/{evening.cast.ben.person_id}/block", data={"operation_id": str(new_id())})
    assert LINE not in card_of_ann(evening, cleo)


def test_who_does_not_hold_my_card_writes_nothing_on_it(evening: EveningOut) -> None:
    stranger = evening.come("Sam Stranger")
    evening.meet(stranger, evening.cast.ann)
    phone = evening.cast.browser(stranger.person_id)
    path = f"/people/{evening.cast.ann.person_id}/kind-line"
    assert phone.post(path, data={"line": LINE}).status_code == 404
    assert "kind-line" not in phone.get(f"/people/{evening.cast.ann.person_id}").text


def test_a_line_about_somebody_else_is_not_mine_to_answer(evening: EveningOut) -> None:
    ben = offer(evening)
    line_id = db.session.scalars(select(KindLine.id)).one()
    assert ben.post(f"/kind-lines/{line_id}/answer", data={"answer": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Write a sentence first."),
        ("x" * 141, "Shorter, please: at most 140 characters."),
        ("She sails. She sings.", "One sentence is enough. It stands longer."),
    ],
)
@pytest.mark.parametrize("headers", [{}, PART])
def test_d18_a_line_has_140_characters_and_one_sentence(
    evening: EveningOut, line: str, words: str, headers: dict[str, str]
) -> None:
    phone = evening.cast.browser(evening.cast.ben.person_id)
    path = f"/people/{evening.cast.ann.person_id}/kind-line"
    refused = phone.post(path, data={"line": line}, headers=headers)
    assert refused.status_code == 422
    assert words in refused.text
    assert f'value="{line}"' in refused.text
    assert phone.post(path, data={"line": "x" * 140}, headers=headers).status_code in {200, 303}


def test_lines_are_offered_twenty_times_a_day_and_not_oftener(evening: EveningOut) -> None:
    assert LIMITS["kind line"] == "20 per day"
    phone = evening.cast.browser(evening.cast.ben.person_id)
    path = f"/people/{evening.cast.ann.person_id}/kind-line"
    sent = [phone.post(path, data={"line": f"Line {number}"}).status_code for number in range(21)]
    assert sent == [303] * 20 + [429]
