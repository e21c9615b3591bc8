"""The pages behind the links of a morning mail, and the quiet hours."""

from datetime import time
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from sqlalchemy.orm import joinedload

from webapp.contacts.forms import operation_id
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import clean_line
from webapp.core.tokens import Sealed
from webapp.events.models import Event
from webapp.followups.by_mail import give_mine_by_mail, settle_by_mail, shown_to, write_line
from webapp.followups.links import Holder, get_holder
from webapp.followups.quiet import choose_quiet_hours
from webapp.followups.stopping import choose, get_address, is_left_alone, stop_link
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.security import posted_by_mail

bp = Blueprint("followups", __name__)

LONGEST_LINE = 300
"""Characters of a line written from the page behind a mail."""

_LINK = "/morning/<uuid:event_id>/<uuid:address_id>/<int:sent>/<proof>"


# The page behind a morning mail: whoever has the mail has the link, so every look-up goes through it.


@bp.get(_LINK)
@public
def morning(event_id: UUID, address_id: UUID, sent: int, proof: str) -> Response:
    """What the mail said, with its buttons; looking changes nothing, mail scanners look too."""
    holder = _holder(event_id, address_id, sent, proof)
    if holder is None:
        return _over()
    event = db.session.get_one(Event, event_id, options=[joinedload(Event.circle)])
    people = shown_to(db.session(), holder, Sealed(current_keyring(), "notes"))
    stop = stop_link(current_keyring(), address_id)
    page: dict[str, Any] = {"event": event, "people": people, "holder": holder, "stop": stop}
    return make_response(render_template("followups/morning.html", **page, longest_line=LONGEST_LINE))


@bp.post(_LINK)
@public
def act_by_mail(event_id: UUID, address_id: UUID, sent: int, proof: str) -> Response:
    """One of the acts the mail offered."""
    holder = _holder(event_id, address_id, sent, proof)
    if holder is None:
        return _over()
    try:
        _act(holder)
    except NotHere:
        db.session.rollback()
        return _over()
    db.session.commit()
    return redirect_to(request.path)


def _holder(event_id: UUID, address_id: UUID, sent: int, proof: str) -> Holder | None:
    try:
        holder = get_holder(db.session(), current_keyring(), event_id, address_id, sent, proof, at=now())
    except NotHere:
        return None
    spend("link from a mail", address_id)
    return holder


def _over() -> Response:
    """The same for a link that is too old, changed, or of somebody who left."""
    return make_response(render_template("followups/link_over.html"), 404)


def _act(holder: Holder) -> None:
    what, about, common = request.form.get("act"), _about(), _common(holder)
    match what:
        case "give":
            give_mine_by_mail(db.session(), operation_id(request.form), about, **common)
        case "write":
            line = clean_line(request.form.get("line", ""), LONGEST_LINE)
            write_line(db.session(), about, line, **common)
        case "did" | "not yet":
            settle_by_mail(db.session(), about, done=what == "did", **common)
        case _:
            raise NotHere


def _common(holder: Holder) -> dict[str, Any]:
    return {"holder": holder, "sealed": Sealed(current_keyring(), "notes"), "at": now()}


def _about() -> UUID:
    try:
        return UUID(request.form.get("about", ""))
    except ValueError:
        raise NotHere from None


# No more of these.


@bp.get("/no-more-mail/<uuid:address_id>/<proof>")
@public
def mail_choice(address_id: UUID, proof: str) -> str:
    """Whether we write to this address in the morning; looking changes nothing, mail scanners look too."""
    address = get_address(db.session(), current_keyring(), address_id, proof)
    stopped = is_left_alone(db.session(), current_keyring(), address)
    return render_template("followups/mail_choice.html", stopped=stopped, listed=address.confirmed_at is None)


@bp.post("/no-more-mail/<uuid:address_id>/<proof>")
@public
@posted_by_mail
def choose_mail(address_id: UUID, proof: str) -> Response:
    """Stop, or write again. Also what a mail program's own button posts."""
    address = get_address(db.session(), current_keyring(), address_id, proof)
    choose(db.session(), current_keyring(), address, stop="again" not in request.form, at=now())
    db.session.commit()
    return redirect_to(request.path)


# Quiet hours.


@bp.post("/me/quiet-hours")
@signed_in
def choose_quiet() -> Response:
    """From when until when nothing is sent to me, or never mind."""
    times = [_clock(request.form.get(name, "")) for name in ("from", "until")]
    hours = (times[0], times[1]) if times[0] and times[1] and "none" not in request.form else None
    choose_quiet_hours(db.session(), current_actor().someone.id, hours)
    db.session.commit()
    return redirect_to(url_for("people.me", _anchor="quiet-hours"))


def _clock(text: str) -> time | None:
    """A clock time as browsers write it; None for anything else."""
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
