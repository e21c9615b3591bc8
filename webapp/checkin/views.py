"""The door: find or scan a guest, show the verdict, take it back; and the phones that stand at it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.checkin.admission import admit_plus_one, admit_walk_in, check_in, undo_check_in
from webapp.checkin.forms import DoorForm, NewGuestForm, PairingForm, operation_id, read_id, read_reversal, read_scan
from webapp.checkin.queries import (
    Found,
    find_facts,
    find_guests,
    get_counter,
    get_verdict,
    is_enough,
    organizers_of,
)
from webapp.checkin.verdicts import Verdict
from webapp.checkin.watching import watch
from webapp.circles.access import organizer
from webapp.core import qr
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.versions import version_of
from webapp.events.devices import (
    CannotPair,
    Paired,
    add_device,
    find_event_to_join,
    get_device_of,
    mark_seen,
    pair_device,
    pairing_code_of,
    renew_pairing,
    revoke_device,
)
from webapp.events.models import Attendee, DoorDevice, Event
from webapp.events.queries import get_attendee_of, get_event_organized_by, get_event_staffed_by
from webapp.web.access import door_crew, public
from webapp.web.cookies import keep_cookie
from webapp.web.current import cookie_name, current_actor, current_keyring, current_settings
from webapp.web.hypermedia import answer, redirect_to, refuse
from webapp.web.limits import TooMany, network, spend
from webapp.web.security import for_scanner

bp = Blueprint("checkin", __name__)


# The door.


@bp.get("/events/<uuid:event_id>/door")
@door_crew
def index(event_id: UUID) -> Response:
    """Find a guest by name or scan a badge; the counter beside it."""
    event = _staffed(event_id)
    found = _look_up(event, request.args.get("q", ""))
    page = render_template("checkin/index.html", event=event, found=found, **_counted(event))
    return for_scanner(make_response(page, *_paused(found)))


@bp.get("/events/<uuid:event_id>/door/guests")
@door_crew
def guests(event_id: UUID) -> Response:
    """The rows of a look-up, alone."""
    event = _staffed(event_id)
    found = _look_up(event, request.args.get("q", ""))
    return make_response(render_template("checkin/_guests.html", event=event, found=found), *_paused(found))


def _paused(found: Found) -> tuple[int, dict[str, str]]:
    return (429, {"Retry-After": str(found.paused)}) if found.paused else (200, {})


@bp.get("/events/<uuid:event_id>/door/counter")
@door_crew
def counter(event_id: UUID) -> Response:
    """The counter alone; 304 while nobody came or went."""
    event = _staffed(event_id)
    tag = str(version_of(db.session(), f"event:{event.id}"))
    if request.headers.get("HX-PTag") == tag:
        return make_response("", 304)
    response = make_response(render_template("checkin/_counter.html", event=event, **_counted(event)))
    response.headers["HX-PTag"] = tag
    return response


@bp.post("/events/<uuid:event_id>/check-ins")
@door_crew
def create_check_in(event_id: UUID) -> Response:
    """A badge was held to the camera, a code typed or a name tapped: let the guest in and show the verdict."""
    event = _staffed(event_id)
    spend("door scan", current_actor().label)
    scan = read_scan(request.form)
    if scan is None:
        page, fragment = "checkin/unreadable.html", "checkin/_unreadable.html"
        return refuse(page, fragment, event=event, operation_id=operation_id(request.form))
    verdict = check_in(db.session(), event, scan, by=current_actor(), at=now(), keyring=current_keyring())
    return _keep_and_show(event, scan.operation_id, verdict)


@bp.post("/events/<uuid:event_id>/check-ins/<uuid:check_in_id>/reversal")
@door_crew
def create_reversal(event_id: UUID, check_in_id: UUID) -> Response:
    """Somebody was let in by mistake, or left: take it back."""
    event = _staffed(event_id)
    reversal = read_reversal(request.form, check_in_id)
    if reversal is None:
        abort(400)
    verdict = undo_check_in(db.session(), event, reversal, by=current_actor(), at=now())
    return _keep_and_show(event, reversal.operation_id, verdict)


@bp.get("/events/<uuid:event_id>/door/walk-in")
@door_crew
def new_walk_in(event_id: UUID) -> str:
    """Ask for the name of somebody who is on no list, or of a guest's companion."""
    event = _staffed(event_id)
    form = NewGuestForm(data={"name": request.args.get("name", "")})
    return render_template(
        "checkin/walk_in.html", event=event, form=form, brought_by=_brought_by(event), **_counted(event)
    )


@bp.post("/events/<uuid:event_id>/walk-ins")
@door_crew
def create_walk_in(event_id: UUID) -> Response:
    """Let in somebody who is on no list."""
    event, form = _staffed(event_id), NewGuestForm(request.form)
    if not form.validate():
        return _ask_again(event, form, None)
    guest = form.guest(request.form)
    verdict = admit_walk_in(db.session(), event, guest, by=current_actor(), at=now())
    return _keep_and_show(event, guest.operation_id, verdict)


@bp.post("/events/<uuid:event_id>/plus-ones")
@door_crew
def create_plus_one(event_id: UUID) -> Response:
    """Let in the companion of a guest."""
    event, form = _staffed(event_id), NewGuestForm(request.form)
    host = get_attendee_of(db.session(), event, read_id(request.form.get("host")) or UUID(int=0))
    if not form.validate():
        return _ask_again(event, form, host)
    guest = form.guest(request.form)
    verdict = admit_plus_one(db.session(), event, guest, host, by=current_actor(), at=now())
    return _keep_and_show(event, guest.operation_id, verdict)


@bp.get("/events/<uuid:event_id>/door/verdicts/<uuid:operation_id>")
@door_crew
def show_verdict(event_id: UUID, operation_id: UUID) -> str:
    """What this door was answered: where a plain form arrives."""
    event = _staffed(event_id)
    verdict = get_verdict(db.session(), operation_id, current_actor())
    facts = find_facts(db.session(), event, verdict)
    shown: dict[str, Any] = {"event": event, "verdict": verdict, "facts": facts, "operation_id": operation_id}
    return render_template("checkin/verdict.html", **shown)


@bp.get("/events/<uuid:event_id>/door/help")
@door_crew
def call_the_host(event_id: UUID) -> str:
    """Somebody the door cannot settle: whom to call."""
    event = _staffed(event_id)
    return render_template("checkin/help.html", event=event, organizers=organizers_of(db.session(), event))


def _staffed(event_id: UUID) -> Event:
    return get_event_staffed_by(db.session(), current_actor(), event_id)


def _look_up(event: Event, words: str) -> Found:
    """The guests with these words; look-ups are counted, so that nobody can leaf through the list."""
    words = words[:120]
    if not is_enough(words):
        return Found(words)
    try:
        spend("guest search", current_actor().label)
    except TooMany as pause:
        return Found(words, paused=pause.retry_after)
    return find_guests(db.session(), event, words)


def _counted(event: Event) -> dict[str, object]:
    tag = version_of(db.session(), f"event:{event.id}")
    return {"counter": get_counter(db.session(), event), "tag": tag}


def _keep_and_show(event: Event, operation_id: UUID, verdict: Verdict) -> Response:
    """Commit, and only then answer: nothing is green before it is durable."""
    facts = find_facts(db.session(), event, verdict)
    if device := current_actor().device:
        mark_seen(db.session(), device, at=now())
    db.session.commit()
    there = url_for(".show_verdict", event_id=event.id, operation_id=operation_id)
    shown: dict[str, Any] = {"event": event, "verdict": verdict, "facts": facts, "operation_id": operation_id}
    return answer("checkin/_verdict.html", instead=there, **shown)


def _brought_by(event: Event) -> Attendee | None:
    host_id = read_id(request.args.get("host"))
    return get_attendee_of(db.session(), event, host_id) if host_id else None


def _ask_again(event: Event, form: NewGuestForm, host: Attendee | None) -> Response:
    page = "checkin/walk_in.html"
    return refuse(page, page, event=event, form=form, brought_by=host, **_counted(event))


# The phones that stand at it.


@bp.get("/door")
@public
def door() -> ResponseReturnValue:
    """A door phone's own door; for any other phone, how to become one."""
    device = current_actor().device
    if device:
        return redirect(url_for(".index", event_id=device.event_id), 303)
    # Its cookie stays until it runs out: what the phone has kept is handed over under it.
    was_one = cookie_name("door") in request.cookies
    return make_response(render_template("checkin/no_door.html", was_one=was_one), 410 if was_one else 200)


@bp.get("/door/pairing")
@public
def pairing() -> ResponseReturnValue:
    """What a volunteer's QR opens. Looking uses nothing up: mail scanners and previews may."""
    spend("door pairing by network", network())
    form = PairingForm(request.args)
    event = find_event_to_join(db.session(), form.code.data or "", keyring=current_keyring(), at=now())
    return render_template("checkin/pairing.html", event=event, form=form), 200 if event else 404


@bp.post("/door/pairings")
@public
def create_pairing() -> Response:
    """Make this phone a door, if the code still waits."""
    spend("door pairing by network", network())
    form = PairingForm(request.form)
    if not form.validate():
        abort(400)
    joined = pair_device(db.session(), form.code.data or "", form.name.data or "", keyring=current_keyring(), at=now())
    db.session.commit()
    match joined:
        case Paired(event_id, key, life):
            response = redirect_to(url_for(".index", event_id=event_id))
            keep_cookie(response, "door", key, life)
            return response
        case CannotPair():
            return refuse("checkin/pairing.html", "checkin/pairing.html", event=None, form=form)


@bp.get("/events/<uuid:event_id>/doors")
@organizer
def doors(event_id: UUID) -> str:
    """The event's door phones: who stands where, used when; one more; one less."""
    event = _organized(event_id)
    phones = watch(db.session(), event, now())
    return render_template("checkin/doors.html", event=event, form=DoorForm(), at=now(), phones=phones)


@bp.post("/events/<uuid:event_id>/doors")
@organizer
def create_door(event_id: UUID) -> Response:
    """Make a place for a phone, and show the code by which it joins."""
    event, form = _organized(event_id), DoorForm(request.form)
    if not form.validate():
        page = "checkin/doors.html"
        return refuse(page, page, event=event, form=form, at=now(), phones=watch(db.session(), event, now()))
    device = form.device(request.form)
    add_device(db.session(), event, device, keyring=current_keyring(), by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show_door", event_id=event.id, device_id=device.id))


@bp.get("/events/<uuid:event_id>/doors/<uuid:device_id>")
@organizer
def show_door(event_id: UUID, device_id: UUID) -> str:
    """The code by which a phone joins, for as long as it waits."""
    event, device = _organized_device(event_id, device_id)
    code = pairing_code_of(device, current_keyring(), now())
    link = current_settings().base_url + url_for(".pairing", code=code)
    drawing = qr.draw(link, qr.choose(link)) if code else None
    needs = {"event": event, "device": device, "code": code, "link": link, "drawing": drawing}
    return render_template("checkin/door_device.html", **needs)


@bp.post("/events/<uuid:event_id>/doors/<uuid:device_id>/pairing-code")
@organizer
def create_pairing_code(event_id: UUID, device_id: UUID) -> Response:
    """A fresh code for a phone that did not join in time."""
    event, device = _organized_device(event_id, device_id)
    renew_pairing(db.session(), device, keyring=current_keyring(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show_door", event_id=event.id, device_id=device.id))


@bp.post("/events/<uuid:event_id>/doors/<uuid:device_id>/revocation")
@organizer
def create_revocation(event_id: UUID, device_id: UUID) -> Response:
    """The phone was lost or went home: it is no longer a door."""
    event, device = _organized_device(event_id, device_id)
    revoke_device(db.session(), device, at=now())
    db.session.commit()
    return redirect_to(url_for(".doors", event_id=event.id))


def _organized(event_id: UUID) -> Event:
    return get_event_organized_by(db.session(), current_actor(), event_id)


def _organized_device(event_id: UUID, device_id: UUID) -> tuple[Event, DoorDevice]:
    event = _organized(event_id)
    return event, get_device_of(db.session(), event, device_id)
