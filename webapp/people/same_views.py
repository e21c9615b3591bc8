"""Saying that an entry from elsewhere is somebody I know, and that it is not after all."""

from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for

from webapp.contacts.forms import operation_id
from webapp.contacts.outside import get_outside
from webapp.contacts.same import same_of, say_same, say_two
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.words import _

bp = Blueprint("same", __name__)


def page_of(contact_id: UUID) -> str:
    """Where this entry stands: on its own page, or on that of whoever it is."""
    same = same_of(db.session(), current_actor().someone.id)
    if contact_id in same.as_met:
        return url_for("people.show", person_id=same.as_met[contact_id], _anchor="brought-along")
    return url_for("elsewhere.show", contact_id=same.as_other.get(contact_id, contact_id))


@bp.post("/people/elsewhere/<uuid:contact_id>/same")
@signed_in
def one(contact_id: UUID) -> Response:
    """They are one person."""
    get_outside(db.session(), contact_id, current_actor().someone.id, Sealed(current_keyring(), "notes"))
    try:
        other = UUID(request.form.get("other", ""))
    except ValueError:
        flash(_("Choose who they are."), "wait")
        return redirect_to(page_of(contact_id))
    say_same(db.session(), operation_id(request.form), contact_id, other, by=current_actor(), at=now())
    db.session.commit()
    flash(_("One person now. What you wrote of both is kept."), "agreed")
    return redirect_to(page_of(contact_id))


@bp.post("/people/elsewhere/<uuid:contact_id>/two")
@signed_in
def two(contact_id: UUID) -> Response:
    """They are two people after all."""
    say_two(db.session(), operation_id(request.form), contact_id, by=current_actor(), at=now())
    db.session.commit()
    flash(_("Two people again, each as before."), "agreed")
    return redirect_to(page_of(contact_id))
