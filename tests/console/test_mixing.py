"""The sentence for the board counts exactly, and says nothing about few people."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.cast import Cast, keep
from tests.people.evening import met
from tests.people.pages import counted_statements, words
from webapp.checkin.models import CheckIn
from webapp.console.mixing import ENOUGH, Mixing, mixing_of
from webapp.contacts.models import Meeting, Memory
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.mydata.jobs import close_event
from webapp.mydata.leaving import erase
from webapp.web.current import current_keyring


@pytest.fixture
def over(cast: Cast) -> Event:
    """An evening of the day before yesterday."""
    ended = now() - timedelta(days=2)
    return cast.event(cast.circle, starts_at=ended - timedelta(hours=3), ends_at=ended)


def come(cast: Cast, over: Event, number: int) -> list[Attendee]:
    """So many guests who were in."""
    guests = cast.crowd(number, over)
    rows = [CheckIn(id=new_id(), event_id=over.id, attendee_id=g.id, operation_id=new_id(), how="x") for g in guests]
    for row in rows:
        row.at = over.starts_at
    if rows:
        keep(*rows)
    return guests


def counted(over: Event) -> Mixing | None:
    db.session.rollback()
    db.session.expire_all()
    return mixing_of(db.session(), db.session.get_one(Event, over.id), now())


def said(cast: Cast, over: Event) -> str:
    return words(cast.browser(cast.dora.id).get(f"/events/{over.id}").text)


def test_nobody_came_and_nothing_is_said(cast: Cast, over: Event) -> None:
    cast.crowd(25, over)
    assert counted(over) is None
    assert "How it was counted" not in said(cast, over)


def test_nineteen_are_too_few_and_the_page_says_so(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH - 1)
    met(cast, guests[0], guests[1])
    mixing = counted(over)
    assert mixing == Mixing(19, 2, 0)
    assert not mixing.is_told
    page = said(cast, over)
    assert "Too few to say who mixed." in page
    assert "%" not in page
    assert "2 of them" not in page


def test_twenty_are_enough(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH)
    for number in range(0, 12, 2):
        met(cast, guests[number], guests[number + 1])
    met(cast, guests[0], guests[2])
    assert counted(over) == Mixing(20, 12, 0)
    page = said(cast, over)
    assert "60 % met someone new." in page
    assert "20 guests were in. 12 of them" in page


def test_who_knew_each_other_is_no_one_new(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH)
    pairs = [met(cast, guests[number], guests[number + 1]) for number in range(0, 6, 2)]
    with writing() as session:  # one of the second pair says so; the third met at something earlier
        known = (Memory.meeting_id == pairs[1].id) & (Memory.person_id == guests[2].person_id)
        session.execute(update(Memory).where(known).values(knew_each_other=True))
        session.commit()
    first, second = sorted([guests[4].person_id, guests[5].person_id])
    earlier = Meeting(id=new_id(), event_id=cast.other_mixer.id, first_id=first, second_id=second)
    earlier.met_at = over.starts_at - timedelta(days=30)
    keep(earlier)
    assert counted(over) == Mixing(20, 2, 0)


def test_a_meeting_only_one_side_noted_counts_for_that_side(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH)
    meeting = met(cast, guests[0], guests[1])
    with writing() as session:
        other = session.query(Memory).filter_by(meeting_id=meeting.id, person_id=guests[1].person_id).one()
        session.delete(other)
        session.commit()
    assert counted(over) == Mixing(20, 1, 0)


def test_meetings_of_another_evening_do_not_count(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH)
    meeting = met(cast, guests[0], guests[1])
    with writing() as session:
        session.get_one(Meeting, meeting.id).event_id = cast.other_mixer.id
        session.commit()
    assert counted(over) == Mixing(20, 0, 0)


def test_undone_check_ins_and_cancelled_guests_were_not_in(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH + 2)
    met(cast, guests[0], guests[1])
    with writing() as session:
        undone = update(CheckIn).where(CheckIn.attendee_id == guests[0].id).values(undone_at=now())
        session.execute(undone)
        session.get_one(Attendee, guests[5].id).cancelled_at = now()
        session.commit()
    assert counted(over) == Mixing(20, 1, 0)
    again = CheckIn(id=new_id(), event_id=over.id, attendee_id=guests[0].id, operation_id=new_id(), at=now(), how="x")
    keep(again)
    assert counted(over) == Mixing(21, 2, 0)


def test_who_left_is_in_neither_number_and_whom_they_met_still_is(cast: Cast, over: Event) -> None:
    guests = come(cast, over, ENOUGH + 1)
    met(cast, guests[0], guests[1])
    with writing() as session:
        erase(session, guests[0].person_id, at=now())
        session.commit()
    assert counted(over) == Mixing(20, 1, 1)
    assert "1 who left Mixwell since is not counted." in said(cast, over)


def test_a_month_later_the_list_is_gone_and_so_is_the_sentence(cast: Cast, over: Event) -> None:
    come(cast, over, ENOUGH)
    with writing() as session:
        close_event(session, over.id, sealed=Sealed(current_keyring(), "notes"), at=now())
        session.commit()
    assert counted(over) is None


def test_it_waits_for_the_morning(cast: Cast) -> None:
    come(cast, cast.mixer, ENOUGH)
    assert counted(cast.mixer) is None


def test_it_is_one_question_however_many_came(cast: Cast, over: Event) -> None:
    come(cast, over, ENOUGH)
    event = db.session.get_one(Event, over.id)
    with counted_statements() as statements:
        mixing_of(db.session(), event, now())
    assert len([statement for statement in statements if "SELECT" in statement]) == 1
