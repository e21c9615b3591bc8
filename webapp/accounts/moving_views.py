"""Changing the address one signs in with, and the page behind *Take it back* in the mail to the old one."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.accounts import codes, moving
from webapp.accounts.access import fresh_code
from webapp.accounts.codes import NoCode, Wish, WrongCode
from webapp.accounts.forms import AddressForm, CodeForm, MoveForm
from webapp.accounts.models import AddressChange
from webapp.accounts.moving import PURPOSES, Moved, OneSideProven, OthersAddress, Side
from webapp.core.clock import now
from webapp.core.database import db
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import allowed, network, spend
from webapp.web.words import _, _l

bp = Blueprint("addresses", __name__)


def address_page(
    form: AddressForm | None = None, refusal: WrongCode | NoCode | None = None, *, taken: bool = False
) -> str:
    """My addresses; the first one being given, or one being changed, with the code that is waited for."""
    session, me, at = db.session(), current_actor().someone, now()
    change = moving.find_unfinished(session, me.id, at)
    side: Side = "new" if change and change.old_proven_at else "old"
    purpose = PURPOSES[side] if change else codes.ADDRESS
    return render_template(
        "accounts/address.html",
        form=form or AddressForm(),
        code_form=CodeForm(),
        addresses=moving.own_addresses(session, me.id),
        change=change,
        side=side,
        running=codes.is_code_running(session, purpose, str(me.session_id), at),
        refusal=refusal,
        taken=taken,
    )


@bp.get("/me/address/change")
@fresh_code
def new_change() -> ResponseReturnValue:
    """Which address gives way to which."""
    form = _form(MoveForm())
    return _ask(form) if form.old.choices else redirect_to(url_for("accounts.address_page"))


def _form(form: MoveForm) -> MoveForm:
    own = moving.own_addresses(db.session(), current_actor().someone.id)
    form.old.choices = [(str(one.id), one.address) for one in own]
    return form


def _ask(form: MoveForm) -> str:
    return render_template("accounts/change_address.html", form=form)


@bp.post("/me/address/change")
@fresh_code
def create_change() -> Response:
    """Write a code to both mailboxes; whoever the new one belongs to, the answer is the same."""
    form = _form(MoveForm(request.form))
    if not form.validate():
        return make_response(_ask(form), 422)
    own = moving.own_addresses(db.session(), current_actor().someone.id)
    old = next(one for one in own if str(one.id) == form.old.data)
    change = moving.start_change(db.session(), old, form.email.data or "", now())
    if change.new_key in {one.address_key for one in own}:
        db.session.rollback()
        form.email.errors = [_l("That one opens your door already.")]
        return make_response(_ask(form), 422)
    _mail_both(change)
    return redirect_to(url_for("accounts.address_page"))


def _mail_both(change: AddressChange) -> None:
    """Start both codes, bound to this session, and commit. Raises TooMany for the own mailbox, which is no secret."""
    me = current_actor().someone
    spend("sign-in mail by network", network())
    spend("sign-in mail by address", change.old_key)
    keys: list[tuple[Side, str]] = [("old", change.old_key)]
    if allowed("sign-in mail by address", change.new_key):
        keys.append(("new", change.new_key))
    for side, key in keys:
        codes.ask_for_code(db.session(), current_keyring(), Wish(PURPOSES[side], key, str(me.session_id), me.id), now())
    db.session.commit()


@bp.post("/me/address/change/<any(old, new):side>")
@signed_in
def enter_code(side: Side) -> Response:
    """A code from one of the two mailboxes was typed."""
    spend("code entry by network", network())
    me, typed = current_actor().someone, CodeForm(request.form).code.data or ""
    verdict = moving.prove_side(db.session(), current_keyring(), me.id, str(me.session_id), side, typed, now())
    db.session.commit()
    match verdict:
        case OneSideProven():
            return redirect_to(url_for("accounts.address_page"))
        case Moved():
            flash(_("Your address has changed. Both mailboxes know."), "agreed")
            return redirect_to(url_for("accounts.address_page"))
        case OthersAddress():
            return make_response(address_page(taken=True), 422)
        case WrongCode() | NoCode():
            return make_response(address_page(refusal=verdict), 422)


@bp.get("/address-reversal/<uuid:change_id>/<back>")
@public
def reversal(change_id: UUID, back: str) -> ResponseReturnValue:
    """What the mail to the old address opens: one button. Looking changes nothing."""
    change = moving.find_way_back(db.session(), current_keyring(), change_id, back, now())
    page = render_template("accounts/address_reversal.html", change=change, done=False)
    return page, 200 if change else 404


@bp.post("/address-reversal/<uuid:change_id>/<back>")
@public
def create_reversal(change_id: UUID, back: str) -> Response:
    """It was not me: the old address is mine again, and nobody stays signed in."""
    spend("code entry by network", network())
    done = moving.take_back(db.session(), current_keyring(), change_id, back, now())
    db.session.commit()
    return make_response(
        render_template("accounts/address_reversal.html", change=None, done=done), 200 if done else 422
    )
