"""Mine: what is kept and until when, everything in one file, and leaving."""

import io
from datetime import datetime

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for

from webapp.accounts.access import fresh_code
from webapp.accounts.cookies import drop_session_cookie
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.events.queries import events_of
from webapp.mydata.collecting import export_of
from webapp.mydata.jobs import AFTER_AN_EVENT
from webapp.mydata.leaving import LastOrganizer, leave
from webapp.people.printing import PATIENCE, NotPrinted
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend

bp = Blueprint("mydata", __name__)


@bp.get("/me/data")
@signed_in
def index() -> str:
    """What is kept of me and until when."""
    events = events_of(db.session(), current_actor().someone.id)
    return render_template("mydata/index.html", events=events, after=AFTER_AN_EVENT)


@bp.get("/me/data.zip")
@signed_in
def export() -> Response:
    """Everything of mine in one file."""
    person, at = current_actor().someone, now()
    spend("export", person.id)
    made = export_of(db.session(), person, Sealed(current_keyring(), "notes"), at)
    if isinstance(made, NotPrinted):
        page = render_template("people/not_printed.html", again=url_for(".export"))
        return make_response(page, 503, {"Retry-After": f"{PATIENCE:.0f}"})
    file, name = io.BytesIO(made), _file_name(at)
    response = send_file(file, "application/zip", as_attachment=True, download_name=name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


def _file_name(at: datetime) -> str:
    return f"mixwell-{at:%Y-%m-%d}.zip"


@bp.get("/me/leaving")
@fresh_code
def leaving() -> str:
    """What leaving takes away, before it does."""
    return render_template("mydata/leaving.html", refusal=None, unsure=False)


@bp.post("/me/leaving")
@fresh_code
def create_leaving() -> Response:
    """Erase everything of mine and sign out."""
    if "sure" not in request.form:
        return make_response(render_template("mydata/leaving.html", refusal=None, unsure=True), 422)
    verdict = leave(db.session(), current_actor().someone.id, data_dir=current_settings().data_dir, at=now())
    if isinstance(verdict, LastOrganizer):
        return make_response(render_template("mydata/leaving.html", refusal=verdict, unsure=False), 409)
    db.session.commit()
    response = redirect_to(url_for(".left"))
    drop_session_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/left")
@public
def left() -> str:
    """Goodbye."""
    return render_template("mydata/left.html")
