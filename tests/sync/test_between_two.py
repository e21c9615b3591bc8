"""What two people's acts come to when a block or an undo comes between, in every order (trust.md R13, R14)."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from tests.swaps.test_blocking import pages_of
from tests.sync.own_phones import Phone
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.swaps.blocking import block, unblock
from webapp.swaps.models import Grant
from webapp.swaps.queries import granted_card, waiting_for_me
from webapp.swaps.taking_back import withdraw


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def ben_blocks(ben: Phone, ann: Phone, *, ago: int, until: int | None = None) -> None:
    by = ben.evening.cast.actor(ben.guest.person_id)
    with writing() as session:
        block(session, new_id(), ann.guest.person_id, by=by, at=now() - minutes(ago))
        if until is not None:
            unblock(session, new_id(), ann.guest.person_id, by=by, at=now() - minutes(until))
        session.commit()


def sees(me: Phone, other: Phone) -> bool:
    """Whether the first sees the card of the second."""
    db.session.rollback()
    db.session.expire_all()
    return granted_card(db.session(), other.guest.person_id, me.guest.person_id) is not None


def waits(me: Phone) -> int:
    return len(waiting_for_me(db.session(), me.guest.person_id, also_put_off=True))


def they_met(ann: Phone, ben: Phone) -> None:
    """Ben gave Ann his card once and took it back: nothing is open in either direction."""
    ben.evening.meet(ben.guest, ann.guest)
    grant = ben.evening.grant(ben.guest, ann.guest)
    assert grant
    ben.evening.withdraw(ben.guest, grant.id)


def test_r13_what_the_blocked_give_during_a_block_stays_away_when_it_ends(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    they_met(ann, ben)
    ben_blocks(ben, ann, ago=45)
    ann.evening.meet(ann.guest, ben.guest)
    during = pages_of(ann.browser, ben.guest)
    ben_blocks(ben, ann, ago=0, until=0)
    assert not sees(ben, ann)
    assert waits(ben) == 0
    assert pages_of(ann.browser, ben.guest) == during, "she cannot tell that there was one"
    assert ann.evening.meet(ann.guest, ben.guest).__class__.__name__ == "GaveBefore"
    assert sees(ben, ann), "what she gives anew reaches him"
    assert waits(ben) == 1


def test_r13_what_the_blocked_gave_during_a_block_and_told_after_it_stays_away(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    they_met(ann, ben)
    ben_blocks(ben, ann, ago=45, until=25)
    ann.scan(ben.evening.code(ben.guest), ago=minutes(35))
    [told] = ann.tell()
    assert (told["result"], told["verdict"]["word"]) == ("applied", "Gave"), "as if he had only not answered"
    assert not sees(ben, ann)
    assert waits(ben) == 0
    ann.scan(ben.evening.code(ben.guest), ago=minutes(10))
    ann.tell()
    assert sees(ben, ann)


@pytest.mark.parametrize(("scanned", "seen"), [(55, True), (35, False), (15, True)])
@pytest.mark.parametrize("block_ended", [True, False])
def test_r13_by_when_it_was_made_whenever_it_is_told(
    two: tuple[Phone, Phone], scanned: int, seen: bool, block_ended: bool
) -> None:
    ann, ben = two
    they_met(ann, ben)
    ben_blocks(ben, ann, ago=45, until=25 if block_ended else None)
    ann.scan(ben.evening.code(ben.guest), ago=minutes(scanned))
    ann.tell()
    assert sees(ben, ann) == (seen and block_ended), "and nothing at all while it stands"
    assert not sees(ann, ben)


def test_r13_a_card_given_before_the_block_is_there_again_after_it_and_the_blockers_own_is_not(
    two: tuple[Phone, Phone],
) -> None:
    ann, ben = two
    ann.evening.meet(ann.guest, ben.guest)
    ben.evening.meet(ben.guest, ann.guest)
    ben_blocks(ben, ann, ago=0)
    assert (sees(ben, ann), sees(ann, ben)) == (False, False)
    ben_blocks(ben, ann, ago=0, until=0)
    assert (sees(ben, ann), sees(ann, ben)) == (True, False)


def test_r13_who_was_away_is_asked_when_the_one_who_blocked_gives_theirs(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    they_met(ann, ben)
    ben_blocks(ben, ann, ago=45)
    ann.evening.meet(ann.guest, ben.guest)
    ben_blocks(ben, ann, ago=0, until=0)
    ben.evening.meet(ben.guest, ann.guest)
    assert (sees(ben, ann), sees(ann, ben)) == (False, True)
    assert waits(ann) == 1
    ann.evening.answer(ann.guest, ben.guest)
    assert (sees(ben, ann), waits(ann)) == (True, 0)


@pytest.mark.parametrize("order", list(permutations((0, 1, 2))))
def test_r14_a_scan_made_after_the_undo_stands_in_whatever_order_they_come(
    two: tuple[Phone, Phone], order: tuple[int, ...]
) -> None:
    ann, ben = two
    code = ben.evening.code(ben.guest)
    first = ann.scan(code, ago=minutes(40))
    done = [first, ann.keep("undo_scan", ago=minutes(39), of=first), ann.scan(code, ago=minutes(38))]
    for number in order:
        [told] = ann.tell(done[number])
        assert told["result"] == "applied"
    assert sees(ben, ann)
    assert waits(ben) == 1
    ann.tell(ann.keep("undo_scan", ago=minutes(0), of=done[2]))
    assert not sees(ben, ann)


@pytest.mark.parametrize("told_again", [True, False])
def test_r14_taking_a_card_back_names_the_one_that_was_seen_and_a_later_one_stands(
    two: tuple[Phone, Phone], told_again: bool
) -> None:
    ann, ben = two
    ann.evening.meet(ann.guest, ben.guest)
    seen, operation, by = ann.evening.grant(ann.guest, ben.guest), new_id(), ann.evening.cast.actor(ann.guest.person_id)
    assert seen
    for _time in range(2 if told_again else 1):
        with writing() as session:
            withdraw(session, operation, seen.id, by=by, at=now())
            session.commit()
        ann.evening.meet(ann.guest, ben.guest)
    later = ann.evening.grant(ann.guest, ben.guest)
    assert later
    assert later.id != seen.id
    assert sees(ben, ann)


@pytest.mark.parametrize("way", ["badge", "screen"])
def test_an_undo_that_comes_before_its_scan_is_heeded_when_it_comes(two: tuple[Phone, Phone], way: str) -> None:
    ann, ben = two
    scanned = ann.scan(ben.shows() if way == "screen" else ben.evening.code(ben.guest))
    undone = ann.keep("undo_scan", of=scanned)
    assert [one["verdict"]["word"] for one in ann.tell(undone)] == ["nothing"]
    assert [one["verdict"]["word"] for one in ann.tell(scanned)] == ["NoSwap"]
    assert [one["result"] for one in ann.tell(scanned)] == ["duplicate"]
    assert db.session.scalars(select(Grant)).all() == []


def test_nobody_undoes_anothers_scan_before_it_comes(two: tuple[Phone, Phone]) -> None:
    ann, ben = two
    scanned = ann.scan(ben.evening.code(ben.guest))
    ben.keep("undo_scan", of=scanned)
    ben.tell()
    ann.tell(scanned)
    assert sees(ben, ann)
