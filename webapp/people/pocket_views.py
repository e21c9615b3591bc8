"""What a phone fetches to be of use without a network: its owner's own few things, and the sealed faces of the room."""

import hashlib
import json

from flask import Blueprint, Response, get_template_attribute, jsonify, request

from webapp.core.clock import now
from webapp.core.database import db
from webapp.people.pocket import pocket_json, pocket_of
from webapp.swaps.faces import faces_for
from webapp.web.access import own_phone
from webapp.web.current import current_actor, current_keyring, current_settings

bp = Blueprint("pocket", __name__)


@bp.get("/me/pocket")
@own_phone
def pocket() -> Response:
    """For the phone of whoever is signed in, to be kept on it."""
    at, owner = now(), current_actor().someone
    mine = pocket_of(db.session(), owner, keyring=current_keyring(), at=at)
    fields = str(get_template_attribute("swaps/_words.html", "field_list")(mine.fields))
    return jsonify(pocket_json(mine, base_url=current_settings().base_url, fields=fields, at=at))


@bp.get("/faces")
@own_phone
def faces() -> Response:
    """Who is in where I am in, each to be opened by their badge alone; no list where the phone `have`s it already."""
    events = faces_for(db.session(), current_actor().someone.id, keyring=current_keyring(), at=now())
    tag = hashlib.sha256(json.dumps(events).encode()).hexdigest()[:32]
    known = request.args.get("have") == tag
    return jsonify(schema=1, tag=tag, events=None if known else events)
