"""A tie changes over the years, and its dates stay (practices E6, B5)."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.swaps.evening import EveningOut
from webapp.contacts.models import Role
from webapp.contacts.roles import MOST, Since, TooManyRoles, add_role, remove_role, roles_of
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee

YEARS = {
    "Speaker": date(2024, 3, 1),
    "Referrer": date(2024, 9, 2),
    "Mentor": date(2025, 6, 3),
    "Friend": date(2026, 1, 4),
}


def add(evening: EveningOut, me: Attendee, other: Attendee, word: str, since: date) -> object:
    with writing() as session:
        by, keyring = evening.cast.actor(me.person_id), evening.keyring
        added = add_role(session, new_id(), other.person_id, word, since, by=by, at=now(), keyring=keyring)
        session.commit()
    return added


def known(evening: EveningOut, me: Attendee, other: Attendee) -> list[Since]:
    return roles_of(db.session(), me.person_id, other.person_id, Sealed(evening.keyring, "notes"))


def test_e6_the_tie_shows_how_it_grew_with_its_dates(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    for word in ("Friend", "Speaker", "Mentor", "Referrer"):
        add(evening, ann, ben, word, YEARS[word])
    assert [(role.word, role.day) for role in known(evening, ann, ben)] == list(YEARS.items())
    page = evening.cast.browser(ann.person_id).get(f"/people/{ben.person_id}").text
    shown = re.findall(r"<strong><bdi>(\w+)</bdi></strong> <span class=\"soft\">since ([^<]+)</span>", page)
    assert shown == [
        ("Speaker", "Mar 1, 2024"),
        ("Referrer", "Sep 2, 2024"),
        ("Mentor", "Jun 3, 2025"),
        ("Friend", "Jan 4, 2026"),
    ]


def test_s_16_nobody_else_ever_reads_it(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    add(evening, ann, ben, "Rainmaker", YEARS["Mentor"])
    assert "Rainmaker" not in evening.cast.browser(ben.person_id).get(f"/people/{ann.person_id}").text
    assert known(evening, ben, ann) == []
    [row] = db.session.scalars(select(Role))
    assert b"Rainmaker" not in row.sealed_word


def test_a_stranger_has_no_role(evening: EveningOut) -> None:
    with pytest.raises(NotHere):
        add(evening, evening.cast.ann, evening.cast.ben, "Friend", YEARS["Friend"])


def test_it_can_be_taken_away_by_its_author_alone(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    add(evening, ann, ben, "Friend", YEARS["Friend"])
    [role] = known(evening, ann, ben)
    with pytest.raises(NotHere), writing() as session:
        remove_role(session, new_id(), role.role_id, by=evening.cast.actor(ben.person_id), at=now())
    with writing() as session:
        remove_role(session, new_id(), role.role_id, by=evening.cast.actor(ann.person_id), at=now())
        session.commit()
    assert known(evening, ann, ben) == []


def test_after_twenty_roles_one_has_to_go_first(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    added = [add(evening, ann, ben, f"Role {number}", YEARS["Mentor"]) for number in range(MOST + 1)]
    assert [type(one) for one in added].index(TooManyRoles) == MOST


def test_it_is_written_on_their_page(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    evening.meet(ann, ben)
    browser, page = evening.cast.browser(ann.person_id), f"/people/{ben.person_id}"
    sent = browser.post(f"{page}/roles", data={"role": "  Speaker ", "since": "2026-11-19"})
    assert (sent.status_code, sent.location) == (303, f"{page}#roles")
    browser.post(f"{page}/roles", data={"role": "Client", "since": "yesterday"})
    assert [role.word for role in known(evening, ann, ben)] == ["Speaker", "Client"]
    assert "Write what they are to you" in browser.post(f"{page}/roles", data={}, follow_redirects=True).text
    [first, _] = known(evening, ann, ben)
    assert browser.post(f"/roles/{first.role_id}/removal", data={"then": page}).location == page
