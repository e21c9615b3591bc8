"""The exit table, on a paired door phone: show a badge, print its sheet. Every look is a POST and none is kept."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from structlog import get_logger

from webapp.checkin.scans import read_code
from webapp.core.actor import DeviceRef, NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Event
from webapp.events.queries import get_event_staffed_by
from webapp.people.exit_table import LeavingGuest, exit_sheet, find_leaving_guest, find_shown_guest
from webapp.people.printing import NotPrinted, print_sheet
from webapp.people.sheet import Paper
from webapp.people.views import on_paper
from webapp.web.access import door_crew
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import is_partial
from webapp.web.limits import spend
from webapp.web.security import for_scanner

bp = Blueprint("exits", __name__)
log = get_logger()


def _at_a_door_of(event_id: UUID) -> tuple[Event, DeviceRef]:
    """The event and the phone that works its door. An organizer alone is nobody here: no desk shows who met whom."""
    actor = current_actor()
    if actor.device is None or actor.device.event_id != event_id:
        raise NotHere
    return get_event_staffed_by(db.session(), actor, event_id), actor.device


@bp.get("/events/<uuid:event_id>/exit")
@door_crew
def index(event_id: UUID) -> Response:
    """Scan the badge of somebody who goes home without a phone."""
    event, _device = _at_a_door_of(event_id)
    return for_scanner(make_response(render_template("people/exit.html", event=event)))


@bp.post("/events/<uuid:event_id>/exit")
@door_crew
def create_look(event_id: UUID) -> Response:
    """A badge was shown: whose it is, and the button that prints."""
    event, device = _at_a_door_of(event_id)
    spend("exit sheet", device.id)
    shown = read_code(request.form.get("code", ""), current_settings().base_url)
    guest = find_leaving_guest(db.session(), event, shown, keyring=current_keyring(), by=device, at=now())
    return _look(event, guest, 200 if guest else 422)


def _look(event: Event, guest: LeavingGuest | None, status: int, *, not_printed: bool = False) -> Response:
    template = "people/_verdict.html" if is_partial() else "people/exit_guest.html"
    return make_response(render_template(template, event=event, guest=guest, not_printed=not_printed), status)


@bp.post("/events/<uuid:event_id>/exit/sheet")
@door_crew
def create_sheet(event_id: UUID) -> Response:
    """The sheet of the guest whose badge was shown here a moment ago. `paper=letter` for US Letter, else A4."""
    event, device = _at_a_door_of(event_id)
    spend("exit sheet", device.id)
    look, at = request.form.get("look", ""), now()
    guest = find_shown_guest(db.session(), event, look, keyring=current_keyring(), by=device, at=at)
    if guest is None:
        return _look(event, None, 422)
    paper: Paper = "letter" if request.form.get("paper") == "letter" else "a4"
    sheet = exit_sheet(db.session(), guest, event, paper, base_url=current_settings().base_url, at=at)
    name, guest_id = guest.name, guest.id
    db.session.rollback()  # nobody waits for the database while the sheet is drawn
    printed = print_sheet(sheet, guest_id)
    if isinstance(printed, NotPrinted):
        return _look(event, LeavingGuest(name, look), 503, not_printed=True)
    log.info("exported", actor=current_actor().label, kind="exit sheet", rows=len(sheet.contacts))
    return on_paper(printed, "people-who-gave-you-a-card.pdf")
