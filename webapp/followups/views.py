"""The page behind *No more of these* in a mail."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request

from webapp.core.clock import now
from webapp.core.database import db
from webapp.followups.stopping import choose, get_address
from webapp.web.access import public
from webapp.web.current import current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import posted_by_mail

bp = Blueprint("followups", __name__)


@bp.get("/no-more-mail/<uuid:address_id>/<proof>")
@public
def mail_choice(address_id: UUID, proof: str) -> str:
    """Whether we write to this address in the morning; looking changes nothing, mail scanners look too."""
    address = get_address(db.session(), current_keyring(), address_id, proof)
    return render_template("followups/mail_choice.html", stopped=address.no_news_at is not None)


@bp.post("/no-more-mail/<uuid:address_id>/<proof>")
@public
@posted_by_mail
def choose_mail(address_id: UUID, proof: str) -> Response:
    """Stop, or write again. Also what a mail program's own button posts."""
    address = get_address(db.session(), current_keyring(), address_id, proof)
    choose(address, stop="again" not in request.form, at=now())
    db.session.commit()
    return redirect_to(request.path)
