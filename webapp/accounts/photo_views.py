"""My own photo: sending it, looking at it, taking it off."""

from contextlib import closing

from flask import Blueprint, Response, flash, request, url_for
from werkzeug.datastructures import FileStorage

from webapp.accounts.photos import keep_photo, photo_of, remove_photo
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.pictures import MOST_BYTES, NotAPicture
from webapp.web.access import signed_in
from webapp.web.current import current_actor
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.pictures import jpeg_response
from webapp.web.words import _

bp = Blueprint("photos", __name__)


@bp.get("/me/photo.jpg")
@signed_in
def mine() -> Response:
    """My photo as others get it."""
    jpeg = photo_of(db.session(), current_actor().someone.id)
    if jpeg is None:
        raise NotHere
    return jpeg_response(jpeg)


@bp.post("/me/photo")
@signed_in
def keep() -> Response:
    """Put a photo on my card, or take it off."""
    request.max_content_length = 2 * MOST_BYTES  # so that one that is too large is refused in words
    me = current_actor().someone.id
    if "remove" in request.form:
        remove_photo(db.session(), me, at=now())
        db.session.commit()
        return redirect_to(url_for("accounts.edit_card"))
    spend("photo", me)
    try:
        with closing(request.files.get("photo", FileStorage())) as sent:
            keep_photo(db.session(), me, sent.read(MOST_BYTES + 1), at=now())
    except NotAPicture:
        flash(_("Send a PNG, JPEG or WebP picture of at most 5 MB. Your card is as before."), "no")
    else:
        db.session.commit()
        flash(_("Your photo is on your card."), "agreed")
    return redirect_to(url_for("accounts.edit_card"))
