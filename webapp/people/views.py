"""Pages and writes of this feature."""

from uuid import UUID

from flask import Blueprint, render_template

from webapp.web.access import public

bp = Blueprint("people", __name__)


@bp.get("/people")
@public
def index() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)


@bp.get("/people/<uuid:person_id>")
@public
def show(person_id: UUID) -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)


@bp.get("/next")
@public
def next_page() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)


@bp.get("/me")
@public
def me() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)
