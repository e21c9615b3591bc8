"""Places to help at an event: taken by guests, seen by organizers, kept in the log of whoever helped (practice D11)."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.cast import Cast
from tests.intentions.pages import place_of, read, say
from tests.intentions.test_helping import EXPECTING
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.tokens import Sealed
from webapp.events.guests import cancel_guest
from webapp.events.hands import Lent, NoneLeft, lend
from webapp.events.models import Attendee, Event
from webapp.intentions.models import Help
from webapp.mydata.jobs import close_event
from webapp.web.current import current_keyring

PLAN = {"title": "Winter mixer", "on": "2031-01-15", "starts": "18:00", "ends": "21:00", "zone": "Europe/London"}
PLAN |= {"place": "Old Customs House", "format": "mixer"}


@pytest.fixture
def winter(cast: Cast) -> Event:
    """The next gathering of the circle: one greeter and two table hosts are wanted."""
    ahead = now() + timedelta(days=30)
    ends = ahead + timedelta(hours=3)
    return cast.event(cast.circle, title="Winter mixer", starts_at=ahead, ends_at=ends, greeters=1, table_hosts=2)


def test_d11_a_place_to_greet_is_taken_by_a_guest_and_stands_in_their_log_and_at_the_desk(cast: Cast) -> None:
    desk = cast.browser(cast.dora.id)
    kept = desk.post(f"/circles/{cast.circle.id}/events", data=PLAN | {"greeters": "1", "table_hosts": ""})
    event_id = kept.headers["Location"].rpartition("/")[2]
    event = db.session.scalars(select(Event).where(Event.title == "Winter mixer")).one()
    assert str(event.id) == event_id
    assert "Greeters 0 of 1" in read(desk, f"/events/{event_id}")
    mine, phone = place_of(cast, cast.ann, event), cast.browser(cast.ann.person_id)
    offered = read(phone, "/coming")
    assert "Greet newcomers" in offered
    assert "Host a table" not in offered, "none is wanted"
    taken = say(phone, f"/coming/{mine.id}/hand", hand="greeter")
    assert "You help there: Greet newcomers" in taken
    log = read(phone, "/me/help")
    assert "Greeter: Winter mixer" in log
    assert "Jan 15, 2031 · still ahead" in log
    assert not EXPECTING.search(log)
    assert "Greeters 1 of 1 Ann Achebe" in read(desk, f"/events/{event_id}")
    assert "Claimed Greeter" in read(desk, f"/events/{event_id}/guests")


def test_a_place_that_others_took_is_not_offered_and_goes_to_nobody_twice(cast: Cast, winter: Event) -> None:
    mine, his = place_of(cast, cast.ann, winter), place_of(cast, cast.ben, winter)
    ann, ben = cast.browser(cast.ann.person_id), cast.browser(cast.ben.person_id)
    say(ann, f"/coming/{mine.id}/hand", hand="greeter")
    say(ann, f"/coming/{mine.id}/hand", hand="greeter")
    seen = read(ben, "/coming")
    assert "Greet newcomers" not in seen
    assert "Ann" not in seen, "guests are not told who helps"
    assert "Host a table" in seen
    late = ben.post(f"/coming/{his.id}/hand", data={"hand": "greeter"}, follow_redirects=True).text
    assert "Others were faster: no more are wanted there. Nothing changed." in late
    assert "Greeter" not in read(ben, "/me/help")
    say(ann, f"/coming/{mine.id}/hand", hand="")
    assert "Greeter" not in read(ann, "/me/help")
    assert "You help there: Greet newcomers" in say(ben, f"/coming/{his.id}/hand", hand="greeter")


def test_who_changes_their_mind_to_a_full_hand_keeps_the_one_they_have(cast: Cast, winter: Event) -> None:
    mine, his = place_of(cast, cast.ann, winter), place_of(cast, cast.ben, winter)
    with writing() as session:
        assert lend(session, session.get_one(Attendee, his.id), "greeter") == Lent("greeter")
        hers = session.get_one(Attendee, mine.id)
        assert lend(session, hers, "table_host") == Lent("table_host")
        assert lend(session, hers, "greeter") == NoneLeft()
        assert hers.helps_as == "table_host"
        session.commit()


def test_of_many_who_take_the_last_places_in_the_same_moment_no_more_help_than_are_wanted(
    cast: Cast, winter: Event
) -> None:
    places = [cast.guest(f"Guest {number}", event=winter, claimed=True).id for number in range(5)]
    together, problems, verdicts = threading.Barrier(len(places)), list[Exception](), list[Lent | NoneLeft]()

    def play(number: int) -> None:
        with cast.app.app_context():
            try:
                together.wait(120)
                with writing() as session:
                    verdict = lend(session, session.get_one(Attendee, places[number]), "table_host")
                    session.commit()
                verdicts.append(verdict)
            except Exception as problem:  # a thread's failure must reach the test
                problems.append(problem)

    threads = [threading.Thread(target=play, args=(number,)) for number in range(len(places))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems
    assert sum(isinstance(verdict, Lent) for verdict in verdicts) == 2
    assert db.session.scalar(select(func.count()).where(Attendee.helps_as == "table_host")) == 2


def test_fewer_wanted_later_sends_nobody_away_and_a_cancelled_guest_makes_room(cast: Cast, winter: Event) -> None:
    mine, his = place_of(cast, cast.ann, winter), place_of(cast, cast.ben, winter)
    ann, desk = cast.browser(cast.ann.person_id), cast.browser(cast.dora.id)
    say(ann, f"/coming/{mine.id}/hand", hand="greeter")
    desk.post(f"/events/{winter.id}", data=PLAN | {"greeters": "0"})
    assert "You help there: Greet newcomers" in read(ann, "/coming")
    assert "Greeters 1 of 0 Ann Achebe" in read(desk, f"/events/{winter.id}")
    desk.post(f"/events/{winter.id}", data=PLAN | {"greeters": "1"})
    with writing() as session:
        cancel_guest(session, session.get_one(Attendee, mine.id), by=cast.actor(cast.dora.id), at=now())
        session.commit()
    assert "Greeter" not in read(ann, "/me/help")
    assert "You help there" in say(cast.browser(cast.ben.person_id), f"/coming/{his.id}/hand", hand="greeter")


def test_d11_when_the_guests_of_an_event_are_forgotten_the_log_keeps_the_help_once(cast: Cast, winter: Event) -> None:
    mine, phone = place_of(cast, cast.ann, winter), cast.browser(cast.ann.person_id)
    say(phone, f"/coming/{mine.id}/hand", hand="table_host")
    before = read(phone, "/me/help")
    for _again in range(2):
        with writing() as session:
            close_event(session, winter.id, sealed=Sealed(current_keyring(), "notes"), at=now())
            session.commit()
    assert read(phone, "/me/help") == before
    assert before.count("Table host: Winter mixer") == 2, "once, and once more in the words of its button"
    kept = db.session.scalars(select(Help)).one()
    assert b"mixer" not in kept.sealed_words


def test_what_i_take_out_of_my_log_is_no_longer_at_the_desk(cast: Cast, winter: Event) -> None:
    mine, phone = place_of(cast, cast.ann, winter), cast.browser(cast.ann.person_id)
    say(phone, f"/coming/{mine.id}/hand", hand="greeter")
    stranger = cast.browser(cast.ben.person_id)
    assert stranger.post(f"/me/help/{mine.id}/removal").status_code == 404
    assert "Winter mixer" not in say(phone, f"/me/help/{mine.id}/removal")
    assert "Ann" not in read(cast.browser(cast.dora.id), f"/events/{winter.id}")


def test_a_hand_nobody_knows_of_is_none_and_an_event_that_is_over_takes_none(cast: Cast, winter: Event) -> None:
    mine, phone = place_of(cast, cast.ann, winter), cast.browser(cast.ann.person_id)
    assert "You help there" not in say(phone, f"/coming/{mine.id}/hand", hand="king")
    with writing() as session:
        session.get_one(Event, winter.id).ends_at = now() - timedelta(minutes=1)
        session.commit()
    assert phone.post(f"/coming/{mine.id}/hand", data={"hand": "greeter"}).status_code == 404
