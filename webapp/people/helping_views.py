"""Searching my own contacts for help; what is looked for reaches nobody."""

from flask import Blueprint, render_template, request

from webapp.contacts.queries import memories_of
from webapp.contacts.tagging import words_of
from webapp.core.database import db
from webapp.core.text import clean_line
from webapp.core.tokens import Sealed
from webapp.people.forms import LONGEST_WORDS
from webapp.people.helping import helpers, outside_helpers
from webapp.people.outside_shown import standing_alone
from webapp.swaps.stories import Met, met_by
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring

bp = Blueprint("helping", __name__)


@bp.get("/people/helpers")
@signed_in
def index() -> str:
    """Who could help with this, among those I know."""
    session, me, sealed = db.session(), current_actor().someone.id, Sealed(current_keyring(), "notes")
    words = clean_line(request.args.get("q", ""), LONGEST_WORDS)
    if not words:
        return render_template("people/helpers.html", words="", found=[], outside=[])
    met: dict[object, list[Met]] = {}
    for one in (one for evening in met_by(session, me) for one in evening.people):
        met.setdefault(one.person_id, []).append(one)
    memories, tags = memories_of(session, me, sealed), words_of(session, me, sealed)
    found = helpers(
        met.values(),
        words,
        notes=lambda one: memories[one.meeting.id].note,
        tags=lambda person_id: [word.text for word in tags.of(person_id)],
    )
    outside = outside_helpers(standing_alone(session, me, sealed), words)
    return render_template("people/helpers.html", words=words, found=found, outside=outside)
