"""One page for a manager: looked at, made, sent as a link or a PDF, ended."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for

from webapp.chains.forms import read_day
from webapp.chains.kinds import KINDS
from webapp.chains.statement_words import in_words, payload
from webapp.chains.statements import (
    LONGEST,
    Period,
    end_statement,
    hours_out,
    make_statement,
    met_first_in,
    page_of,
    read_statement,
    statement_link,
    statements_of,
)
from webapp.chains.telling import chains_of
from webapp.chains.views import my_ledger
from webapp.contacts.forms import operation_id
from webapp.core.clock import now
from webapp.core.database import db
from webapp.followups.forms import read_ids
from webapp.people.printing import LIMITS, PATIENCE, NotPrinted, draw
from webapp.people.views import on_paper
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend

bp = Blueprint("statements", __name__)

_DRAWING = "webapp.people.statement_pdf:statement_from_payload"


def _period(said: Mapping[str, str], today: date) -> Period:
    """What was asked for, else this quarter so far."""
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    first, last = read_day(said.get("first", ""), today) or quarter, read_day(said.get("last", ""), today) or today
    return Period(min(first, last), max(first, last))


@bp.get("/me/statements")
@signed_in
def index() -> str:
    """What the page would say, whom I might name, and the pages I made."""
    ledger, at = my_ledger(), now()
    period = _period(request.args, at.date())
    page = page_of(ledger, period, (), at.date(), hours="", cost="")
    nodes = (stop.shown.node for chain in chains_of(ledger, at.date()) for stop in chain.stops)
    people = {node.id for node in nodes if node.kind == "person"} | set(met_first_in(ledger, period))
    named = sorted(KINDS["person"].resolve(ledger, people).values(), key=lambda one: one.title) if people else []
    links = {
        one.id: current_settings().base_url + statement_link(current_keyring(), one.id)
        for one in statements_of(ledger, at)
    }
    shown = {"period": period, "words": in_words(page), "people": named, "hours": hours_out(ledger, period)}
    return render_template(
        "chains/statements.html", **shown, made=statements_of(ledger, at), links=links, longest=LONGEST, today=at.date()
    )


@bp.post("/me/statements")
@signed_in
def create() -> Response:
    """Freeze the page as it is now."""
    form, at, by = request.form, now(), current_actor()
    spend("statement", by.someone.id)
    ticked = set(read_ids(form.getlist("named")))
    said = {"hours": form.get("hours", ""), "cost": form.get("cost", "")}
    period = _period(form, at.date())
    make_statement(db.session(), operation_id(form), period, ticked, **said, by=by, keyring=current_keyring(), at=at)
    db.session.commit()
    return redirect_to(url_for(".index", _anchor="made"))


@bp.post("/me/statements/<uuid:statement_id>/end")
@signed_in
def end(statement_id: UUID) -> Response:
    """Its link opens nothing from now on."""
    end_statement(db.session(), statement_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".index", _anchor="made"))


@bp.get("/statements/<uuid:statement_id>/<statement_proof>")
@public
def read(statement_id: UUID, statement_proof: str) -> str:
    """The page, for whoever has its link."""
    made = read_statement(db.session(), current_keyring(), statement_id, statement_proof, at=now())
    paper = url_for(".paper", statement_id=statement_id, statement_proof=statement_proof)
    return render_template("chains/statement.html", words=in_words(made.page), made=made, paper=paper)


@bp.get("/statements/<uuid:statement_id>/<statement_proof>/page.pdf")
@public
def paper(statement_id: UUID, statement_proof: str) -> Response:
    """The same on paper."""
    made = read_statement(db.session(), current_keyring(), statement_id, statement_proof, at=now())
    db.session.rollback()  # nobody waits for the database while the page is drawn
    spend("statement paper", statement_id)
    printed = draw(_DRAWING, payload(in_words(made.page)), statement_id, LIMITS)
    if isinstance(printed, NotPrinted):
        again = url_for(".paper", statement_id=statement_id, statement_proof=statement_proof)
        page = render_template("people/not_printed.html", again=again)
        return make_response(page, 503, {"Retry-After": f"{PATIENCE:.0f}"})
    return on_paper(printed, "statement.pdf")
