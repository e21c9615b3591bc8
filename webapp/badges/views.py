"""Printing: choose, watch it being made, fetch it; and a new code for a lost badge."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, send_file, url_for
from sqlalchemy import select

from webapp.accounts.access import current_person_id, enter_as, whose_claim
from webapp.accounts.models import Person
from webapp.accounts.people import may_open
from webapp.badges.forms import DocumentForm, SlipForm, chosen_guests
from webapp.badges.issuing import replace_lost
from webapp.badges.models import Document
from webapp.badges.printing import (
    Asked,
    NobodyToPrint,
    StillPrinting,
    ask_for_document,
    cancel_document,
    documents_of,
    file_of,
    usual_stock,
    without_badge,
)
from webapp.badges.slips import NotClaimed, claim_by_slip
from webapp.circles.access import organizer
from webapp.core.actor import NOBODY, NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Event
from webapp.events.queries import attendees_of, get_attendee_of, get_event_organized_by
from webapp.web.access import public
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import answer, redirect_to, refuse
from webapp.web.limits import network, spend
from webapp.web.words import _

bp = Blueprint("badges", __name__)


def _event(event_id: UUID) -> Event:
    return get_event_organized_by(db.session(), current_actor(), event_id)


def _document(document_id: UUID) -> tuple[Document, Event]:
    """A document of an event the one who asks organizes; it is gone when it has expired."""
    document = db.session.scalar(select(Document).where(Document.id == document_id, Document.expires_at > now()))
    if document is None:
        raise NotHere
    return document, _event(document.event_id)


@bp.get("/events/<uuid:event_id>/badges")
@organizer
def index(event_id: UUID) -> str:
    """Choose what to print; what was printed today is below."""
    event = _event(event_id)
    form = DocumentForm(stock=usual_stock(db.session(), event))
    return render_template("badges/index.html", **_page(event, form))


def _page(event: Event, form: DocumentForm) -> dict[str, object]:
    session = db.session()
    guests = attendees_of(session, event)
    return {
        "event": event,
        "form": form,
        "guests": guests,
        "documents": documents_of(session, event, now()),
        "without_badge": without_badge(session, event),
    }


@bp.post("/events/<uuid:event_id>/documents")
@organizer
def create_document(event_id: UUID) -> Response:
    """Have a document made, of everyone or of the guests ticked."""
    event = _event(event_id)
    form = DocumentForm(request.form, stock=usual_stock(db.session(), event))
    if "stock" not in request.form:
        form.stock.data = usual_stock(db.session(), event)
    if not form.validate():
        return refuse("badges/index.html", "badges/_choose.html", **_page(event, form))
    selection = chosen_guests(request.form)
    if len(selection) != 1:  # a single reprint is never held up
        spend("badge run", event.id)
    verdict = ask_for_document(
        db.session(), event, form.kind.data, form.stock.data, selection, by=current_actor(), at=now()
    )
    db.session.commit()
    return _after_asking(event, verdict)


def _after_asking(event: Event, verdict: Asked | NobodyToPrint | StillPrinting) -> Response:
    if isinstance(verdict, NobodyToPrint):
        flash(_("Nobody to print. Add guests first."), "wait")
        return redirect_to(url_for(".index", event_id=event.id))
    if isinstance(verdict, StillPrinting):
        flash(_("This one is still being made. Wait, or cancel it."), "wait")
    return redirect_to(url_for(".document", document_id=verdict.document_id))


@bp.get("/documents/<uuid:document_id>")
@organizer
def document(document_id: UUID) -> Response:
    """A document being made, or ready."""
    document, event = _document(document_id)
    page = make_response(render_template("badges/document.html", document=document, event=event))
    if not _settled(document):
        page.headers["Refresh"] = "2"  # without script the page looks again by itself
    return page


def _settled(document: Document) -> bool:
    return bool(document.finished_at or document.cancelled_at or document.failure)


@bp.get("/documents/<uuid:document_id>/progress")
@organizer
def progress(document_id: UUID) -> str:
    """How far it is, for the page to look at each second."""
    document, event = _document(document_id)
    return render_template("badges/_progress.html", document=document, event=event)


@bp.get("/documents/<uuid:document_id>/file")
@organizer
def file(document_id: UUID) -> Response:
    """The finished PDF, to be shown by the browser."""
    document, _event_of_it = _document(document_id)
    path = file_of(document.id, current_settings().data_dir)
    if document.finished_at is None or not path.exists():
        raise NotHere
    response = send_file(path, mimetype="application/pdf", download_name=f"{document.kind}.pdf", max_age=0)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
    return response


@bp.post("/documents/<uuid:document_id>/cancellation")
@organizer
def create_cancellation(document_id: UUID) -> Response:
    """Stop making it."""
    document, event = _document(document_id)
    cancel_document(document, at=now())
    db.session.commit()
    here = url_for(".document", document_id=document.id)
    return answer("badges/_progress.html", instead=here, document=document, event=event)


@bp.post("/events/<uuid:event_id>/guests/<uuid:attendee_id>/replacement")
@organizer
def create_replacement(event_id: UUID, attendee_id: UUID) -> Response:
    """A badge was lost: its code dies now, and the new one is printed."""
    event = _event(event_id)
    guest = get_attendee_of(db.session(), event, attendee_id)
    keyring, base_url = current_keyring(), current_settings().base_url
    replace_lost(db.session(), guest, keyring=keyring, base_url=base_url, by=current_actor(), at=now())
    stock = usual_stock(db.session(), event)
    verdict = ask_for_document(db.session(), event, "badges", stock, [guest.id], by=current_actor(), at=now())
    db.session.commit()
    flash(_("The old code is dead. Here is the new badge."), "agreed")
    return _after_asking(event, verdict)


@bp.get("/claim")
@public
def claim() -> str:
    """Claim a place with a badge and its private code."""
    return render_template("badges/claim.html", form=SlipForm(), refused=False, here=current_actor().person)


@bp.post("/claim")
@public
def create_claim() -> Response:
    """The place becomes theirs, and they are signed in."""
    spend("code entry by network", network())
    form, by = SlipForm(request.form), whose_claim(request.form)
    if not form.validate() or (current_actor().person and by is None):
        return refuse("badges/claim.html", "badges/_claim.html", form=form, refused=False, here=current_actor().person)
    codes = (form.badge_code.data or "", form.private_code.data or "")
    verdict = claim_by_slip(db.session(), *codes, keyring=current_keyring(), by=by or NOBODY, at=now())
    if isinstance(verdict, NotClaimed):
        db.session.commit()  # the try is counted
        return refuse("badges/claim.html", "badges/_claim.html", form=form, refused=True, here=current_actor().person)
    response = redirect_to(url_for("swaps.waiting_scan"))  # the camera, unless a scan waits here
    person = db.session.get_one(Person, verdict.person_id)
    if person.id != current_person_id() and may_open(db.session(), person, None):
        enter_as(response, person, proven_address=None)
    db.session.commit()
    flash(_("Your place is yours. Scan a badge to begin."), "agreed")
    return response
