"""What came of it: the list, one story, and what led there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.chains.activity import months_of
from webapp.chains.early import asked_about
from webapp.chains.forms import read_day, read_outcome, read_state, read_step, read_tie
from webapp.chains.kinds import Ledger, Node, read_node, written
from webapp.chains.models import OUTCOMES
from webapp.chains.offering import offered
from webapp.chains.picking import choices_of, picked
from webapp.chains.pictures import HALF, lag, timeline, two_series
from webapp.chains.publishing import askings_of, stories_of
from webapp.chains.recording import (
    LONGEST,
    add_before,
    ledger_of,
    remove_outcome,
    settle_outcome,
    take_out,
    write_outcome,
)
from webapp.chains.seeking import NothingSaid, close_need, get_need, needs_of, open_need, remove_need
from webapp.chains.telling import chain_of, chains_of, set_off
from webapp.chains.words import OUTCOME_WORDS, SORT_WORDS, STATE_WORDS, TIE_LINES, TIE_WORDS, span_words
from webapp.contacts.asking import answer as note_answer
from webapp.contacts.asking import ask_again, is_left_in_peace, standing
from webapp.contacts.forms import operation_id
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.intentions.seasons import meant_by
from webapp.intentions.words import MOOD_WORDS, SEASON_QUESTIONS
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path
from webapp.web.words import _

bp = Blueprint("chains", __name__)


def my_ledger() -> Ledger:
    """The ledger of whoever asks."""
    return ledger_of(db.session(), current_actor(), current_keyring())


def words() -> dict[str, Any]:
    """What templates say about kinds, states, steps and links."""
    return {
        "outcome_words": OUTCOME_WORDS,
        "state_words": STATE_WORDS,
        "sort_words": SORT_WORDS,
        "tie_words": TIE_WORDS,
        "tie_lines": TIE_LINES,
        "longest": LONGEST,
        "today": now().date(),
    }


@bp.get("/me/outcomes")
@signed_in
def index() -> str:
    """Everything that came of it, of one kind if the address says so, and what I look for."""
    ledger, at = my_ledger(), now()
    kind = request.args.get("kind", "")
    chains = chains_of(ledger, at.date())
    kinds = [one for one in OUTCOMES if any(chain.came.kind == one for chain in chains)]
    page: dict[str, Any] = {"chains": [one for one in chains if kind not in kinds or one.came.kind == kind]}
    page |= {"kinds": kinds, "kind": kind if kind in kinds else "", "needs": needs_of(ledger), "span": span_words}
    page["askings"] = askings_of(db.session(), ledger.person_id)
    page |= _of_the_season(ledger)
    question = standing(db.session(), ledger.person_id, at)
    page["too_early"] = asked_about(ledger, question, at)
    page["in_peace"] = is_left_in_peace(db.session(), ledger.person_id, at)
    return render_template("chains/index.html", **page, **words(), then=url_for(".index"))


def _of_the_season(ledger: Ledger) -> dict[str, Any]:
    """What this season asks first; one for itself asks for nothing here, and every kind is offered, its own first."""
    meant = meant_by(ledger.session, ledger.person_id, ledger.sealed)
    question = SEASON_QUESTIONS.get(meant.season, "") if not meant.for_itself else ""
    return {"season_question": question, "offered": offered(meant.season)}


@bp.get("/me/outcomes/months")
@signed_in
def months() -> str:
    """How long it takes, and a year of what I did beside what came."""
    ledger, today = my_ledger(), now().date()
    chains = chains_of(ledger, today)
    year = two_series(months_of(db.session(), ledger.person_id, chains, today))
    page: dict[str, Any] = {"lag": lag(chains), "series": year, "half": HALF, "chains": chains}
    return render_template("chains/months.html", **page, **words(), mood_words=MOOD_WORDS)


@bp.get("/me/outcomes/new")
@signed_in
def new() -> str:
    """Something came of it: what, when, through whom."""
    ledger = my_ledger()
    through = picked(ledger, request.args.get("through", ""))
    page: dict[str, Any] = {"chosen": written(through) if through else "", "need": None}
    return _new_page(ledger, **page, kind=request.args.get("kind", ""))


def _new_page(ledger: Ledger, **page: Any) -> str:
    of_the_season = offered(meant_by(ledger.session, ledger.person_id, ledger.sealed).season)
    page |= {"choices": choices_of(ledger), "written": written, "offered": of_the_season}
    return render_template("chains/new.html", **page, **words())


@bp.post("/me/outcomes")
@signed_in
def create() -> Response:
    """Keep what came of it."""
    outcome = read_outcome(request.form, now().date())
    if outcome is None:
        flash(_("Say what came of it, and how it stands."), "wait")
        return redirect_to(url_for(".new", through=request.form.get("through")))
    kept = write_outcome(
        db.session(), operation_id(request.form), outcome, by=current_actor(), keyring=current_keyring(), at=now()
    )
    db.session.commit()
    return redirect_to(url_for(".show", outcome_id=kept.id))


@bp.get("/me/outcomes/<uuid:outcome_id>")
@signed_in
def show(outcome_id: UUID) -> str:
    """One story, from its beginning to what came of it."""
    ledger = my_ledger()
    chain = chain_of(ledger, outcome_id, now().date())
    page: dict[str, Any] = {"chain": chain, "line": timeline(chain), "choices": choices_of(ledger), "written": written}
    page["stories"] = stories_of(db.session(), ledger.person_id, outcome_id)
    return render_template("chains/show.html", **page, then=url_for(".show", outcome_id=outcome_id), **words())


@bp.post("/me/outcomes/<uuid:outcome_id>/state")
@signed_in
def settle(outcome_id: UUID) -> Response:
    """It came, it is under way, or it is too early to tell."""
    state, today = read_state(request.form), now().date()
    if state:
        day = read_day(request.form.get("day", ""), today) or today
        settle_outcome(db.session(), outcome_id, state, day, by=current_actor(), at=now())
        db.session.commit()
    else:
        chain_of(my_ledger(), outcome_id, today)
    return redirect_to(url_for(".show", outcome_id=outcome_id))


@bp.post("/me/outcomes/<uuid:outcome_id>/removal")
@signed_in
def remove(outcome_id: UUID) -> Response:
    """It was written down by mistake."""
    remove_outcome(db.session(), outcome_id, by=current_actor())
    db.session.commit()
    return redirect_to(url_for(".index"))


@bp.post("/me/outcomes/<uuid:outcome_id>/steps")
@signed_in
def add(outcome_id: UUID) -> Response:
    """Before this came that: somebody, an evening, or a step in my own words."""
    ledger, form, today = my_ledger(), request.form, now().date()
    chain = chain_of(ledger, outcome_id, today)
    to = read_node(form.get("to", "")) or chain.came.node
    what = read_step(form, today) or read_node(form.get("through", ""))
    if what is None or to not in {stop.shown.node for stop in chain.stops}:
        flash(_("Pick somebody, or write a few words."), "wait")
    elif what == to:
        flash(_("That is the same."), "wait")
    else:
        beside, sure = form.get("beside") == "yes", read_tie(form)
        who: dict[str, Any] = {"by": current_actor(), "keyring": current_keyring(), "at": now()}
        add_before(db.session(), operation_id(form), to, what, sure, beside=beside, **who)
        db.session.commit()
    return redirect_to(url_for(".show", outcome_id=outcome_id))


@bp.post("/me/links/<uuid:link_id>/removal")
@signed_in
def unlink(link_id: UUID) -> Response:
    """That was no part of it."""
    take_out(db.session(), link_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".index"))


@bp.get("/me/outcomes/from/<kind>/<uuid:key>")
@signed_in
def momentum(kind: str, key: UUID) -> str:
    """What one thing set off, the oldest first."""
    ledger = my_ledger()
    node = picked(ledger, written(Node(kind, key)))
    if node is None:
        raise NotHere
    return render_template("chains/momentum.html", stops=set_off(ledger, node), **words())


# What I look for.


@bp.post("/me/needs")
@signed_in
def create_need() -> Response:
    """I look for this, from today or from the day I say."""
    today = now().date()
    since = read_day(request.form.get("day", ""), today) or today
    said, who = request.form.get("words", ""), current_actor()
    kept = open_need(db.session(), operation_id(request.form), said, since, by=who, keyring=current_keyring(), at=now())
    db.session.commit()
    if isinstance(kept, NothingSaid):
        flash(_("Write what you are looking for."), "wait")
    return redirect_to(url_for(".index", _anchor="needs"))


@bp.get("/me/needs/<uuid:need_id>/closing")
@signed_in
def closing(need_id: UUID) -> str:
    """It was found: what, when, through whom."""
    ledger = my_ledger()
    get_need(db.session(), need_id, ledger.person_id)
    need = next(one for one in needs_of(ledger) if one.id == need_id)
    return _new_page(ledger, chosen="", need=need, kind="")


@bp.post("/me/needs/<uuid:need_id>/closing")
@signed_in
def close(need_id: UUID) -> Response:
    """Keep what was found, with the wait."""
    get_need(db.session(), need_id, current_actor().someone.id)
    outcome = read_outcome(request.form, now().date())
    if outcome is None:
        flash(_("Say what came of it, and how it stands."), "wait")
        return redirect_to(url_for(".closing", need_id=need_id))
    who: dict[str, Any] = {"by": current_actor(), "keyring": current_keyring(), "at": now()}
    kept = close_need(db.session(), operation_id(request.form), need_id, outcome, **who)
    db.session.commit()
    return redirect_to(url_for(".show", outcome_id=kept.id))


@bp.post("/me/needs/<uuid:need_id>/removal")
@signed_in
def drop_need(need_id: UUID) -> Response:
    """I do not look for it any more."""
    remove_need(db.session(), need_id, by=current_actor())
    db.session.commit()
    return redirect_to(url_for(".index", _anchor="needs"))


# What was too early to tell.


@bp.post("/me/questions/<uuid:weekly_id>")
@signed_in
def answer_question(weekly_id: UUID) -> Response:
    """How it stands by now."""
    state, by, at = read_state(request.form), current_actor(), now()
    asked = note_answer(db.session(), weekly_id, by.someone.id, at=at)
    if state:
        settle_outcome(db.session(), asked.about_id, state, at.date(), by=by, at=at)
        db.session.commit()
    return redirect_to(local_path(request.form.get("then")) or url_for(".show", outcome_id=asked.about_id))


@bp.post("/me/questions")
@signed_in
def be_asked_again() -> Response:
    """Ask me again, one question a week at most."""
    ask_again(db.session(), current_actor().someone.id, at=now())
    db.session.commit()
    return redirect_to(url_for(".index"))
