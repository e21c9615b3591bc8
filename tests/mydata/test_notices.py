"""Who joins, or gives a card for the first time, is told what is kept, who sees it, how long (GDPR Art. 13, 14)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.front_door import ask
from tests.cast import Cast
from tests.swaps.evening import EveningOut
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import digest
from webapp.events.models import Attendee, Event, Invitation
from webapp.mydata.jobs import AFTER_AN_EVENT

WHAT, WHO, LINK = "Your place, your card, and whom you meet.", "Never whom you meet", 'href="/me/data"'
HOW_LONG = "30 days after the event, the rest when you leave"


def invited(cast: Cast, client: FlaskClient) -> str:
    """What an invitation opens."""
    guest = cast.guest("Gus Invited", email="gus@example.org")
    row = Invitation(id=new_id(), event_id=guest.event_id, attendee_id=guest.id, round=1, asked_at=now())
    row.link_digest = digest("INVITED")
    with writing() as session:
        session.add(row)
        session.commit()
    return client.get("/invitation/INVITED").text


def with_a_slip(_cast: Cast, client: FlaskClient) -> str:
    """Where badge and slip are typed."""
    return client.get("/claim").text


def by_code(_cast: Cast, client: FlaskClient) -> str:
    """Where a mailed code is typed; the same for addresses nobody knows."""
    ask(client, "nobody@example.org")
    return client.get("/sign-in/code").text


@pytest.mark.parametrize("way", [invited, with_a_slip, by_code])
def test_every_way_in_says_what_is_kept_who_sees_it_and_how_long(
    cast: Cast, client: FlaskClient, way: Callable[[Cast, FlaskClient], str]
) -> None:
    page = way(cast, client)
    assert [words for words in (WHAT, WHO, HOW_LONG, LINK) if words not in page] == []
    assert timedelta(days=30) == AFTER_AN_EVENT, "what the page says is what the purge does"


def test_a_guest_from_a_list_is_told_whose_list_it_was(app: Flask, cast: Cast, client: FlaskClient) -> None:
    assert f"guest list of {cast.circle.name}" in invited(cast, client)
    event = db.session.get_one(Event, cast.mixer.id, options=[db.joinedload(Event.circle)])
    words: dict[str, Any] = {"name": "Gus", "event": event, "link": "LINK"}
    for kind in ("txt", "html"):
        mail = app.extensions["mixwell.tools"].render(f"mail/invitation.{kind}", **words)
        assert f"guest list of {cast.circle.name}" in mail


def test_a_list_always_has_a_source_because_it_always_has_a_circle() -> None:
    assert not Attendee.__table__.c.event_id.nullable
    assert not Event.__table__.c.circle_id.nullable


def test_the_first_scan_says_what_goes_to_whom_and_for_how_long(evening: EveningOut) -> None:
    cast = evening.cast
    newcomer = evening.arrive(cast.guest("New Comer", email="new@example.org", claimed=True), knows=False)
    said = {"operation_id": str(new_id()), "code": evening.code(cast.ben)}
    sheet = cast.browser(newcomer.person_id).post("/scans", data=said, follow_redirects=True).text
    assert "Scanning gives" in sheet
    assert "They keep it until you take it back" in sheet
    assert LINK in sheet
    assert evening.grant(newcomer, cast.ben) is None, "told before anything is given"
