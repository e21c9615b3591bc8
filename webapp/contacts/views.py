"""Writing down what one keeps of a meeting, and what one promised there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from webapp.contacts.forms import REASONS, operation_id, read_place, read_reason
from webapp.contacts.loose import drop_loose
from webapp.contacts.promising import promise, settle
from webapp.contacts.queries import get_meeting, memory_of, open_promise, promises_of, reason_to_keep
from webapp.contacts.remembering import LONGEST_NOTE, remember
from webapp.contacts.taking_home import LONGEST_WORDS, TakenHome, get_evening, take_home
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import clean_line
from webapp.core.tokens import Sealed
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import also, answer, redirect_to
from webapp.web.security import local_path

bp = Blueprint("contacts", __name__)


@bp.post("/meetings/<uuid:meeting_id>/memory")
@signed_in
def remember_meeting(meeting_id: UUID) -> Response:
    """Keep my note of a meeting, whether we knew each other, what I promised. The same again changes nothing."""
    by, keyring, at = current_actor(), current_keyring(), now()
    person, sealed = by.someone, Sealed(keyring, "notes")
    meeting = get_meeting(db.session(), meeting_id, person.id)
    knew = {"yes": True, "no": False}.get(request.form.get("knew", ""))
    note, reason = request.form.get("note", ""), read_reason(request.form)
    said: dict[str, Any] = {"knew_each_other": knew, "note": note, "reason": reason}
    said["place"] = read_place(request.form)
    remember(db.session(), meeting, person.id, **said, sealed=sealed, at=at)
    words = request.form.get("promise", "")
    promise(db.session(), operation_id(request.form), meeting, words, by=by, keyring=keyring, at=at)
    db.session.commit()
    then = local_path(request.form.get("then")) or ""
    remembered = memory_of(db.session(), meeting_id, person.id, sealed)
    promises = [one for one in promises_of(db.session(), person.id, sealed) if one.meeting_id == meeting_id]
    also("contacts/_promises.html", meeting_id=meeting_id, promises=promises, then=then)
    shown: dict[str, Any] = {"meeting_id": meeting_id, "remembered": remembered, "longest_note": LONGEST_NOTE}
    shown |= {"reasons": REASONS, "elsewhere": meeting.event_id is None}
    also("contacts/_reason.html", reason=reason_to_keep(db.session(), person.id, meeting.other_of(person.id), sealed))
    return answer("contacts/_memory.html", instead=then or url_for("people.index"), **shown, then=then, kept=True)


@bp.post("/people/evenings/<uuid:event_id>")
@signed_in
def keep_taken_home(event_id: UUID) -> Response:
    """Keep my one idea and my one tip of an evening. The same again changes nothing."""
    person_id, sealed = current_actor().someone.id, Sealed(current_keyring(), "notes")
    event = get_evening(db.session(), event_id, person_id)
    idea, tip = (clean_line(request.form.get(name, ""), LONGEST_WORDS) for name in ("idea", "tip"))
    take_home(db.session(), event, person_id, TakenHome(idea, tip), sealed=sealed, at=now())
    db.session.commit()
    return redirect_to(url_for("people.index", _anchor=f"evening-{event_id}"))


@bp.post("/notes/<uuid:note_id>/removal")
@signed_in
def remove_note(note_id: UUID) -> Response:
    """I have these words elsewhere now. The same again changes nothing."""
    drop_loose(db.session(), note_id, current_actor().someone.id)
    db.session.commit()
    return redirect_to(url_for("people.next_page"))


@bp.post("/promises/<uuid:promise_id>/state")
@signed_in
def settle_promise(promise_id: UUID) -> Response:
    """I did it, or not yet after all."""
    person, done = current_actor().someone, request.form.get("done") == "yes"
    mine = settle(db.session(), promise_id, person.id, done=done, at=now())
    shown = open_promise(mine, Sealed(current_keyring(), "notes"))
    db.session.commit()
    then = local_path(request.form.get("then")) or ""
    return answer("contacts/_promise.html", instead=then or url_for("people.next_page"), promise=shown, then=then)
