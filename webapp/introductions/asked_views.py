"""Being asked, and what follows a yes: answers on the phone or behind a mailed link, hello, thanks, three questions."""

from typing import assert_never
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.introductions.after import reply, say_hello, thank
from webapp.introductions.answering import answer
from webapp.introductions.choices import Choices, choices_of, choose, choose_tie
from webapp.introductions.forms import read_answer, read_question
from webapp.introductions.links import get_ask
from webapp.introductions.mails import find_question
from webapp.introductions.models import IntroductionAsk
from webapp.introductions.queries import my_fields
from webapp.introductions.verdicts import Answered, AnswerVerdict, Made
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.security import local_path, posted_by_mail
from webapp.web.words import _

bp = Blueprint("asked", __name__)

_LINK = "/introductions/asks/<uuid:ask_id>/<ask_proof>"


def _answer(ask_id: UUID, person_id: UUID) -> AnswerVerdict:
    said, by_mail = read_answer(request.form)
    sealed = Sealed(current_keyring(), "notes")
    verdict: AnswerVerdict = answer(
        db.session(), ask_id, said, by_mail=by_mail, person_id=person_id, sealed=sealed, at=now()
    )
    db.session.commit()
    return verdict


@bp.post("/introductions/asks/<uuid:ask_id>/answer")
@signed_in
def answer_mine(ask_id: UUID) -> Response:
    """Yes, not now or no. Nobody else can tell which, until there are two yeses."""
    verdict = _answer(ask_id, current_actor().someone.id)
    match verdict:
        case Answered():
            flash(_("Kept. If both say yes, you hear of it here."), "agreed")
            return redirect_to(local_path(request.form.get("then")) or url_for("introductions.index"))
        case Made(introduction_id):
            return redirect_to(url_for("introductions.show", introduction_id=introduction_id))
        case _:
            assert_never(verdict)


# Behind a mailed question: whoever has the mail has the link, so every look-up goes through it.


@bp.get(_LINK)
@public
def question(ask_id: UUID, ask_proof: str) -> Response:
    """The question with its answers; looking changes nothing, mail scanners look too."""
    ask = _held(ask_id, ask_proof)
    asked = find_question(db.session(), ask, current_keyring()) if ask else None
    if ask is None or asked is None:
        return _over()
    page = {"asked": asked, "fields": my_fields(db.session(), ask.person_id)}
    return make_response(render_template("introductions/question.html", **page, stop=f"{request.path}/no-more-mail"))


@bp.post(_LINK)
@public
def answer_by_mail(ask_id: UUID, ask_proof: str) -> Response:
    """The same answers as on the phone, without signing in."""
    ask = _held(ask_id, ask_proof)
    if ask is None:
        return _over()
    try:
        verdict = _answer(ask.id, ask.person_id)
    except NotHere:
        db.session.rollback()
        return _over()
    if isinstance(verdict, Made):
        return make_response(render_template("introductions/came_about.html"))
    return redirect_to(request.path)


def _held(ask_id: UUID, proof: str) -> IntroductionAsk | None:
    try:
        ask = get_ask(db.session(), current_keyring(), ask_id, proof)
    except NotHere:
        return None
    spend("link from a mail", ask.id)
    return ask


def _over() -> Response:
    """The same for a link that is too old, changed, taken back, or of somebody who left."""
    return make_response(render_template("introductions/question_over.html"), 404)


@bp.get(f"{_LINK}/no-more-mail")
@public
def mail_choice(ask_id: UUID, ask_proof: str) -> str:
    """Whether we ask by mail; looking changes nothing."""
    ask = get_ask(db.session(), current_keyring(), ask_id, ask_proof)
    return render_template("introductions/mail_choice.html", by_mail=choices_of(db.session(), ask.person_id).by_mail)


@bp.post(f"{_LINK}/no-more-mail")
@public
@posted_by_mail
def choose_mail(ask_id: UUID, ask_proof: str) -> Response:
    """No more questions by mail. Also what a mail program's own button posts."""
    session, ask = db.session(), get_ask(db.session(), current_keyring(), ask_id, ask_proof)
    choose(session, ask.person_id, Choices(by_mail=False, seen=choices_of(session, ask.person_id).seen))
    session.commit()
    return redirect_to(request.path)


# Once it is made.


@bp.post("/introductions/<uuid:introduction_id>/hello")
@signed_in
def hello(introduction_id: UUID) -> Response:
    """I wrote to them."""
    say_hello(db.session(), introduction_id, current_actor().someone.id, at=now())
    db.session.commit()
    return _back(introduction_id)


@bp.post("/introductions/<uuid:introduction_id>/thanks")
@signed_in
def thanks(introduction_id: UUID) -> Response:
    """Thanks to whoever brought us together."""
    thank(db.session(), introduction_id, current_actor().someone.id, at=now())
    db.session.commit()
    return _back(introduction_id)


@bp.post("/introductions/<uuid:introduction_id>/replies")
@signed_in
def keep_reply(introduction_id: UUID) -> Response:
    """Whether we met, whether anything came of it: for me alone."""
    asked, yes = read_question(request.form)
    reply(db.session(), introduction_id, asked, yes=yes, person_id=current_actor().someone.id, at=now())
    db.session.commit()
    flash(_("Kept, for you alone."), "agreed")
    return _back(introduction_id)


def _back(introduction_id: UUID) -> Response:
    there = url_for("introductions.show", introduction_id=introduction_id)
    return redirect_to(local_path(request.form.get("then")) or there)


# How I want it.


@bp.post("/me/introductions")
@signed_in
def choose_mine() -> Response:
    """By mail too, and seen by friends of friends, or not."""
    wanted = Choices(by_mail="by_mail" in request.form, seen="seen" in request.form)
    choose(db.session(), current_actor().someone.id, wanted)
    db.session.commit()
    flash(_("Kept."), "agreed")
    return redirect_to(url_for("introductions.index", _anchor="choices"))


@bp.post("/people/<uuid:person_id>/tie")
@signed_in
def choose_one(person_id: UUID) -> Response:
    """Whether that I know this one may be seen."""
    seen = {"yes": True, "no": False}.get(request.form.get("seen", ""))
    choose_tie(db.session(), current_actor().someone.id, person_id, seen)
    db.session.commit()
    return redirect_to(url_for("people.show", person_id=person_id, _anchor="share"))
