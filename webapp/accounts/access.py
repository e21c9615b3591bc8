"""Who may do what is dangerous: someone who typed a code from their mail a moment ago."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts.browsers import browser_family
from webapp.accounts.cookies import set_session_cookie
from webapp.accounts.models import Person
from webapp.accounts.people import sign_in_person
from webapp.accounts.sessions import end_session, is_fresh
from webapp.core.actor import NOBODY, Actor
from webapp.core.clock import now
from webapp.core.database import db
from webapp.web.access import ask_to_sign_in, marker
from webapp.web.current import current_actor
from webapp.web.hypermedia import is_partial, leave_for


def _ask_for_fresh_code(actor: Actor) -> ResponseReturnValue | None:
    if actor.person is None:
        return ask_to_sign_in(actor)
    if is_fresh(actor.person, now()):
        return None
    door = url_for("accounts.fresh_code_page", next=_page_to_come_back_to())
    return leave_for(door) if is_partial() else redirect(door, 303)


def _page_to_come_back_to() -> str:
    """The page itself; for a write that has to be done again, the nearest page above its address."""
    if request.method == "GET":
        return request.full_path
    adapter = current_app.create_url_adapter(request)
    path = request.path
    while path and not (adapter and adapter.test(path, method="GET")):
        path = path.rpartition("/")[0]
    return path or "/"


fresh_code = marker("fresh code", _ask_for_fresh_code)
"""A person who typed a mailed code within ten minutes; others are asked for one and come back."""


def this_browser() -> str:
    """The family of the browser that sent this request, for the list of sessions."""
    return browser_family(request.headers.get("User-Agent", ""))


def whose_claim(sent: Mapping[str, str]) -> Actor | None:
    """For whom somebody who may be signed in here claims a place, by the button they pressed: themselves, or whoever
    it is on the list (then nobody acts). None when no button said so.
    """
    return {"me": current_actor(), "them": NOBODY}.get(sent.get("who", ""))


def current_person_id() -> UUID | None:
    """Who is signed in here."""
    person = current_actor().person
    return person.id if person else None


def enter_as(response: Response, person: Person, *, proven_address: str | None) -> None:
    """Sign this person in here; whoever else was, is signed out of this browser."""
    before = current_actor().person
    if before:  # nobody could use or end that session knowingly
        end_session(db.session(), before.id, before.session_id, now())
    secret = sign_in_person(db.session(), person, proven_address=proven_address, browser=this_browser(), at=now())
    set_session_cookie(response, secret)
