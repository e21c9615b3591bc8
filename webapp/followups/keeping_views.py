"""Next, act by act: do it, did it, another day, not this person; how to keep in touch, and how much of it at a time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.accounts.cards import COMFORTS, choose_comfort, get_card
from webapp.contacts.forms import WAY_WORDS, operation_id
from webapp.contacts.promising import settle
from webapp.contacts.reminding import settle_reminder
from webapp.contacts.touching import LONGEST_WORDS, NotYetHappened, log_touch, say_answered, take_back_touch
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.events.names import split_name
from webapp.followups.asking import Opened, question_link, questions_to
from webapp.followups.asking_views import LONGEST_ASK
from webapp.followups.drafts import ABOUTS, NO_AGENDA, About, Material, Request, write_draft
from webapp.followups.forms import (
    read_about,
    read_deed,
    read_ids,
    read_next_day,
    read_rhythm,
    read_way,
    says_rhythm,
)
from webapp.followups.keeping import choose_rhythm, let_be, name_next_day, put_off, tie_of
from webapp.followups.pace import BOXES, choose_minutes, choose_rest, count_done
from webapp.followups.queue import Item, get_item
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring, current_settings
from webapp.web.hypermedia import redirect_to
from webapp.web.security import local_path
from webapp.web.templating import clock_time, date_words
from webapp.web.words import _

bp = Blueprint("keeping", __name__)


def _me() -> UUID:
    return current_actor().someone.id


def _back(person_id: UUID, part: str) -> Response:
    """To where the form said, else to their page."""
    then = local_path(request.form.get("then"))
    return redirect_to(then or url_for("people.show", person_id=person_id, _anchor=part))


# One person.


@bp.get("/next/<uuid:person_id>")
@signed_in
def step(person_id: UUID) -> str:
    """One person, and every way to do the next thing: a way, what it is for, words to begin with."""
    item = get_item(db.session(), _me(), person_id, Sealed(current_keyring(), "notes"), now())
    about, way = read_about(request.args.get("about", "")), read_way(request.args.get("way", ""))
    sealed, keyring, base_url = Sealed(current_keyring(), "notes"), current_keyring(), current_settings().base_url
    asked = questions_to(db.session(), _me(), person_id, sealed)
    question = next((one for one in asked if str(one.id) == request.args.get("question")), None)
    page: dict[str, Any] = {"item": item, "about": about, "abouts": ABOUTS, "calm": NO_AGENDA}
    page |= {"no_agenda": about in NO_AGENDA, "question": question}
    page |= {"questions": [(one, question_link(keyring, one.id)) for one in asked]}
    page |= {"way": way if way in item.ways else item.way, "way_words": WAY_WORDS}
    link = base_url + question_link(keyring, question.id) if question else ""
    draft = draft_for(item, about, question, link)
    page |= {"draft": draft, "today": item.tie.wall.day_of(now()).isoformat()}
    return render_template("followups/step.html", **page, longest_ask=LONGEST_ASK, longest_words=LONGEST_WORDS)


def draft_for(item: Item, about: About, question: Opened | None = None, link: str = "") -> str:
    """Words to begin with, of what stands on the two cards."""
    fields, event = item.met.card.fields if item.met.card else {}, item.met.meeting.event
    shared = " ".join(filter(None, [item.drafts[0].words, item.drafts[0].link])) if item.drafts else ""
    material = Material(
        given_name=split_name(item.met.name)[0] or item.met.name,
        place=event.title if event and item.why == "new" else "",
        they_like=fields.get("ask_me_about", ""),
        my_help=get_card(db.session(), _me()).can_help_with,
        shared=shared,
        promised=bool(item.promises),
    )
    if question is None:
        return write_draft(about, material)
    when = [
        _("%(day)s, %(time)s", day=date_words(one, question.zone), time=clock_time(one, question.zone))
        for one in question.times
    ]
    return write_draft(about, material, Request(question.kind, question.words, tuple(when), question.zone, link))


@bp.post("/people/<uuid:person_id>/touches")
@signed_in
def log(person_id: UUID) -> Response:
    """I did it. What was promised or to be sent with it is settled; a day the talk named, and a rhythm, are kept."""
    session, at, me = db.session(), now(), _me()
    wall = tie_of(session, me, person_id).wall
    deed = read_deed(request.form, wall, at)
    if deed is None:
        flash(_("How did you get in touch? Choose a way."), "wait")
        return _back(person_id, "touches")
    operation, keyring = operation_id(request.form), current_keyring()
    verdict = log_touch(session, operation, person_id, deed, by=current_actor(), keyring=keyring, at=at)
    if isinstance(verdict, NotYetHappened):
        flash(_("That day is still to come. Write it down when it was."), "wait")
        return _back(person_id, "touches")
    _settle_with_it()
    if says_rhythm(request.form):
        choose_rhythm(session, person_id, read_rhythm(request.form), person_id=me, at=at)
    if day := read_next_day(request.form.get("next_on", ""), wall.day_of(at)):
        name_next_day(session, person_id, day, person_id=me, at=at)
    return _done(person_id, _("Kept. That was good of you."))


def _settle_with_it() -> None:
    for promise_id in read_ids(request.form.getlist("promise")):
        settle(db.session(), promise_id, _me(), done=True, at=now())
    for reminder_id in read_ids(request.form.getlist("draft")):
        settle_reminder(db.session(), reminder_id, _me(), sent=True, at=now())


def _done(person_id: UUID, words: str) -> Response:
    """One thing of the box is done, if it was done from there."""
    if "box" in request.form:
        count_done(db.session(), _me(), at=now())
    db.session.commit()
    flash(words, "agreed")
    return _back(person_id, "touches")


@bp.post("/people/<uuid:person_id>/another-day")
@signed_in
def another_day(person_id: UUID) -> Response:
    """Not now: tomorrow, in a week, or on the day I say."""
    session, at = db.session(), now()
    today = tie_of(session, _me(), person_id).wall.day_of(at)
    days = {"tomorrow": 1, "week": 7}.get(request.form.get("when", ""))
    day = today + timedelta(days=days) if days else read_next_day(request.form.get("day", ""), today)
    if day is None:
        flash(_("Choose a day that is still to come."), "wait")
        return _back(person_id, "keeping")
    put_off(session, operation_id(request.form), person_id, day, by=current_actor(), at=at)
    return _done(person_id, _("Another day, then."))


@bp.post("/people/<uuid:person_id>/keeping")
@signed_in
def choose(person_id: UUID) -> Response:
    """How to keep in touch with them, or let it rest."""
    session, at, me = db.session(), now(), _me()
    tie = tie_of(session, me, person_id)
    if request.form.get("rhythm") == "longer" and tie.rhythm:
        choose_rhythm(session, person_id, tie.rhythm.longer(), person_id=me, at=at)
        later = tie.wall.day_of(at) + timedelta(days=tie.rhythm.ideal)
        name_next_day(session, person_id, later, person_id=me, at=at)
    elif request.form.get("rhythm") == "not":
        let_be(session, person_id, person_id=me, at=at)
    elif says_rhythm(request.form):
        choose_rhythm(session, person_id, read_rhythm(request.form), person_id=me, at=at)
    else:
        flash(_("Choose one, or leave it."), "wait")
        return _back(person_id, "keeping")
    return _done(person_id, _("So be it."))


# What I wrote down.


@bp.post("/touches/<uuid:touch_id>/removal")
@signed_in
def take_back(touch_id: UUID) -> Response:
    """It never was."""
    gone = take_back_touch(db.session(), operation_id(request.form), touch_id, by=current_actor(), at=now())
    db.session.commit()
    return _back(gone.other_id, "touches")


@bp.post("/touches/<uuid:touch_id>/answer")
@signed_in
def answered(touch_id: UUID) -> Response:
    """They answered, or not yet after all."""
    yes = request.form.get("answered") == "yes"
    other = say_answered(db.session(), touch_id, _me(), answered=yes, at=now())
    db.session.commit()
    return _back(other, "touches")


# How much of it.


@bp.post("/next/minutes")
@signed_in
def choose_box() -> Response:
    """I have so many minutes."""
    minutes = next((one for one in BOXES if str(one) == request.form.get("minutes")), 5)
    choose_minutes(db.session(), _me(), minutes)
    db.session.commit()
    return redirect_to(url_for("people.next_page"))


@bp.post("/me/rest")
@signed_in
def choose_own_rest() -> Response:
    """Nothing from you for so many hours after an evening."""
    hours = request.form.get("hours", "")
    if hours.isascii() and hours.isdigit():
        choose_rest(db.session(), _me(), int(hours[:4]))
        db.session.commit()
    return redirect_to(url_for("people.me", _anchor="rest"))


@bp.post("/me/comfort")
@signed_in
def choose_own_comfort() -> Response:
    """How far I like to go with people: writing, talking, being seen."""
    said = request.form.get("comfort", "")
    choose_comfort(db.session(), _me(), said if said in COMFORTS else "", at=now())
    db.session.commit()
    return redirect_to(url_for("people.me", _anchor="comfort"))
