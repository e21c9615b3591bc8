"""Pages and writes of this feature."""

from flask import Blueprint, render_template

from webapp.web.access import public

bp = Blueprint("pwa", __name__)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)


@bp.get("/sw.js")
@public
def service_worker() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)


@bp.get("/offline")
@public
def offline() -> str:
    """To be written."""
    return render_template("errors/page.html", problem="404", status=404)
