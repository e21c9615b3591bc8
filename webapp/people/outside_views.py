"""People I know from elsewhere: written down, found, tended and erased by me alone."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.contacts.entries import LONGEST, LONGEST_NOTE, MOST_WAYS, Entry, entry
from webapp.contacts.forms import is_web_link, operation_id
from webapp.contacts.outside import (
    LONGEST_ORIGIN,
    TooManyOutside,
    add_outside,
    change_outside,
    choose_rhythm,
    erase_outside,
    found_among,
    get_outside,
    outside_of,
    put_off,
    say_in_touch,
)
from webapp.contacts.same import same_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import clean_line, search_key
from webapp.core.tokens import Sealed
from webapp.followups.pace import count_done
from webapp.people.forms import LONGEST_WORDS
from webapp.people.lookalikes import known_people
from webapp.people.outside_shown import standing_alone
from webapp.people.same_views import page_of
from webapp.swaps.stories import met_by
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path
from webapp.web.words import _, _l

bp = Blueprint("elsewhere", __name__)

MOST_OTHERS = 500
"""People to choose from when somebody is the same as another."""
AT_A_TIME = 200
"""People on one page; words find the others."""
RHYTHM_WORDS = {
    30: _l("every month"),
    60: _l("every two months"),
    90: _l("every quarter"),
    180: _l("every half year"),
    365: _l("every year"),
}
LIMITS = {"longest": LONGEST, "longest_note": LONGEST_NOTE, "longest_origin": LONGEST_ORIGIN, "most_ways": MOST_WAYS}


def _me() -> UUID:
    return current_actor().someone.id


def _sealed() -> Sealed:
    return Sealed(current_keyring(), "notes")


@bp.get("/people/elsewhere")
@signed_in
def index() -> str:
    """Everybody I know from elsewhere, or those whose words I look for."""
    everybody = standing_alone(db.session(), _me(), _sealed())
    words = clean_line(request.args.get("q", ""), LONGEST_WORDS)
    found = found_among(everybody, search_key(words).split())
    return render_template("people/elsewhere.html", found=found[:AT_A_TIME], number=len(found), words=words)


@bp.get("/people/elsewhere/new")
@signed_in
def new() -> str:
    """Write somebody down."""
    return render_template("people/elsewhere_new.html", **LIMITS)


@bp.post("/people/elsewhere")
@signed_in
def create() -> Response:
    """They are among my people, for me alone."""
    said, origin = read_entry(request.form)
    if said is None:
        flash(_("Write a name first."), "wait")
        return redirect_to(url_for(".new"))
    operation, by, keyring = operation_id(request.form), current_actor(), current_keyring()
    kept = add_outside(db.session(), operation, said, origin, by=by, at=now(), keyring=keyring)
    db.session.commit()
    if isinstance(kept, TooManyOutside):
        flash(_("%(number)s people are kept here. Erase somebody first.", number=kept.most), "wait")
        return redirect_to(url_for(".index"))
    return redirect_to(url_for(".show", contact_id=kept.id))


@bp.get("/people/elsewhere/<uuid:contact_id>")
@signed_in
def show(contact_id: UUID) -> ResponseReturnValue:
    """One of them: ways to reach them, my note, how I keep in touch."""
    session, me, sealed = db.session(), _me(), _sealed()
    contact, same = get_outside(session, contact_id, me, sealed), same_of(session, me)
    if contact_id in same.hidden:
        return redirect_to(page_of(contact_id))
    everybody, evenings = outside_of(session, me, sealed), met_by(session, me)
    alone = [one for one in everybody if one.id not in same.hidden]
    others = known_people(evenings, alone).everybody(but=contact_id)
    entries = [one for one in everybody if one.id in same.with_entry(contact_id)]
    page: dict[str, object] = {"entries": entries, "others": others[:MOST_OTHERS]}
    page["alike"] = known_people(evenings, alone).like(contact.said, but=contact_id)
    link = contact.said.link if is_web_link(contact.said.link) else ""
    return render_template(
        "people/elsewhere_one.html", contact=contact, link=link, rhythms=RHYTHM_WORDS, **page, **LIMITS
    )


@bp.post("/people/elsewhere/<uuid:contact_id>")
@signed_in
def change(contact_id: UUID) -> Response:
    """What I know of them is this now."""
    get_outside(db.session(), contact_id, _me(), _sealed())
    said, origin = read_entry(request.form)
    if said is None:
        flash(_("Write a name first."), "wait")
    else:
        operation, by, keyring = operation_id(request.form), current_actor(), current_keyring()
        change_outside(db.session(), operation, contact_id, said, origin, by=by, at=now(), keyring=keyring)
        db.session.commit()
        flash(_("Kept."), "agreed")
    return redirect_to(url_for(".show", contact_id=contact_id))


def read_entry(form: Mapping[str, str]) -> tuple[Entry | None, str]:
    """Somebody as typed, and where I know them from."""
    ways = range(MOST_WAYS)
    emails, phones = ([form.get(f"{kind}-{number}", "") for number in ways] for kind in ("email", "phone"))
    texts = [form.get(name, "") for name in ("name", "company", "link", "note")]
    origin = clean_line(form.get("origin", ""), LONGEST_ORIGIN)
    return entry(texts[0], texts[1], emails, phones, texts[2], texts[3]), origin


@bp.post("/people/elsewhere/<uuid:contact_id>/removal")
@signed_in
def erase(contact_id: UUID) -> Response:
    """Nothing of them is left."""
    erase_outside(db.session(), operation_id(request.form), contact_id, by=current_actor(), at=now())
    db.session.commit()
    flash(_("Erased. Nothing of them is left here."), "agreed")
    return redirect_to(url_for(".index"))


@bp.post("/people/elsewhere/<uuid:contact_id>/rhythm")
@signed_in
def pace(contact_id: UUID) -> Response:
    """Tell me after so many days, or never."""
    every = next((days for days in RHYTHM_WORDS if str(days) == request.form.get("every")), None)
    choose_rhythm(db.session(), operation_id(request.form), contact_id, every, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show", contact_id=contact_id))


@bp.post("/people/elsewhere/<uuid:contact_id>/in-touch")
@signed_in
def touch(contact_id: UUID) -> Response:
    """We were in touch."""
    say_in_touch(db.session(), operation_id(request.form), contact_id, by=current_actor(), at=now())
    count_done(db.session(), _me(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".show", contact_id=contact_id))


@bp.post("/people/elsewhere/<uuid:contact_id>/another-day")
@signed_in
def later(contact_id: UUID) -> Response:
    """Not this week."""
    put_off(db.session(), operation_id(request.form), contact_id, by=current_actor(), at=now())
    count_done(db.session(), _me(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".show", contact_id=contact_id))
