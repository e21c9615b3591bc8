"""Writing down what somebody is to me."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for

from webapp.contacts.forms import operation_id
from webapp.contacts.queries import meetings_of_pair
from webapp.contacts.roles import TooManyRoles, add_role, remove_role
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path
from webapp.web.words import _

bp = Blueprint("roles", __name__)


@bp.post("/people/<uuid:person_id>/roles")
@signed_in
def add(person_id: UUID) -> Response:
    """They are this to me, since today or since the day I say."""
    if not meetings_of_pair(db.session(), current_actor().someone.id, person_id):
        raise NotHere
    word, since = request.form.get("role", "").strip(), _day(request.form.get("since", ""))
    if not word:
        flash(_("Write what they are to you: mentor, client, friend."), "wait")
    else:
        operation, by, keyring = operation_id(request.form), current_actor(), current_keyring()
        verdict = add_role(db.session(), operation, person_id, word, since, by=by, at=now(), keyring=keyring)
        db.session.commit()
        if isinstance(verdict, TooManyRoles):
            flash(_("Take one of the others away first."), "wait")
    return redirect_to(url_for("people.show", person_id=person_id, _anchor="roles"))


@bp.post("/roles/<uuid:role_id>/removal")
@signed_in
def remove(role_id: UUID) -> Response:
    """It was written down by mistake."""
    remove_role(db.session(), operation_id(request.form), role_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for("people.index"))


def _day(text: str) -> date:
    """The day that was chosen, or today for anything that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return now().date()
