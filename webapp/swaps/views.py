"""The Scan place, what follows a scan, and the page behind a badge's printed code."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from webapp.contacts.forms import operation_id, read_place, read_reason
from webapp.contacts.promising import promise
from webapp.contacts.queries import get_meeting
from webapp.contacts.remembering import remember
from webapp.core.actor import NotHere, PersonRef
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.text import clean_line
from webapp.core.tokens import Sealed
from webapp.swaps import answers
from webapp.swaps.answers import tag_of
from webapp.swaps.blocking import block, unblock
from webapp.swaps.checks import count_scan, count_verdict
from webapp.swaps.codes import read_code
from webapp.swaps.exchange import Intent, Scan, finish_kept, give_mine, give_to_all, kept_scans, not_now, scan
from webapp.swaps.forms import ReachForm, knew_each_other, moment
from webapp.swaps.queries import waiting_for_me
from webapp.swaps.reaching import choose_reach
from webapp.swaps.reporting import LONGEST_WORDS, report_pitch
from webapp.swaps.screen import code_maker, draw, screen_code
from webapp.swaps.sheets import exchange_of, news_for
from webapp.swaps.slides import TalkOver, talk_over
from webapp.swaps.taking_back import undo_swap, withdraw
from webapp.swaps.tonight import MODES, Tonight, choose_for_tonight, knew_them_all, tonight_of
from webapp.swaps.verdicts import PutOff, ScanVerdict
from webapp.swaps.waiting_scan import COOKIE, LIFE, WaitingScan, open_scan, seal_scan
from webapp.web.access import public, signed_in
from webapp.web.cookies import drop_cookie, keep_cookie
from webapp.web.current import cookie_name, current_actor, current_keyring, current_settings
from webapp.web.hypermedia import also, answer, is_partial, leave_for, redirect_to, refuse
from webapp.web.limits import spend
from webapp.web.security import for_scanner, local_path

bp = Blueprint("swaps", __name__)


def _me() -> PersonRef:
    return current_actor().someone


# The Scan place.


@bp.get("/scan")
@signed_in
def scan_page() -> Response:
    """The camera, my code, who waits for me, and what I chose for tonight."""
    me = _me()
    tonight = tonight_of(db.session(), me.id, now())
    kept = kept_scans(db.session(), me.id, at=now())
    page: dict[str, Any] = {
        "tonight": tonight,
        "talk_over": _talk_over(tonight),
        "kept": kept,
        "modes": MODES,
        "then": "",
    }
    knew_all = tonight is not None and knew_them_all(db.session(), me.id, tonight.event.id)
    page |= {"knew_all": knew_all, **_shown_code(), **_waiting(me)}
    return for_scanner(make_response(render_template("swaps/scan.html", **page)))


def _talk_over(tonight: Tonight | None) -> TalkOver | None:
    if tonight is None or not tonight.is_in:
        return None
    keyring, base_url = current_keyring(), current_settings().base_url
    return talk_over(db.session(), _me().id, tonight.event.id, keyring=keyring, base_url=base_url, at=now())


@bp.get("/scan/code")
@signed_in
def code_page() -> str:
    """My code alone, as large as the screen allows."""
    return render_template("swaps/code.html", **_shown_code(), **_waiting(_me()))


def _shown_code() -> dict[str, Any]:
    """My code as it is now, and what this phone makes the next ones with."""
    keyring, base_url, session_id, at = current_keyring(), current_settings().base_url, _me().session_id, now()
    code = draw(base_url, screen_code(keyring, session_id, at))
    return {"code": code, "maker": code_maker(keyring, session_id), "base_url": base_url, "made_at": at}


@bp.get("/pulse")
@signed_in
def pulse() -> Response:
    """Who waits for me and what has just happened; while nothing changed, `web.unchanged` answers instead."""
    shown = _waiting(_me())
    response = make_response(render_template("swaps/_waiting.html", **shown, out_of_band=False))
    response.headers["HX-PTag"] = shown["tag"]
    return response


def _waiting(me: PersonRef) -> dict[str, Any]:
    tag = tag_of(me.id)
    waiting, news = waiting_for_me(db.session(), me.id), news_for(db.session(), me.id, now())
    return {"tag": tag, "waiting": waiting, "news": news}


@bp.post("/me/tonight")
@signed_in
def choose_tonight() -> Response:
    """What shall happen tonight when somebody scans my badge."""
    try:
        place_id, mode = UUID(request.form.get("place", "")), request.form.get("mode", "")
        gives = request.form.getlist("gives") if "fields" in request.form else None
        choose_for_tonight(db.session(), place_id, mode, gives, by=current_actor(), at=now())
    except ValueError:
        abort(400)
    db.session.commit()
    then = local_path(request.form.get("then")) or ""
    tonight = tonight_of(db.session(), _me().id, now())
    back = then or url_for(".scan_page")
    return answer("swaps/_tonight.html", instead=back, tonight=tonight, modes=MODES, then=then)


# A scan.


@bp.post("/scans")
@signed_in
def create_scan() -> Response:
    """The camera read something, or a code was typed."""
    return _scan(WaitingScan(request.form.get("code", ""), now()))


@bp.get("/scan/answers/<word>")
@signed_in
def plain_sheet(word: str) -> str:
    """An answer about nobody: where a plain form arrives."""
    if word not in answers.PLAIN_SHEETS:
        raise NotHere
    return _sheet(answers.plain(word))


def _scan(read: WaitingScan) -> Response:
    me, code = _me(), read_code(read.text, current_settings().base_url)
    count_scan(me.id, code)
    scanned = Scan(operation_id(request.form), code, read.read_at)
    verdict = scan(db.session(), scanned, by=current_actor(), at=now(), keyring=current_keyring())
    db.session.commit()
    count_verdict(me.id, code, verdict)
    return answers.show(verdict, me.id)


@bp.get("/scan/kept/<uuid:kept_id>")
@signed_in
def kept_scan(kept_id: UUID) -> str:
    """A scan that waits: for me to arrive, or for my answer to the question before the first one."""
    return _sheet(answers.kept(kept_id, _me().id))


@bp.post("/scan/kept/<uuid:kept_id>")
@signed_in
def finish_kept_scan(kept_id: UUID) -> Response:
    """Finish it: give my card, or just note that we met."""
    me, wishes = _me(), request.form.get("intent", "")
    intents: dict[str, Intent] = {"give": "give", "note": "note"}
    intent = intents.get(wishes, "ask me first")
    by, operation = current_actor(), operation_id(request.form)
    verdict: ScanVerdict = finish_kept(db.session(), operation, kept_id, intent=intent, by=by, at=now())
    db.session.commit()
    return answers.show(verdict, me.id)


# The page behind a printed code. One body for every code there ever was or will be.


@bp.get("/b")
@bp.get("/b/<token>")
@bp.get("/B/<token>")
@bp.get("/s/<token>")
@bp.get("/S/<token>")
@public
def badge_page(token: str = "") -> str:
    """The same page for everybody and every code: it opens nothing by itself."""
    return render_template("swaps/badge_page.html")


@bp.post("/b/<token>")
@bp.post("/B/<token>")
@bp.post("/s/<token>")
@bp.post("/S/<token>")
@public
def scan_from_page(token: str) -> Response:
    """Somebody scanned with their phone's own camera: do it, or let it wait in their browser until they sign in."""
    text = f"{current_settings().base_url}/{request.path[1]}/{token}"
    if current_actor().person:
        return _scan(WaitingScan(text, now()))
    response = redirect_to(url_for(".waiting_scan"))
    keep_cookie(response, COOKIE, seal_scan(current_keyring(), text), LIFE)
    return response


@bp.get("/scan/kept")
@public
def waiting_scan() -> Response:
    """The scan that waits in this browser: sign in to finish it, or finish it."""
    if _waiting_scan() is None:
        return redirect_to(url_for(".scan_page"))
    return make_response(render_template("swaps/waiting_scan.html", known=current_actor().person is not None))


@bp.post("/scan/kept")
@signed_in
def finish_waiting_scan() -> Response:
    """Do what the scan in this browser was made for."""
    waiting = _waiting_scan()
    response = _scan(waiting) if waiting else redirect_to(url_for(".scan_page"))
    drop_cookie(response, COOKIE)
    return response


def _waiting_scan() -> WaitingScan | None:
    return open_scan(current_keyring(), request.cookies.get(cookie_name(COOKIE)))


# The sheet, and what can be done on it.


@bp.get("/meetings/<uuid:meeting_id>/sheet")
@signed_in
def sheet(meeting_id: UUID) -> str:
    """The sheet of a meeting as a page of its own; with `over` the sheet alone, where a phone's own was."""
    return _sheet(answers.met(meeting_id, _me().id))


def _sheet(shown: dict[str, Any]) -> str:
    over = "over" in request.args
    return render_template("swaps/_sheet.html" if over else "swaps/sheet.html", **shown, over=over)


@bp.get("/meetings/<uuid:meeting_id>/exchange")
@signed_in
def exchange(meeting_id: UUID) -> Response:
    """How the two stand now; 304 while nothing changed for me."""
    me = _me()
    tag = tag_of(me.id)
    if request.headers.get("HX-PTag") == tag:
        return make_response("", 304)
    meeting = get_meeting(db.session(), meeting_id, me.id)
    page = render_template("swaps/_exchange.html", exchange=exchange_of(db.session(), meeting, me.id, now()), tag=tag)
    response = make_response(page)
    response.headers["HX-PTag"] = tag
    return response


@bp.post("/meetings/<uuid:meeting_id>/sheet")
@signed_in
def close_sheet(meeting_id: UUID) -> Response:
    """Done: keep what was ticked, written and promised, and let the camera look again."""
    me, form, keyring = _me(), ReachForm(request.form), current_keyring()
    if not form.validate():
        shown = answers.met(meeting_id, me.id, form) | _typed()
        return refuse("swaps/sheet.html", "swaps/_sheet.html", **shown, over=is_partial())
    meeting = get_meeting(db.session(), meeting_id, me.id)
    note, sealed = request.form.get("note", ""), Sealed(keyring, "notes")
    said: dict[str, Any] = {"knew_each_other": knew_each_other(request.form), "reason": read_reason(request.form)}
    said["place"] = read_place(request.form)
    remember(db.session(), meeting, me.id, note=note, sealed=sealed, at=now(), **said)
    operation, words, by = operation_id(request.form), request.form.get("promise", ""), current_actor()
    promise(db.session(), operation, meeting, words, by=by, keyring=keyring, at=now())
    if form.answers:
        choose_reach(db.session(), me.id, form.reach(), at=now())
    db.session.commit()
    then = local_path(request.form.get("then"))
    if then:
        return leave_for(then)
    knew_all = meeting.event_id is not None and knew_them_all(db.session(), me.id, meeting.event_id)
    return answer("swaps/_no_sheet.html", instead=url_for(".scan_page"), knew_all=knew_all)


def _typed() -> dict[str, Any]:
    """What was typed beside a refused answer goes back into the form."""
    knew, reason = knew_each_other(request.form), read_reason(request.form) or ""
    remembered = {"knew_each_other": knew, "note": request.form.get("note", ""), "reason": reason}
    remembered["place"] = read_place(request.form) or ""
    return {"remembered": remembered, "promised": request.form.get("promise", "")}


@bp.post("/requests/<uuid:request_id>/answer")
@signed_in
def answer_request(request_id: UUID) -> Response:
    """Give mine, or not now."""
    me, yes = _me(), request.form.get("answer") == "give"
    act = give_mine if yes else not_now
    verdict = act(db.session(), operation_id(request.form), request_id, by=current_actor(), at=now())
    db.session.commit()
    then = local_path(request.form.get("then"))
    if then and not is_partial():
        return redirect_to(then)
    if isinstance(verdict, PutOff):
        return answer("swaps/_waiting.html", instead=url_for(".scan_page"), **_waiting(me), out_of_band=False)
    also("swaps/_waiting.html", **_waiting(me))
    return answers.show(verdict, me.id)


@bp.post("/requests/answers")
@signed_in
def answer_all() -> Response:
    """Give mine to everybody who was on the page."""
    until = moment(request.form.get("until", ""))
    give_to_all(db.session(), operation_id(request.form), until, by=current_actor(), at=now())
    db.session.commit()
    return leave_for(url_for("people.next_page"))


@bp.post("/swaps/<uuid:swap_operation>/reversal")
@signed_in
def undo(swap_operation: UUID) -> Response:
    """Undo a swap within its first minute."""
    verdict = undo_swap(db.session(), operation_id(request.form), swap_operation, by=current_actor(), at=now())
    db.session.commit()
    also("swaps/_waiting.html", **_waiting(_me()))
    return answers.show(verdict, _me().id)


@bp.post("/people/<uuid:person_id>/block")
@signed_in
def block_person(person_id: UUID) -> Response:
    """Have nothing more to do with somebody."""
    block(db.session(), operation_id(request.form), person_id, by=current_actor(), at=now())
    db.session.commit()
    return leave_for(url_for("people.index"))


@bp.post("/people/<uuid:person_id>/report")
@signed_in
def report_person(person_id: UUID) -> Response:
    """An unwanted pitch: have nothing more to do with them, and let the organizers know."""
    spend("pitch report", _me().id)
    words = clean_line(request.form.get("words", ""), LONGEST_WORDS) if "tell" in request.form else ""
    report_pitch(db.session(), operation_id(request.form), person_id, words, by=current_actor(), at=now())
    db.session.commit()
    return leave_for(url_for("people.index"))


@bp.post("/people/<uuid:person_id>/unblock")
@signed_in
def unblock_person(person_id: UUID) -> Response:
    """Let somebody reach me again."""
    unblock(db.session(), operation_id(request.form), person_id, by=current_actor(), at=now())
    db.session.commit()
    return leave_for(url_for("people.me"))


@bp.post("/grants/<uuid:grant_id>/withdrawal")
@signed_in
def withdraw_grant(grant_id: UUID) -> Response:
    """Take my card back from somebody."""
    withdraw(db.session(), operation_id(request.form), grant_id, by=current_actor(), at=now())
    db.session.commit()
    then = local_path(request.form.get("then")) or url_for("people.me")
    return leave_for(then)
