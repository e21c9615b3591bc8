"""Who finds what where: every route, every role, with objects of two circles that must not see each other."""

import re
from collections.abc import Iterable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, joinedload

import webapp
import webapp.events.views as event_views
from tests.architecture.house import PRIVATE_LINK, PRIVATE_NOTE, PRIVATE_PHONE, ROLES, House
from tests.architecture.routes import (
    OPENED_BY_A_SECRET,
    address,
    class_of,
    knock,
    knocks,
    nowhere,
    objects_in,
    rules,
    table,
)
from webapp.accounts.sessions import open_session
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.events.models import Event
from webapp.settings import Settings
from webapp.web.access import UnmarkedRoute, guard_all_routes, public

MAY_SEE = {
    "kestrelmixer": {"expected", "inside", "door", "organizer"},
    "magpietwin": {"other door", "twin organizer"},
    "ann@kestrelmixer.example.org": {"inside", "organizer"},
    "ann@magpietwin.example.org": {"twin organizer"},
    PRIVATE_LINK: {"inside"},
    PRIVATE_PHONE: {"inside"},
    PRIVATE_NOTE: {"inside"},
}
"""What only some may read → who; everything in the house carries one of these."""
REFUSED = {"in", "401", "403", "404"}


def test_every_route_has_its_row_and_every_row_its_route(house: House) -> None:
    routes = {(method, rule.endpoint) for method, rule in rules(house.app)}
    assert routes == {(method, endpoint) for method, rows in table().items() for endpoint in rows}


def test_every_row_speaks_of_every_role() -> None:
    assert {len(row.split()) for rows in table().values() for row in rows.values()} == {len(ROLES)}
    known = {"ok", "go", "may", "in", "code", "401", "404", "409"}
    assert {what for rows in table().values() for row in rows.values() for what in row.split()} <= known


def test_every_get_shows_each_role_what_the_table_says_and_nothing_of_others(house: House) -> None:
    """S-10: a twin circle with the same names; its canary is a look-up that forgets whose it is, below."""
    assert surprises_of(house, table()["GET"]) == []


def surprises_of(house: House, endpoints: Iterable[str]) -> list[str]:
    """Every cell of these GET routes that is not as the table says, or that shows what this role may not see."""
    surprises = []
    for cell in knocks(house.app, "GET", endpoints):
        response = knock(house, cell)
        found = class_of(response, "GET")
        if found != cell.expected:
            surprises.append(f"{cell}: {found}, expected {cell.expected}")
        said = response.data.decode(errors="replace") + str(response.headers)
        seen = [mark for mark, who in MAY_SEE.items() if mark in said and cell.role not in who]
        surprises += [f"{cell}: shows {mark}" for mark in seen if cell.endpoint not in OPENED_BY_A_SECRET]
    return surprises


def test_every_post_admits_whom_the_table_says_and_a_refused_one_changes_nothing(house: House) -> None:
    surprises, before = [], house.dump()
    for endpoint in table()["POST"]:
        cells = list(knocks(house.app, "POST", [endpoint]))
        found = {cell: class_of(knock(house, cell), "POST") for cell in cells if cell.expected in REFUSED}
        if house.dump() != before:
            surprises.append(f"{endpoint}: refused, and yet something was written")
        found |= {cell: class_of(knock(house, cell), "POST") for cell in cells if cell.expected not in REFUSED}
        surprises += [f"{cell}: {was}, expected {cell.expected}" for cell, was in found.items() if was != cell.expected]
        house.put_back()
    assert surprises == []


def test_an_id_of_nothing_leads_nowhere_for_everybody(house: House) -> None:
    surprises, none = [], nowhere(house.mixer, new_id())
    for endpoint in table()["GET"]:
        if not objects_in(house.app, endpoint, "GET"):
            continue
        path = address(house.app, endpoint, "GET", none)
        found = {role: class_of(house.browser(role).get(path, buffered=True), "GET") for role in ROLES}
        surprises += [f"{endpoint}, {role}: {what}" for role, what in found.items() if what not in {"in", "404"}]
    assert surprises == []


def test_dangerous_acts_ask_the_organizer_for_a_fresh_code(house: House) -> None:
    with writing() as session:
        secret = open_session(session, house.mixer.organizer, browser="Test browser", at=now())
        session.commit()
    found = {}
    for method, rule in rules(house.app):
        if house.app.view_functions[rule.endpoint].__dict__["access"] == ["fresh code"]:
            browser = house.browser("stranger")
            browser.set_cookie("__Host-mixwell-session", secret, domain="mix.example.org", secure=True)
            path = address(house.app, rule.endpoint, method, house.mixer)
            found[method, rule.endpoint] = class_of(browser.open(path, method=method), method)
    house.put_back()
    assert found
    assert set(found.values()) == {"code"}


def test_a_marker_taken_from_any_route_stops_the_server(settings: Settings) -> None:
    app = webapp.create_app(settings)
    for endpoint, view in list(app.view_functions.items()):
        app.view_functions[endpoint] = view.__dict__["__wrapped__"]
        with pytest.raises(UnmarkedRoute, match=re.escape(endpoint)):
            guard_all_routes(app)
        app.view_functions[endpoint] = view


@pytest.mark.parametrize("endpoint", ["accounts.list_sessions", "console.event", "circles.organizers"])
def test_the_matrix_turns_red_when_a_route_is_marked_as_public(house: House, endpoint: str) -> None:
    view = house.app.view_functions[endpoint]
    house.app.view_functions[endpoint] = public(view.__dict__["__wrapped__"])
    try:
        assert surprises_of(house, [endpoint])
    finally:
        house.app.view_functions[endpoint] = view


def test_the_matrix_turns_red_when_a_look_up_forgets_whose_it_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def any_event(session: Session, _actor: object, event_id: UUID) -> Event:
        return session.get_one(Event, event_id, options=[joinedload(Event.circle)])

    monkeypatch.setattr(event_views, "get_event_organized_by", any_event)
    assert any("shows" in surprise for surprise in surprises_of(house, ["events.guests"]))
