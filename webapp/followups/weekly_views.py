"""The weekly mail: asked for, skipped, put off by its link; the calendar of keeping in touch; one small step."""

import hmac
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for

from webapp.contacts.forms import operation_id
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Keyring, Sealed, crockford
from webapp.followups.calendar import Entry, write_calendar
from webapp.followups.keeping import put_off, tie_of
from webapp.followups.lapse import SILENCED_FOR
from webapp.followups.links import LENGTH
from webapp.followups.models import Pace
from webapp.followups.pace import pace_of
from webapp.followups.queue import get_item, keeping_days, written_by
from webapp.followups.weekly import choose_weekly, skip_week
from webapp.followups.weekly_mails import WeekHolder, get_week_holder
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.words import _

bp = Blueprint("weekly", __name__)

_LINK = "/week/<uuid:other_id>/<uuid:address_id>/<int:sent>/<proof>"
A_WEEK = timedelta(days=7)


def _me() -> UUID:
    return current_actor().someone.id


@bp.get(_LINK)
@public
def week(other_id: UUID, address_id: UUID, sent: int, proof: str) -> Response:
    """What the mail said, with its buttons; looking changes nothing, mail scanners look too."""
    holder = _holder(other_id, address_id, sent, proof)
    if holder is None:
        return _over()
    item = get_item(db.session(), holder.person_id, other_id, Sealed(current_keyring(), "notes"), now())
    return make_response(render_template("followups/week.html", item=item))


@bp.post(_LINK)
@public
def act(other_id: UUID, address_id: UUID, sent: int, proof: str) -> Response:
    """Skip this week, another day, or no more of these."""
    holder = _holder(other_id, address_id, sent, proof)
    if holder is None:
        return _over()
    session, at = db.session(), now()
    pace, what = pace_of(session, holder.person_id), request.form.get("act")
    if what == "later":
        day = tie_of(session, holder.person_id, other_id).wall.day_of(at) + A_WEEK
        put_off(session, operation_id(request.form), other_id, day, by=holder.actor, at=at)
    if what in ("later", "skip"):
        skip_week(session, pace)
    elif what == "stop":
        choose_weekly(session, pace, wanted=False, at=at)
    db.session.commit()
    return make_response(render_template("followups/week_done.html", stopped=what == "stop"))


def _holder(other_id: UUID, address_id: UUID, sent: int, proof: str) -> WeekHolder | None:
    try:
        holder = get_week_holder(db.session(), current_keyring(), other_id, address_id, sent, proof, at=now())
        tie_of(db.session(), holder.person_id, other_id)
    except NotHere:
        return None
    spend("link from a mail", address_id)
    return holder


def _over() -> Response:
    return make_response(render_template("followups/link_over.html"), 404)


@bp.post("/me/weekly")
@signed_in
def choose() -> Response:
    """One mail a week with one thing in it, or none."""
    choose_weekly(db.session(), pace_of(db.session(), _me()), wanted=request.form.get("weekly") == "yes", at=now())
    db.session.commit()
    return redirect_to(url_for("people.me", _anchor="weekly"))


@bp.post("/next/small-step")
@signed_in
def dismiss() -> Response:
    """No small step now; ask me again in a month at the earliest."""
    pace_of(db.session(), _me()).left_alone_until = now() + SILENCED_FOR
    db.session.commit()
    return redirect_to(url_for("people.next_page"))


# The calendar.


@bp.post("/me/calendar")
@signed_in
def choose_feed() -> Response:
    """Give me an address for my calendar, a new one in its place, or none: the old one is dead then."""
    pace = pace_of(db.session(), _me())
    pace.feed_turn = (pace.feed_turn or 0) + 1
    pace.feed_on = "none" not in request.form
    db.session.commit()
    return redirect_to(url_for("people.me", _anchor="weekly"))


@bp.get("/calendars/<uuid:person_id>/<feed_proof>.ics")
@public
def feed(person_id: UUID, feed_proof: str) -> Response:
    """Whom to keep in touch with, day by day, for whoever has the address."""
    pace = db.session.get(Pace, person_id)
    right = feed_link(current_keyring(), pace).rpartition("/")[2].removesuffix(".ics") if pace and pace.feed_on else ""
    if not hmac.compare_digest(feed_proof.encode(), right.encode()) or not right:
        raise NotHere
    spend("link from a mail", person_id)
    written = written_by(db.session(), person_id, Sealed(current_keyring(), "notes"))
    entries = [
        Entry(f"{other}@keep.mixwell", when, timedelta(minutes=15), _("Keep in touch: %(name)s", name=name))
        for other, name, when in keeping_days(db.session(), person_id, written)
    ]
    response = make_response(write_calendar(entries, now(), name=_("Keep in touch")))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response


def feed_link(keyring: Keyring, pace: Pace) -> str:
    """The path of this person's calendar: whoever has it reads it."""
    proof = crockford(keyring.mac("calendar", pace.person_id, pace.feed_turn or 0), LENGTH)
    return f"/calendars/{pace.person_id}/{proof}.ics"
