"""Ties at rest: three a week and not only the comfortable ones; what was ended on purpose stays away (C12)."""

from datetime import timedelta

import pytest
import time_machine

from tests.cast import Cast
from tests.people.evening import met
from webapp.contacts.resting import Cause, say_why
from webapp.contacts.touching import Deed, log_touch
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee
from webapp.people.at_rest import OldTies, old_ties
from webapp.swaps.blocking import block
from webapp.web.current import current_keyring

YEAR = timedelta(days=365)


def ties(me: Attendee, later: timedelta = timedelta()) -> OldTies:
    db.session.rollback()
    db.session.expire_all()
    return old_ties(db.session(), me.person_id, Sealed(current_keyring(), "notes"), now() + later)


def say(cast: Cast, me: Attendee, other: Attendee, cause: Cause | None) -> None:
    with writing() as session:
        say_why(session, new_id(), other.person_id, cause, by=cast.actor(me.person_id), at=now())
        session.commit()


def touch(cast: Cast, me: Attendee, other: Attendee, ago: timedelta) -> None:
    by, deed = cast.actor(me.person_id), Deed("message", now() - ago)
    with writing() as session:
        log_touch(session, new_id(), other.person_id, deed, by=by, keyring=current_keyring(), at=now())
        session.commit()


def test_c12_who_was_silent_for_half_a_year_is_at_rest_and_a_touch_wakes_them(cast: Cast) -> None:
    old = met(cast, cast.ann, cast.ben, at=now() - YEAR)
    assert [tie.met.meeting.id for tie in ties(cast.ann).resting] == [old.id]
    touch(cast, cast.ann, cast.ben, timedelta(days=10))
    assert ties(cast.ann).resting == []


def test_c12_one_that_was_ended_on_purpose_never_returns_also_after_two_years(cast: Cast) -> None:
    met(cast, cast.ann, cast.ben, at=now() - YEAR)
    assert cast.browser(cast.ann.person_id).get("/people/at-rest").text.count("Ben Adeyemi") > 0
    phone = cast.browser(cast.ann.person_id)
    answer = phone.post(f"/people/{cast.ben.person_id}/rest", data={"cause": "ended"})
    assert (answer.status_code, answer.location) == (303, "/people/at-rest")
    for days in (1, 200, 2 * 365):
        with time_machine.travel(now() + timedelta(days=days), tick=True):
            assert "Ben Adeyemi" not in cast.browser(cast.ann.person_id).get("/people/at-rest").text
    assert ties(cast.ann, 2 * YEAR).suggested == []


def test_c12_a_cause_is_kept_and_may_be_taken_back(cast: Cast) -> None:
    met(cast, cast.ann, cast.ben, at=now() - YEAR)
    for cause in ("moved", "drifted"):
        say(cast, cast.ann, cast.ben, cause)
        [tie] = ties(cast.ann).resting
        assert tie.rest
        assert tie.rest.cause == cause
    say(cast, cast.ann, cast.ben, None)
    [tie] = ties(cast.ann).resting
    assert tie.rest is None


def test_c12_of_three_at_least_one_is_less_familiar(cast: Cast) -> None:
    others = cast.crowd(12)
    for number, other in enumerate(others):
        met(cast, cast.ann, other, at=now() - YEAR)
        for _ in range(number):
            touch(cast, cast.ann, other, YEAR - timedelta(days=1))
    for weeks in range(20):
        found = ties(cast.ann, timedelta(weeks=weeks))
        middle = sorted(tie.times for tie in found.resting)[len(found.resting) // 2]
        assert len({tie.met.person_id for tie in found.suggested}) == 3
        assert any(tie.times < middle for tie in found.suggested)


def test_c12_other_weeks_bring_others_and_a_week_stays_with_its_own(cast: Cast) -> None:
    for other in cast.crowd(12):
        met(cast, cast.ann, other, at=now() - YEAR)
    weeks = [[tie.met.person_id for tie in ties(cast.ann, timedelta(weeks=week)).suggested] for week in range(6)]
    assert len({tuple(week) for week in weeks}) > 3
    assert [tie.met.person_id for tie in ties(cast.ann).suggested] == weeks[0]


def test_c12_an_easy_message_comes_first(cast: Cast) -> None:
    cleo = cast.guest("Cleo Okafor", claimed=True)
    met(cast, cast.ann, cast.ben, at=now() - YEAR)
    assert ties(cast.ann).warm_up is None
    met(cast, cast.ann, cleo, at=now() - timedelta(days=20))
    warm = ties(cast.ann).warm_up
    assert warm
    assert warm.met.person_id == cleo.person_id
    assert "Begin with an easy one" in cast.browser(cast.ann.person_id).get("/people/at-rest").text


def test_titles_and_companies_play_no_part(cast: Cast) -> None:
    others = cast.crowd(8)
    for other in others:
        met(cast, cast.ann, other, at=now() - YEAR)
    before = [tie.met.person_id for tie in ties(cast.ann).suggested]
    with writing() as session:
        for other in others:
            session.get_one(Attendee, other.id).headline = "Chief executive"
        session.commit()
    assert [tie.met.person_id for tie in ties(cast.ann).suggested] == before


@pytest.mark.parametrize("blocker", ["ann", "ben"])
def test_whom_i_blocked_is_no_old_tie(cast: Cast, blocker: str) -> None:
    met(cast, cast.ann, cast.ben, at=now() - YEAR)
    who, whom = (cast.ann, cast.ben) if blocker == "ann" else (cast.ben, cast.ann)
    with writing() as session:
        block(session, new_id(), whom.person_id, by=cast.actor(who.person_id), at=now())
        session.commit()
    assert ties(who).resting == []


def test_s_16_nobody_else_reads_why(cast: Cast) -> None:
    met(cast, cast.ann, cast.ben, at=now() - YEAR)
    say(cast, cast.ann, cast.ben, "drifted")
    theirs = cast.browser(cast.ben.person_id)
    for page in ("/people/at-rest", f"/people/{cast.ann.person_id}", "/me/numbers"):
        assert "aria-pressed" not in theirs.get(page).text
    [tie] = ties(cast.ben).resting
    assert tie.rest is None


def test_a_stranger_has_no_tie_to_rest(cast: Cast) -> None:
    with pytest.raises(NotHere):
        say(cast, cast.ann, cast.ben, "moved")
    assert cast.browser(cast.ann.person_id).post(f"/people/{cast.ben.person_id}/rest", data={}).status_code == 404
