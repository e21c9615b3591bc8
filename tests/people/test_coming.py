"""Before the next date: whom I met last time who is coming again, with my note and my promise (practices B11)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete

from tests.cast import Cast
from tests.people.evening import met
from webapp.contacts.models import Meeting, Memory
from webapp.contacts.promising import promise
from webapp.contacts.remembering import remember
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.people.coming import ComingUp, coming_up, let_coming_be_seen
from webapp.swaps.blocking import block
from webapp.web.current import current_keyring


@pytest.fixture
def winter(cast: Cast) -> Event:
    """The next gathering of the circle, in a month."""
    ahead = now() + timedelta(days=30)
    return cast.event(cast.circle, title="Winter mixer", starts_at=ahead, ends_at=ahead + timedelta(hours=3))


def place(cast: Cast, guest: Attendee, event: Event, *, shows: bool = False) -> Attendee:
    """A place of this guest's person at another event."""
    there = cast.guest(guest.name, event=event)
    with writing() as session:
        row = session.get_one(Attendee, there.id)
        row.person_id, row.shows_coming = guest.person_id, shows
        session.commit()
    return there


def ahead_of(cast: Cast, guest: Attendee, title: str) -> ComingUp:
    """What this guest is told of the event of that name."""
    db.session.rollback()
    db.session.expire_all()
    found = coming_up(db.session(), guest.person_id, Sealed(current_keyring(), "notes"), now())
    return next(one for one in found if one.event.title == title)


def names(coming: ComingUp) -> list[str]:
    return [known.met.name for known in coming.known]


def write(cast: Cast, me: Attendee, meeting: Meeting, note: str, promised: str = "") -> None:
    by, keyring = cast.actor(me.person_id), current_keyring()
    sealed = Sealed(keyring, "notes")
    with writing() as session:
        row = session.get_one(Meeting, meeting.id)
        remember(session, row, me.person_id, knew_each_other=None, note=note, sealed=sealed, at=now())
        if promised:
            promise(session, new_id(), row, promised, by=by, keyring=keyring, at=now())
        session.commit()


def test_b11_whom_i_met_and_who_lets_it_be_seen_is_there_with_my_note_and_my_promise(cast: Cast, winter: Event) -> None:
    cleo = cast.guest("Cleo Okafor", claimed=True)
    write(cast, cast.ann, met(cast, cast.ann, cleo), "")
    write(cast, cast.ann, met(cast, cast.ann, cast.ben), "Sails a blue boat", "the harbour map")
    place(cast, cast.ann, winter)
    place(cast, cleo, winter, shows=True)
    place(cast, cast.ben, winter, shows=True)
    assert names(ahead_of(cast, cast.ann, "Winter mixer")) == ["Ben Adeyemi", "Cleo Okafor"]
    page = cast.browser(cast.ann.person_id).get("/coming").text
    first = page[page.index("Ben Adeyemi") : page.index("Cleo Okafor")]
    assert "Sails a blue boat" in first
    assert "the harbour map" in first


def test_b11_nobody_is_seen_coming_before_they_say_so_and_no_longer_when_they_hide_it(
    cast: Cast, winter: Event
) -> None:
    met(cast, cast.ann, cast.ben)
    place(cast, cast.ann, winter)
    his = place(cast, cast.ben, winter)
    assert names(ahead_of(cast, cast.ann, "Winter mixer")) == []
    browser = cast.browser(cast.ben.person_id)
    for shown, expected in (("yes", ["Ben Adeyemi"]), ("no", [])):
        assert browser.post(f"/coming/{his.id}", data={"shown": shown}).status_code == 303
        assert names(ahead_of(cast, cast.ann, "Winter mixer")) == expected


def test_a_note_that_i_wrote_alone_shows_me_nobodys_plans(cast: Cast, winter: Event) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    place(cast, cast.ann, winter)
    place(cast, cast.ben, winter, shows=True)
    assert names(ahead_of(cast, cast.ann, "Winter mixer")) == ["Ben Adeyemi"]
    forget_on_the_side_of(cast.ben.person_id, meeting)
    assert names(ahead_of(cast, cast.ann, "Winter mixer")) == []


def forget_on_the_side_of(person_id: UUID, meeting: Meeting) -> None:
    with writing() as session:
        theirs = delete(Memory).where(Memory.meeting_id == meeting.id, Memory.person_id == person_id)
        session.execute(theirs)
        session.commit()


@pytest.mark.parametrize("blocker", ["ann", "ben"])
def test_s_15_after_a_block_either_way_neither_sees_the_other_come(cast: Cast, winter: Event, blocker: str) -> None:
    met(cast, cast.ann, cast.ben)
    place(cast, cast.ann, winter, shows=True)
    place(cast, cast.ben, winter, shows=True)
    who, whom = (cast.ann, cast.ben) if blocker == "ann" else (cast.ben, cast.ann)
    with writing() as session:
        block(session, new_id(), whom.person_id, by=cast.actor(who.person_id), at=now())
        session.commit()
    assert names(ahead_of(cast, cast.ann, "Winter mixer")) == []
    assert names(ahead_of(cast, cast.ben, "Winter mixer")) == []


def test_what_is_over_or_cancelled_is_not_ahead(cast: Cast, winter: Event) -> None:
    met(cast, cast.ann, cast.ben)
    theirs = place(cast, cast.ben, winter, shows=True)
    mine = place(cast, cast.ann, winter)
    with writing() as session:
        session.get_one(Attendee, theirs.id).cancelled_at = now()
        session.commit()
    assert names(ahead_of(cast, cast.ann, "Winter mixer")) == []
    with writing() as session:
        session.get_one(Attendee, mine.id).cancelled_at = now()
        session.commit()
    assert "Winter mixer" not in cast.browser(cast.ann.person_id).get("/coming").text


def test_a_place_of_somebody_else_is_not_mine_to_show(cast: Cast, winter: Event) -> None:
    his = place(cast, cast.ben, winter)
    with writing() as session, pytest.raises(NotHere):
        let_coming_be_seen(session, his.id, shown=True, by=cast.actor(cast.ann.person_id), at=now())
    assert cast.browser(cast.ann.person_id).post(f"/coming/{his.id}", data={"shown": "yes"}).status_code == 404


def test_without_a_place_ahead_the_page_says_so_and_people_do_not_name_it(cast: Cast) -> None:
    stranger = cast.person("山田", "yamada@example.org")
    browser = cast.browser(stranger.id)
    assert "Nothing is coming up." in browser.get("/coming").text
    assert "/coming" not in re.sub(r"<nav.*?</nav>", "", browser.get("/people").text, flags=re.S)


def test_organizers_see_nothing_of_it(cast: Cast, winter: Event) -> None:
    there = place(cast, cast.ben, winter, shows=True)
    page = cast.browser(cast.dora.id).get(f"/events/{winter.id}/guests/{there.id}").text
    assert "people they met" not in page.lower()
