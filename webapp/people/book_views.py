"""An old address book, brought along: drop it, look at what would be kept, keep it or let it go."""

from contextlib import closing
from typing import assert_never
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.contacts.address_books import (
    MAX_BYTES,
    MAX_ENTRIES,
    Book,
    NobodyThere,
    NotText,
    TooBig,
    TooManyEntries,
    Trouble,
    read_book,
)
from webapp.contacts.bringing import Waiting, bring, drop_book, get_waiting, keep_for_a_look, places_of_known
from webapp.contacts.entries import Why
from webapp.contacts.forms import operation_id
from webapp.contacts.outside import LONGEST_ORIGIN, TooManyOutside, outside_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import clean_line
from webapp.core.tokens import Sealed
from webapp.events.reasons import refusal_words
from webapp.people.lookalikes import Alike, known_people
from webapp.swaps.stories import met_by
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to, refuse
from webapp.web.limits import spend
from webapp.web.words import LazyString, _, _l

bp = Blueprint("books", __name__)

ROOM_FOR_THE_FORM = 10_000
"""Bytes an upload may have beside the file itself."""
SHOWN = 50
"""Lines that were not read, and people, named on the page; the others are counted."""
WHY_WORDS: dict[Why, LazyString] = {
    "no name": _l("no name, no address"),
    "no card": _l("stands outside every card"),
    "unreadable": _l("cannot be read"),
    "too long": _l("is too long"),
    "encoding": _l("its signs cannot be told"),
    "no end": _l("this card never ends; what was in it is kept"),
    "cut off": _l("the file ends within this card; what was in it is kept"),
}


def _me() -> UUID:
    return current_actor().someone.id


def _sealed() -> Sealed:
    return Sealed(current_keyring(), "notes")


def _form(trouble: str = "") -> dict[str, object]:
    return {
        "trouble": trouble,
        "longest_origin": LONGEST_ORIGIN,
        "most": MAX_ENTRIES,
        "megabytes": MAX_BYTES // 1_000_000,
    }


@bp.get("/people/address-books")
@signed_in
def new() -> str:
    """Drop an address book here."""
    return render_template("people/book_new.html", **_form())


@bp.post("/people/address-books")
@signed_in
def create() -> Response:
    """Read it, and show what would be kept. Nobody is kept yet."""
    request.max_content_length = MAX_BYTES + ROOM_FOR_THE_FORM
    spend("address book", _me())
    try:
        upload = request.files.get("book")
    except RequestEntityTooLarge:
        return _refused(trouble_words(TooBig()))
    if upload is None or not upload.filename:
        return _refused(_("Choose a file first."))
    db.session.commit()  # nobody waits for this transaction while the file is read
    with closing(upload):
        book = read_book(upload.stream.read(MAX_BYTES + 1))
    if not isinstance(book, Book):
        return _refused(trouble_words(book))
    origin = clean_line(request.form.get("origin", ""), LONGEST_ORIGIN)
    kept = keep_for_a_look(db.session(), book, origin, owner=_me(), sealed=_sealed(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show", book_id=kept.id))


def _refused(trouble: str) -> Response:
    return refuse("people/book_new.html", "people/_book_form.html", **_form(trouble))


def trouble_words(trouble: Trouble) -> str:
    """Why this is no address book, and what to do."""
    match trouble:
        case TooBig():
            return str(_("This file is over %(size)d MB. Export it without photos.", size=MAX_BYTES // 1_000_000))
        case TooManyEntries(found=found):
            return str(
                _("%(found)d people are too many for one file. Split it at %(most)d.", found=found, most=MAX_ENTRIES)
            )
        case NobodyThere():
            return str(_("There is nobody in this file. Export contacts as vCard (.vcf) or CSV."))
        case NotText(refusal=refusal):
            return str(refusal_words(refusal))
        case _:
            assert_never(trouble)


@bp.get("/people/address-books/<uuid:book_id>")
@signed_in
def show(book_id: UUID) -> str:
    """What would be kept, who may be known already, what was not read."""
    session, waiting = db.session(), get_waiting(db.session(), book_id, _me(), _sealed())
    alike, already = _alike(waiting)
    entries = [one for place, one in enumerate(waiting.book.entries) if place not in already]
    page: dict[str, object] = {"waiting": waiting, "entries": entries, "already": len(already), "shown": SHOWN}
    session.rollback()
    return render_template("people/book_look.html", **page, alike=list(alike.values()), why_words=WHY_WORDS)


def _alike(waiting: Waiting) -> tuple[dict[int, tuple[str, list[Alike]]], set[int]]:
    """Place in the book → a name and who it may be; and the places of those I brought before."""
    session, me = db.session(), _me()
    outside = outside_of(session, me, _sealed())
    known, already = known_people(met_by(session, me), outside), places_of_known(waiting.book, outside)
    found = {place: (one.name, known.like(one)) for place, one in enumerate(waiting.book.entries)}
    return {place: said for place, said in found.items() if said[1] and place not in already}, already


@bp.post("/people/address-books/<uuid:book_id>/keeping")
@signed_in
def keep(book_id: UUID) -> Response:
    """They are among my people, at rest."""
    me, by, at = _me(), current_actor(), now()
    leave_out = _alike(get_waiting(db.session(), book_id, me, _sealed()))[0] if "leave" in request.form else {}
    operation, keyring = operation_id(request.form), current_keyring()
    kept = bring(db.session(), operation, book_id, leave_out, by=by, at=at, keyring=keyring)
    db.session.commit()
    if isinstance(kept, TooManyOutside):
        flash(_("%(number)s people are kept here. Erase somebody first.", number=kept.most), "wait")
        return redirect_to(url_for(".show", book_id=book_id))
    flash(_("%(number)s more among your people, at rest.", number=kept.added), "agreed")
    return redirect_to(url_for("elsewhere.index"))


@bp.post("/people/address-books/<uuid:book_id>/removal")
@signed_in
def remove(book_id: UUID) -> Response:
    """Let it go; nobody of it was kept."""
    get_waiting(db.session(), book_id, _me(), _sealed())
    drop_book(db.session(), book_id, _me())
    db.session.commit()
    return redirect_to(url_for("elsewhere.index"))
