"""Kind lines: written on the page of somebody whose card I hold, answered on Me."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.swaps.forms import KindLineForm
from webapp.swaps.kind_lines import LONGEST_LINE, MyLine, answer_line, my_line, take_line_back, write_line
from webapp.swaps.queries import granted_card
from webapp.web.access import signed_in
from webapp.web.current import current_actor
from webapp.web.hypermedia import answer, leave_for, refuse
from webapp.web.limits import spend

bp = Blueprint("kind_lines", __name__)


@bp.post("/people/<uuid:person_id>/kind-line")
@signed_in
def write(person_id: UUID) -> Response:
    """Offer somebody a kind line."""
    me, form = current_actor().someone.id, KindLineForm(request.form)
    card = granted_card(db.session(), person_id, me)
    if card is None:
        raise NotHere
    line, names_writer = form.line.data or "", bool(form.names_writer.data)
    shown: dict[str, Any] = {"person_id": person_id, "name": card.name, "longest_line": LONGEST_LINE}
    if not form.validate():
        said: dict[str, Any] = {"kind_line": MyLine(line, names_writer), "errors": form.errors["line"], "sent": False}
        return refuse("swaps/kind_line.html", "swaps/_kind_line.html", **shown, **said)
    spend("kind line", me)
    write_line(db.session(), person_id, line, names_writer=names_writer, by=current_actor(), at=now())
    db.session.commit()
    said = {"kind_line": my_line(db.session(), person_id, me), "errors": [], "sent": True}
    return answer("swaps/_kind_line.html", instead=url_for("people.show", person_id=person_id), **shown, **said)


@bp.post("/people/<uuid:person_id>/kind-line/reversal")
@signed_in
def take_back(person_id: UUID) -> Response:
    """What I wrote about somebody is gone. The same again changes nothing."""
    take_line_back(db.session(), person_id, by=current_actor())
    db.session.commit()
    return leave_for(url_for("people.show", person_id=person_id))


@bp.post("/kind-lines/<uuid:line_id>/answer")
@signed_in
def answer_mine(line_id: UUID) -> Response:
    """Put a line about me on my card, or aside. Its writer is not told."""
    answer_line(db.session(), line_id, yes=request.form.get("answer") == "yes", by=current_actor(), at=now())
    db.session.commit()
    return leave_for(url_for("people.me", _anchor="lines-waiting"))
