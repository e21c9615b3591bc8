"""The circle's own page: how it looks and who organizes it."""

from contextlib import closing
from uuid import UUID

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from webapp.accounts.access import fresh_code
from webapp.accounts.addresses import NotAnAddress
from webapp.accounts.people import find_or_make_by_address
from webapp.circles.access import organizer
from webapp.circles.forms import ZONES, CircleForm, OrganizerForm
from webapp.circles.founding import LastOrganizer, add_organizer, clean_logo, end_role
from webapp.circles.models import Circle
from webapp.circles.queries import get_circle_organized_by, organizers_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.pictures import MOST_BYTES, NotAPicture
from webapp.web.current import current_actor
from webapp.web.hypermedia import redirect_to, refuse
from webapp.web.words import _

bp = Blueprint("circles", __name__)


@bp.get("/circles/<uuid:circle_id>/edit")
@organizer
def edit(circle_id: UUID) -> str:
    """Name, accent, logo and zone."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    return render_template("circles/edit.html", circle=circle, form=CircleForm(obj=circle), zones=ZONES)


@bp.get("/circles/<uuid:circle_id>/organizers")
@fresh_code
def organizers(circle_id: UUID) -> str:
    """Who organizes; behind a fresh code, since whoever is added here sees every guest."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    return render_template("circles/organizers.html", **_organizers_page(circle, OrganizerForm()))


def _organizers_page(circle: Circle, form: OrganizerForm) -> dict[str, object]:
    return {"circle": circle, "form": form, "people": organizers_of(db.session(), circle)}


@bp.post("/circles/<uuid:circle_id>")
@organizer
def update(circle_id: UUID) -> Response:
    """Change how the circle looks."""
    request.max_content_length = 2 * MOST_BYTES  # so that one that is too large is refused in words
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    form = CircleForm(request.form)
    if not form.validate() or not _keep_logo(circle, form):
        db.session.rollback()
        return refuse("circles/edit.html", "circles/_form.html", circle=circle, form=form, zones=ZONES)
    circle.name, circle.hue, circle.zone = form.name.data or "", form.hue.data or 0, form.zone.data or ""
    db.session.commit()
    flash(_("The circle is kept."), "agreed")
    return redirect_to(url_for("console.home"))


def _keep_logo(circle: Circle, form: CircleForm) -> bool:
    sent = request.files.get("logo", FileStorage())
    if not sent.filename:
        return True
    try:
        with closing(sent):
            circle.logo_png = clean_logo(sent.read(MOST_BYTES + 1))
    except NotAPicture:
        form.logo.errors = [_("Send a PNG, JPEG or WebP picture of at most 5 MB.")]
        return False
    return True


@bp.get("/circles/<uuid:circle_id>/logo.png")
@organizer
def logo(circle_id: UUID) -> Response:
    """The circle's logo as we keep it."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    picture = db.session.scalar(db.select(Circle.logo_png).where(Circle.id == circle.id))
    if picture is None:
        abort(404)
    return Response(picture, mimetype="image/png", headers={"Content-Security-Policy": "sandbox; default-src 'none'"})


@bp.post("/circles/<uuid:circle_id>/organizers")
@fresh_code
def create_organizer(circle_id: UUID) -> Response:
    """Let someone organize along; they sign in with this address."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    form = OrganizerForm(request.form)
    if not form.validate():
        return refuse("circles/organizers.html", "circles/_organizers.html", **_organizers_page(circle, form))
    _invite(circle, form.email.data or "")
    return redirect_to(url_for(".organizers", circle_id=circle.id))


def _invite(circle: Circle, address: str) -> None:
    me = current_actor().person
    try:
        person = find_or_make_by_address(db.session(), address, address.partition("@")[0], now())
    except NotAnAddress:
        flash(_("That is not an e-mail address."), "no")
        return
    add_organizer(db.session(), circle, person.id, by=me.id if me else None, at=now())
    db.session.commit()
    flash(_("They may organize now. Tell them to sign in."), "agreed")


@bp.post("/circles/<uuid:circle_id>/organizers/<uuid:person_id>/end")
@fresh_code
def end_organizer(circle_id: UUID, person_id: UUID) -> Response:
    """Take an organizer's role back, unless they are the last."""
    circle = get_circle_organized_by(db.session(), current_actor(), circle_id)
    verdict = end_role(db.session(), circle, person_id, at=now())
    db.session.commit()
    if isinstance(verdict, LastOrganizer):
        flash(_("A circle needs someone. Add another organizer first."), "no")
    mine = current_actor().person
    left = mine is not None and mine.id == person_id and not isinstance(verdict, LastOrganizer)
    return redirect_to(url_for("console.home") if left else url_for(".organizers", circle_id=circle.id))
