"""Touches: said by their author and nobody else, never of the future, taken back, answered, and gone with them."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.cast import Cast, keep
from tests.people.evening import met
from tests.people.pages import counted_statements, keyring
from webapp.contacts.models import Block, Meeting, Touch
from webapp.contacts.touching import (
    Deed,
    Logged,
    NotYetHappened,
    OpenedTouch,
    TakenBack,
    Way,
    last_touch,
    log_touch,
    say_answered,
    take_back_touch,
    touches_of,
)
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import OperationReused
from webapp.core.tokens import Sealed
from webapp.mydata.leaving import erase

TODAY = now().replace(microsecond=0)
ONE_SIDED: tuple[Way, ...] = ("message", "mail", "introduction", "shared")
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Ann and Ben met."""
    return met(cast, cast.ann, cast.ben)


def log(cast: Cast, me: UUID, other: UUID, deed: Deed, operation: UUID | None = None) -> Logged | NotYetHappened:
    with writing() as session:
        by = cast.actor(me)
        logged = log_touch(session, operation or new_id(), other, deed, by=by, keyring=keyring(cast), at=now())
        session.commit()
    return logged


def call(at: datetime, words: str = "") -> Deed:
    return Deed("call", at, words)


def touched(cast: Cast, me: UUID, other: UUID) -> list[OpenedTouch]:
    db.session.rollback()
    db.session.expire_all()
    return touches_of(db.session(), me, other, Sealed(keyring(cast), "notes"))


def test_touches_of_a_pair_are_read_by_their_author_newest_first(cast: Cast, meeting: Meeting) -> None:
    ann, ben = cast.ann.person_id, cast.ben.person_id
    log(cast, ann, ben, call(YESTERDAY, "his bees"))
    log(cast, ann, ben, Deed("mail", TODAY - timedelta(days=9), "the recipe", no_agenda=True))
    log(cast, ben, ann, Deed("message", TODAY - timedelta(days=2), "thanks"))
    assert [(one.way, one.words, one.no_agenda) for one in touched(cast, ann, ben)] == [
        ("call", "his bees", False),
        ("mail", "the recipe", True),
    ]
    assert [one.words for one in touched(cast, ben, ann)] == ["thanks"]


def test_the_same_operation_logs_once_and_never_something_else(cast: Cast, meeting: Meeting) -> None:
    ann, ben, operation = cast.ann.person_id, cast.ben.person_id, new_id()
    assert log(cast, ann, ben, call(YESTERDAY), operation) == log(cast, ann, ben, call(YESTERDAY), operation)
    assert len(touched(cast, ann, ben)) == 1
    with pytest.raises(OperationReused):
        log(cast, ann, ben, call(YESTERDAY, "else"), operation)


def test_what_has_not_happened_is_no_touch(cast: Cast, meeting: Meeting) -> None:
    soon = now() + timedelta(minutes=5)
    assert log(cast, cast.ann.person_id, cast.ben.person_id, call(soon)) == NotYetHappened()
    assert touched(cast, cast.ann.person_id, cast.ben.person_id) == []


def test_nobody_outside_my_story_is_touched(cast: Cast) -> None:
    with pytest.raises(NotHere):
        log(cast, cast.ann.person_id, cast.ben.person_id, call(YESTERDAY))


def test_its_words_are_in_no_row(cast: Cast, meeting: Meeting) -> None:
    with counted_statements() as statements:
        log(cast, cast.ann.person_id, cast.ben.person_id, call(YESTERDAY, "sourdough"))
    assert not any("sourdough" in statement for statement in statements)


def test_a_touch_is_taken_back_once_and_by_its_author_alone(cast: Cast, meeting: Meeting) -> None:
    ann, ben, operation = cast.ann.person_id, cast.ben.person_id, new_id()
    log(cast, ann, ben, call(YESTERDAY))
    [touch] = touched(cast, ann, ben)
    for me, verdict in ((ben, None), (ann, TakenBack(ben)), (ann, TakenBack(ben))):
        with writing() as session:
            if verdict is None:
                with pytest.raises(NotHere):
                    take_back_touch(session, new_id(), touch.id, by=cast.actor(me), at=now())
            else:
                assert take_back_touch(session, operation, touch.id, by=cast.actor(me), at=now()) == verdict
                session.commit()
    assert touched(cast, ann, ben) == []


def test_they_answered_and_not_yet_after_all(cast: Cast, meeting: Meeting) -> None:
    ann, ben = cast.ann.person_id, cast.ben.person_id
    log(cast, ann, ben, Deed("message", YESTERDAY))
    [touch] = touched(cast, ann, ben)
    for answered in (True, True, False):
        with writing() as session:
            assert say_answered(session, touch.id, ann, answered=answered, at=now()) == ben
            session.commit()
        [again] = touched(cast, ann, ben)
        assert (again.answered_at is not None) is answered
    with writing() as session, pytest.raises(NotHere):
        say_answered(session, touch.id, ben, answered=True, at=now())


@pytest.mark.parametrize(
    ("way", "answered", "counts"),
    [("call", False, True), ("coffee", False, True), ("video", False, True)]
    + [(way, answered, answered) for way in ONE_SIDED for answered in (True, False)],
)
def test_the_others_touch_counts_for_me_where_both_took_part(
    cast: Cast, meeting: Meeting, way: Way, answered: bool, counts: bool
) -> None:
    ann, ben = cast.ann.person_id, cast.ben.person_id
    log(cast, ann, ben, Deed("mail", TODAY - timedelta(days=9)))
    log(cast, ben, ann, Deed(way, YESTERDAY))
    if answered:
        [touch] = touched(cast, ben, ann)
        with writing() as session:
            say_answered(session, touch.id, ben, answered=True, at=now())
            session.commit()
    last = last_touch(db.session(), ann, ben)
    assert last == (YESTERDAY if counts else TODAY - timedelta(days=9))
    assert last_touch(db.session(), ben, ann) == YESTERDAY
    assert last_touch(db.session(), ann, cast.dora.id) is None


@pytest.mark.parametrize("mine", [True, False])
def test_across_a_block_nobodys_word_but_my_own_counts(cast: Cast, meeting: Meeting, mine: bool) -> None:
    ann, ben = cast.ann.person_id, cast.ben.person_id
    log(cast, ben, ann, call(YESTERDAY))
    blocker, blocked = (ann, ben) if mine else (ben, ann)
    keep(Block(id=new_id(), blocker_id=blocker, blocked_id=blocked, at=now()))
    assert last_touch(db.session(), ann, ben) is None


def test_my_export_holds_it_opened_and_it_goes_with_me(cast: Cast, meeting: Meeting) -> None:
    log(cast, cast.ann.person_id, cast.ben.person_id, call(YESTERDAY, "his bees"))
    with zipfile.ZipFile(io.BytesIO(cast.browser(cast.ann.person_id).get("/me/data.zip").data)) as archive:
        mine = json.loads(archive.read("mine.json"))
    assert [(one["way"], one["words"]) for met in mine["people"] for one in met["touches"]] == [("call", "his bees")]
    assert len(mine["records"]["touches"]["rows"]) == 1
    with writing() as session:
        erase(session, cast.ann.person_id, at=now())
        session.commit()
    assert db.session.scalar(select(func.count()).select_from(Touch)) == 0
