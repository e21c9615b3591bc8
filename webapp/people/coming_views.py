"""Before the next gathering: who comes again of those I met, and whether they may see that I come."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.people.coming import coming_up, let_coming_be_seen
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to

bp = Blueprint("coming", __name__)


@bp.get("/coming")
@signed_in
def index() -> str:
    """Where I go next, and whom I met before who comes too."""
    sealed = Sealed(current_keyring(), "notes")
    ahead = coming_up(db.session(), current_actor().someone.id, sealed, now())
    return render_template("people/coming.html", ahead=ahead)


@bp.post("/coming/<uuid:place_id>")
@signed_in
def choose(place_id: UUID) -> Response:
    """People I met before may see that I come, or may not."""
    shown = request.form.get("shown") == "yes"
    let_coming_be_seen(db.session(), place_id, shown=shown, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".index", _anchor=f"coming-{place_id}"))
