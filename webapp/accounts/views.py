"""The front door: signing in by code or link, where you are signed in, your card."""

from contextlib import suppress
from datetime import datetime
from typing import assert_never
from uuid import UUID

from flask import Blueprint, Response, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from sqlalchemy.exc import OperationalError
from structlog import get_logger

from webapp.accounts import asking as asked
from webapp.accounts import codes, moving_views, people, sessions, signing_in
from webapp.accounts.access import this_browser
from webapp.accounts.addresses import address_key
from webapp.accounts.asking import Asking, open_asking, seal_asking
from webapp.accounts.cards import change_card, choose_reach, get_card
from webapp.accounts.codes import FRESH, NoCode, Proven, Wish, WrongCode
from webapp.accounts.cookies import drop_session_cookie, set_session_cookie
from webapp.accounts.forms import AddressForm, CardForm, CodeForm
from webapp.accounts.models import Person
from webapp.accounts.signing_in import SignedIn, SignInVerdict, WhoAreYou
from webapp.core.actor import PersonRef
from webapp.core.clock import now
from webapp.core.database import DatabaseBusy, db, writing
from webapp.core.tokens import random_secret
from webapp.web.access import public, signed_in
from webapp.web.cookies import drop_cookie, keep_cookie
from webapp.web.current import cookie_name, current_actor, current_keyring
from webapp.web.hypermedia import redirect_to, refuse
from webapp.web.limits import allowed, network, spend
from webapp.web.security import local_path

bp = Blueprint("accounts", __name__)
log = get_logger()


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """What this is, for whoever is new; the camera for whoever is signed in."""
    if current_actor().person:
        return redirect_to(url_for("swaps.scan_page"))
    return render_template("accounts/home.html", form=AddressForm())


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for the e-mail address."""
    wanted = local_path(request.args.get("next")) or ""
    if current_actor().person:
        return redirect_to(wanted or url_for(".home"))
    return render_template("accounts/sign_in.html", form=AddressForm(data={"next": wanted}))


@bp.post("/sign-in")
@public
def create_sign_in() -> Response:
    """Write to this address if anyone is known there; the answer is the same either way."""
    spend("sign-in mail by network", network())
    form = AddressForm(request.form)
    if not form.validate():
        return refuse("accounts/sign_in.html", "accounts/sign_in.html", form=form)
    asking = Asking(_asking_secret(), form.email.data or "", local_path(form.next.data) or "")
    key = address_key(asking.address)
    if allowed("sign-in mail by address", key):
        codes.ask_for_code(db.session(), current_keyring(), Wish(codes.SIGN_IN, key, asking.secret), now())
        db.session.commit()
    response = redirect_to(url_for(".code_page"))
    keep_cookie(response, "asking", seal_asking(current_keyring(), asking), asked.LIFE)
    return response


def _asking() -> Asking | None:
    return open_asking(current_keyring(), request.cookies.get(cookie_name("asking")))


def _asking_secret() -> str:
    """The secret this browser already asks with, so that an earlier mail still opens when a limit stops the next."""
    asking = _asking()
    return asking.secret if asking else random_secret()


@bp.get("/sign-in/code")
@public
def code_page() -> ResponseReturnValue:
    """Where the six digits are typed."""
    asking = _asking()
    if asking is None:
        return redirect_to(url_for(".sign_in"))
    return render_template("accounts/code.html", asking=asking, form=CodeForm(), refusal=None)


@bp.post("/sign-in/code")
@public
def enter_code() -> Response:
    """Six digits were typed."""
    spend("code entry by network", network())
    asking, form = _asking(), CodeForm(request.form)
    if asking is None:
        return redirect_to(url_for(".sign_in"))
    if not form.validate():
        return refuse("accounts/code.html", "accounts/code.html", asking=asking, form=form, refusal=None)
    typed = form.code.data or ""
    proof = codes.try_code(db.session(), current_keyring(), codes.SIGN_IN, asking.secret, typed, now())
    return _enter(signing_in.sign_in_by(db.session(), proof, browser=this_browser(), at=now()), asking)


def _enter(verdict: SignInVerdict, asking: Asking) -> Response:
    """The answer to a proof: in, or what to do about it."""
    _note("sign_in", verdict)
    match verdict:
        case SignedIn():
            return _welcome(verdict, asking)
        case WhoAreYou():
            db.session.commit()
            return redirect_to(url_for(".who_are_you"))
        case WrongCode() | NoCode():
            db.session.commit()
            page = render_template("accounts/code.html", asking=asking, form=CodeForm(), refusal=verdict)
            return make_response(page, 422)
        case _:
            assert_never(verdict)


def _welcome(verdict: SignedIn, asking: Asking) -> Response:
    before = current_actor().person
    if before:  # the cookie is about to be replaced: nobody could use or end that session knowingly
        sessions.end_session(db.session(), before.id, before.session_id, now())
    db.session.commit()
    response = redirect_to(local_path(asking.next) or url_for(".home"))
    drop_cookie(response, "asking")
    set_session_cookie(response, verdict.secret)
    return response


def _note(event: str, verdict: object) -> None:
    log.info(event, outcome=type(verdict).__name__)


@bp.get("/sign-in/link/<token>")
@public
def link_page(token: str) -> str:
    """What a mail's link opens: one button. Looking burns nothing, whoever looks."""
    return render_template("accounts/link.html", token=token, asking=_asking())


@bp.post("/sign-in/link/<token>")
@public
def enter_by_link(token: str) -> Response:
    """The button of a mailed link was pressed."""
    spend("code entry by network", network())
    asking = _asking()
    if asking is None:
        return refuse("accounts/link.html", "accounts/link.html", token=token, asking=None)
    proof = codes.try_link(db.session(), asking.secret, token, now())
    return _enter(signing_in.sign_in_by(db.session(), proof, browser=this_browser(), at=now()), asking)


@bp.get("/sign-in/person")
@public
def who_are_you() -> ResponseReturnValue:
    """Several people share the proven address: which one is this?"""
    asking = _asking()
    waiting = signing_in.find_waiting_choice(db.session(), asking.secret, now()) if asking else None
    if waiting is None:
        return redirect_to(url_for(".sign_in"))
    return render_template("accounts/who_are_you.html", people=signing_in.choices(db.session(), waiting.address_key))


@bp.post("/sign-in/person")
@public
def choose_person() -> Response:
    """One of them said: this is me."""
    asking = _asking()
    person_id = request.form.get("person", type=UUID)
    if asking is None or person_id is None:
        return redirect_to(url_for(".sign_in"))
    verdict = signing_in.choose_person(db.session(), asking.secret, person_id, browser=this_browser(), at=now())
    return _enter(verdict, asking)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End this session and leave nothing of it in this browser."""
    actor = current_actor()
    if actor.person:
        sessions.end_session(db.session(), actor.person.id, actor.person.session_id, now())
        db.session.commit()
    response = redirect_to(url_for(".home"))
    drop_session_cookie(response)
    # A phone that also works a door keeps its storage: scans may wait there. Cookies are taken one by one for its sake.
    response.headers["Clear-Site-Data"] = '"cache"' if actor.device else '"cache", "storage"'
    return response


def _me() -> PersonRef:
    """The person behind a `signed_in` marker."""
    person = current_actor().person
    assert person  # noqa: S101 - the marker let nobody else in
    return person


@bp.get("/me/sessions")
@signed_in
def list_sessions() -> str:
    """Where you are signed in."""
    rows = sessions.sessions_of(db.session(), _me().id, now())
    return render_template("accounts/sessions.html", rows=rows, here=_me().session_id, ago=_ago)


def _ago(at: datetime) -> str:
    return str(format_timedelta(at - now(), add_direction=True))


@bp.post("/me/sessions/<uuid:session_id>/ending")
@signed_in
def end_session(session_id: UUID) -> Response:
    """Sign one browser out; this one too, if it is this one."""
    sessions.end_session(db.session(), _me().id, session_id, now())
    db.session.commit()
    return redirect_to(url_for(".list_sessions"))


@bp.post("/me/sessions/others/ending")
@signed_in
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    sessions.end_other_sessions(db.session(), _me().id, _me().session_id, now())
    db.session.commit()
    return redirect_to(url_for(".list_sessions"))


@bp.get("/fresh-code")
@signed_in
def fresh_code_page() -> str:
    """Before something dangerous: a code by mail, once every ten minutes."""
    return _fresh_code_page(CodeForm(data={"next": local_path(request.args.get("next")) or ""}))


def _fresh_code_page(form: CodeForm, refusal: WrongCode | NoCode | None = None) -> str:
    running = codes.is_code_running(db.session(), FRESH, str(_me().session_id), now())
    address = people.confirmed_address(db.session(), _me().id)
    return render_template("accounts/fresh_code.html", form=form, running=running, address=address, refusal=refusal)


@bp.post("/fresh-code/mail")
@signed_in
def mail_fresh_code() -> Response:
    """Write a fresh code to the address that opens this person's door."""
    wanted = local_path(request.form.get("next"))
    address = people.confirmed_address(db.session(), _me().id)
    if address is None:
        return redirect_to(url_for(".address_page"))
    _mail_code_to_me(FRESH, address_key(address))
    return redirect_to(url_for(".fresh_code_page", next=wanted))


def _mail_code_to_me(purpose: str, key: str) -> None:
    """Start a code bound to this session and commit. Raises TooMany."""
    spend("sign-in mail by network", network())
    spend("sign-in mail by address", key)
    codes.ask_for_code(db.session(), current_keyring(), Wish(purpose, key, str(_me().session_id), _me().id), now())
    db.session.commit()


def _try_my_code(purpose: str, form: CodeForm) -> codes.Proof:
    spend("code entry by network", network())
    mine, typed = str(_me().session_id), form.code.data or ""
    proof = codes.try_code(db.session(), current_keyring(), purpose, mine, typed, now())
    _note(f"code_{purpose}", proof)
    return proof


@bp.post("/fresh-code")
@signed_in
def enter_fresh_code() -> Response:
    """The fresh code was typed: dangerous acts are open for ten minutes, under a new secret."""
    form = CodeForm(request.form)
    match _try_my_code(FRESH, form):
        case Proven():
            secret = sessions.step_up(db.session(), _me().session_id, now())
            db.session.commit()
            response = redirect_to(local_path(form.next.data) or url_for(".home"))
            set_session_cookie(response, secret)
            return response
        case refusal:
            db.session.commit()
            return make_response(_fresh_code_page(form, refusal), 422)


@bp.get("/me/address")
@signed_in
def address_page() -> str:
    """The addresses that open this person's door; who came by badge and slip gives one here."""
    return moving_views.address_page()


@bp.post("/me/address")
@signed_in
def create_address() -> Response:
    """Write a code to the address this person says is theirs."""
    form = AddressForm(request.form)
    if not form.validate():
        return make_response(moving_views.address_page(form), 422)
    if people.confirmed_address(db.session(), _me().id) is None:
        key = people.hope_for_address(db.session(), _me().id, form.email.data or "", now())
        _mail_code_to_me(codes.ADDRESS, key)
    return redirect_to(url_for(".address_page"))


@bp.post("/me/address/code")
@signed_in
def confirm_address() -> Response:
    """The code from that mail was typed: the address opens this person's door from now on."""
    match _try_my_code(codes.ADDRESS, CodeForm(request.form)):
        case Proven(address_key=key):
            person = db.session.get_one(Person, _me().id)
            theirs = people.confirm_address(db.session(), person, key, now())
            db.session.commit()
            if theirs:
                return redirect_to(url_for(".address_page"))
            return make_response(moving_views.address_page(taken=True), 422)
        case refusal:
            db.session.commit()
            return make_response(moving_views.address_page(refusal=refusal), 422)


@bp.get("/me/card")
@signed_in
def edit_card() -> str:
    """My card, as others may see it."""
    card = get_card(db.session(), _me().id)
    return render_template("accounts/card.html", form=CardForm(obj=card, name=card.person.name), card=card)


@bp.post("/me/card")
@signed_in
def update_card() -> Response:
    """Keep the card as typed."""
    form, card = CardForm(request.form), get_card(db.session(), _me().id)
    if not form.validate():
        return refuse("accounts/card.html", "accounts/card.html", form=form, card=card)
    change_card(db.session(), _me().id, form.values(), now())
    if card.reach_chosen_at:  # before the first swap the question is asked there, nothing ticked
        choose_reach(db.session(), _me().id, form.reach(), at=now())
    db.session.commit()
    return redirect_to(url_for("people.me"))


@bp.after_app_request
def note_use(response: Response) -> Response:
    """Once an hour, after the answer is made, note that this browser is still in use; never at the answer's cost."""
    person = g.actor.person if "actor" in g else None
    if person and sessions.due_to_be_seen(person, now()):
        with suppress(DatabaseBusy, OperationalError):
            db.session.rollback()
            with writing() as session:
                sessions.mark_seen(session, person.session_id, now())
                session.commit()
    return response
