"""*This reminded me of…*: what another app shares is filed to somebody I met, and waits on their page as a draft."""

from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from sqlalchemy.orm import Session

from webapp.contacts.forms import LONGEST_SHARED, operation_id, read_shared
from webapp.contacts.queries import memories_of
from webapp.contacts.reminding import drop_reminder, file_reminder, settle_reminder
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.people.forms import read_wanted
from webapp.people.search import Wanted, find
from webapp.people.waiting_share import COOKIE, LIFE, open_shared, seal_shared
from webapp.swaps.stories import Met, met_by
from webapp.web.access import public, signed_in
from webapp.web.cookies import drop_cookie, keep_cookie
from webapp.web.current import cookie_name, current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.words import _

bp = Blueprint("reminders", __name__)

SHOWN = 30
"""People to pick from before anything is looked for: whom I met last."""


@bp.post("/share")
@public
def share() -> Response:
    """Another app shares something (Web Share Target), or somebody typed it: it waits until a person is picked."""
    person = current_actor().person
    response = redirect_to(url_for(".pick"))
    shared = read_shared(request.form)
    keep_cookie(response, COOKIE, seal_shared(current_keyring(), shared, person.id if person else None), LIFE)
    return response


@bp.get("/share")
@public
def pick() -> str:
    """Whom did it remind me of? Nothing is kept by looking."""
    person = current_actor().person
    shared = open_shared(current_keyring(), request.cookies.get(cookie_name(COOKIE)), person.id if person else None)
    wanted = read_wanted({"q": request.args.get("q", "")})
    people = _people(db.session(), person.id, wanted) if person and shared else []
    page = {"shared": shared, "known": person is not None, "wanted": wanted, "people": people[:SHOWN]}
    return render_template("people/reminding.html", **page, more=len(people) > SHOWN, longest=LONGEST_SHARED)


def _people(session: Session, me: UUID, wanted: Wanted) -> list[Met]:
    """Whom I met and look for, each once, the latest first."""
    evenings = met_by(session, me)
    notes = memories_of(session, me, Sealed(current_keyring(), "notes")) if wanted.keys else {}
    words = {meeting_id: f"{mine.note}\n{mine.reason}" for meeting_id, mine in notes.items()}
    found = find(evenings, words, wanted).evenings
    met = sorted((met for evening in found for met in evening.people), key=lambda one: one.at, reverse=True)
    return list({one.person_id: one for one in reversed(met)}.values())[::-1]


@bp.post("/share/removal")
@public
def forget() -> Response:
    """It reminded me of nobody: what waits in this browser goes."""
    response = redirect_to(url_for("people.index"))
    drop_cookie(response, COOKIE)
    return response


@bp.post("/people/<uuid:person_id>/reminders")
@signed_in
def create(person_id: UUID) -> Response:
    """File it to this person: a draft waits on their page."""
    shared, by, keyring = read_shared(request.form), current_actor(), current_keyring()
    file_reminder(db.session(), operation_id(request.form), person_id, shared, by=by, keyring=keyring, at=now())
    db.session.commit()
    if not shared:
        flash(_("Nothing was written. Put a link or a few words."), "wait")
    response = _to_their_page(person_id)
    drop_cookie(response, COOKIE)
    return response


@bp.post("/reminders/<uuid:reminder_id>/state")
@signed_in
def settle(reminder_id: UUID) -> Response:
    """I sent it, or not yet after all."""
    sent = request.form.get("sent") == "yes"
    other = settle_reminder(db.session(), reminder_id, current_actor().someone.id, sent=sent, at=now())
    db.session.commit()
    return _to_their_page(other)


@bp.post("/reminders/<uuid:reminder_id>/removal")
@signed_in
def remove(reminder_id: UUID) -> Response:
    """It is not to be sent after all."""
    other = drop_reminder(db.session(), reminder_id, current_actor().someone.id)
    db.session.commit()
    return _to_their_page(other)


def _to_their_page(person_id: UUID) -> Response:
    return redirect_to(url_for("people.show", person_id=person_id, _anchor="reminders"))
