"""Undo is as if it never was; withdrawing works for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.swaps.evening import EveningOut
from webapp.contacts.models import Memory
from webapp.contacts.queries import meetings_of
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.core.versions import version_of
from webapp.swaps.queries import granted_card, waiting_for_me, who_has_my_card
from webapp.swaps.stories import met_by, pair_story
from webapp.swaps.verdicts import Gave, Swapped, TooLate, Undone


def test_undo_leaves_nothing_on_either_side(evening: EveningOut) -> None:
    ann, ben, operation = evening.cast.ann, evening.cast.ben, new_id()
    evening.meet(ann, ben, operation=operation)
    assert isinstance(evening.undo(ann, operation), Undone)
    assert evening.grant(ann, ben) is None
    assert waiting_for_me(db.session(), ben.person_id, also_put_off=True) == []
    assert met_by(db.session(), ben.person_id) == met_by(db.session(), ann.person_id) == []
    assert db.session.scalar(select(func.count()).select_from(Memory)) == 0
    db.session.rollback()
    assert isinstance(evening.meet(ann, ben), Gave), "and it can be done again"


@pytest.mark.parametrize(("seconds", "verdict"), [(0, Undone), (59, Undone), (61, TooLate)])
def test_undo_works_for_sixty_seconds(evening: EveningOut, seconds: int, verdict: type) -> None:
    ann, ben, operation = evening.cast.ann, evening.cast.ben, new_id()
    evening.meet(ann, ben, operation=operation)
    assert isinstance(evening.undo(ann, operation, after=timedelta(seconds=seconds)), verdict)


def test_undoing_an_answer_opens_the_question_again(evening: EveningOut) -> None:
    ann, ben, operation = evening.cast.ann, evening.cast.ben, new_id()
    evening.meet(ann, ben)
    evening.meet(ben, ann, operation=operation)
    assert isinstance(evening.undo(ben, operation), Undone)
    assert evening.grant(ben, ann) is None
    assert evening.grant(ann, ben)
    assert len(waiting_for_me(db.session(), ben.person_id)) == 1


def test_undoing_a_scan_undoes_what_came_back_for_it(evening: EveningOut) -> None:
    ann, ben, operation = evening.cast.ann, evening.cast.ben, new_id()
    evening.meet(ann, ben, operation=operation)
    evening.answer(ben, ann)
    assert isinstance(evening.undo(ann, operation), Undone)
    assert evening.grant(ann, ben) is evening.grant(ben, ann) is None


def test_either_side_undoes_a_swap_that_one_scan_made(evening: EveningOut) -> None:
    ann, ben, operation = evening.cast.ann, evening.cast.ben, new_id()
    evening.prefer(ben, "swap")
    assert isinstance(evening.meet(ann, ben, operation=operation), Swapped)
    assert isinstance(evening.undo(ben, operation), Undone)
    assert evening.grant(ann, ben) is evening.grant(ben, ann) is None
    assert isinstance(evening.undo(ann, operation), Undone), "safe to repeat, from either side"


def test_only_who_gave_can_undo(evening: EveningOut) -> None:
    operation = new_id()
    evening.meet(evening.cast.ann, evening.cast.ben, operation=operation)
    for other in (evening.cast.ben, evening.come("Cleo Okafor")):
        with pytest.raises(NotHere):
            evening.undo(other, operation)


def test_a_note_outlives_the_undo(evening: EveningOut) -> None:
    from webapp.contacts.remembering import remember

    ann, ben, operation = evening.cast.ann, evening.cast.ben, new_id()
    evening.meet(ann, ben, operation=operation)
    [meeting] = meetings_of(db.session(), ann.person_id)
    db.session.rollback()
    with writing() as session:
        sealed = Sealed(evening.keyring, "notes")
        remember(session, meeting, ann.person_id, knew_each_other=None, note="tall", sealed=sealed, at=now())
        session.commit()
    evening.undo(ann, operation)
    assert [met.state for out in met_by(db.session(), ann.person_id) for met in out.people] == ["noted"]
    assert met_by(db.session(), ben.person_id) == []


def test_withdrawing_takes_the_fields_and_leaves_the_meeting(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    evening.meet(ben, ann)
    grant = evening.grant(ann, ben)
    assert grant
    before = version_of(db.session(), f"person:{ben.person_id}")
    db.session.rollback()
    evening.withdraw(ann, grant.id)
    evening.withdraw(ann, grant.id)
    assert granted_card(db.session(), ann.person_id, ben.person_id) is None
    assert who_has_my_card(db.session(), ann.person_id) == []
    story = pair_story(db.session(), ben.person_id, ann.person_id)
    assert story.withdrawn_at
    assert len(story.meetings) == 1
    assert granted_card(db.session(), ben.person_id, ann.person_id), "theirs stays until they take it back"
    assert version_of(db.session(), f"person:{ben.person_id}") > before, "and their phone learns of it"


def test_nobody_withdraws_for_another(evening: EveningOut) -> None:
    evening.meet(evening.cast.ann, evening.cast.ben)
    grant = evening.grant(evening.cast.ann, evening.cast.ben)
    assert grant
    with pytest.raises(NotHere):
        evening.withdraw(evening.cast.ben, grant.id)


def test_after_withdrawing_one_can_give_again(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    grant = evening.grant(ann, ben)
    assert grant
    evening.withdraw(ann, grant.id)
    assert isinstance(evening.meet(ann, ben), Gave)
    assert len(waiting_for_me(db.session(), ben.person_id)) == 1
