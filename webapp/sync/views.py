"""Telling the server what was done without it, and the list by which a door decides alone."""

import hashlib
import json
from uuid import UUID

from flask import Blueprint, Response, jsonify, make_response, request
from werkzeug.exceptions import BadRequest

from webapp.checkin.leases import give_lease, lease_is_fair
from webapp.core.actor import Actor
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.devices import get_device_of, mark_seen
from webapp.events.models import DoorDevice, Event
from webapp.events.queries import get_event_staffed_by
from webapp.swaps.answers import page_of
from webapp.sync.access import former_device, phone
from webapp.sync.batch import MOST_BYTES, SCHEMA, read_batch
from webapp.sync.door_list import DoorLists, read_digests, write_digests
from webapp.sync.door_names import take_names
from webapp.sync.kind import House
from webapp.sync.kinds import KINDS
from webapp.sync.receiving import Phone, receive
from webapp.web.access import door_crew, door_device
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.limits import spend
from webapp.web.security import takes_json

bp = Blueprint("sync", __name__)
_lists = DoorLists()


@bp.post("/sync")
@takes_json
@phone
def create_batch() -> tuple[Response, int] | Response:
    """A batch of operations: each is answered by its id, when everything is durable."""
    known, at = _phone(), now()
    spend("sync", known.label)
    request.max_content_length = MOST_BYTES
    try:
        batch = read_batch(request.get_json())
    except BadRequest:
        batch = None
    if batch is None:
        return jsonify(schema=SCHEMA, error="not readable"), 400
    house = House(current_keyring(), current_settings().base_url, page_of)
    answered = receive(db.session(), batch, known, KINDS, house, at)
    if (device := current_actor().device) and not known.revoked:
        mark_seen(db.session(), device, at=at)
    db.session.commit()
    results = [{"id": named, "result": found.result, "verdict": found.verdict} for named, found in answered.results]
    told = {"results": results, "missing": answered.missing, "owner": known.label, "revoked": known.revoked}
    return jsonify(schema=SCHEMA, time=now().isoformat(timespec="milliseconds"), **told)


def _phone() -> Phone:
    actor = current_actor()
    person = Actor(person=actor.person) if actor.person else None
    return Phone(person, db.session.get(DoorDevice, actor.device.id) if actor.device else former_device(actor))


@bp.get("/events/<uuid:event_id>/door/list")
@door_crew
def door_list(event_id: UUID) -> Response:
    """The event's badges as sealed records: the buckets that the phone does not `have`; 304 when it has the answer."""
    event, at = get_event_staffed_by(db.session(), current_actor(), event_id), now()
    lease = _lease(event)
    made = _lists.get(db.session(), event, keyring=current_keyring())
    have = read_digests(request.args.get("have", ""))
    told = _about(event) | {"lease": None if lease is None else {"places": lease}}
    told |= {"counts": {"guests": made.guests, "inside": made.inside}, "digests": write_digests(made.digests)}
    tag = hashlib.sha256(json.dumps([told, have.hex()]).encode()).hexdigest()[:32]
    if request.if_none_match.contains(tag):
        response = make_response("", 304)
    else:
        # Of now, however long this process has had it: phones set their clocks by it.
        response = jsonify(told | {"made_at": at.isoformat(), "buckets": made.changed(have)})
    response.set_etag(tag)
    return response


@bp.post("/events/<uuid:event_id>/door/names")
@door_device
def create_names(event_id: UUID) -> tuple[Response, int] | Response:
    """All names of the event, for a door whose crew chose to search them without a network. It is written down."""
    event, actor, at = get_event_staffed_by(db.session(), current_actor(), event_id), current_actor(), now()
    spend("door names", actor.label)
    device = get_device_of(db.session(), event, actor.device.id if actor.device else event_id)
    guests = take_names(db.session(), event, device, at)
    if guests is None:
        return jsonify(schema=SCHEMA, error="too many"), 413
    db.session.commit()
    return jsonify(schema=SCHEMA, event=str(event.id), made_at=at.isoformat(), guests=guests)


def _about(event: Event) -> dict[str, object]:
    actor = current_actor()
    door = db.session.get_one(DoorDevice, actor.device.id).door if actor.device else ""
    named: dict[str, object] = {"id": str(event.id), "title": event.title, "ends_at": event.ends_at.isoformat()}
    named |= {"timezone": event.zone, "capacity": event.capacity}
    return {"schema": SCHEMA, "event": named, "device": actor.label, "door": door}


def _lease(event: Event) -> int | None:
    """What this door may give away from now on unasked; written down only when that changed or grows old."""
    device, at = current_actor().device, now()
    if device is None or event.capacity is None:
        return None
    held = lease_is_fair(db.session(), event, device.id, at)
    if held is not None:
        return held
    with writing() as session:
        places = give_lease(session, event, device.id, at)
        session.commit()
    return places
