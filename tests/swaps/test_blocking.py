"""Blocking: they cannot tell, nothing reaches me, and it is stronger than every other rule."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.swaps.evening import EveningOut
from webapp.accounts.models import SignInSession
from webapp.contacts.models import Meeting
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.swaps.blocking import block, unblock
from webapp.swaps.verdicts import Gave, NoSwap, Swapped

CHANGING = re.compile(r'(name="operation_id" value|d|\btime)="[^"]*"')
"""Fresh ids of forms, strokes of codes that change every half minute, the time by which a phone makes its own."""


def act_between(evening: EveningOut, act: Any, me: Attendee, other: Attendee) -> None:
    with writing() as session:
        act(session, new_id(), other.person_id, by=evening.cast.actor(me.person_id), at=now())
        session.commit()


def pages_of(browser: FlaskClient, other: Attendee) -> dict[str, str]:
    """All that someone sees of an evening and of this other."""
    paths = ("/people", f"/people/{other.person_id}", "/next", "/me", "/scan", "/pulse")
    answers = {path: browser.get(path) for path in paths}
    return {path: f"{answer.status_code} {CHANGING.sub('', answer.text)}" for path, answer in answers.items()}


def test_s_15_the_blocked_see_exactly_what_no_answer_shows(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    browser = evening.cast.browser(ann.person_id)
    unanswered = pages_of(browser, ben)
    act_between(evening, block, ben, ann)
    assert pages_of(browser, ben) == unanswered


@pytest.mark.parametrize("mode", ["ask", "swap"])
def test_s_15_a_scan_after_the_block_is_a_scan_without_answer(evening: EveningOut, mode: str) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    twin = evening.come("Ann Achebe")
    evening.meet(ben, ann)
    evening.prefer(ben, mode)
    act_between(evening, block, ben, ann)
    verdict = evening.meet(ann, ben)
    assert isinstance(verdict, Gave)
    evening.prefer(ben, "ask")
    unanswered = evening.meet(twin, ben)
    assert isinstance(unanswered, Gave)
    assert verdict.asked == unanswered.asked


def test_nothing_of_the_blocked_reaches_me(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ben, ann)
    act_between(evening, block, ben, ann)
    evening.meet(ann, ben)
    mine = evening.cast.browser(ben.person_id)
    for path in ("/people", "/people?q=ann", "/people/taking-along", "/people/table.csv", "/next", "/scan", "/pulse"):
        assert "Ann Achebe" not in mine.get(path).text, path
    assert mine.get(f"/people/{ann.person_id}").status_code == 404
    assert mine.get(f"/people/{ann.person_id}/card.vcf").status_code == 404
    assert mine.get("/people/cards.vcf").status_code == 404
    assert mine.get(f"/people/sheets/{ben.event_id}").status_code == 404
    with pytest.raises(NotHere):
        evening.answer(ben, ann)


def test_even_a_code_i_show_says_no_to_whom_i_blocked(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ben, ann)
    act_between(evening, block, ben, ann)
    evening.cast.browser(ben.person_id)
    [session_id] = db.session.scalars(select(SignInSession.id).where(SignInSession.person_id == ben.person_id))
    assert isinstance(evening.scan(ann, evening.screen(session_id)), Gave)
    assert evening.grant(ben, ann) is None
    assert isinstance(evening.meet(ben, ann), NoSwap)


def test_whom_i_swapped_with_loses_my_card_and_keeps_their_note(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    evening.answer(ben, ann)
    theirs = evening.cast.browser(ann.person_id)
    [meeting_id] = db.session.scalars(select(Meeting.id))
    theirs.post(f"/meetings/{meeting_id}/memory", data={"note": "Rye bread"})
    act_between(evening, block, ben, ann)
    page = theirs.get(f"/people/{ben.person_id}").text
    assert "Their card was withdrawn" in page
    assert "Rye bread" in page


def test_unblocking_lets_them_ask_again_and_gives_nothing_by_itself(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    evening.answer(ben, ann)
    mine = evening.cast.browser(ben.person_id)
    blocking = {"operation_id": str(new_id())}
    assert mine.post(f"/people/{ann.person_id}/block", data=blocking).status_code == 303
    assert "You blocked 1 person" in mine.get("/me").text
    assert mine.post(f"/people/{ann.person_id}/unblock", data={"operation_id": str(new_id())}).status_code == 303
    assert "You blocked" not in mine.get("/me").text
    assert evening.grant(ben, ann) is None
    assert "Ann Achebe" in mine.get("/people").text
    assert isinstance(evening.meet(ben, ann), Swapped)


def test_blocking_somebody_i_never_met_finds_nobody(evening: EveningOut) -> None:
    with pytest.raises(NotHere):
        act_between(evening, block, evening.cast.ben, evening.cast.ann)


def test_a_block_is_nothing_to_undo_for_anybody_else(evening: EveningOut) -> None:
    ann, ben, cleo = evening.cast.ann, evening.cast.ben, evening.come("Cleo Third")
    evening.meet(ann, ben)
    act_between(evening, block, ben, ann)
    act_between(evening, unblock, ann, ben)
    act_between(evening, unblock, cleo, ann)
    assert "Ann Achebe" not in evening.cast.browser(ben.person_id).get("/people").text
