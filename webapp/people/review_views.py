"""A look back at the week: what I meant, what I did, and what this season asks first. Read by nobody else."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for

from webapp.chains.offering import offered
from webapp.contacts.queries import meetings_of, promises_of
from webapp.contacts.touching import all_touches_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.intentions.helping import helps_of
from webapp.intentions.measuring import asks_for
from webapp.intentions.moods import evenings_behind, moods_of
from webapp.intentions.seasons import Meant, meant_by
from webapp.intentions.words import MET_WORDS, MOOD_WORDS, SEASON_QUESTIONS
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring

bp = Blueprint("review", __name__)

WEEK = timedelta(days=7)
OFFERED = 3
"""Kinds of outcome that are one tap away."""


@bp.get("/me/week")
@signed_in
def week() -> str:
    """My own words first; of a season for itself one question and no number, of any other what the week was."""
    me, sealed, at = current_actor().someone.id, Sealed(current_keyring(), "notes"), now()
    meant = meant_by(db.session(), me, sealed)
    met = meant.met_at is not None and meant.met_at > at - WEEK
    page: dict[str, Any] = {"meant": meant, "met": met, "met_words": MET_WORDS, "questions": SEASON_QUESTIONS}
    page["was"] = {} if meant.for_itself else _was(me, sealed, at)
    page["evening"] = None if meant.for_itself else _unrated(me, at)
    page |= {"mood_words": MOOD_WORDS, "kinds": _first_kinds(meant), "then": url_for(".week")}
    return render_template("people/week.html", **page)


def _was(me: UUID, sealed: Sealed, at: datetime) -> dict[str, int]:
    """How much of each there was since a week ago."""
    session, since = db.session(), at - WEEK
    touches = [touch for made in all_touches_of(session, me, sealed).values() for touch in made]
    return {
        "met": sum(since < meeting.met_at <= at for meeting in meetings_of(session, me)),
        "touched": sum(since < touch.happened_at <= at for touch in touches),
        "kept": sum(since < one.done_at <= at for one in promises_of(session, me, sealed) if one.done_at),
        "helped": sum(since.date() < given.day <= at.date() for given in helps_of(session, me, sealed)),
    }


def _unrated(me: UUID, at: datetime) -> Any:
    """This week's last evening, while moods are asked for and this one has none."""
    if not asks_for(db.session(), me, "moods"):
        return None
    last = next(iter(evenings_behind(db.session(), me, at, most=1)), None)
    return last if last and last.ends_at > at - WEEK and last.id not in moods_of(db.session(), me) else None


def _first_kinds(meant: Meant) -> dict[str, Any]:
    return dict([*offered(meant.season).items()][:OFFERED]) if meant.season and not meant.for_itself else {}
