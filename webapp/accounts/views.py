"""Pages and writes of this feature."""

from flask import Blueprint, render_template

from webapp.web.access import public

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)
