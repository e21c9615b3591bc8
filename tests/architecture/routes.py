"""The route × role matrix: what it expects stands in routes.toml, what happens is asked of the application."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask
from werkzeug.routing import BuildError, Rule
from werkzeug.test import TestResponse

from tests.architecture.house import ROLES, SEEN_FROM_THE_TWIN, House, Side

TABLE = Path(__file__).with_name("routes.toml")
OF_A_ROUTE = {
    "accounts.end_session": {"session_id": "session_id"},
    "circles.end_organizer": {"person_id": "organizer_id"},
    "followups.act_by_mail": {"address_id": "mailed_id", "proof": "mail_proof"},
    "followups.morning": {"address_id": "mailed_id", "proof": "mail_proof"},
    "weekly.act": {"address_id": "mailed_id", "other_id": "person_id", "proof": "week_proof", "sent": "week_sent"},
    "weekly.feed": {"person_id": "feed_id"},
    "weekly.week": {"address_id": "mailed_id", "other_id": "person_id", "proof": "week_proof", "sent": "week_sent"},
    "asked.hello": {"introduction_id": "made_id"},
    "asked.keep_reply": {"introduction_id": "made_id"},
    "asked.thanks": {"introduction_id": "made_id"},
    "edges.take_back": {"introduction_id": "wish_id"},
}
"""Where a name in an address means another object than everywhere else."""
SEARCH = dict.fromkeys(("checkin.guests", "checkin.index", "events.guests"), "ann")
"""What has to be asked before a page shows anybody."""
FORM = {
    "checkin.create_plus_one": {"host": "attendee_id"},
    "followups.act_by_mail": {"act": "act", "about": "promise_id"},
    "asked.answer_mine": {"answer": "said"},
    "asked.answer_by_mail": {"answer": "said"},
    "asked.keep_reply": {"question": "question", "answer": "said"},
}
"""Fields without which a write is about nobody: field → object."""


OPENED_BY_A_SECRET = {
    "addresses.reversal",
    "asking.file",
    "asking.show",
    "asked.question",
    "checkin.pairing",
    "followups.morning",
    "invitations.open_invitation",
    "stories.read",
    "statements.read",
    "statements.paper",
    "weekly.feed",
    "weekly.week",
}
"""Routes whose address holds a secret: whoever has it may read what it is for."""


@dataclass(frozen=True)
class Knock:
    """One role at one route, with the objects of one side."""

    endpoint: str
    method: str
    role: str
    side: str
    expected: str

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}, {self.role}, {self.side}'s objects"


@cache
def table() -> dict[str, dict[str, str]]:
    """Method → endpoint → the classes of all roles, in the order of ROLES."""
    return tomllib.loads(TABLE.read_text())


def expected(method: str, endpoint: str, role: str) -> str:
    """What this role finds at this route with the mixer's objects."""
    return table()[method][endpoint].split()[ROLES.index(role)]


def knocks(app: Flask, method: str, endpoints: Iterable[str] | None = None) -> Iterator[Knock]:
    """Every cell of these routes (all, if not said): each role, the mixer's objects, and the twin's if it names any."""
    about_objects = {rule.endpoint for found, rule in rules(app) if found == method and rule.arguments}
    for endpoint in table()[method] if endpoints is None else endpoints:
        for role in ROLES:
            yield Knock(endpoint, method, role, "mixer", expected(method, endpoint, role))
        for role in ROLES if endpoint in about_objects else ():
            yield Knock(endpoint, method, role, "twin", expected(method, endpoint, SEEN_FROM_THE_TWIN[role]))


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Method (GET or POST) and rule of everything that answers."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def address(app: Flask, endpoint: str, method: str, side: Side) -> str:
    """The address of a route with the objects of this side. Raises LookupError when the house lacks one."""
    rule = next(rule for found, rule in rules(app) if rule.endpoint == endpoint and found == method)
    wanted = rule.arguments - set(rule.defaults or {})
    renamed = OF_A_ROUTE.get(endpoint, {})
    values: dict[str, Any] = {name: side.values.get(renamed.get(name, name)) for name in wanted}
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise LookupError(f"{endpoint}: put a {', '.join(missing)} into tests/architecture/house.py")
    values |= rule.defaults or {}
    values |= {"q": SEARCH[endpoint]} if endpoint in SEARCH else {}
    values |= {"code": side.values["pairing_code"]} if endpoint == "checkin.pairing" else {}
    try:
        return app.url_map.bind("mix.example.org").build(endpoint, values, method=method)
    except BuildError as error:
        raise LookupError(f"{endpoint}: no address with {values}") from error


def knock(house: House, cell: Knock, **request: Any) -> TestResponse:
    """Send the request of one cell."""
    side = house.mixer if cell.side == "mixer" else house.twin
    path = address(house.app, cell.endpoint, cell.method, side)
    form = {name: str(side.values[value]) for name, value in FORM.get(cell.endpoint, {}).items()}
    return house.browser(cell.role).open(path, method=cell.method, data=form or None, buffered=True, **request)


def class_of(response: TestResponse, method: str) -> str:
    """`in` (sign in first), `code` (type a fresh code first), 403 and 404; else what came of it.

    A GET was shown (`ok`) or sent elsewhere (`go`); a POST of an empty form was admitted (`may`), whatever it then
    found wrong with the form.
    """
    status = response.status_code
    path = urlsplit(response.headers.get("Location", "")).path
    if path in {"/sign-in", "/fresh-code"}:
        return {"/sign-in": "in", "/fresh-code": "code"}[path]
    if method == "POST" and status < 500 and status not in {401, 403, 404, 405}:
        return "may"
    return {200: "ok", 302: "go", 303: "go"}.get(status, str(status))


def objects_in(app: Flask, endpoint: str, method: str) -> bool:
    """Whether the address of this route names a row by its id."""
    return any("uuid:" in rule.rule for found, rule in rules(app) if rule.endpoint == endpoint and found == method)


def nowhere(side: Side, fresh: UUID) -> Side:
    """A side whose ids lead to nothing."""
    values = {name: fresh if isinstance(value, UUID) else value for name, value in side.values.items()}
    return Side(**{**side.__dict__, "values": values})
