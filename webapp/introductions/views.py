"""Bringing two people together: whom, in which words, and how it stands."""

from typing import Any, assert_never
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from webapp.contacts.asking import standing
from webapp.contacts.forms import operation_id
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.introductions.after import asking, without_a_word
from webapp.introductions.choices import choices_of
from webapp.introductions.drafting import Paragraphs, ask, draft, put_aside, withdraw
from webapp.introductions.forms import Typed, read_other, read_paragraphs
from webapp.introductions.queries import (
    Mine,
    asked_of,
    get_meant,
    get_mine,
    made_by,
    made_for,
    my_fields,
    suggested_to,
    tally_of,
    wished_by,
    wishes_for,
    words_of,
)
from webapp.introductions.suggesting import topics_on
from webapp.introductions.verdicts import Asked, AskedOften, AskVerdict, BackVerdict, TakenBack, TooLate
from webapp.introductions.wording import LONGEST, first_name, topics_of
from webapp.swaps.common_ground import common_ground
from webapp.swaps.queries import CardView, granted_card, open_to
from webapp.swaps.stories import met_by, pair_story
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.words import _

bp = Blueprint("introductions", __name__)


def _me() -> UUID:
    return current_actor().someone.id


def _sealed() -> Sealed:
    return Sealed(current_keyring(), "notes")


@bp.get("/introductions")
@signed_in
def index() -> str:
    """Everything about introductions: what waits for me, what I do, what was done for me, how I want it."""
    session, me, at = db.session(), _me(), now()
    made = made_for(session, me)
    page: dict[str, Any] = {"questions": asked_of(session, me, _sealed(), at), "fields": my_fields(session, me)}
    page |= {"wishes": wishes_for(session, me, _sealed(), at), "my_wishes": wished_by(session, me, _sealed(), at)}
    page |= {"mine": made_by(session, me, at), "made": made, "tally": tally_of(session, me)}
    page |= {"suggested": suggested_to(session, me, met_by(session, me))}
    page |= {"quiet_ones": without_a_word(made, at), "asking": asking(standing(session, me, at), made)}
    return render_template("introductions/index.html", **page, choices=choices_of(session, me), then=url_for(".index"))


@bp.get("/people/<uuid:person_id>/introduction")
@signed_in
def pick(person_id: UUID) -> str:
    """Whom else of my people this one should meet; those whose words meet come first. Nothing is kept by looking."""
    session, me = db.session(), _me()
    story = pair_story(session, me, person_id)
    if story.card is None:
        raise NotHere
    mine = topics_on(story.card.fields)
    cards = {met.person_id: met.card for evening in met_by(session, me) for met in evening.people if met.card}
    cards.pop(person_id, None)
    topics = {one: topics_of(common_ground(mine, topics_on(card.fields))) for one, card in cards.items()}
    people = sorted(cards.values(), key=lambda card: -len(topics[card.person_id]))
    return render_template("introductions/pick.html", story=story, people=people, topics=topics)


@bp.post("/people/<uuid:person_id>/introductions")
@signed_in
def create(person_id: UUID) -> Response:
    """Think of bringing this one and that one together, or put the thought aside."""
    session, me, other = db.session(), _me(), read_other(request.form) if "other" in request.form else None
    pair_story(session, me, person_id)
    if other is None:
        return redirect_to(url_for(".pick", person_id=person_id))
    aside = "aside" in request.form
    drafted = draft(session, operation_id(request.form), person_id, other, by=current_actor(), at=now(), aside=aside)
    session.commit()
    if aside:
        return redirect_to(url_for(".index"))
    return redirect_to(url_for(".show", introduction_id=drafted.introduction_id))


@bp.get("/introductions/<uuid:introduction_id>")
@signed_in
def show(introduction_id: UUID) -> str:
    """One introduction: for whoever connects how it stands, for the two, once it is made, a page of the three."""
    session, me = db.session(), _me()
    try:
        mine = get_mine(session, introduction_id, me, now())
    except NotHere:
        meant = get_meant(session, introduction_id, me)
        card = granted_card(session, meant.other_id, me)
        return render_template("introductions/made.html", one=meant, card=card)
    unasked = mine.state in {"draft", "put aside", "wished"}
    if unasked and _both_open(session, mine):
        return _draft_page(mine, _typed_before(session, mine))
    words = {} if unasked else words_of(session, mine.introduction_id, _sealed())
    return render_template("introductions/show.html", one=mine, words=words, closed=unasked)


def _both_open(session: Session, mine: Mine) -> bool:
    return len(open_to(session, _me(), {mine.first_id, mine.second_id})) == 2


def _about(session: Session, mine: Mine) -> dict[UUID, CardView]:
    """Whom a paragraph is for → the card it is about. Of a wish only who is wished for reads one of the connector."""
    cards = open_to(session, _me(), {mine.first_id, mine.second_id})
    if len(cards) < 2:
        raise NotHere
    about = {mine.first_id: cards[mine.second_id], mine.second_id: cards[mine.first_id]}
    return {mine.second_id: about[mine.second_id]} if mine.wished else about


def _typed_before(session: Session, mine: Mine) -> Typed:
    """What is in the fields at first: the words of who wished, or what the two have to say to each other."""
    about = _about(session, mine)
    if mine.wished:
        words = words_of(session, mine.introduction_id, _sealed())
        return Typed({mine.second_id: words.get(mine.first_id, "")}, by_mail=False)
    first, second = about.values()
    topics = topics_of(common_ground(topics_on(first.fields), topics_on(second.fields)))
    start = _("I thought of you both because of %(topics)s.", topics=", ".join(topics)) if topics else ""
    return Typed(dict.fromkeys(about, start), by_mail=False)


def _draft_page(mine: Mine, typed: Typed) -> str:
    first_names = {mine.first_id: first_name(mine.first), mine.second_id: first_name(mine.second)}
    page = {"one": mine, "typed": typed, "first_names": first_names, "longest": LONGEST}
    return render_template("introductions/draft.html", **page)


@bp.post("/introductions/<uuid:introduction_id>/asking")
@signed_in
def ask_both(introduction_id: UUID) -> Response:
    """Ask both, each alone, in these words; or pass a wish on."""
    session, by = db.session(), current_actor()
    mine = get_mine(session, introduction_id, by.someone.id, now())
    if mine.state not in {"draft", "put aside", "wished"}:
        return redirect_to(url_for(".show", introduction_id=introduction_id))
    typed = read_paragraphs(request.form, _about(session, mine))
    if typed.errors:
        return make_response(_draft_page(mine, typed), 422)
    spend("introduction", by.someone.id)
    asked = Paragraphs(typed.words, typed.by_mail)
    operation, keyring = operation_id(request.form), current_keyring()
    verdict: AskVerdict = ask(session, operation, introduction_id, asked, by=by, keyring=keyring, at=now())
    session.commit()
    match verdict:
        case Asked():
            flash(_("Each is asked alone. You hear when both say yes."), "agreed")
        case AskedOften():
            flash(_("You asked these two before, or wait for many. Nothing was sent."), "wait")
        case _:
            assert_never(verdict)
    return redirect_to(url_for(".show", introduction_id=introduction_id))


@bp.post("/introductions/<uuid:introduction_id>/withdrawal")
@signed_in
def take_back(introduction_id: UUID) -> Response:
    """Ask nobody any more."""
    session, by = db.session(), current_actor()
    verdict: BackVerdict = withdraw(session, operation_id(request.form), introduction_id, by=by, at=now())
    session.commit()
    match verdict:
        case TakenBack():
            flash(_("Taken back. Nobody is asked any more."), "agreed")
        case TooLate():
            flash(_("Both had said yes already. It is theirs now."), "wait")
        case _:
            assert_never(verdict)
    return redirect_to(url_for(".show", introduction_id=introduction_id))


@bp.post("/introductions/<uuid:introduction_id>/removal")
@signed_in
def set_aside(introduction_id: UUID) -> Response:
    """Not these two, or not this wish. Nobody is told."""
    put_aside(db.session(), introduction_id, by=current_actor(), at=now())
    db.session.commit()
    flash(_("Put aside. Nobody is told."), "agreed")
    return redirect_to(url_for(".index"))
