"""An event's plan and its guests by hand."""

from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.circles.access import organizer
from webapp.circles.forms import ZONES
from webapp.circles.queries import get_circle_organized_by
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.forms import HELPER_WORDS, EventForm, GuestForm
from webapp.events.guests import add_guest, cancel_guest, change_guest, details_of, restore_guest
from webapp.events.models import Attendee, Event
from webapp.events.planning import change_event, plan_event, plan_of
from webapp.events.queries import attendees_of, get_attendee_of, get_event_organized_by, search_attendees
from webapp.web.current import current_actor
from webapp.web.hypermedia import redirect_to, refuse
from webapp.web.words import _

bp = Blueprint("events", __name__)


@bp.get("/circles/<uuid:circle_id>/events/new")
@organizer
def new(circle_id: UUID) -> str:
    """Plan an event."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    form = EventForm(zone=circle.zone)
    return render_template("events/new.html", circle=circle, form=form, zones=ZONES)


@bp.post("/circles/<uuid:circle_id>/events")
@organizer
def create(circle_id: UUID) -> Response:
    """Keep a new event and open its desk."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    form = EventForm(request.form)
    if not form.validate():
        return refuse("events/new.html", "events/_plan.html", circle=circle, form=form, zones=ZONES)
    me = current_actor().person
    event = plan_event(db.session(), circle, form.plan(), by=me.id if me else None, at=now())
    db.session.commit()
    return redirect_to(url_for("console.event", event_id=event.id))


def event_at_my_desk(event_id: UUID) -> Event:
    """This event, if the one who asks organizes its circle; 404 otherwise."""
    return get_event_organized_by(db.session(), current_actor(), event_id)


@bp.get("/events/<uuid:event_id>/edit")
@organizer
def edit(event_id: UUID) -> str:
    """Change the plan."""
    event = event_at_my_desk(event_id)
    return render_template("events/edit.html", event=event, form=EventForm(obj=plan_of(event)), zones=ZONES)


@bp.post("/events/<uuid:event_id>")
@organizer
def update(event_id: UUID) -> Response:
    """Keep the changed plan."""
    event = event_at_my_desk(event_id)
    form = EventForm(request.form)
    if not form.validate():
        return refuse("events/edit.html", "events/_plan.html", event=event, form=form, zones=ZONES)
    change_event(event, form.plan())
    db.session.commit()
    flash(_("The plan is kept."), "agreed")
    return redirect_to(url_for("console.event", event_id=event.id))


@bp.get("/events/<uuid:event_id>/guests")
@organizer
def guests(event_id: UUID) -> str:
    """The list, sorted by surname; with `q`, those whose name holds these letters."""
    event = event_at_my_desk(event_id)
    words = request.args.get("q", "").strip()
    if words:
        found = search_attendees(db.session(), event, words, limit=50)
    else:
        found = attendees_of(db.session(), event, also_cancelled=True)
    return render_template("events/guests.html", event=event, guests=found, words=words, helper_words=HELPER_WORDS)


@bp.get("/events/<uuid:event_id>/guests/new")
@organizer
def new_guest(event_id: UUID) -> str:
    """Add a guest by hand."""
    return render_template("events/new_guest.html", event=event_at_my_desk(event_id), form=GuestForm())


@bp.post("/events/<uuid:event_id>/guests")
@organizer
def create_guest(event_id: UUID) -> Response:
    """Keep a guest added by hand."""
    event = event_at_my_desk(event_id)
    form = GuestForm(request.form)
    if not form.validate():
        return refuse("events/new_guest.html", "events/_guest_form.html", event=event, form=form)
    guest = add_guest(db.session(), event, form.details(), source="by_hand", at=now())
    db.session.commit()
    flash(_("%(name)s is on the list.", name=guest.name), "agreed")
    return redirect_to(url_for(".guest", event_id=event.id, attendee_id=guest.id))


def guest_at_my_desk(event_id: UUID, attendee_id: UUID) -> tuple[Event, Attendee]:
    """This event and guest, if the one who asks organizes the circle; 404 otherwise."""
    event = event_at_my_desk(event_id)
    return event, get_attendee_of(db.session(), event, attendee_id)


@bp.get("/events/<uuid:event_id>/guests/<uuid:attendee_id>")
@organizer
def guest(event_id: UUID, attendee_id: UUID) -> str:
    """One guest: correct the name, reprint, replace a lost badge, cancel."""
    event, attendee = guest_at_my_desk(event_id, attendee_id)
    form = GuestForm(obj=details_of(attendee))
    return render_template("events/guest.html", event=event, guest=attendee, form=form)


@bp.post("/events/<uuid:event_id>/guests/<uuid:attendee_id>")
@organizer
def update_guest(event_id: UUID, attendee_id: UUID) -> Response:
    """Keep corrected details; the badge code stays the same."""
    event, attendee = guest_at_my_desk(event_id, attendee_id)
    form = GuestForm(request.form)
    if not form.validate():
        return refuse("events/guest.html", "events/_guest_form.html", event=event, guest=attendee, form=form)
    change_guest(db.session(), attendee, form.details(attendee.external_ref), at=now())
    db.session.commit()
    flash(_("Kept. Print the badge again if the name changed."), "agreed")
    return redirect_to(url_for(".guest", event_id=event.id, attendee_id=attendee.id))


@bp.post("/events/<uuid:event_id>/guests/<uuid:attendee_id>/cancellation")
@organizer
def create_cancellation(event_id: UUID, attendee_id: UUID) -> Response:
    """Take a guest's place back."""
    event, attendee = guest_at_my_desk(event_id, attendee_id)
    cancel_guest(db.session(), attendee, by=current_actor(), at=now())
    db.session.commit()
    flash(_("Cancelled. The door will say so."), "agreed")
    return redirect_to(url_for(".guest", event_id=event.id, attendee_id=attendee.id))


@bp.post("/events/<uuid:event_id>/guests/<uuid:attendee_id>/restoration")
@organizer
def create_restoration(event_id: UUID, attendee_id: UUID) -> Response:
    """Give a cancelled place back."""
    event, attendee = guest_at_my_desk(event_id, attendee_id)
    restore_guest(db.session(), attendee)
    db.session.commit()
    flash(_("Back on the list."), "agreed")
    return redirect_to(url_for(".guest", event_id=event.id, attendee_id=attendee.id))
