"""What I want, gave and felt: pages under Me that nobody else can open."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.contacts.forms import operation_id
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.intentions.forms import read_day, read_limits, read_number
from webapp.intentions.helping import LONGEST_WORDS as LONGEST_HELP
from webapp.intentions.helping import helps_of, remove_help, write_help
from webapp.intentions.load import load_of
from webapp.intentions.measuring import HIGHEST, asks_for, measure, set_limits
from webapp.intentions.moods import count_enquiries, enquiries_by_month, evenings_behind, moods_of, rate
from webapp.intentions.seasons import LONGEST_WORDS, SEASONS, intend, meant_by, say_whether_met
from webapp.intentions.words import MOOD_WORDS, SEASON_WORDS
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path
from webapp.web.words import _

bp = Blueprint("intentions", __name__)

SHOWN = 3
"""Evenings that are asked about on one page."""


def _me() -> UUID:
    return current_actor().someone.id


def _sealed() -> Sealed:
    return Sealed(current_keyring(), "notes")


# What this season is about.


@bp.get("/me/season")
@signed_in
def season() -> str:
    """What this season is about, in my own words and as one of a few kinds."""
    meant = meant_by(db.session(), _me(), _sealed())
    return render_template("intentions/season.html", meant=meant, seasons=SEASON_WORDS, longest=LONGEST_WORDS)


@bp.post("/me/season")
@signed_in
def choose_season() -> Response:
    """This from now on, something else, or nothing in particular."""
    said, chosen = request.form.get("words", ""), request.form.get("season", "")
    intend(db.session(), said, chosen, by=current_actor(), keyring=current_keyring(), at=now())
    db.session.commit()
    flash(_("Kept, for you alone.") if said.strip() or chosen in SEASONS else _("Nothing is kept."), "agreed")
    return redirect_to(url_for(".season"))


@bp.post("/me/season/met")
@signed_in
def say_met() -> Response:
    """It was so, or not yet."""
    say_whether_met(db.session(), met=request.form.get("met") == "yes", by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for("review.week"))


# Help I gave.


@bp.get("/me/help")
@signed_in
def help_given() -> str:
    """Whom I helped with what, day by day."""
    given, today = helps_of(db.session(), _me(), _sealed()), now().date()
    return render_template("intentions/help_given.html", given=given, today=today, longest=LONGEST_HELP)


@bp.post("/me/help")
@signed_in
def keep_help() -> Response:
    """I helped."""
    today = now().date()
    day, said = read_day(request.form.get("day", ""), today), request.form.get("words", "")
    by, keyring = current_actor(), current_keyring()
    kept = write_help(db.session(), operation_id(request.form), said, day, by=by, keyring=keyring, at=now())
    db.session.commit()
    if kept.help_id is None:
        flash(_("Write what you did."), "wait")
    return redirect_to(url_for(".help_given"))


@bp.post("/me/help/<uuid:help_id>/removal")
@signed_in
def drop_help(help_id: UUID) -> Response:
    """It was written by mistake."""
    remove_help(db.session(), help_id, by=current_actor())
    db.session.commit()
    return redirect_to(url_for(".help_given"))


# What I have taken on.


@bp.get("/me/load")
@signed_in
def load() -> str:
    """What I have taken on this month, against the limits I set; nothing before I ask for it."""
    taken, at = load_of(db.session(), _me(), _sealed(), now()), now()
    return render_template("intentions/load.html", load=taken, month=at.date(), highest=HIGHEST)


@bp.post("/me/load")
@signed_in
def choose_load() -> Response:
    """Count it against these limits, or count nothing."""
    if "none" in request.form:
        measure(db.session(), _me(), "load", wanted=False, at=now())
    else:
        set_limits(db.session(), _me(), read_limits(request.form), at=now())
    db.session.commit()
    return redirect_to(url_for(".load"))


# How evenings left me, and who asked.


@bp.get("/me/moods")
@signed_in
def moods() -> str:
    """How the last evenings left me, and how many asked for my work; nothing before I ask for it."""
    session, at = db.session(), now()
    page: dict[str, object] = {"wanted": asks_for(session, _me(), "moods"), "mood_words": MOOD_WORDS}
    page |= {"evenings": evenings_behind(session, _me(), at, most=SHOWN), "moods": moods_of(session, _me())}
    page |= {"months": _last_two_months(at.date()), "enquiries": enquiries_by_month(session, _me())}
    return render_template("intentions/moods.html", **page, then=url_for(".moods"))


def _last_two_months(today: date) -> list[date]:
    first = today.replace(day=1)
    return [first, date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)]


@bp.post("/me/moods")
@signed_in
def choose_moods() -> Response:
    """Ask me after evenings, or ask no more."""
    measure(db.session(), _me(), "moods", wanted=request.form.get("wanted") == "yes", at=now())
    db.session.commit()
    return redirect_to(url_for(".moods"))


@bp.post("/me/moods/<uuid:event_id>")
@signed_in
def rate_evening(event_id: UUID) -> Response:
    """It left me so: one tap. The same tap again takes it back."""
    said = request.form.get("mood", "")
    rate(db.session(), event_id, said, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".moods"))


@bp.post("/me/enquiries")
@signed_in
def keep_enquiries() -> Response:
    """So many asked for my work in this month."""
    today = now().date()
    month = read_day(request.form.get("month", ""), today)
    count_enquiries(db.session(), month, read_number(request.form.get("number", "")) or 0, by=current_actor())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".moods"))
