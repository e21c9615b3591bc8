"""The switch on Me: being told on this phone, or not any more."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from webapp.accounts.push import is_told, subscribe, unsubscribe
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.push import NoSubscription, Receiver
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_tools
from webapp.web.hypermedia import answer
from webapp.web.limits import spend

bp = Blueprint("push", __name__)


@bp.get("/me/push")
@signed_in
def show() -> str:
    """The switch, for browsers whose script asks for it. Empty while this server calls no push service."""
    return render_template("accounts/_push.html", **_switch())


def _switch() -> dict[str, Any]:
    pusher, here = current_tools().pusher, current_actor().someone.session_id
    return {"works": pusher.works, "key": pusher.public_key, "told": is_told(db.session(), here), "refused": False}


@bp.post("/me/push")
@signed_in
def create() -> Response:
    """Tell this browser in the morning: its endpoint and keys come from the browser itself."""
    me, sent = current_actor().someone, request.form
    spend("push registration", me.id)
    try:
        receiver = Receiver.read(sent.get("endpoint", ""), sent.get("p256dh", ""), sent.get("auth", ""))
    except NoSubscription:
        return _answer(refused=True)
    if not current_tools().pusher.may_reach(receiver):
        return _answer(refused=True)
    subscribe(db.session(), me, receiver, at=now())
    db.session.commit()
    return _answer()


@bp.post("/me/push/ending")
@signed_in
def end() -> Response:
    """Tell this browser nothing any more."""
    unsubscribe(db.session(), current_actor().someone.session_id)
    db.session.commit()
    return _answer()


def _answer(*, refused: bool = False) -> Response:
    page = url_for("people.me", _anchor="push")
    return answer(
        "accounts/_push.html", instead=page, status=422 if refused else 200, **_switch() | {"refused": refused}
    )
