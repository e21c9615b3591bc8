"""Route markers: who may knock. Every route carries exactly one; what is behind the door is a query's business.

A marker's check returns None to admit, or the refusal. `guard_all_routes` stops a server with an unmarked route.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from webapp.core.actor import Actor
from webapp.web.current import cookie_name, current_actor
from webapp.web.hypermedia import is_partial, leave_for

Check = Callable[[Actor], ResponseReturnValue | None]
View = Callable[..., ResponseReturnValue]


class UnmarkedRoute(Exception):
    """A route that does not say who may use it."""


def marker(name: str, check: Check) -> Callable[[View], View]:
    """A decorator that admits whom `check` admits and writes its name on the view for the access matrix."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            refusal = check(current_actor())
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.__dict__["access"] = [*view.__dict__.get("access", []), name]
        return guarded

    return mark


def ask_to_sign_in(actor: Actor) -> ResponseReturnValue | None:
    """Admit whoever is signed in; send others to sign in and back to the page they wanted."""
    if actor.person:
        return None
    door = url_for("accounts.sign_in", next=request.full_path if request.method == "GET" else None)
    return leave_for(door) if is_partial() else redirect(door, 303)


def _say_sign_in(actor: Actor) -> ResponseReturnValue | None:
    return None if actor.person else (jsonify(schema=1, error="sign in"), 401)


def _hide(actor: Actor) -> ResponseReturnValue | None:
    if actor.device or actor.person:
        return None
    if cookie_name("door") in request.cookies:
        return leave_for(url_for("checkin.door"))  # revoked, or the evening is over: that page says so
    raise NotFound


def _hide_from_people(actor: Actor) -> ResponseReturnValue | None:
    return None if actor.device else _hide(Actor())


public = marker("public", lambda actor: None)
"""Anyone, and it shows nothing personal."""

signed_in = marker("signed in", ask_to_sign_in)
"""A person with a live session; others are asked to sign in and come back."""

own_phone = marker("own phone", _say_sign_in)
"""A person with a live session, asked by a script of ours: others hear in JSON that nobody is known here any more."""

door_crew = marker("door crew", _hide)
"""A paired door device, or a person whose role the look-up behind it must prove."""

door_device = marker("door device", _hide_from_people)
"""A paired door device alone: what a phone that was taken back, or a person, finds nothing behind."""


def guard_all_routes(app: Flask) -> None:
    """Raise UnmarkedRoute unless every view carries exactly one marker."""
    for endpoint, view in app.view_functions.items():
        if len(view.__dict__.get("access", [])) != 1:
            raise UnmarkedRoute(f"{endpoint} must carry exactly one access marker")
