"""Who may tell something later: a person, a door phone, and a phone that was a door, which is heard a last time."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from webapp.core.actor import Actor
from webapp.core.database import db
from webapp.events.devices import find_former_device
from webapp.events.models import DoorDevice
from webapp.web.access import marker
from webapp.web.current import cookie_name


def former_device(actor: Actor) -> DoorDevice | None:
    """The phone that holds a door's key which opens nothing any more."""
    key = request.cookies.get(cookie_name("door"))
    return find_former_device(db.session(), key) if key and not actor.device else None


def _ask(actor: Actor) -> ResponseReturnValue | None:
    if actor.person or actor.device or former_device(actor):
        return None
    return jsonify(schema=1, error="sign in"), 401


phone = marker("phone", _ask)
"""A phone that this server knows; another is told in JSON to sign in, and keeps what it has."""
