"""Bringing a list in: drop a file, look at every row, keep it as one transaction, take it back whole."""

from contextlib import closing
from typing import assert_never
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.accounts.access import fresh_code
from webapp.circles.access import organizer
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.core.one_by_one import OneByOne
from webapp.events import refusals, staging
from webapp.events.columns import Field, mapping_problems
from webapp.events.import_forms import EncodingForm, ListForm, choices_sent, mapping_sent, rows_retyped
from webapp.events.import_pages import SHOWN, accents, rehearsal_page, samples
from webapp.events.import_queries import alterations_of, get_import_organized_by, imports_of, stayed_after
from webapp.events.importing import BroughtIn, LookAgain, NotMapped, bring_in, fingerprint, known_guests
from webapp.events.models import Event, ImportRun
from webapp.events.queries import get_event_organized_by
from webapp.events.reasons import choice_label, field_label, mapping_words, reason_words, refusal_words
from webapp.events.refusals import Refusal
from webapp.events.rehearsal import rehearse
from webapp.events.tables import MAX_BYTES, Table
from webapp.events.taking_back import NothingToTakeBack, TakenBack, Ties, undo_import
from webapp.web.current import current_actor, current_settings
from webapp.web.hypermedia import redirect_to, refuse
from webapp.web.limits import spend
from webapp.web.words import _, n_

bp = Blueprint("imports", __name__)

_one_for_each = OneByOne()

ROOM_FOR_THE_FORM = 50_000
"""Bytes an upload may have beside the file itself."""


@bp.get("/events/<uuid:event_id>/imports")
@organizer
def index(event_id: UUID) -> str:
    """Drop a list here; earlier ones are below."""
    event = get_event_organized_by(db.session(), current_actor(), event_id)
    return render_template("events/imports.html", **_index(event, ListForm()))


def _index(event: Event, form: ListForm) -> dict[str, object]:
    return {"event": event, "form": form, "runs": imports_of(db.session(), event)}


@bp.post("/events/<uuid:event_id>/imports")
@organizer
def create(event_id: UUID) -> Response:
    """Read a list and show what it would do. What cannot be read is not kept."""
    request.max_content_length = MAX_BYTES + ROOM_FOR_THE_FORM
    event = get_event_organized_by(db.session(), current_actor(), event_id)
    spend("import", event.id)
    # A stranger's file takes seconds to read: meanwhile nobody at a door waits for this transaction.
    db.session.commit()
    form = ListForm()
    try:
        form = ListForm(request.form)
        upload = request.files.get("list")
    except RequestEntityTooLarge:
        return _refused(event, form, refusals.TooLarge(request.content_length or 0, MAX_BYTES))
    if upload is None or not upload.filename or not form.validate():
        form.list.errors = [*form.list.errors, _("Choose a file first.")]
        return refuse("events/imports.html", "events/_upload.html", **_index(event, form))
    return _stage(event, form, upload, upload.filename)


def _refused(event: Event, form: ListForm, refusal: Refusal) -> Response:
    form.list.errors = [refusal_words(refusal)]
    return refuse("events/imports.html", "events/_upload.html", **_index(event, form))


def _read(run_id: UUID, upload: FileStorage, file_name: str, encoding: str | None) -> Table | Refusal:
    """The list of an upload; its file stays, for another encoding, unless it is refused."""
    file = staging.file_of(run_id, current_settings().data_dir)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    upload.save(file)
    table = staging.read_list(file, file_name, encoding)
    if not isinstance(table, Table):
        file.unlink()
    return table


def _stage(event: Event, form: ListForm, upload: FileStorage, file_name: str) -> Response:
    run_id = new_id()
    with closing(upload), _one_for_each.alone(event.id) as alone:
        table = _read(run_id, upload, file_name, form.encoding.data) if alone else None
    if table is None:
        form.list.errors = [_("Another list is being read. Wait a moment, then send it again.")]
        return refuse("events/imports.html", "events/_upload.html", **_index(event, form))
    if not isinstance(table, Table):
        return _refused(event, form, table)
    staging.stage(db.session(), event, table, run_id=run_id, file_name=file_name, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show", run_id=run_id))


@bp.get("/imports/<uuid:run_id>")
@organizer
def show(run_id: UUID) -> str:
    """Every row of a list before it is brought in; afterwards, what it did."""
    run, event = get_import_organized_by(db.session(), current_actor(), run_id)
    if run.committed_at is None:
        return render_template("events/import.html", **_rehearsal(run, event))
    session = db.session()
    return render_template(
        "events/import_done.html",
        event=event,
        run=run,
        alterations=alterations_of(session, run, limit=SHOWN),
        stayed=stayed_after(session, run, limit=SHOWN),
        field_label=field_label,
    )


def _rehearsal(run: ImportRun, event: Event) -> dict[str, object]:
    table, mapping = staging.table_of(run), staging.mapping_of(run)
    known, choices = known_guests(db.session(), event.id), staging.choices_of(run)
    rehearsal = rehearse(table, mapping, known)
    file = staging.file_of(run.id, current_settings().data_dir)
    return {
        "event": event,
        "run": run,
        "table": table,
        "mapping": mapping,
        "samples": samples(table),
        "fields": list(Field),
        "problems": [mapping_words(problem) for problem in mapping_problems(mapping)],
        "rehearsal": rehearsal,
        "page": rehearsal_page(table, mapping, rehearsal, known, choices),
        "accents": accents(rehearsal),
        "encoding_form": EncodingForm(encoding=table.encoding) if table.encoding and file.exists() else None,
        "seen": fingerprint(rehearsal),
        "shown": SHOWN,
        "field_label": field_label,
        "reason_words": reason_words,
        "choice_label": choice_label,
    }


def _waiting(run_id: UUID) -> tuple[ImportRun, Event]:
    """This list, if it still waits; 404 otherwise."""
    run, event = get_import_organized_by(db.session(), current_actor(), run_id)
    _must_wait(run)
    return run, event


def _must_wait(run: ImportRun) -> None:
    db.session.refresh(run, with_for_update=True)
    if run.committed_at is not None:
        raise NotHere


@bp.post("/imports/<uuid:run_id>/columns")
@organizer
def update_columns(run_id: UUID) -> Response:
    """Say what each column is."""
    run, _event = _waiting(run_id)
    staging.set_mapping(run, mapping_sent(request.form, staging.table_of(run)))
    db.session.commit()
    flash(_("Read with these columns."), "agreed")
    return redirect_to(url_for(".show", run_id=run.id))


@bp.post("/imports/<uuid:run_id>/encoding")
@organizer
def update_encoding(run_id: UUID) -> Response:
    """Read the same file again, in another encoding."""
    run, _event = _waiting(run_id)
    db.session.commit()  # as at the upload: nobody waits for the reader
    form, file = EncodingForm(request.form), staging.file_of(run.id, current_settings().data_dir)
    if not file.exists() or not form.validate():
        raise NotHere
    table = staging.read_list(file, run.file_name, form.encoding.data)
    _must_wait(run)
    if isinstance(table, Table):
        staging.read_again(run, table)
        db.session.commit()
        flash(_("Read again. Look at the accents."), "agreed")
    else:
        flash(refusal_words(table), "no")
    return redirect_to(url_for(".show", run_id=run.id))


@bp.post("/imports/<uuid:run_id>/rows")
@organizer
def update_rows(run_id: UUID) -> Response:
    """Keep mended rows and decisions, and look again."""
    run, _event = _waiting(run_id)
    mended = _keep_answers(run)
    db.session.commit()
    flash(n_("%(num)s row mended. Look again.", "%(num)s rows mended. Look again.", mended), "agreed")
    return redirect_to(url_for(".show", run_id=run.id))


def _keep_answers(run: ImportRun) -> int:
    retyped = rows_retyped(request.form, staging.table_of(run), staging.mapping_of(run))
    return staging.answer(run, retyped, choices_sent(request.form))


@bp.post("/imports/<uuid:run_id>/commit")
@organizer
def create_commit(run_id: UUID) -> Response:
    """Bring the list in, if it would do what the page showed."""
    run, event = get_import_organized_by(db.session(), current_actor(), run_id)
    if run.committed_at is None:
        _keep_answers(run)
        db.session.flush()
    verdict = bring_in(db.session(), event, run, seen=request.form.get("seen", ""), by=current_actor(), at=now())
    db.session.commit()
    match verdict:
        case BroughtIn():
            staging.file_of(run.id, current_settings().data_dir).unlink(missing_ok=True)
            flash(_("The list is in. Nobody has been mailed."), "agreed")
        case LookAgain():
            flash(_("Nothing is in yet: some rows read differently now. Look again."), "wait")
        case NotMapped():
            flash(_("Nothing is in yet. Say which column has the names."), "wait")
        case _:
            assert_never(verdict)
    return redirect_to(url_for(".show", run_id=run.id))


@bp.post("/imports/<uuid:run_id>/disposal")
@organizer
def create_disposal(run_id: UUID) -> Response:
    """Forget a list that was not brought in."""
    run, event = _waiting(run_id)
    staging.put_away(db.session(), run)
    db.session.commit()
    staging.file_of(run_id, current_settings().data_dir).unlink(missing_ok=True)
    flash(_("Forgotten. Your guests are as they were."), "agreed")
    return redirect_to(url_for(".index", event_id=event.id))


@bp.post("/imports/<uuid:run_id>/undo")
@fresh_code
def create_undo(run_id: UUID) -> Response:
    """Take the whole list back."""
    run, event = get_import_organized_by(db.session(), current_actor(), run_id)
    ties: Ties = current_app.extensions["mixwell.ties"]
    verdict = undo_import(db.session(), event, run, ties=ties, by=current_actor(), at=now())
    db.session.commit()
    match verdict:
        case TakenBack():
            flash(_("Taken back."), "agreed")
        case NothingToTakeBack():
            flash(_("Nothing to take back: this list is not in."), "wait")
        case _:
            assert_never(verdict)
    return redirect_to(url_for(".show", run_id=run.id))
