"""A story for others: made of a chain, asked of those it names, published, taken back."""

from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.chains.publishing import (
    LONGEST_PHRASE,
    NewLine,
    answer_asking,
    asking,
    my_story,
    publish,
    read_story,
    story_link,
    take_back,
    tell_story,
)
from webapp.chains.telling import chain_of
from webapp.chains.views import my_ledger, words
from webapp.contacts.forms import operation_id
from webapp.core.clock import now
from webapp.core.database import db
from webapp.web.access import public, signed_in
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import redirect_to
from webapp.web.words import _

bp = Blueprint("stories", __name__)


@bp.get("/me/outcomes/<uuid:outcome_id>/story")
@signed_in
def new(outcome_id: UUID) -> str:
    """How each part is told, and who is asked to be named."""
    chain = chain_of(my_ledger(), outcome_id, now().date())
    return render_template("chains/new_story.html", chain=chain, longest_phrase=LONGEST_PHRASE, **words())


@bp.post("/me/outcomes/<uuid:outcome_id>/story")
@signed_in
def create(outcome_id: UUID) -> Response:
    """Keep the story; nobody reads it yet."""
    chain, form = chain_of(my_ledger(), outcome_id, now().date()), request.form
    title = form.get("title", "").strip()
    if not title:
        flash(_("Give it a title."), "wait")
        return redirect_to(url_for(".new", outcome_id=outcome_id))
    places = range(len(chain.stops))
    lines = [NewLine(form.get(f"phrase-{place}", ""), form.get(f"ask-{place}") == "yes") for place in places]
    by, keyring = current_actor(), current_keyring()
    told = tell_story(db.session(), operation_id(form), outcome_id, title, lines, by=by, keyring=keyring, at=now())
    db.session.commit()
    return redirect_to(url_for(".show", story_id=told.id))


@bp.get("/me/stories/<uuid:story_id>")
@signed_in
def show(story_id: UUID) -> str:
    """My story as it would be read now, and its link."""
    told = my_story(db.session(), current_keyring(), story_id, by=current_actor())
    link = current_settings().base_url + story_link(current_keyring(), story_id)
    return render_template("chains/my_story.html", told=told, link=link)


@bp.post("/me/stories/<uuid:story_id>/publication")
@signed_in
def create_publication(story_id: UUID) -> Response:
    """Whoever has the link reads it from now on."""
    publish(db.session(), story_id, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".show", story_id=story_id))


@bp.post("/me/stories/<uuid:story_id>/withdrawal")
@signed_in
def withdraw(story_id: UUID) -> Response:
    """Nobody reads it any more."""
    outcome_id = take_back(db.session(), story_id, by=current_actor(), at=now())
    db.session.commit()
    flash(_("Taken back. The link opens nothing now."), "agreed")
    return redirect_to(url_for("chains.show", outcome_id=outcome_id))


@bp.get("/me/named/<uuid:asked_id>")
@signed_in
def asked(asked_id: UUID) -> str:
    """Somebody asks to name me: the story as it would be read."""
    question = asking(db.session(), current_keyring(), asked_id, by=current_actor())
    return render_template("chains/asked.html", question=question)


@bp.post("/me/named/<uuid:asked_id>")
@signed_in
def answer(asked_id: UUID) -> Response:
    """Name me, or do not."""
    yes = request.form.get("answer") == "yes"
    answer_asking(db.session(), asked_id, yes=yes, by=current_actor(), at=now())
    db.session.commit()
    return redirect_to(url_for(".asked", asked_id=asked_id))


@bp.get("/stories/<uuid:story_id>/<story_proof>")
@public
def read(story_id: UUID, story_proof: str) -> str:
    """A story, read by whoever has its link."""
    told = read_story(db.session(), current_keyring(), story_id, story_proof)
    return render_template("chains/story.html", told=told)


@bp.get("/evidence")
@public
def evidence() -> str:
    """What research says about meeting people, with its limits."""
    return render_template("chains/evidence.html")
