"""What of a card is open to whom, under which name, and for whom each list is."""

from datetime import timedelta

import pytest

from tests.swaps.evening import EveningOut
from webapp.accounts.models import Card, Person
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.swaps.queries import granted_card, waiting_for_me, who_has_my_card
from webapp.swaps.reaching import Reach, choose_reach
from webapp.swaps.stories import met_by, pair_story

WHOLE = {"headline": "Boats", "company": "Harbour Yard", "phone": "+44 20 7946 0000", "can_help_with": "rigging"}


def reach(evening: EveningOut, guest: Attendee, *ways: str) -> None:
    with writing() as session:
        choose_reach(session, guest.person_id, Reach(frozenset(ways)), at=now())
        session.commit()


def fields(evening: EveningOut, giver: Attendee, receiver: Attendee) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    card = granted_card(db.session(), giver.person_id, receiver.person_id)
    return list(card.fields) if card else []


def test_until_asked_a_swap_gives_name_and_headline_only(evening: EveningOut) -> None:
    ann = evening.come("Amy Boatwright", **WHOLE)
    evening.meet(ann, evening.cast.ben)
    assert fields(evening, ann, evening.cast.ben) == ["name", "headline"]


def test_the_first_answer_holds_for_earlier_swaps_and_later_ones_do_not(evening: EveningOut) -> None:
    ann, ben = evening.come("Amy Boatwright", **WHOLE), evening.cast.ben
    evening.meet(ann, ben)
    reach(evening, ann, "phone")
    assert fields(evening, ann, ben) == ["name", "headline", "company", "phone", "can_help_with"]
    reach(evening, ann, "email")
    assert fields(evening, ann, ben) == ["name", "headline", "company", "can_help_with"], "no longer offered, not given"
    cleo = evening.come("Cleo Okafor")
    evening.meet(ann, cleo)
    assert "email" in fields(evening, ann, cleo)


def test_a_corrected_card_reaches_its_holders_and_an_emptied_field_leaves_them(evening: EveningOut) -> None:
    ann, ben = evening.come("Amy Boatwright", **WHOLE), evening.cast.ben
    evening.meet(ann, ben)
    with writing() as session:
        session.get_one(Card, ann.person_id).headline = "Larger boats"
        session.commit()
    card = granted_card(db.session(), ann.person_id, ben.person_id)
    assert card
    assert card.fields["headline"] == "Larger boats"
    assert not card.can_be_written_to


def test_export_waits_for_the_minute_in_which_it_can_be_undone(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    card = granted_card(db.session(), ann.person_id, ben.person_id)
    assert card
    assert not card.may_export(card.given_at + timedelta(seconds=60))
    assert card.may_export(card.given_at + timedelta(seconds=61))


def test_who_has_my_card_says_who_where_and_what(evening: EveningOut) -> None:
    evening.meet(evening.cast.ann, evening.cast.ben)
    [given] = who_has_my_card(db.session(), evening.cast.ann.person_id)
    assert (given.name, given.event_title, given.fields) == ("Ben Adeyemi", "Autumn mixer", ("name",))
    assert who_has_my_card(db.session(), evening.cast.ben.person_id) == []


def test_a_name_is_the_printed_one_until_the_card_is_open(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    with writing() as session:
        session.get_one(Person, ben.person_id).name = "Benedict Private Adeyemi"
        session.commit()
    evening.meet(ann, ben)
    db.session.expire_all()
    [[met]] = [out.people for out in met_by(db.session(), ann.person_id)]
    assert (met.name, met.line, met.state) == ("Ben Adeyemi", "", "gave")
    db.session.rollback()
    evening.answer(ben, ann)
    assert pair_story(db.session(), ann.person_id, ben.person_id).name == "Benedict Private Adeyemi"


def test_the_evening_is_told_in_its_order_newest_event_first(evening: EveningOut) -> None:
    ann, cast = evening.cast.ann, evening.cast
    first, second = evening.come("Zoe Early"), evening.come("Abe Later")
    for other in (first, second):
        evening.meet(ann, other)
    earlier = cast.event(cast.circle, title="Spring mixer", starts_at=now() - timedelta(hours=4), ends_at=now())
    mine, theirs = (
        evening.arrive(cast.guest(name, event=earlier, claimed=True)) for name in ("Ann Achebe", "Old Friend")
    )
    with writing() as session:
        session.get_one(Attendee, mine.id).person_id = ann.person_id
        session.commit()
    evening.meet(ann, theirs)
    evenings = met_by(db.session(), ann.person_id)
    assert [(out.event.title if out.event else "", [met.name for met in out.people]) for out in evenings] == [
        ("Autumn mixer", ["Zoe Early", "Abe Later"]),
        ("Spring mixer", ["Old Friend"]),
    ]


def test_meeting_again_after_a_swap_is_in_both_stories(evening: EveningOut) -> None:
    ann, ben, cast = evening.cast.ann, evening.cast.ben, evening.cast
    evening.meet(ann, ben)
    evening.meet(ben, ann)
    again = cast.event(cast.circle, title="Late drinks")
    places = [evening.arrive(cast.guest(guest.name, event=again, claimed=True)) for guest in (ann, ben)]
    with writing() as session:
        for place, guest in zip(places, (ann, ben), strict=True):
            session.get_one(Attendee, place.id).person_id = guest.person_id
        session.commit()
    evening.meet(ann, places[1])
    assert len(pair_story(db.session(), ben.person_id, ann.person_id).meetings) == 2


def test_who_never_met_has_no_story(evening: EveningOut) -> None:
    with pytest.raises(NotHere):
        pair_story(db.session(), evening.cast.ann.person_id, evening.cast.ben.person_id)


def test_a_story_offers_the_answer_that_is_still_owed(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    evening.answer(ben, ann, yes=False)
    story = pair_story(db.session(), ben.person_id, ann.person_id)
    [waiting] = waiting_for_me(db.session(), ben.person_id, also_put_off=True)
    assert story.state == "holds"
    assert story.request_id == waiting.request_id
    assert pair_story(db.session(), ann.person_id, ben.person_id).request_id is None


def test_lists_take_as_many_statements_for_many_people_as_for_one(evening: EveningOut) -> None:
    from sqlalchemy import event

    ann = evening.cast.ann
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

    def counted() -> int:
        db.session.rollback()
        statements.clear()
        met_by(db.session(), ann.person_id)
        who_has_my_card(db.session(), ann.person_id)
        waiting_for_me(db.session(), ann.person_id)
        return len(statements)

    evening.meet(ann, evening.cast.ben)
    one = counted()
    for number in range(4):
        other = evening.come(f"Guest Number{number}")
        evening.meet(other, ann)
        evening.meet(ann, other)
    assert counted() == one
