"""The organizer's desk: all circles at a glance, and one event with what needs doing next."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from webapp.checkin.to_settle import count_open
from webapp.checkin.watching import count_asking
from webapp.circles.access import organizer
from webapp.circles.queries import circles_of
from webapp.console.mixing import mixing_of
from webapp.console.overview import events_by_circle, readiness
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.forms import HELPERS_WORDS
from webapp.events.hands import helpers_at
from webapp.events.queries import get_event_organized_by
from webapp.swaps.reporting import reports_at
from webapp.web.current import current_actor

bp = Blueprint("console", __name__)


@bp.get("/desk")
@organizer
def home() -> str:
    """My circles and their events, next first."""
    circles = circles_of(db.session(), current_actor())
    events = events_by_circle(db.session(), circles, now())
    return render_template("console/index.html", circles=circles, events=events)


@bp.get("/events/<uuid:event_id>")
@organizer
def event(event_id: UUID) -> str:
    """One event: how ready it is, what comes next, who is in."""
    event = get_event_organized_by(db.session(), current_actor(), event_id)
    session, at = db.session(), now()
    page: dict[str, Any] = {"ready": readiness(session, event), "mixing": mixing_of(session, event, at)}
    page |= {"to_settle": count_open(session, event), "odd_phones": count_asking(session, event, at)}
    page |= {"reports": reports_at(session, event, reader=current_actor())}
    page |= {"helpers": helpers_at(session, event), "helpers_words": HELPERS_WORDS}
    return render_template("console/event.html", event=event, **page)
