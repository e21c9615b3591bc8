"""The organizer's page of what doors saw twice, and what was found out."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from webapp.checkin.forms import operation_id, read_id
from webapp.checkin.set_aside import heaps_at
from webapp.checkin.to_settle import ANSWERS, Answer, SeenAnew, cases_of, find_case, settle_case
from webapp.checkin.watching import watch
from webapp.circles.access import organizer
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Event
from webapp.events.queries import get_event_organized_by
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import answer, is_partial

bp = Blueprint("settling", __name__)


@bp.get("/events/<uuid:event_id>/to-settle")
@organizer
def index(event_id: UUID) -> str:
    """Everything to look at, and below it what was looked at."""
    event = get_event_organized_by(db.session(), current_actor(), event_id)
    return render_template("checkin/to_settle.html", event=event, **_all_of(event))


def _all_of(event: Event) -> dict[str, Any]:
    cases = cases_of(db.session(), event)
    odd = [phone for phone in watch(db.session(), event, now()) if phone.is_odd]
    needs: dict[str, Any] = {"odd_phones": odd, "open_cases": [case for case in cases if case.is_open]}
    needs |= {"closed_cases": [case for case in cases if not case.is_open], "anew": None}
    return needs | {"heaps": heaps_at(db.session(), event, current_keyring())}


@bp.post("/events/<uuid:event_id>/to-settle/<uuid:attendee_id>")
@organizer
def create_finding(event_id: UUID, attendee_id: UUID) -> Response:
    """The organizer says what it was. If more came to light meanwhile, nothing is done and they look again."""
    event, found = get_event_organized_by(db.session(), current_actor(), event_id), request.form.get("answer", "")
    if found not in ANSWERS:
        abort(400)
    entries = [entry for entry in map(read_id, request.form.getlist("entry")) if entry]
    asked = Answer(operation_id(request.form), attendee_id, found, entries)
    settled = settle_case(db.session(), event, asked, by=current_actor(), at=now())
    db.session.commit()
    case = find_case(db.session(), event, attendee_id)
    if case is None:
        raise NotHere
    if isinstance(settled, SeenAnew):
        return _look_again(event, attendee_id)
    there = f"{url_for('.index', event_id=event.id)}#case-{attendee_id}"
    return answer("checkin/_case.html", instead=there, event=event, case=case, anew=None)


def _look_again(event: Event, attendee_id: UUID) -> Response:
    if is_partial():
        case = find_case(db.session(), event, attendee_id)
        return make_response(render_template("checkin/_case.html", event=event, case=case, anew=attendee_id), 422)
    page = render_template("checkin/to_settle.html", event=event, **_all_of(event) | {"anew": attendee_id})
    return make_response(page, 422)
