"""My own words for somebody."""

from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for

from webapp.contacts.forms import operation_id
from webapp.contacts.queries import meetings_of_pair
from webapp.contacts.tagging import TooManyTags, add_tag, remove_tag
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import search_key
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.words import _

bp = Blueprint("tags", __name__)


@bp.post("/people/<uuid:person_id>/tags")
@signed_in
def add(person_id: UUID) -> Response:
    """They carry this word of mine from now on."""
    if not meetings_of_pair(db.session(), current_actor().someone.id, person_id):
        raise NotHere
    word = request.form.get("word", "")
    if not search_key(word):
        flash(_("Write a word: gym, printers, Lisbon."), "wait")
    else:
        operation, by, keyring = operation_id(request.form), current_actor(), current_keyring()
        verdict = add_tag(db.session(), operation, person_id, word, by=by, at=now(), keyring=keyring)
        db.session.commit()
        if isinstance(verdict, TooManyTags):
            flash(too_many_words(verdict), "wait")
    return redirect_to(url_for("people.show", person_id=person_id, _anchor="tags"))


def too_many_words(verdict: TooManyTags) -> str:
    """What has to go first."""
    of_theirs = _("Take one of their other words away first.")
    return str(of_theirs if verdict.on_one else _("You have forty words. Take one away that you no longer use."))


@bp.post("/people/<uuid:person_id>/tags/<uuid:tag_id>/removal")
@signed_in
def remove(person_id: UUID, tag_id: UUID) -> Response:
    """They carry it no longer."""
    remove_tag(db.session(), operation_id(request.form), person_id, tag_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for("people.show", person_id=person_id, _anchor="tags"))
