"""What was read on a phone without a network counts by when it was read, however late it comes (R12 to R16)."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.swaps.evening import BASE, EveningOut
from webapp.accounts.models import SignInSession
from webapp.badges.issuing import replace_lost
from webapp.contacts.models import Meeting, Memory
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.swaps.blocking import block
from webapp.swaps.codes import read_code
from webapp.swaps.exchange import Intent, Scan, scan
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.verdicts import ExplainFirst, Gave, NoSwap, NotCheckedInYet, Noted, ScanVerdict, Swapped

LONG_AGO = timedelta(hours=9)


def told(
    evening: EveningOut,
    me: Attendee,
    text: str,
    *,
    ago: timedelta = timedelta(minutes=30),
    intent: Intent = "ask me first",
    operation: UUID | None = None,
) -> ScanVerdict:
    """A scan that this guest made so long ago arrives now."""
    scanned = Scan(operation or new_id(), read_code(text, BASE), now() - ago, intent)
    with writing() as session:
        by = evening.cast.actor(me.person_id)
        verdict = scan(session, scanned, by=by, at=now(), keyring=evening.keyring)
        session.commit()
    return verdict


def session_of(evening: EveningOut, guest: Attendee, *, since: timedelta = timedelta(days=1)) -> UUID:
    """The sign-in of this guest's phone, which is that old."""
    evening.cast.browser(guest.person_id)
    with writing() as session:
        row = session.scalars(select(SignInSession).where(SignInSession.person_id == guest.person_id)).one()
        row.created_at = row.seen_at = now() - since
        session.commit()
        return row.id


def rows(table: type[Meeting] | type[Grant] | type[Memory] | type[CardRequest]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(("apart", "fine"), [(0, True), (119, True), (185, False), (-65, False)])
def test_a_live_code_counts_for_two_minutes_around_its_reading_however_late_that_comes(
    evening: EveningOut, apart: int, fine: bool
) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    read = now() - LONG_AGO
    code = evening.screen(session_of(evening, ben), read - timedelta(seconds=apart))
    verdict = told(evening, ann, code, ago=LONG_AGO)
    assert isinstance(verdict, Swapped if fine else NoSwap)


def test_a_live_code_was_good_while_its_phone_was_signed_in(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    phone = session_of(evening, ben)
    code = evening.screen(phone, now() - timedelta(minutes=30))
    late = evening.screen(phone, now() - timedelta(minutes=10))
    with writing() as session:
        session.get_one(SignInSession, phone).ended_at = now() - timedelta(minutes=20)
        session.commit()
    assert told(evening, ann, late, ago=timedelta(minutes=10)) == NoSwap(), "the phone was signed out by then"
    assert isinstance(told(evening, ann, code), Swapped)


@pytest.mark.parametrize("order", list(permutations((0, 1))))
@pytest.mark.parametrize("way", ["screen", "badge"])
def test_r12_both_scanned_each_other_and_met_once_whoever_is_told_first(
    evening: EveningOut, order: tuple[int, int], way: str
) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    ages = (timedelta(minutes=40), timedelta(minutes=38))
    phones = {guest: session_of(evening, guest) for guest in (ann, ben)}
    scans = [(ann, ben, ages[0]), (ben, ann, ages[1])]
    for number in order:
        me, other, ago = scans[number]
        text = evening.code(other) if way == "badge" else evening.screen(phones[other], now() - ago)
        told(evening, me, text, ago=ago)
    assert (rows(Meeting), rows(Grant), rows(Memory)) == (1, 2, 2)
    assert evening.grant(ann, ben)
    assert evening.grant(ben, ann)
    waits = select(CardRequest).where(CardRequest.answered_at.is_(None))
    assert db.session.scalars(waits).all() == []
    met_at = db.session.scalars(select(Meeting.met_at)).one()
    assert abs(met_at - (now() - ages[0])) < timedelta(minutes=1), "when the earlier of the two scanned"


@pytest.mark.parametrize("mode", ["ask", "swap"])
def test_r15_a_badge_scanned_before_it_was_replaced_asks_and_one_scanned_after_is_dead(
    evening: EveningOut, mode: str
) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.prefer(ben, mode)
    code = evening.code(ben)
    with writing() as session:
        guest = session.get_one(Attendee, ben.id)
        at = now() - timedelta(minutes=20)
        replace_lost(session, guest, keyring=evening.keyring, base_url=BASE, by=NOBODY, at=at)
        session.commit()
    assert told(evening, ann, code, ago=timedelta(minutes=10)) == NoSwap()
    verdict = told(evening, ann, code)
    assert isinstance(verdict, Gave)
    assert verdict.asked
    assert evening.grant(ben, ann) is None, "a badge that may be in other hands speaks for nobody"


def test_r13_a_block_wins_over_a_scan_that_was_made_before_it(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    code = evening.screen(session_of(evening, ben), now() - timedelta(minutes=30))
    evening.meet(ben, ann)
    with writing() as session:
        block(session, new_id(), ann.person_id, by=evening.cast.actor(ben.person_id), at=now())
        session.commit()
    told(evening, ann, code)
    assert evening.grant(ben, ann) is None


def test_r16_a_scan_of_somebody_who_left_meanwhile_is_answered_and_makes_nobody(evening: EveningOut) -> None:
    ann, vera = evening.cast.ann, evening.come("Vera Visitor")
    code = evening.code(vera)
    with writing() as session:
        session.delete(session.get_one(Attendee, vera.id))
        session.commit()
    assert told(evening, ann, code) == NoSwap()
    assert rows(Meeting) == 0


def test_what_a_phone_was_told_when_it_asked_before_the_first_scan_is_done(evening: EveningOut) -> None:
    ben, new = evening.cast.ben, evening.come("New Here", knows=False)
    assert isinstance(told(evening, new, evening.code(ben), intent="note"), Noted)
    assert evening.grant(new, ben) is None
    assert isinstance(told(evening, new, evening.code(ben)), ExplainFirst), "a note explains nothing"
    assert isinstance(told(evening, new, evening.code(ben), intent="give"), Gave)
    assert evening.grant(new, ben)


def test_a_note_alone_gives_nothing_of_somebody_who_has_scanned_before_either(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    assert isinstance(told(evening, ann, evening.code(ben), intent="note"), Noted)
    assert evening.grant(ann, ben) is None


@pytest.mark.parametrize("intent", ["give", "note"])
def test_a_question_that_was_lost_on_the_way_is_answered_by_the_phone_s_own(
    evening: EveningOut, intent: Intent
) -> None:
    ben, new, operation = evening.cast.ben, evening.come("New Here", knows=False), new_id()
    code = evening.code(ben)
    assert isinstance(evening.scan(new, code, operation=operation), ExplainFirst)
    first, again = (told(evening, new, code, intent=intent, operation=operation) for _time in range(2))
    assert first == again
    assert isinstance(first, Gave if intent == "give" else Noted)
    assert (evening.grant(new, ben) is not None) == (intent == "give")
    assert rows(Meeting) == 1


# Without an event (practices B14).


def outside(evening: EveningOut, one: UUID, other: UUID) -> ScanVerdict:
    """The one scans the other's phone."""
    evening.cast.browser(other)
    phone = db.session.scalars(select(SignInSession.id).where(SignInSession.person_id == other)).first()
    db.session.rollback()
    assert phone
    scanned = Scan(new_id(), read_code(evening.screen(phone), BASE), now(), "give")
    with writing() as session:
        verdict = scan(session, scanned, by=evening.cast.actor(one), at=now(), keyring=evening.keyring)
        session.commit()
    return verdict


def test_b14_two_phones_swap_where_no_event_is_and_once(evening: EveningOut) -> None:
    nora, gus = (evening.cast.person(name).id for name in ("Nora Neighbour", "Gus Goalkeeper"))
    assert isinstance(outside(evening, nora, gus), Swapped)
    outside(evening, gus, nora)
    meeting = db.session.scalars(select(Meeting)).one()
    assert meeting.event_id is None
    assert (rows(Grant), rows(Memory)) == (2, 2)


def test_b14_a_neighbour_may_be_a_guest_of_an_event_that_the_other_has_nothing_to_do_with(evening: EveningOut) -> None:
    nora = evening.cast.person("Nora Neighbour").id
    assert isinstance(outside(evening, nora, evening.cast.ann.person_id), Swapped)


def test_b14_guests_of_one_event_still_arrive_first(evening: EveningOut) -> None:
    late = evening.cast.guest("Not Yet", claimed=True)
    assert isinstance(outside(evening, late.person_id, evening.cast.ann.person_id), NotCheckedInYet)
    assert outside(evening, evening.cast.ann.person_id, late.person_id) == NoSwap()


def test_b14_a_badge_needs_its_event(evening: EveningOut) -> None:
    nora = evening.cast.person("Nora Neighbour")
    scanned = Scan(new_id(), read_code(evening.code(evening.cast.ben), BASE), now(), "give")
    with writing() as session:
        by = evening.cast.actor(nora.id)
        assert scan(session, scanned, by=by, at=now(), keyring=evening.keyring) == NoSwap()
        session.commit()
    assert rows(Grant) == 0
