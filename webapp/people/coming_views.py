"""Before the next gathering: who comes again of those I met, whether they may see that I come, and lending a hand."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.events.considering import SecondThought
from webapp.events.forms import HAND_WORDS
from webapp.events.hands import NoneLeft, lend
from webapp.events.models import HANDS, Attendee
from webapp.intentions.load import think_of_evenings
from webapp.people.coming import coming_up, get_place_ahead, let_coming_be_seen
from webapp.web.access import signed_in
from webapp.web.current import current_actor, current_keyring
from webapp.web.hypermedia import redirect_to
from webapp.web.words import _

bp = Blueprint("coming", __name__)


@bp.get("/coming")
@signed_in
def index() -> str:
    """Where I go next, and whom I met before who comes too."""
    sealed = Sealed(current_keyring(), "notes")
    ahead = coming_up(db.session(), current_actor().someone.id, sealed, now())
    return render_template("people/coming.html", ahead=ahead, hand_words=HAND_WORDS)


@bp.post("/coming/<uuid:place_id>")
@signed_in
def choose(place_id: UUID) -> Response:
    """People I met before may see that I come, or may not; a yes to one evening too many is asked once more."""
    shown, by = request.form.get("shown") == "yes", current_actor()
    place = get_place_ahead(db.session(), place_id, by.someone.id, now())
    if shown and request.form.get("sure") != "yes":
        thought = think_of_evenings(db.session(), by.someone.id, place.event)
        if thought:
            return _think_again(place, thought)
    let_coming_be_seen(db.session(), place_id, shown=shown, by=by, at=now())
    db.session.commit()
    return redirect_to(url_for(".index", _anchor=f"coming-{place_id}"))


@bp.post("/coming/<uuid:place_id>/hand")
@signed_in
def lend_hand(place_id: UUID) -> Response:
    """I help there with this, which its organizers see; or no longer."""
    hand = request.form.get("hand", "")
    place = get_place_ahead(db.session(), place_id, current_actor().someone.id, now())
    verdict = lend(db.session(), place, hand if hand in HANDS else "")
    db.session.commit()
    if isinstance(verdict, NoneLeft):
        flash(_("Others were faster: no more are wanted there. Nothing changed."), "wait")
    return redirect_to(url_for(".index", _anchor=f"coming-{place_id}"))


def _think_again(place: Attendee, thought: SecondThought) -> Response:
    page = {"action": url_for(".choose", place_id=place.id), "sent": {"shown": "yes"}}
    return make_response(render_template("events/second_thought.html", thought=thought, event=place.event, **page), 409)
