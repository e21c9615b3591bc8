"""You scan, they get your card. They scan back, you get theirs."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.cast import keep
from tests.swaps.evening import BASE, EveningOut
from webapp.accounts.models import SignInSession
from webapp.badges.issuing import replace_lost, token_of
from webapp.contacts.models import Meeting
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import OperationReused
from webapp.core.versions import version_of
from webapp.events.models import Attendee, Event
from webapp.swaps.models import CardRequest, Grant, KeptScan
from webapp.swaps.queries import granted_card, waiting_for_me
from webapp.swaps.verdicts import (
    AlreadySwapped,
    ExplainFirst,
    Gave,
    GaveBefore,
    NoLongerAsked,
    NoSwap,
    NotCheckedInYet,
    Noted,
    OwnBadge,
    PutOff,
    Swapped,
)


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_one_scan_gives_and_asks(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    verdict = evening.meet(ann, ben)
    assert isinstance(verdict, Gave)
    assert verdict.asked
    assert evening.grant(ann, ben)
    assert evening.grant(ben, ann) is None
    assert [waiting.name for waiting in waiting_for_me(db.session(), ben.person_id)] == ["Ann Achebe"]
    assert granted_card(db.session(), ben.person_id, ann.person_id) is None


def test_two_scans_swap(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    first = evening.meet(ann, ben)
    second = evening.meet(ben, ann)
    assert isinstance(first, Gave)
    assert second == Swapped(first.meeting_id)
    assert waiting_for_me(db.session(), ben.person_id) == []
    assert waiting_for_me(db.session(), ann.person_id) == []
    assert isinstance(evening.meet(ann, ben), AlreadySwapped)
    assert count(Grant) == 2


def test_a_badge_scanned_twice_gives_once(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    operation = new_id()
    first = evening.meet(ann, ben, operation=operation)
    assert evening.meet(ann, ben, operation=operation) == first
    assert isinstance(evening.meet(ann, ben), GaveBefore)
    assert count(Grant) == count(CardRequest) == count(Meeting) == 1


def test_an_operation_id_cannot_be_used_for_another_badge(evening: EveningOut) -> None:
    operation = new_id()
    evening.meet(evening.cast.ann, evening.cast.ben, operation=operation)
    other = evening.come("Cleo Okafor")
    with pytest.raises(OperationReused):
        evening.meet(evening.cast.ann, other, operation=operation)


def test_both_scan_each_other_in_the_same_moment(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    codes = {ann.id: evening.code(ben), ben.id: evening.code(ann)}
    together, problems = threading.Barrier(2), []

    def play(guest: Attendee) -> None:
        with evening.app.app_context():
            try:
                together.wait(120)
                evening.scan(guest, codes[guest.id])
            except Exception as problem:  # a thread's failure must reach the test
                problems.append(problem)

    threads = [threading.Thread(target=play, args=(guest,)) for guest in (ann, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems
    assert count(Meeting) == 1
    assert count(Grant) == 2
    assert waiting_for_me(db.session(), ann.person_id) == waiting_for_me(db.session(), ben.person_id) == []


def test_the_other_phone_learns_of_each_change(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    before = version_of(db.session(), f"person:{ben.person_id}")
    evening.meet(ann, ben)
    db.session.rollback()
    assert version_of(db.session(), f"person:{ben.person_id}") > before


def test_give_mine_swaps_and_not_now_can_still_become_a_yes(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    assert isinstance(evening.answer(ben, ann, yes=False), PutOff)
    assert waiting_for_me(db.session(), ben.person_id) == []
    assert [w.put_off for w in waiting_for_me(db.session(), ben.person_id, also_put_off=True)] == [True]
    assert isinstance(evening.meet(ann, ben), GaveBefore), "a not now must not show"
    assert isinstance(evening.answer(ben, ann), Swapped)
    assert isinstance(evening.answer(ben, ann), AlreadySwapped)


def test_only_the_one_who_was_asked_can_answer(evening: EveningOut) -> None:
    evening.meet(evening.cast.ann, evening.cast.ben)
    with pytest.raises(NotHere):
        evening_answer_as_asker(evening)


def evening_answer_as_asker(evening: EveningOut) -> None:
    from webapp.swaps.exchange import give_mine

    request_id = db.session.scalars(select(CardRequest.id)).one()
    db.session.rollback()
    with writing() as session:
        give_mine(session, new_id(), request_id, by=evening.cast.actor(evening.cast.ann.person_id), at=now())


def test_an_answer_to_a_card_that_was_taken_back_says_so(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    grant = evening.grant(ann, ben)
    assert grant
    evening.withdraw(ann, grant.id)
    assert isinstance(evening.answer(ben, ann), NoLongerAsked)
    assert evening.grant(ben, ann) is None


def test_asking_stops_after_three_times_but_giving_does_not(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    for _turn in range(3):
        evening.meet(ann, ben)
        evening.answer(ben, ann, yes=False)
    assert isinstance(evening.meet(ann, ben), GaveBefore)
    assert waiting_for_me(db.session(), ben.person_id) == []
    assert count(CardRequest) == 3


# What the owner chose for tonight.


def test_swap_right_away_gives_both_ways_at_once(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.prefer(ben, "swap")
    assert isinstance(evening.meet(ann, ben), Swapped)
    grant = evening.grant(ben, ann)
    assert grant
    assert grant.how == "standing"
    assert waiting_for_me(db.session(), ben.person_id) == []


def test_a_card_taken_back_once_is_asked_for_and_not_given_by_a_standing_choice(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.prefer(ben, "swap")
    evening.meet(ann, ben)
    grant = evening.grant(ben, ann)
    assert grant
    evening.withdraw(ben, grant.id)
    assert isinstance(evening.meet(ann, ben), GaveBefore)
    assert evening.grant(ben, ann) is None


def test_take_theirs_keep_mine_gives_one_way_and_bothers_nobody(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.prefer(ben, "take")
    verdict = evening.meet(ann, ben)
    assert isinstance(verdict, Gave)
    assert not verdict.asked
    assert waiting_for_me(db.session(), ben.person_id) == []
    assert isinstance(evening.answer(ben, ann), Swapped), "and they may still give it later"


def test_not_tonight_is_what_an_unknown_badge_answers(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.prefer(ben, "not_tonight")
    assert evening.meet(ann, ben) == NoSwap() == evening.scan(ann, f"{BASE}/B/{'0' * 24}")
    assert count(Grant) == count(Meeting) == 0


def test_not_tonight_does_not_show_to_somebody_who_has_swapped_before(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    evening.prefer(ben, "not_tonight")
    assert isinstance(evening.meet(ann, ben), GaveBefore)


# Who is in the room.


def test_the_badge_of_somebody_without_a_phone_receives(evening: EveningOut) -> None:
    guest = evening.cast.guest("Paper Only")
    evening.arrive(guest)
    assert isinstance(evening.meet(evening.cast.ann, guest), Gave)
    assert evening.grant(evening.cast.ann, guest)


def test_an_owner_who_has_not_arrived_cannot_be_told_from_a_wrong_code(evening: EveningOut) -> None:
    absent = evening.cast.guest("Absent Friend", claimed=True)
    assert evening.meet(evening.cast.ann, absent) == NoSwap()


def test_a_cancelled_guest_and_a_replaced_badge_and_another_event_answer_alike(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    elsewhere = evening.cast.guest("Far Away", event=evening.cast.other_mixer, claimed=True)
    evening.arrive(elsewhere)
    assert evening.meet(ann, elsewhere) == NoSwap()
    lost = evening.code(ben)
    with writing() as session:
        ref = session.get_one(Attendee, ben.id)
        by = evening.cast.actor(ben.person_id)
        fresh = replace_lost(session, ref, keyring=evening.keyring, base_url=BASE, by=by, at=now())
        session.commit()
    assert evening.scan(ann, lost) == NoSwap()
    assert isinstance(evening.scan(ann, f"{BASE}/b/{token_of(fresh, evening.keyring).lower()}"), Gave)
    gone = evening.come("Gone Guest")
    with writing() as session:
        session.get_one(Attendee, gone.id).cancelled_at = now()
        session.commit()
    assert evening.meet(ann, gone) == NoSwap()


def test_the_codes_of_an_event_die_a_day_after_its_end(evening: EveningOut) -> None:
    code = evening.code(evening.cast.ben)
    with writing() as session:
        past = {"starts_at": now() - timedelta(hours=30), "ends_at": now() - timedelta(hours=25)}
        session.execute(update(Event).values(past))
        session.commit()
    assert evening.scan(evening.cast.ann, code) == NoSwap()


def test_my_own_badge_says_that_it_is_mine(evening: EveningOut) -> None:
    assert evening.meet(evening.cast.ann, evening.cast.ann) == OwnBadge()


def test_a_typed_code_swaps_inside_its_event_only(evening: EveningOut) -> None:
    ann = evening.cast.ann
    typed = evening.typed(evening.cast.ben)
    assert isinstance(evening.scan(ann, f"{typed[:4]}-{typed[4:].lower()}"), Gave)
    elsewhere = evening.arrive(evening.cast.guest("Far Away", event=evening.cast.other_mixer, claimed=True))
    assert evening.scan(elsewhere, typed) == NoSwap()


@pytest.mark.parametrize(
    "text", ["", "hello", "https://evil.example.org/B/" + "0" * 24, "javascript:alert(1)", "0" * 600]
)
def test_text_that_is_no_code_of_ours_does_nothing(evening: EveningOut, text: str) -> None:
    assert evening.scan(evening.cast.ann, text) == NoSwap()
    assert count(Grant) == 0


# Kept scans and the first one ever.


def test_a_scan_before_arriving_is_kept_and_finishes_afterwards(evening: EveningOut) -> None:
    early = evening.cast.guest("Early Bird", email="early@example.org", claimed=True)
    with writing() as session:
        from webapp.accounts.cards import explain_first_scan

        explain_first_scan(session, early.person_id, now())
        session.commit()
    verdict = evening.meet(early, evening.cast.ben)
    assert isinstance(verdict, NotCheckedInYet)
    assert evening.finish(early, verdict.kept_id) == verdict
    evening.arrive(early)
    assert isinstance(evening.finish(early, verdict.kept_id), Gave)
    with pytest.raises(NotHere):
        evening.finish(early, verdict.kept_id)


def test_before_arriving_a_wrong_code_answers_like_a_right_one(evening: EveningOut) -> None:
    early = evening.cast.guest("Early Bird", claimed=True)
    wrong = evening.scan(early, f"{BASE}/B/{'0' * 24}")
    assert type(wrong) is type(evening.meet(early, evening.cast.ben)) is NotCheckedInYet
    evening.arrive(early)
    assert evening.finish(early, wrong.kept_id) == NoSwap()


def test_a_kept_scan_belongs_to_one_person_and_to_one_day(evening: EveningOut) -> None:
    verdict = evening.meet(evening.cast.guest("Early Bird", claimed=True), evening.cast.ben)
    assert isinstance(verdict, NotCheckedInYet)
    with pytest.raises(NotHere):
        evening.finish(evening.cast.ann, verdict.kept_id)


def test_the_first_scan_ever_asks_before_it_sends(evening: EveningOut) -> None:
    new = evening.come("New Here", knows=False)
    question = evening.meet(new, evening.cast.ben)
    assert isinstance(question, ExplainFirst)
    assert count(Grant) == count(Meeting) == 0
    assert isinstance(evening.finish(new, question.kept_id, "give"), Gave)
    other = evening.come("Cleo Okafor")
    assert isinstance(evening.meet(new, other), Gave), "asked once only"


def test_just_noting_sends_nothing_and_nobody_else_sees_it(evening: EveningOut) -> None:
    from webapp.swaps.stories import met_by

    new = evening.come("New Here", knows=False)
    question = evening.meet(new, evening.cast.ben)
    assert isinstance(question, ExplainFirst)
    assert isinstance(evening.finish(new, question.kept_id, "note"), Noted)
    assert count(Grant) == count(CardRequest) == 0
    assert [met.state for out in met_by(db.session(), new.person_id) for met in out.people] == ["noted"]
    assert met_by(db.session(), evening.cast.ben.person_id) == []


def test_a_kept_scan_never_holds_a_code(evening: EveningOut) -> None:
    new = evening.come("New Here", knows=False)
    evening.meet(new, evening.cast.ben)
    kept = db.session.scalars(select(KeptScan)).one()
    assert token_of(evening.badge(evening.cast.ben), evening.keyring) not in str(vars(kept))


# The live code on a screen.


def phone_of(evening: EveningOut, guest: Attendee) -> SignInSession:
    evening.cast.browser(guest.person_id)
    mine = select(SignInSession).where(SignInSession.person_id == guest.person_id)
    row = db.session.scalars(mine.order_by(SignInSession.created_at.desc())).first()
    db.session.rollback()
    assert row
    return row


def test_showing_a_live_code_says_yes(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    verdict = evening.scan(ann, evening.screen(phone_of(evening, ben).id))
    assert isinstance(verdict, Swapped)
    grants = {grant.how for grant in (evening.grant(ann, ben), evening.grant(ben, ann)) if grant}
    assert grants == {"screen", "shown"}


def test_a_live_code_finishes_a_half_open_swap(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    assert isinstance(evening.scan(ann, evening.screen(phone_of(evening, ben).id)), Swapped)
    assert waiting_for_me(db.session(), ben.person_id) == []


@pytest.mark.parametrize(("seconds", "fine"), [(0, True), (119, True), (185, False), (-65, False)])
def test_a_live_code_lives_two_minutes(evening: EveningOut, seconds: int, fine: bool) -> None:
    phone = phone_of(evening, evening.cast.ben)
    shown = now() - timedelta(seconds=seconds)
    verdict = evening.scan(evening.cast.ann, evening.screen(phone.id, shown))
    assert isinstance(verdict, Swapped if fine else NoSwap)


def test_a_live_code_dies_with_its_session(evening: EveningOut) -> None:
    phone = phone_of(evening, evening.cast.ben)
    code = evening.screen(phone.id)
    with writing() as session:
        session.get_one(SignInSession, phone.id).ended_at = now()
        session.commit()
    assert evening.scan(evening.cast.ann, code) == NoSwap()


def test_a_live_code_is_good_once_for_a_pair(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    code, operation = evening.screen(phone_of(evening, ben).id), new_id()
    assert isinstance(evening.scan(ann, code, operation=operation), Swapped)
    assert isinstance(evening.scan(ann, code), AlreadySwapped)
    evening.undo(ben, operation)
    assert evening.scan(ann, code) == NoSwap(), "a picture of the code must not undo the undoing"
    assert evening.grant(ben, ann) is None


def test_a_forged_live_code_does_nothing(evening: EveningOut) -> None:
    code = evening.screen(phone_of(evening, evening.cast.ben).id)
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert evening.scan(evening.cast.ann, forged) == NoSwap()


def test_a_live_code_needs_both_in_the_same_room(evening: EveningOut) -> None:
    elsewhere = evening.arrive(evening.cast.guest("Far Away", event=evening.cast.other_mixer, claimed=True))
    assert evening.scan(evening.cast.ann, evening.screen(phone_of(evening, elsewhere).id)) == NoSwap()


def test_no_printed_code_alone_ever_opens_a_card(evening: EveningOut) -> None:
    """S-13: whatever the scanner does with a badge, no field of its owner moves without an act of the owner."""
    ann, ben = evening.cast.ann, evening.cast.ben
    for text in (evening.code(ben), evening.typed(ben), evening.code(ben)):
        evening.scan(ann, text)
    kept = keep(
        KeptScan(
            id=new_id(),
            person_id=ann.person_id,
            badge_id=evening.badge(ben).id,
            at=now(),
            expires_at=now() + timedelta(hours=1),
        )
    )
    evening.finish(ann, kept.id, "give")
    assert granted_card(db.session(), ben.person_id, ann.person_id) is None
    assert count(Grant) == 1
