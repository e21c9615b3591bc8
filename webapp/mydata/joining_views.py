"""Joining two claims of one human: prove the other address, see what happens, say yes."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.accounts import codes
from webapp.accounts.access import fresh_code
from webapp.accounts.addresses import address_key
from webapp.accounts.codes import JOIN, NoCode, Proven, Wish, WrongCode
from webapp.accounts.forms import AddressForm, CodeForm
from webapp.accounts.signing_in import choices
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.mydata.joining import Joined, NotYet, join_all
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import allowed, network, spend
from webapp.web.words import _

bp = Blueprint("joining", __name__)


def _browser() -> str:
    return str(current_actor().someone.session_id)


@bp.get("/me/joining")
@fresh_code
def index() -> str:
    """Which other address is mine; then its code; then what joining does."""
    return _page(AddressForm())


def _page(form: AddressForm, refusal: WrongCode | NoCode | None = None, *, not_yet: bool = False) -> str:
    session, at = db.session(), now()
    proof = codes.find_proven(session, JOIN, _browser(), at)
    me = current_actor().someone.id
    people = [one for one in choices(session, proof.address_key) if one.id != me] if proof else []
    return render_template(
        "mydata/joining.html",
        form=form,
        code_form=CodeForm(),
        people=people,
        running=codes.is_code_running(session, JOIN, _browser(), at),
        refusal=refusal,
        not_yet=not_yet,
    )


@bp.post("/me/joining/address")
@fresh_code
def create_code() -> Response:
    """Write a code to the other address if anyone but me is known there; the answer is the same either way."""
    spend("sign-in mail by network", network())
    form = AddressForm(request.form)
    if not form.validate():
        return make_response(_page(form), 422)
    key, me = address_key(form.email.data or ""), current_actor().someone.id
    if allowed("sign-in mail by address", key):
        codes.ask_for_code(db.session(), current_keyring(), Wish(JOIN, key, _browser(), me), now())
        db.session.commit()
    return redirect_to(url_for(".index"))


@bp.post("/me/joining/code")
@fresh_code
def enter_code() -> Response:
    """The code from that mail was typed: now the page says what joining does."""
    spend("code entry by network", network())
    typed = CodeForm(request.form).code.data or ""
    proof = codes.try_code(db.session(), current_keyring(), JOIN, _browser(), typed, now())
    db.session.commit()
    match proof:
        case Proven():
            return redirect_to(url_for(".index"))
        case WrongCode() | NoCode():
            return make_response(_page(AddressForm(), proof), 422)


@bp.post("/me/joining")
@fresh_code
def create() -> Response:
    """They are me: one person from now on."""
    proof, other = codes.find_proven(db.session(), JOIN, _browser(), now()), request.form.get("person", type=UUID)
    if proof is None or other is None:
        return redirect_to(url_for(".index"))
    verdict = join_all(db.session(), proof, other, sealed=Sealed(current_keyring(), "notes"), at=now())
    match verdict:
        case Joined():
            db.session.commit()
            flash(_("Both are you now. Nothing was lost."), "agreed")
            return redirect_to(url_for("people.me"))
        case NotYet():
            db.session.rollback()
            return make_response(_page(AddressForm(), not_yet=True), 409)
        case None:
            return redirect_to(url_for(".index"))
