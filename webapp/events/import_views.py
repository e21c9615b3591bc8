"""Bringing a list in: drop a file, look at every row, keep it as one transaction, take it back whole."""

from uuid import UUID

from flask import Blueprint, render_template

from webapp.circles.access import organizer
from webapp.core.database import db
from webapp.events.queries import get_event_organized_by
from webapp.web.current import current_actor

bp = Blueprint("imports", __name__)


@bp.get("/events/<uuid:event_id>/imports")
@organizer
def index(event_id: UUID) -> str:
    """Drop a list here; earlier ones are below."""
    event = get_event_organized_by(db.session(), current_actor(), event_id)
    return render_template("events/imports.html", event=event)
