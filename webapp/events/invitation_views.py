"""Inviting guests, and the guest's one tap."""

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, render_template, request, url_for
from sqlalchemy.orm import joinedload

from webapp.accounts.access import current_person_id, enter_as, fresh_code, whose_claim
from webapp.accounts.models import Person
from webapp.accounts.people import confirmed_address, may_open
from webapp.circles.access import organizer
from webapp.core.actor import Actor
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.events.claiming import is_in_doubt, use_invitation
from webapp.events.considering import Before, SecondThought, second_thought
from webapp.events.inviting import find_open_invitation, invite, invite_again, reach, rehearse
from webapp.events.mails import write_invitation
from webapp.events.models import Attendee, Event
from webapp.events.queries import get_event_organized_by
from webapp.web.access import public
from webapp.web.current import current_actor, current_keyring, current_tools
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import network, spend
from webapp.web.words import _, n_

bp = Blueprint("invitations", __name__)


def _event(event_id: UUID) -> Event:
    return get_event_organized_by(db.session(), current_actor(), event_id)


@bp.get("/events/<uuid:event_id>/invitations")
@organizer
def index(event_id: UUID) -> str:
    """The mail as it will read, who will get it, and who is unreached."""
    event = _event(event_id)
    me = current_actor().person
    name = me.name if me else ""
    tools = current_tools()
    preview = write_invitation(new_id(), "", name, event, f"{tools.base_url}/invitation/…", tools)
    how_far = reach(db.session(), event)
    return render_template("events/invitations.html", event=event, reach=how_far, preview=preview)


@bp.post("/events/<uuid:event_id>/invitations/rehearsal")
@organizer
def create_rehearsal(event_id: UUID) -> Response:
    """Send the mail to me first."""
    event, me = _event(event_id), current_actor().person
    address = confirmed_address(db.session(), me.id) if me else None
    if address:
        spend("invitation run", event.id)
        rehearse(db.session(), event, to=address, by=current_actor(), at=now())
        db.session.commit()
        flash(_("On its way to you. Nobody else was mailed."), "agreed")
    return redirect_to(url_for(".index", event_id=event.id))


@bp.post("/events/<uuid:event_id>/invitations")
@fresh_code
def create(event_id: UUID) -> Response:
    """Write to everyone who was never written to."""
    event = _event(event_id)
    spend("invitation run", event.id)
    number = invite(db.session(), event, keyring=current_keyring(), by=current_actor(), at=now())
    return _sent(event, number)


@bp.post("/events/<uuid:event_id>/invitations/resend")
@fresh_code
def create_resend(event_id: UUID) -> Response:
    """Write once more to those who have not answered."""
    event = _event(event_id)
    spend("invitation run", event.id)
    number = invite_again(db.session(), event, keyring=current_keyring(), by=current_actor(), at=now())
    return _sent(event, number)


def _sent(event: Event, number: int) -> Response:
    db.session.commit()
    flash(n_("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", number), "agreed")
    return redirect_to(url_for(".index", event_id=event.id))


@bp.get("/invitation/<link>")
@public
def open_invitation(link: str) -> str:
    """What an invitation opens: one button, and no effect before it is pressed, for mail scanners press links."""
    invitation = find_open_invitation(db.session(), link, now())
    place = _place(invitation.attendee_id) if invitation else None
    actor = current_actor()
    here = actor.person if place and is_in_doubt(db.session(), place, actor) else None
    return render_template("events/invitation.html", place=place, here=here, link=link, rehearsal=link == "rehearsal")


def _place(attendee_id: UUID) -> Attendee:
    with_event = joinedload(Attendee.event).joinedload(Event.circle)
    return db.session.get_one(Attendee, attendee_id, options=[with_event])


@bp.post("/invitation/<link>")
@public
def accept_invitation(link: str) -> Response:
    """That is me: the place becomes mine, and I am signed in."""
    spend("code entry by network", network())
    invitation, by = find_open_invitation(db.session(), link, now()), whose_claim(request.form)
    if invitation and by is None and is_in_doubt(db.session(), _place(invitation.attendee_id), current_actor()):
        return redirect_to(url_for(".open_invitation", link=link))
    if invitation and (thought := _thought(_place(invitation.attendee_id), by or current_actor())):
        return _think_again(link, _place(invitation.attendee_id).event, thought)
    place = use_invitation(db.session(), invitation, by=by or current_actor(), at=now()) if invitation else None
    if place is None:
        db.session.rollback()
        return redirect_to(url_for(".open_invitation", link=link))
    response = redirect_to(url_for("swaps.waiting_scan"))  # the camera, unless a scan waits here
    person = db.session.get_one(Person, place.person_id)
    if person.id != current_person_id() and may_open(db.session(), person, place.email):
        enter_as(response, person, proven_address=place.email)
    db.session.commit()
    flash(_("Your place is yours. Scan a badge to begin."), "agreed")
    return response


def _thought(place: Attendee, by: Actor) -> SecondThought | None:
    """What whoever would take this place asked to be told first.

    Who is not signed in is told only where this link signs them in: then it shows no more than it opens.
    """
    if request.form.get("sure") == "yes":
        return None
    before: Before = current_app.extensions["mixwell.before"]
    person = db.session.get_one(Person, by.person.id if by.person else place.person_id)
    theirs = by.person is not None or may_open(db.session(), person, place.email)
    return second_thought(db.session(), before, person.id, place.event) if theirs else None


def _think_again(link: str, event: Event, thought: SecondThought) -> Response:
    """The count, and both ways on; the invitation is as it was."""
    sent = {"who": request.form["who"]} if "who" in request.form else {}
    page = {"action": url_for(".accept_invitation", link=link), "sent": sent}
    return make_response(render_template("events/second_thought.html", thought=thought, event=event, **page), 409)
