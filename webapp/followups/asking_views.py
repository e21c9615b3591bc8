"""One question to one person: asked from Next, answered on a page behind a link, without an account."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.contacts.forms import is_web_link, operation_id
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.due_rules import is_quiet
from webapp.core.text import clean_line
from webapp.core.tokens import Sealed
from webapp.followups.asking import (
    Kind,
    Wording,
    answer_question,
    appointment,
    ask,
    get_question,
    names_of,
    open_question,
)
from webapp.followups.keeping import tie_of
from webapp.followups.models import Question
from webapp.followups.quiet import quiet_hours_of, quiet_of
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.templating import clock_time
from webapp.web.words import _

bp = Blueprint("asking", __name__)

LONGEST_ASK = 200
"""Characters of an ask: one thing, as small as it can be."""
TIMES = 3
"""Times to choose from: more are work for who chooses."""

_LINK = "/asked/<uuid:question_id>/<asked_proof>"


@bp.post("/people/<uuid:person_id>/questions")
@signed_in
def create(person_id: UUID) -> Response:
    """Put one ask, or times for a coffee or a call, behind a link to be sent with my own words."""
    by, keyring, at = current_actor(), current_keyring(), now()
    zone = tie_of(db.session(), by.someone.id, person_id).wall.zone
    asked_for = request.form.get("kind", "")
    kind: Kind = "coffee" if asked_for == "coffee" else "video" if asked_for == "video" else "ask"
    wording = _wording(kind, zone, at)
    step: dict[str, Any] = {
        "person_id": person_id,
        "way": "" if kind == "ask" else kind,
        "about": "ask" if kind == "ask" else "hello",
    }
    quiet = _in_quiet_hours(by.someone.id, wording, zone) if wording else ()
    if wording is None or quiet:
        said = _("Write one thing, or give a time that is still to come.")
        flash(_quiet_words(quiet, zone) if quiet else said, "wait")
        return redirect_to(url_for("keeping.step", **step, **_typed()))
    asked = ask(
        db.session(), operation_id(request.form), person_id, kind, wording, zone=zone, by=by, keyring=keyring, at=at
    )
    db.session.commit()
    return redirect_to(url_for("keeping.step", **step, question=asked.question_id, _anchor="words"))


def _in_quiet_hours(person_id: UUID, wording: Wording, zone: str) -> list[datetime]:
    """Times that lie in this person's own quiet hours: none is proposed there (practices C8)."""
    quiet = quiet_of(quiet_hours_of(db.session(), person_id))
    return [time for time in map(datetime.fromisoformat, wording.times) if is_quiet(quiet, time, zone)]


def _quiet_words(quiet: list[datetime], zone: str) -> str:
    hours = ", ".join(clock_time(time, zone) for time in quiet)
    return str(_("In your quiet hours: %(times)s. Choose another time, or change your hours on Me.", times=hours))


def _typed() -> dict[str, Any]:
    """Times and link that stood in the form, for the form again."""
    return {"time": request.form.getlist("time")[:TIMES], "link": request.form.get("link")}


def _wording(kind: Kind, zone: str, at: datetime) -> Wording | None:
    if kind == "ask":
        words = clean_line(request.form.get("ask", ""), LONGEST_ASK)
        return Wording(words=words) if words else None
    times = [_time(text, zone) for text in request.form.getlist("time")[:TIMES]]
    coming = sorted({time for time in times if time and time > at})
    link = request.form.get("link", "").strip()
    if not coming:
        return None
    return Wording(link=link if is_web_link(link) else "", times=tuple(time.isoformat() for time in coming))


def _time(text: str, zone: str) -> datetime | None:
    """A time as browsers write it, by the clock of this zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except ValueError:
        return None


@bp.get(_LINK)
@public
def show(question_id: UUID, asked_proof: str) -> Response:
    """What somebody asks me; looking changes nothing, mail scanners look too."""
    question = _find(question_id, asked_proof)
    if question is None:
        return make_response(render_template("followups/link_over.html"), 404)
    asker, asked = names_of(db.session(), question)
    opened = open_question(question, Sealed(current_keyring(), "notes"))
    return make_response(render_template("followups/asked.html", question=opened, asker=asker, asked=asked))


@bp.post(_LINK)
@public
def answer(question_id: UUID, asked_proof: str) -> Response:
    """Yes, not now, pass, or one of the times; another answer takes its place."""
    question = _find(question_id, asked_proof)
    if question is None:
        return make_response(render_template("followups/link_over.html"), 404)
    sealed = Sealed(current_keyring(), "notes")
    answer_question(db.session(), question, request.form.get("answer", ""), sealed=sealed, at=now())
    db.session.commit()
    return redirect_to(request.path)


@bp.get(f"{_LINK}/appointment.ics")
@public
def file(question_id: UUID, asked_proof: str) -> Response:
    """The time that was taken, for a calendar."""
    question = _find(question_id, asked_proof)
    if question is None:
        raise NotHere
    opened = open_question(question, Sealed(current_keyring(), "notes"))
    response = make_response(appointment(opened, names_of(db.session(), question), now()))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _find(question_id: UUID, proof: str) -> Question | None:
    spend("link from a mail", question_id)
    try:
        return get_question(db.session(), current_keyring(), question_id, proof, now())
    except NotHere:
        return None
