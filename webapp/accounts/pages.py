"""The page of one's addresses, which several acts of the front door answer with."""

from flask import render_template

from webapp.accounts import codes, moving
from webapp.accounts.codes import NoCode, WrongCode
from webapp.accounts.forms import AddressForm, CodeForm
from webapp.core.clock import now
from webapp.core.database import db
from webapp.web.current import current_actor


def address_page(
    form: AddressForm | None = None, refusal: WrongCode | NoCode | None = None, *, taken: bool = False
) -> str:
    """My addresses; the first one being given, or one being changed, with the code that is waited for."""
    session, me, at = db.session(), current_actor().someone, now()
    change = moving.find_unfinished(session, me.id, at)
    side: moving.Side = "new" if change and change.old_proven_at else "old"
    purpose = moving.PURPOSES[side] if change else codes.ADDRESS
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
