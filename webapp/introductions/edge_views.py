"""Friends of friends, and asking the friend for an introduction."""

from typing import assert_never
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.accounts.cards import card_fields, get_card
from webapp.contacts.forms import operation_id
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import clean_line
from webapp.introductions.choices import choices_of
from webapp.introductions.edges import Edge, edges_of, get_edge
from webapp.introductions.forms import fault_of
from webapp.introductions.queries import my_fields
from webapp.introductions.verdicts import Wished, WishedOften, WishVerdict
from webapp.introductions.wishing import take_wish_back, wish
from webapp.introductions.wording import LONGEST
from webapp.swaps.queries import CardView
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.words import _

bp = Blueprint("edges", __name__)


@bp.get("/introductions/edges")
@signed_in
def index() -> str:
    """Whom friends of mine know, by a topic and without a name."""
    session, me = db.session(), current_actor().someone.id
    edges = edges_of(session, me, current_keyring())
    return render_template("introductions/edges.html", edges=edges, choices=choices_of(session, me))


@bp.get("/introductions/edges/<handle>")
@signed_in
def show(handle: str) -> str:
    """What to ask the friend, in a paragraph they can pass on."""
    edge = get_edge(db.session(), current_actor().someone.id, handle, current_keyring())
    return _page(edge, "", "")


def _page(edge: Edge, words: str, error: str) -> str:
    fields = my_fields(db.session(), current_actor().someone.id)
    page = {"edge": edge, "words": words, "error": error, "fields": fields, "longest": LONGEST}
    return render_template("introductions/wish.html", **page)


@bp.post("/introductions/edges/<handle>")
@signed_in
def create(handle: str) -> Response:
    """Ask the friend for an introduction."""
    session, by, keyring = db.session(), current_actor(), current_keyring()
    edge = get_edge(session, by.someone.id, handle, keyring)
    words = clean_line(request.form.get("words", ""), LONGEST)
    if error := fault_of(words, _my_card(by.someone.id)):
        return make_response(_page(edge, words, error), 422)
    spend("introduction", by.someone.id)
    by_mail, operation = request.form.get("ending") == "mail", operation_id(request.form)
    verdict: WishVerdict = wish(session, operation, handle, words, by_mail=by_mail, by=by, keyring=keyring, at=now())
    session.commit()
    match verdict:
        case Wished():
            flash(_("%(name)s has your words, and decides.", name=edge.connector), "agreed")
        case WishedOften():
            flash(_("You asked for this before. Nothing was sent."), "wait")
        case _:
            assert_never(verdict)
    return redirect_to(url_for("introductions.index"))


def _my_card(me: UUID) -> CardView:
    """Mine as a paragraph about me is held against it."""
    card = get_card(db.session(), me)
    return CardView(me, card.person.name, card_fields(card, card.person), me, card.updated_at)


@bp.post("/introductions/<uuid:introduction_id>/wish/reversal")
@signed_in
def take_back(introduction_id: UUID) -> Response:
    """I would rather not after all. Nobody is told."""
    take_wish_back(db.session(), introduction_id, current_actor().someone.id, at=now())
    db.session.commit()
    flash(_("Taken back. Nobody is told."), "agreed")
    return redirect_to(url_for("introductions.index"))
