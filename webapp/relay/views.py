"""Writing to somebody through us, and ending it."""

from typing import assert_never
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.accounts.cards import NOTES
from webapp.contacts.forms import operation_id
from webapp.core.clock import now
from webapp.core.database import db
from webapp.relay.stopping import get_grant
from webapp.relay.verdicts import NotOpen, RelayVerdict, Sent
from webapp.relay.writing import close, close_grant, write_to
from webapp.swaps.stories import pair_story
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.security import local_path, posted_by_mail
from webapp.web.words import _

bp = Blueprint("relay", __name__)


@bp.post("/people/<uuid:person_id>/notes")
@signed_in
def send_note(person_id: UUID) -> Response:
    """Pass my words on to somebody who takes notes from me."""
    me, words = current_actor().someone, request.form.get("words", "").strip()
    pair_story(db.session(), me.id, person_id)  # to a stranger this page is not there, whatever was typed
    back = redirect_to(url_for("people.show", person_id=person_id))
    if not words:
        flash(_("Nothing to send yet. Write a line."), "wait")
        return back
    spend("note through", me.id)
    spend("note through to one", f"{me.id} {person_id}")
    operation, by, keyring = operation_id(request.form), current_actor(), current_keyring()
    verdict: RelayVerdict = write_to(db.session(), operation, person_id, words, by=by, at=now(), keyring=keyring)
    db.session.commit()
    match verdict:
        case Sent():
            flash(_("On its way. They answer you if they like."), "agreed")
        case NotOpen():
            flash(_("They take no notes just now. Nothing was sent."), "wait")
        case _:
            assert_never(verdict)
    return back


@bp.post("/grants/<uuid:grant_id>/no-more-notes")
@signed_in
def close_notes(grant_id: UUID) -> Response:
    """No more notes from this one person; my card stays with them."""
    close(db.session(), operation_id(request.form), grant_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for("people.me"))


@bp.get("/no-more-notes/<uuid:grant_id>/<writer_proof>")
@public
def notes_choice(grant_id: UUID, writer_proof: str) -> str:
    """Whether this writer may go on; looking changes nothing, mail scanners look too."""
    grant = get_grant(db.session(), current_keyring(), grant_id, writer_proof)
    return render_template("relay/notes_choice.html", closed=NOTES not in grant.fields)


@bp.post("/no-more-notes/<uuid:grant_id>/<writer_proof>")
@public
@posted_by_mail
def choose_notes(grant_id: UUID, writer_proof: str) -> Response:
    """End notes from this writer. Also what a mail program's own button posts."""
    close_grant(db.session(), get_grant(db.session(), current_keyring(), grant_id, writer_proof))
    db.session.commit()
    return redirect_to(request.path)
