"""Asking some of my contacts one thing, and being asked."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.circles.queries import named
from webapp.contacts.forms import operation_id
from webapp.contacts.tagging import words_of
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.followups.forms import read_ids
from webapp.introductions.circle_asks import (
    LONGEST_QUESTION,
    MOST_ASKED,
    MyAsk,
    NotAsked,
    Reason,
    answer_ask,
    ask_some,
    askable,
    asks_of,
    close_ask,
    may_ask,
)
from webapp.swaps.stories import Met, met_by
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path
from webapp.web.words import LazyString, _, _l

bp = Blueprint("asks", __name__)

SHOWN = 150
"""People to choose from on one page."""
REASON_WORDS: dict[Reason, LazyString] = {
    "no words": _l("Write what you are looking for."),
    "nobody": _l("Choose whom to ask."),
    "too many": _l("Choose twelve at most. One who can help is enough."),
    "open": _l("Two questions of yours stand already. Close one first."),
    "often": _l("Six questions in three months are enough. Wait a little."),
}


def _me() -> UUID:
    return current_actor().someone.id


def _sealed() -> Sealed:
    return Sealed(current_keyring(), "notes")


@bp.get("/asks")
@signed_in
def index() -> str:
    """What I asked."""
    return render_template("introductions/asks.html", asks=asks_of(db.session(), _me(), _sealed(), now()))


@bp.get("/asks/new")
@signed_in
def new() -> str:
    """Choose a circle or a word of mine, then look at each who would be asked."""
    return _chooser(request.args)


def _chooser(said: Mapping[str, str], ticked: Collection[UUID] | None = None, why_not: str = "") -> str:
    """The page for what was chosen, as it was filled in if somebody did, and why that was not asked."""
    session, me, at = db.session(), _me(), now()
    people, tags = askable(session, me, at), words_of(session, me, _sealed())
    events = [met.meeting.event for all_of in people.values() for met in all_of]
    circles = named(session, {event.circle_id for event in events if event})
    circle = next((one for one in circles if str(one.id) == said.get("circle")), None)
    tag = next((one for one in tags.all if str(one.id) == said.get("tag")), None)
    wanted = [met for met in people.values() if circle and _met_in(met, circle.id)]
    wanted += [people[one] for one in tags.carriers(tag.id) & people.keys()] if tag and not circle else []
    shown = [met[0] for met in wanted][:SHOWN]
    if ticked is None:  # a few are ticked; of many each is picked
        ticked = {met.person_id for met in shown} if len(shown) <= MOST_ASKED else ()
    carried = [one for one in tags.all if tags.carriers(one.id) & people.keys()]
    page: dict[str, object] = {"circles": circles, "tags": carried, "chosen": circle or tag, "people": shown}
    page |= {"most": MOST_ASKED, "longest": LONGEST_QUESTION, "ticked": ticked, "typed": said.get("words", "")}
    reason = may_ask(session, me, at)
    page["why_not"] = why_not or (REASON_WORDS[reason] if reason else "")
    return render_template("introductions/ask_new.html", **page, where="circle" if circle else "tag")


def _met_in(met: Sequence[Met], circle_id: UUID) -> bool:
    return any(one.meeting.event and one.meeting.event.circle_id == circle_id for one in met)


@bp.post("/asks")
@signed_in
def create() -> Response:
    """Ask each of them, alone."""
    chosen = read_ids(request.form.getlist("person"))
    operation, by, keyring = operation_id(request.form), current_actor(), current_keyring()
    verdict = ask_some(db.session(), operation, request.form.get("words", ""), chosen, by=by, at=now(), keyring=keyring)
    db.session.commit()
    if isinstance(verdict, NotAsked):
        return make_response(_chooser(request.form, chosen, str(REASON_WORDS[verdict.reason])), 422)
    flash(_("Each is asked alone, when they have a free moment. You hear of a yes."), "agreed")
    return redirect_to(url_for(".show", circle_ask_id=verdict.ask_id))


@bp.get("/asks/<uuid:circle_ask_id>")
@signed_in
def show(circle_ask_id: UUID) -> str:
    """One question of mine: whom I asked, who said yes."""
    ask = _get(circle_ask_id)
    names = _names()
    return render_template("introductions/ask.html", ask=ask, names=names)


def _get(ask_id: UUID) -> MyAsk:
    found = next((one for one in asks_of(db.session(), _me(), _sealed(), now()) if one.id == ask_id), None)
    if found is None:
        raise NotHere
    return found


def _names() -> Mapping[UUID, str]:
    """Whom I met, by name; whoever I blocked since has none here."""
    return {met.person_id: met.name for evening in met_by(db.session(), _me()) for met in evening.people}


@bp.post("/asks/<uuid:circle_ask_id>/closing")
@signed_in
def close(circle_ask_id: UUID) -> Response:
    """It is over."""
    close_ask(db.session(), operation_id(request.form), circle_ask_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show", circle_ask_id=circle_ask_id))


@bp.post("/asks/asked/<uuid:circle_asked_id>/answer")
@signed_in
def answer(circle_asked_id: UUID) -> Response:
    """I can help, or I pass: of that nobody hears."""
    yes = request.form.get("answer") == "yes"
    answer_ask(db.session(), circle_asked_id, _me(), yes=yes, at=now())
    db.session.commit()
    flash(_("They see that you can help.") if yes else _("Passed. Nobody hears of it."), "agreed")
    return redirect_to(local_path(request.form.get("then")) or url_for("people.next_page"))
