"""A speaker's own codes for slides."""

import io
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, send_file, url_for
from sqlalchemy.orm import Session

from webapp.contacts.forms import operation_id
from webapp.core import qr
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.swaps.forms import TalkForm
from webapp.swaps.models import SlideCode
from webapp.swaps.screen import draw
from webapp.swaps.slides import end_slide_code, get_slide, make_slide_code, slides_of
from webapp.swaps.tonight import Tonight, tonight_of
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import redirect_to, refuse
from webapp.web.limits import spend

bp = Blueprint("slides", __name__)

PIXELS = 20
"""A module of the picture: sharp on a wall."""


def _here(session: Session) -> Tonight:
    tonight = tonight_of(session, current_actor().someone.id, now())
    if tonight is None:
        raise NotHere
    return tonight


def _page(tonight: Tonight, form: TalkForm) -> dict[str, object]:
    keyring, base_url, me = current_keyring(), current_settings().base_url, current_actor().someone.id
    slides = slides_of(db.session(), me, tonight.event.id, at=now())
    drawn = [(slide, draw(base_url, keyring.slide_code(slide.id))) for slide in slides]
    return {"tonight": tonight, "slides": drawn, "form": form}


@bp.get("/me/slides")
@signed_in
def index() -> str:
    """My codes for slides at tonight's event, and a new one."""
    tonight = _here(db.session())
    clock = now().astimezone(ZoneInfo(tonight.event.zone)).replace(second=0, microsecond=0)
    return render_template("swaps/slides.html", **_page(tonight, TalkForm(data={"starts": clock.time()})))


@bp.post("/me/slides")
@signed_in
def create() -> Response:
    """A code for my talk: making it says yes to whoever scans it there."""
    tonight, form = _here(db.session()), TalkForm(request.form)
    if not form.validate():
        return refuse("swaps/slides.html", "swaps/slides.html", **_page(tonight, form))
    spend("slide code", current_actor().someone.id)
    make_slide_code(db.session(), operation_id(request.form), form.talk(tonight.place_id), by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".index"))


@bp.get("/me/slides/<uuid:slide_id>/code.png")
@signed_in
def picture(slide_id: UUID) -> Response:
    """The code as a picture, to be put on a slide."""
    slide = get_slide(db.session(), slide_id, current_actor().someone.id)
    return _picture(slide)


def _picture(slide: SlideCode) -> Response:
    text = qr.screen_text(current_settings().base_url, current_keyring().slide_code(slide.id))
    made = io.BytesIO(qr.png(text, qr.choose(text), box=PIXELS))
    response = send_file(made, "image/png", as_attachment=True, download_name="slide-code.png", etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/me/slides/<uuid:slide_id>/end")
@signed_in
def end(slide_id: UUID) -> Response:
    """No more swaps by this code."""
    end_slide_code(db.session(), operation_id(request.form), slide_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".index"))
