"""People, Next and Me: three of the four places on the phone."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from structlog import get_logger

from webapp.accounts.cards import card_fields, get_card
from webapp.accounts.people import find_joined
from webapp.accounts.photos import photo_of
from webapp.chains.early import asked_about
from webapp.chains.kinds import Ledger, Node
from webapp.chains.publishing import askings_of
from webapp.chains.telling import chains_through
from webapp.chains.words import OUTCOME_WORDS, STATE_WORDS
from webapp.circles.queries import circles_of
from webapp.contacts.asking import Asked, standing
from webapp.contacts.forms import LONGEST_SHARED, REASONS, WAY_WORDS
from webapp.contacts.loose import loose_notes_of
from webapp.contacts.queries import OpenedPromise, memories_of, memory_of
from webapp.contacts.remembering import LONGEST_NOTE
from webapp.contacts.reminding import reminders_of
from webapp.contacts.roles import roles_of
from webapp.contacts.tagging import LONGEST_TAG, Words, words_of
from webapp.contacts.taking_home import LONGEST_WORDS, NOTHING_TAKEN, get_evening, taken_home_by
from webapp.contacts.touching import LONGEST_WORDS as LONGEST_TOUCH
from webapp.contacts.touching import touches_of
from webapp.contacts.wishing import wish_of
from webapp.core.actor import NotHere, PersonRef
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.events.queries import places_ahead
from webapp.followups.keeping import line_of
from webapp.followups.keeping_views import draft_for
from webapp.followups.lapse import small_step
from webapp.followups.models import Pace
from webapp.followups.pace import BOXES, box_in, rest_of
from webapp.followups.queue import Item, queue_of, written_by
from webapp.followups.quiet import quiet_hours_of
from webapp.followups.weekly_views import feed_link
from webapp.intentions.measuring import asks_for
from webapp.intentions.moods import moods_of
from webapp.intentions.words import MOOD_WORDS
from webapp.introductions.after import asking
from webapp.introductions.after import without_a_word as without_a_hello
from webapp.introductions.choices import tie_choice
from webapp.introductions.circle_asks import standing_ask
from webapp.introductions.queries import asked_of, has_any, made_for, my_fields, suggested_to, wishes_for
from webapp.people.door_code import find_door_code, make_door_code
from webapp.people.evenings import came_to, with_quiet_ones
from webapp.people.forms import read_wanted
from webapp.people.outside_shown import due_within, elsewhere_of, known_before, outside_shown
from webapp.people.placing import find_around
from webapp.people.printing import PATIENCE, NotPrinted, evening_sheet, expect_a_tap, print_sheet
from webapp.people.queries import circles_in, open_at, promised_at, still_promised, took_back, without_a_word
from webapp.people.search import find, find_passage
from webapp.people.sheet import Paper
from webapp.people.taking_along import Held, met_words, what_i_hold, write_cards, write_table
from webapp.people.vcard import file_name, write_vcard
from webapp.swaps.granting import fields_to_give
from webapp.swaps.kind_lines import LONGEST_LINE, lines_about, lines_on, my_line
from webapp.swaps.queries import blocked_by_me, granted_card, just_given_to_all, waiting_for_me, who_has_my_card
from webapp.swaps.stories import Evening, PairStory, met_by, pair_story
from webapp.swaps.tonight import MODES, tonight_of
from webapp.web.access import signed_in
from webapp.web.current import cookie_name, current_actor, current_keyring, current_settings
from webapp.web.hypermedia import redirect_to
from webapp.web.limits import spend
from webapp.web.pictures import jpeg_response

bp = Blueprint("people", __name__)
log = get_logger()

MANY = 3
"""Cards that wait from which one yes may answer them all."""
INSTALL_ANSWER = "install"
"""The cookie by which a phone remembers that it was offered to keep Mixwell (static/js/lib/install-offer.js)."""
AT_ONCE = 3
"""People without a word that Next asks about at a time: half a minute's worth."""


def _me() -> PersonRef:
    return current_actor().someone


# People.


@bp.get("/people")
@signed_in
def index() -> str:
    """Whom I met, evening by evening; those alone whom the words and filters of the address leave."""
    session, me, wanted, at = db.session(), _me().id, read_wanted(request.args), now()
    evenings, withdrawn = met_by(session, me), took_back(session, me)
    promised = promised_at(session, me, Sealed(current_keyring(), "notes")) if wanted.keys or wanted.promised else {}
    tags = words_of(session, me, Sealed(current_keyring(), "notes"))
    elsewhere = elsewhere_of(session, me, Sealed(current_keyring(), "notes"))
    before = elsewhere.words_by_person()
    notes = _all_my_words(_my_words(session, me, promised), evenings, tags, before) if wanted.keys else {}
    found = find(evenings, notes, wanted, open_at(promised), tags.carriers(wanted.tag_id))
    taken = taken_home_by(session, me, Sealed(current_keyring(), "notes"))
    shown = with_quiet_ones(found.evenings, taken, came_to(session, me), wanted, among=evenings)
    events = [evening.event for evening in evenings if evening.event]
    if events:
        expect_a_tap()
    ahead = [place for place in places_ahead(session, me, at) if place.event.starts_at > at]
    page: dict[str, object] = {"ahead": ahead, "tags": tags, "circles": circles_in(session, evenings)}
    page["outside"] = outside_shown(elsewhere, wanted)
    page |= {"events": events, "withdrawn": withdrawn, "wanted": wanted, "found": found, "evenings": shown}
    page["pair"] = next(iter(suggested_to(session, me, evenings)), None) if not wanted.narrows else None
    answered = cookie_name(INSTALL_ANSWER) in request.cookies
    page["offers_install"] = not answered and any(met.state == "swapped" for one in evenings for met in one.people)
    passages = {event: find_passage(f"{words.idea} {words.tip}", wanted.keys) for event, words in taken.items()}
    return render_template("people/index.html", **page, taken=taken, taken_passages=passages)


@bp.get("/people/evenings/<uuid:event_id>")
@signed_in
def evening(event_id: UUID) -> str:
    """One evening of mine: the idea and the tip I took home."""
    me, sealed = _me().id, Sealed(current_keyring(), "notes")
    event = get_evening(db.session(), event_id, me)
    words = taken_home_by(db.session(), me, sealed).get(event, NOTHING_TAKEN)
    page = {"asks_mood": asks_for(db.session(), me, "moods"), "mood": moods_of(db.session(), me).get(event_id, "")}
    page |= {"mood_words": MOOD_WORDS, "then": url_for(".evening", event_id=event_id)}
    return render_template("people/evening.html", event=event, words=words, longest_words=LONGEST_WORDS, **page)


def _my_words(session: Session, me: UUID, promised: dict[UUID, list[OpenedPromise]]) -> dict[UUID, str]:
    """Everything I wrote, by meeting id: the note, then each promise."""
    remembered = memories_of(session, me, Sealed(current_keyring(), "notes"))
    lines = {meeting_id: [one.words for one in made] for meeting_id, made in promised.items()}
    return {
        key: "\n".join([memory.note, memory.reason, memory.place, *lines.get(key, [])])
        for key, memory in remembered.items()
    }


def _all_my_words(
    notes: dict[UUID, str], evenings: Sequence[Evening], tags: Words, before: dict[UUID, str]
) -> dict[UUID, str]:
    """My words on each meeting, those by which I find whom I met there, and what I knew of them before."""
    met = {one.meeting.id: one.person_id for evening in evenings for one in evening.people}
    said = {key: " ".join(word.text for word in tags.of(person_id)) for key, person_id in met.items()}
    return {key: f"{notes.get(key, '')}\n{words}\n{before.get(met[key], '')}" for key, words in said.items()}


@bp.get("/people/sheets/<uuid:event_id>")
@signed_in
def sheet(event_id: UUID) -> Response:
    """My own sheet for the pen: whom I met that evening, with my notes. `paper=letter` for US Letter, else A4."""
    me, sealed, base_url = _me(), Sealed(current_keyring(), "notes"), current_settings().base_url
    paper: Paper = "letter" if request.args.get("paper") == "letter" else "a4"
    mine = evening_sheet(db.session(), me, event_id, paper, sealed=sealed, base_url=base_url, at=now())
    db.session.rollback()  # nobody waits for the database while the sheet is drawn
    spend("sheet", me.id)
    printed = print_sheet(mine, me.id)
    if isinstance(printed, NotPrinted):
        again = url_for(".sheet", event_id=event_id, paper=paper)
        page = render_template("people/not_printed.html", again=again)
        return make_response(page, 503, {"Retry-After": f"{PATIENCE:.0f}"})
    return on_paper(printed, "people-you-met.pdf")


def on_paper(printed: bytes, name: str) -> Response:
    """A PDF of somebody's own, shown and never stored on the way."""
    response = send_file(io.BytesIO(printed), "application/pdf", download_name=name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
    return response


@bp.get("/people/<uuid:person_id>")
@signed_in
def show(person_id: UUID) -> ResponseReturnValue:
    """One person: their card as far as it is open to me, how we met, my words, what I gave."""
    me, sealed = _me().id, Sealed(current_keyring(), "notes")
    story = _story(me, person_id)
    if story.person_id != person_id:
        return redirect_to(url_for(".show", person_id=story.person_id))
    remembered = {meeting.id: memory_of(db.session(), meeting.id, me, sealed) for meeting in story.meetings}
    around = find_around(db.session(), me, story.meetings)
    here = url_for(".show", person_id=person_id)
    promised = promised_at(db.session(), me, sealed)
    page = {"story": story, "memories": remembered, "then": here, "kept": False, "longest_note": LONGEST_NOTE}
    page |= {"roles": roles_of(db.session(), me, person_id, sealed), "today": now().date().isoformat()}
    page |= {"reminders": reminders_of(db.session(), me, person_id, sealed), "longest_shared": LONGEST_SHARED}
    page |= {"touches": touches_of(db.session(), me, person_id, sealed), "way_words": WAY_WORDS}
    page |= {"line": line_of(db.session(), me, person_id), "longest_words": LONGEST_TOUCH}
    page |= {"tags": words_of(db.session(), me, sealed), "longest_tag": LONGEST_TAG}
    page["entries"], page["may_be"] = known_before(db.session(), me, story, sealed)
    came = chains_through(Ledger(db.session(), me, sealed), Node("person", person_id), now().date())
    page |= {"came": came, "outcome_words": OUTCOME_WORDS, "state_words": STATE_WORDS}
    page["tie"] = tie_choice(db.session(), me, person_id)
    if story.card:
        page |= {
            "longest_line": LONGEST_LINE,
            "kind_lines": lines_on(db.session(), person_id, me),
            "kind_line": my_line(db.session(), person_id, me),
        }
    page |= {"reasons": REASONS, "reason": next((said.reason for said in remembered.values() if said.reason), "")}
    return render_template("people/show.html", **page, arounds=around, promised_at=promised)


def _story(me: UUID, person_id: UUID) -> PairStory:
    """My story with this person, or with whom they have become: a link on paper outlives a joining."""
    try:
        return pair_story(db.session(), me, person_id)
    except NotHere:
        now_called = find_joined(db.session(), person_id)
        if now_called is None:
            raise
        return pair_story(db.session(), me, now_called)


@bp.get("/people/<uuid:person_id>/photo.jpg")
@signed_in
def photo(person_id: UUID) -> Response:
    """The photo on their card, if it is open to me."""
    held = granted_card(db.session(), person_id, _me().id)
    jpeg = photo_of(db.session(), person_id) if held and held.has_photo else None
    if jpeg is None:
        raise NotHere
    return jpeg_response(jpeg)


@bp.get("/people/<uuid:person_id>/card.vcf")
@signed_in
def card(person_id: UUID) -> Response:
    """Their card for my phone's contacts; not in the minute in which they can still undo."""
    story = pair_story(db.session(), _me().id, person_id)
    if story.card is None:
        raise NotHere
    if not story.card.may_export(now()):
        return make_response(render_template("people/not_yet.html", story=story), 409)
    written = write_vcard(story.card.fields, met_words(story.card, story.meetings[0]))
    return _file(written, "text/vcard", file_name(story.card.name))


def _file(written: bytes, kind: str, name: str) -> Response:
    response = send_file(io.BytesIO(written), kind, as_attachment=True, download_name=name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


# All of them, to take along.


@bp.get("/people/taking-along")
@signed_in
def taking_along() -> str:
    """What I may take along, and what stays here for a minute."""
    return render_template("people/taking_along.html", held=_held())


@bp.get("/people/cards.vcf")
@signed_in
def all_cards() -> Response:
    """Every card that is open to me, in one file for a phone's contacts. Nothing to take is not a file."""
    cards = _held().cards
    if not cards:
        raise NotHere
    _note_export("cards", len(cards))
    return _file(write_cards(cards), "text/vcard", "mixwell-people.vcf")


@bp.get("/people/table.csv")
@signed_in
def table() -> Response:
    """Everybody I met with my notes, for a spreadsheet."""
    memories = memories_of(db.session(), _me().id, Sealed(current_keyring(), "notes"))
    people = _held().met
    _note_export("table", len(people))
    return _file(write_table(people, memories), "text/csv", "mixwell-people.csv")


def _held() -> Held:
    return what_i_hold(met_by(db.session(), _me().id), now())


def _note_export(kind: str, rows: int) -> None:
    """Who took what along, in numbers (trust.md 5.5)."""
    log.info("exported", actor=current_actor().label, kind=kind, rows=rows)


# Next.


@bp.get("/next")
@signed_in
def next_page() -> str:
    """What waits for me, in the order of what others wait for."""
    me = _me().id
    sealed, at = Sealed(current_keyring(), "notes"), now()
    waiting, written = waiting_for_me(db.session(), me, also_put_off=True), written_by(db.session(), me, sealed)
    asking = {card.person_id for card in waiting if not card.put_off}
    queue, pace = queue_of(db.session(), me, written, sealed=sealed, at=at), db.session.get(Pace, me)
    box = box_in(pace, at)
    tending = wish_of(db.session(), me).tending
    steps = [one for one in queue.items if one.met.person_id not in asking and not (tending and one.why == "new")]
    known = asking | {item.met.person_id for item in steps}
    bare = [met for met in without_a_word(written) if met.person_id not in known and not tending]
    open_now = [card for card in waiting if not card.put_off]
    page = {"waiting": open_now, "put_off": [card for card in waiting if card.put_off], "bare": bare[:AT_ONCE]}
    page["promises"] = still_promised(written.promises, written.evenings)
    page |= {"said_yes": just_given_to_all(db.session(), me, at), "many": MANY}
    page["small_step"] = small_step(steps, written, pace, at)
    page |= {"queue": queue, "box": box, "boxes": BOXES, "steps": steps, "drafts": _drafts(steps[: box.left])}
    page["outside_due"] = due_within(db.session(), me, box.left - len(steps), sealed, at)
    page["loose"] = loose_notes_of(db.session(), me, sealed)
    question = standing(db.session(), me, at)
    page["too_early"] = asked_about(Ledger(db.session(), me, sealed), question, at)
    page["help_asked"] = standing_ask(db.session(), question, me, sealed, at)
    page["askings"] = [one for one in askings_of(db.session(), me) if one[2] is None]
    page["lines_waiting"] = sum(not line.approved for line in lines_about(db.session(), me))
    page |= _introductions(me, written.evenings, question)
    return render_template("people/next.html", **page, outcome_words=OUTCOME_WORDS, then=url_for(".next_page"))


def _drafts(steps: list[Item]) -> dict[UUID, str]:
    """Words to begin with, by person."""
    return {item.met.person_id: draft_for(item, "hello") for item in steps}


def _introductions(me: UUID, evenings: Sequence[Evening], question: Asked | None) -> dict[str, Any]:
    """What Next shows of introductions: what waits for me, what was made and is quiet, one question, one suggestion."""
    session, sealed, at = db.session(), Sealed(current_keyring(), "notes"), now()
    shown: dict[str, Any] = {"suggested": suggested_to(session, me, evenings)[:1]}
    if not has_any(session, me):
        return shown | {"questions": [], "fields": [], "wishes": [], "quiet_ones": [], "asking": None}
    made = made_for(session, me)
    return shown | {
        "questions": [one for one in asked_of(session, me, sealed, at) if not one.answer],
        "fields": my_fields(session, me),
        "wishes": wishes_for(session, me, sealed, at),
        "quiet_ones": without_a_hello(made, at),
        "asking": asking(question, made),
    }


# Me.


@bp.get("/me")
@signed_in
def me() -> str:
    """My card as others see it, my choice for tonight, who has my card, and the way out."""
    person, session, base_url = _me(), db.session(), current_settings().base_url
    mine, tonight = get_card(session, person.id), tonight_of(session, person.id, now())
    pace = session.get(Pace, person.id)
    given = fields_to_give(session, mine, tonight.event.id if tonight else None)
    return render_template(
        "people/me.html",
        card=mine,
        fields={field: text for field, text in card_fields(mine, mine.person).items() if field in given},
        tonight=tonight,
        modes=MODES,
        door_code=find_door_code(session, tonight.place_id, current_keyring(), base_url) if tonight else None,
        given=who_has_my_card(session, person.id),
        lines_about_me=lines_about(session, person.id),
        blocked=blocked_by_me(session, person.id),
        quiet=quiet_hours_of(session, person.id),
        pace=pace,
        feed=base_url + feed_link(current_keyring(), pace) if pace and pace.feed_on else "",
        rest=rest_of(session, person.id) // timedelta(hours=1),
        organizes=bool(circles_of(session, current_actor())),
        then=url_for(".me"),
    )


@bp.post("/me/door-code")
@signed_in
def create_door_code() -> Response:
    """Give me the code the door scans before my badge is printed. The same again changes nothing."""
    keyring, base_url = current_keyring(), current_settings().base_url
    make_door_code(db.session(), _me().id, keyring=keyring, base_url=base_url, at=now())
    db.session.commit()
    return redirect_to(url_for(".me", _anchor="door-code"))
