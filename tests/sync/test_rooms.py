"""What people tell later: scans by their own time, words for their author alone, and both sides as one meeting."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.sync.own_phones import Phone
from webapp.contacts.loose import loose_notes_of
from webapp.contacts.models import Meeting, Memory
from webapp.contacts.queries import promises_of
from webapp.contacts.remembering import BETWEEN_NOTES
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.quarantine import QuarantinedOperation
from webapp.swaps.blocking import block, unblock
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.queries import waiting_for_me
from webapp.swaps.sheets import news_for
from webapp.web.limits import LIMITS, spend


def rows(table: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("order", list(permutations((0, 1))))
@pytest.mark.parametrize("way", ["screen", "badge"])
def test_r12_both_sides_scan_and_note_and_there_is_one_meeting_with_both_notes(
    two: tuple[Phone, Phone], order: tuple[int, int], way: str
) -> None:
    for me, other in (two, two[::-1]):
        code = other.shows() if way == "screen" else other.evening.code(other.guest)
        scanned = me.scan(code)
        me.keep("remember", of=scanned, note=f"{me.guest.name}'s own words", knew="new", promise="the recipe")
    for number in order:
        assert {one["result"] for one in two[number].tell()} == {"applied"}
    assert (rows(Meeting), rows(Grant), rows(Memory)) == (1, 2, 2)
    for me, other in (two, two[::-1]):
        assert me.note_with(other.guest) == f"{me.guest.name}'s own words"
        assert [one.words for one in promises_of(db.session(), me.guest.person_id, me.sealed)] == ["the recipe"]
        told_once = news_for(db.session(), me.guest.person_id, now())
        assert len(told_once) <= 1, "one notification each"
        assert waiting_for_me(db.session(), me.guest.person_id) == []


def test_one_side_alone_swaps_by_a_live_code_and_the_other_is_told_once(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    ann.scan(ben.shows())
    [told] = ann.tell()
    assert told["verdict"]["word"] == "Swapped"
    assert len(news_for(db.session(), ben.guest.person_id, now())) == 1
    assert told["verdict"]["page"].startswith("/meetings/")
    assert ann.browser.get(told["verdict"]["page"]).status_code == 200


def test_told_twice_is_done_once_and_answered_alike(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    ann.keep("remember", of=ann.scan(ben.shows()), note="old doors", promise="a book")
    first, again = ann.tell(), ann.tell()
    assert {one["result"] for one in first} == {"applied"}
    assert {one["result"] for one in again} == {"duplicate"}
    assert [one["verdict"] for one in first] == [one["verdict"] for one in again]
    assert ann.note_with(ben.guest) == "old doors"
    assert len(promises_of(db.session(), ann.guest.person_id, ann.sealed)) == 1


def test_an_answer_that_was_lost_online_is_the_same_operation_later(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    code = ben.evening.code(ben.guest)
    scanned = ann.scan(code)
    ann.browser.post("/scans", data={"code": code, "operation_id": scanned})
    [told] = ann.tell()
    assert (told["result"], told["verdict"]["word"]) == ("duplicate", "Gave")
    assert rows(CardRequest) == 1


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_r18_three_phones_of_one_person_note_the_same_meeting_and_no_word_is_lost(
    two: tuple[Phone, Phone], order: tuple[int, ...]
) -> None:
    ann, ben = two
    scanned = ann.scan(ben.shows())
    ann.tell()
    said = [("first", 30), ("second", 20), ("third", 10)]
    ids = [ann.keep("remember", ago=timedelta(minutes=ago), of=scanned, note=note) for note, ago in said]
    for number in order:
        ann.tell(ids[number])
    assert ann.note_with(ben.guest) == BETWEEN_NOTES.join(["third", "first", "second"])


def test_words_about_a_scan_that_came_to_nothing_stay_with_their_author(two: tuple[Phone, Phone]) -> None:
    ann, _ = two
    scanned = ann.scan(f"https://mix.example.org/B/{'0' * 24}")
    ann.keep("remember", of=scanned, note="Tall, hums while thinking", promise="the recipe")
    assert [one["verdict"]["word"] for one in ann.tell()] == ["NoSwap", "KeptLoose"]
    [loose] = loose_notes_of(db.session(), ann.guest.person_id, ann.sealed)
    db.session.rollback()
    assert loose.words == "Tall, hums while thinking\nthe recipe"
    page = ann.browser.get("/next").text
    assert "A note without a person" in page
    assert "hums while thinking" in page
    ann.browser.post(f"/notes/{loose.id}/removal")
    assert "hums while thinking" not in ann.browser.get("/next").text


def test_nobody_removes_another_s_note(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    ann.keep("remember", of=str(new_id()), note="mine")
    ann.tell()
    [loose] = loose_notes_of(db.session(), ann.guest.person_id, ann.sealed)
    db.session.rollback()
    ben.browser.post(f"/notes/{loose.id}/removal")
    assert len(loose_notes_of(db.session(), ann.guest.person_id, ann.sealed)) == 1


def test_a_note_names_a_meeting_of_mine_and_no_other(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    ben.scan(ann.evening.code(ann.evening.come("Vera Visitor")))
    ben.tell()
    meeting = db.session.scalars(select(Meeting.id)).one()
    ann.keep("remember", of=str(meeting), note="spying")
    ann.tell()
    assert rows(Memory) == 2
    assert len(loose_notes_of(db.session(), ann.guest.person_id, ann.sealed)) == 1


def test_what_was_taken_back_before_it_was_sent_is_as_if_it_never_was(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    ann.keep("undo_scan", of=ann.scan(ben.shows()))
    assert [one["verdict"]["word"] for one in ann.tell()] == ["Swapped", "Undone"]
    assert ann.evening.grant(ann.guest, ben.guest) is None
    assert ann.evening.grant(ben.guest, ann.guest) is None
    assert rows(Memory) == 0


def test_what_was_taken_back_too_late_takes_the_card_back_all_the_same(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    scanned = ann.scan(ben.evening.code(ben.guest))
    ann.tell()
    with writing() as session:
        session.scalars(select(Grant)).one().at = now() - timedelta(minutes=3)
        session.commit()
    [told] = ann.tell(ann.keep("undo_scan", of=scanned))
    assert told["verdict"]["word"] == "TooLate"
    assert ann.evening.grant(ann.guest, ben.guest) is None


@pytest.mark.parametrize(("scanned", "given"), [(35, False), (55, True), (15, True)])
def test_r13_what_was_scanned_while_they_blocked_me_gives_nothing_of_theirs_when_that_has_ended(
    two: tuple[Phone, Phone], scanned: int, given: bool
) -> None:
    ann, ben = two
    ben_blocks_for_a_while(ann, ben)
    ann.scan(ben.evening.code(ben.guest), ago=timedelta(minutes=scanned))
    [told] = ann.tell()
    assert told["verdict"]["word"] == ("Swapped" if given else "GaveBefore")
    assert (ben.evening.grant(ben.guest, ann.guest) is not None) == given


@pytest.mark.parametrize(("scanned", "word"), [(35, "NoSwap"), (15, "Swapped")])
def test_r13_whom_i_blocked_at_that_moment_was_not_there(two: tuple[Phone, Phone], scanned: int, word: str) -> None:
    ann, ben = two
    ben_blocks_for_a_while(ann, ben)
    ben.scan(ann.evening.code(ann.guest), ago=timedelta(minutes=scanned))
    assert [one["verdict"]["word"] for one in ben.tell()] == [word]


def ben_blocks_for_a_while(ann: Phone, ben: Phone) -> None:
    """From 45 minutes ago until 25 minutes ago. They had met, and Ben had given nothing; now he swaps with all."""
    ben.evening.meet(ann.guest, ben.guest)
    by = ben.evening.cast.actor(ben.guest.person_id)
    with writing() as session:
        block(session, new_id(), ann.guest.person_id, by=by, at=now() - timedelta(minutes=45))
        unblock(session, new_id(), ann.guest.person_id, by=by, at=now() - timedelta(minutes=25))
        session.commit()
    ben.evening.prefer(ben.guest, "swap")


def test_taking_back_what_gave_nothing_is_answered_every_time(two: tuple[Phone, Phone]) -> None:
    ann, _ = two
    undone = ann.keep("undo_scan", of=ann.scan(f"https://mix.example.org/B/{'0' * 24}"))
    ann.tell()
    assert [one["verdict"]["word"] for one in ann.tell(undone)] == ["nothing"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "x", "intent": "everything"},
        {"of": "nobody", "note": "x"},
        {"of": str(new_id()), "knew": "perhaps"},
    ],
)
def test_what_is_none_of_ours_is_kept_outside_and_answered(two: tuple[Phone, Phone], body: dict[str, str]) -> None:
    ann, _ = two
    ann.keep("remember" if "of" in body else "scan")
    ann.queue[0]["body"] = body
    assert [one["result"] for one in ann.tell()] == ["quarantined"]
    assert rows(QuarantinedOperation) == 1


def test_guessing_later_is_counted_and_what_is_too_much_is_kept_and_not_done(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    assert LIMITS["scan told later"].startswith("200 per hour")
    spend("scan told later", ann.guest.person_id, 199)
    for _time in range(2):
        ann.scan(ben.evening.code(ben.guest))
    assert [one["result"] for one in ann.tell()] == ["applied", "quarantined"]
    for _time in range(7):
        ben.scan("ZZZZZZZZ")
    results = [one["result"] for one in ben.tell()]
    assert results == ["applied"] * 5 + ["quarantined"] * 2, "five wrong typed codes close typing here too"
