"""A meeting belongs to a pair; a note belongs to its author."""

import threading

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select

from tests.cast import Cast
from webapp.contacts.models import Meeting, Memory
from webapp.contacts.queries import get_meeting, meetings_of, meetings_of_pair, memories_of, memory_of
from webapp.contacts.remembering import LONGEST_NOTE, forget_if_empty, keep_in_mind, meet, remember
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.tokens import Sealed


def sealed(cast: Cast) -> Sealed:
    return Sealed(cast.app.extensions["mixwell.tools"].keyring, "notes")


def met(cast: Cast, *, at_event: bool = True) -> Meeting:
    with writing() as session:
        event_id = cast.mixer.id if at_event else None
        meeting = meet(session, event_id, cast.ben.person_id, cast.ann.person_id, at=now())
        keep_in_mind(session, meeting, cast.ann.person_id, at=now())
        session.commit()
    return meeting


@pytest.mark.parametrize("at_event", [True, False])
def test_two_people_meet_once_an_event(cast: Cast, at_event: bool) -> None:
    first, second = met(cast, at_event=at_event), met(cast, at_event=at_event)
    assert first.id == second.id
    assert first.met_at == second.met_at
    assert first.first_id < first.second_id
    assert first.other_of(cast.ann.person_id) == cast.ben.person_id


def test_meeting_in_the_same_moment_is_one_meeting(cast: Cast) -> None:
    pair = (cast.ann.person_id, cast.ben.person_id)
    event_id, together, problems = cast.mixer.id, threading.Barrier(4), []

    def play(turn: int) -> None:
        with cast.app.app_context():
            try:
                together.wait(120)
                with writing() as session:
                    meet(session, event_id, pair[turn % 2], pair[1 - turn % 2], at=now())
                    session.commit()
            except Exception as problem:  # a thread's failure must reach the test
                problems.append(problem)

    threads = [threading.Thread(target=play, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 1


def test_only_whoever_has_it_in_mind_sees_a_meeting(cast: Cast) -> None:
    meeting = met(cast)
    assert get_meeting(db.session(), meeting.id, cast.ann.person_id).id == meeting.id
    assert [one.id for one in meetings_of(db.session(), cast.ann.person_id)] == [meeting.id]
    assert len(meetings_of_pair(db.session(), cast.ann.person_id, cast.ben.person_id)) == 1
    assert meetings_of(db.session(), cast.ben.person_id) == []
    with pytest.raises(NotHere):
        get_meeting(db.session(), meeting.id, cast.ben.person_id)


def write(cast: Cast, meeting: Meeting, note: str, *, knew: bool | None = None) -> None:
    with writing() as session:
        ann = cast.ann.person_id
        remember(session, meeting, ann, knew_each_other=knew, note=note, sealed=sealed(cast), at=now())
        session.commit()


def test_a_note_replaces_the_note_before_and_only_its_author_reads_it(cast: Cast) -> None:
    meeting = met(cast)
    write(cast, meeting, "tall", knew=False)
    write(cast, meeting, "  taller, boats ", knew=True)
    mine = memory_of(db.session(), meeting.id, cast.ann.person_id, sealed(cast))
    assert (mine.knew_each_other, mine.note) == (True, "taller, boats")
    assert memory_of(db.session(), meeting.id, cast.ben.person_id, sealed(cast)).note == ""
    assert memories_of(db.session(), cast.ben.person_id, sealed(cast)) == {}
    row = db.session.scalars(select(Memory)).one()
    assert row.sealed_note
    assert b"boats" not in row.sealed_note
    with pytest.raises(InvalidTag):
        sealed(cast).open(row.sealed_note, owner=cast.ben.person_id)


def test_a_note_has_an_end_and_an_empty_one_is_none(cast: Cast) -> None:
    meeting = met(cast)
    write(cast, meeting, "x" * (LONGEST_NOTE + 50))
    assert len(memory_of(db.session(), meeting.id, cast.ann.person_id, sealed(cast)).note) == LONGEST_NOTE
    db.session.rollback()
    write(cast, meeting, "   ")
    db.session.expire_all()
    assert db.session.scalars(select(Memory)).one().sealed_note is None


def test_what_was_written_is_never_forgotten_with_the_rest(cast: Cast) -> None:
    meeting = met(cast)
    with writing() as session:
        keep_in_mind(session, meeting, cast.ben.person_id, at=now())
        session.commit()
    write(cast, meeting, "", knew=True)
    with writing() as session:
        forget_if_empty(session, meeting.id)
        session.commit()
    assert db.session.scalars(select(Memory.person_id)).all() == [cast.ann.person_id]


def test_the_form_on_a_persons_page_keeps_and_comes_back(cast: Cast) -> None:
    meeting = met(cast)
    ann, ben = cast.browser(cast.ann.person_id), cast.browser(cast.ben.person_id)
    data = {"knew": "yes", "note": "<b>boats</b>", "then": "/people"}
    kept = ann.post(f"/meetings/{meeting.id}/memory", data=data, headers={"HX-Request-Type": "partial"})
    assert "&lt;b&gt;boats&lt;/b&gt;" in kept.text
    assert "Kept. Only you see it." in kept.text
    assert ann.post(f"/meetings/{meeting.id}/memory", data=data).location == "/people"
    assert ben.post(f"/meetings/{meeting.id}/memory", data=data).status_code == 404
