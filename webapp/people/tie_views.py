"""Old ties, and what one's own numbers say: each looked at when its owner asks."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from webapp.contacts.forms import WAY_WORDS, operation_id
from webapp.contacts.resting import CAUSES, Cause, resting_of, say_why
from webapp.contacts.touching import all_touches_of
from webapp.contacts.wishing import MOST_FOR_ONE, Wished, wish, wish_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.people.at_rest import LONG, old_ties
from webapp.people.numbers import History, answers_by_way, balance, old_against_new, trend
from webapp.people.outside_shown import MANY, outside_at_rest
from webapp.swaps.stories import met_by
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path

bp = Blueprint("ties", __name__)


@bp.get("/people/at-rest")
@signed_in
def at_rest() -> str:
    """Who has been silent for long, three of them for today, and an easy message to begin with."""
    me, sealed = current_actor().someone.id, Sealed(current_keyring(), "notes")
    ties = old_ties(db.session(), me, sealed, now())
    outside = outside_at_rest(db.session(), me, sealed, at=now(), after=LONG)
    return render_template("people/at_rest.html", ties=ties, causes=CAUSES, outside=outside, many=MANY)


@bp.post("/people/<uuid:person_id>/rest")
@signed_in
def settle(person_id: UUID) -> Response:
    """Why this tie is at rest; no cause: it is not."""
    said = request.form.get("cause", "")
    cause: Cause | None = next((one for one in CAUSES if one == said), None)
    say_why(db.session(), operation_id(request.form), person_id, cause, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".at_rest"))


@bp.get("/me/numbers")
@signed_in
def numbers() -> str:
    """New, active, at rest and lost over a year; answers by way, old against new; the balance I wished for."""
    me, at = current_actor().someone.id, now()
    ties = list(_histories(me).values())
    page: dict[str, object] = {
        "way_words": WAY_WORDS,
        "months": trend(ties, at),
        "ways": answers_by_way(ties),
        "compared": old_against_new(ties),
    }
    page |= {"balance": balance(ties, at), "wished": wish_of(db.session(), me), "most": MOST_FOR_ONE}
    return render_template("people/numbers.html", **page)


def _histories(me: UUID) -> dict[UUID, History]:
    """Every tie of mine, blocked ones and their numbers left out."""
    session = db.session()
    touches, rests = all_touches_of(session, me, Sealed(current_keyring(), "notes")), resting_of(session, me)
    met: dict[UUID, list[datetime]] = {}
    for one in (one for evening in met_by(session, me) for one in evening.people):
        met.setdefault(one.person_id, []).append(one.at)
    ended = {other: rest.since for other, rest in rests.items() if rest.cause == "ended"}
    return {other: History(times, touches.get(other, ()), ended.get(other)) for other, times in met.items()}


@bp.post("/me/wishes")
@signed_in
def choose() -> Response:
    """The balance I wish for, or old ties alone for a while."""
    me, form = current_actor().someone.id, request.form
    before = wish_of(db.session(), me)
    wished = _number(form["tend_for_one"]) if "tend_for_one" in form else before.tend_for_one
    tending = form["tending"] == "yes" if "tending" in form else before.tending
    wish(db.session(), me, Wished(wished, tending), at=now())
    db.session.commit()
    return redirect_to(local_path(form.get("then")) or url_for(".numbers"))


def _number(text: str) -> int | None:
    """A small number; anything else is no wish."""
    try:
        number = int(text)
    except ValueError:
        return None
    return min(number, MOST_FOR_ONE) if number > 0 else None
