"""The cast page of the demo: be anyone of the evening by one tap, and read every mail that was sent."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, url_for
from sqlalchemy import select

from webapp.accounts.access import this_browser
from webapp.accounts.cookies import set_session_cookie
from webapp.accounts.models import Address, Person
from webapp.accounts.sessions import open_session
from webapp.core.actor import Actor
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.identifiers import new_id
from webapp.demo.evening import ORGANIZER
from webapp.events.devices import NewDoor, Paired, add_device, pair_device, pairing_code_of
from webapp.events.models import DoorDevice, Event
from webapp.web.access import public
from webapp.web.cookies import keep_cookie
from webapp.web.current import current_keyring, current_settings
from webapp.web.hypermedia import redirect_to
from webapp.web.words import LazyString, _, _l

bp = Blueprint("demo", __name__)


@dataclass(frozen=True)
class Role:
    """Somebody to be: name, what makes them worth trying, and for people their address and first page."""

    name: str
    line: LazyString
    address: str = ""
    endpoint: str = ""


CAST = {
    "ann": Role(
        "Ann Achebe",
        _l("Came last month, is in tonight. Two cards wait for hers."),
        "annachebe@example.org",
        "swaps.scan_page",
    ),
    "ben": Role(
        "Ben Adeyemi", _l("Is in tonight. One card waits for his."), "benadeyemi@example.org", "swaps.scan_page"
    ),
    "dora": Role("Dora Lindqvist", _l("Organizes: list, badges, invitations, door."), ORGANIZER, "console.home"),
    "cora": Role("Cora", _l("Volunteers at the north door, without an account.")),
}
"""Name in the address → who that is."""


@dataclass(frozen=True)
class Mail:
    """A sent mail as its reader sees it."""

    to: str
    subject: str
    text: str


@bp.get("/cast")
@public
def cast() -> str:
    """Who to be, and what was mailed."""
    mails = _mails(current_settings().data_dir / "mail")
    return render_template("demo/cast.html", cast=CAST, mails=mails, event=_tonight())


@bp.post("/cast/<name>")
@public
def become(name: str) -> Response:
    """Sign in as one of the cast, or make this phone a door."""
    role = CAST.get(name) or abort(404)
    if not role.address:
        return _become_door()
    owner = select(Person).join(Address, Address.person_id == Person.id)
    mine = (Address.address_key == role.address) & Address.confirmed_at.is_not(None)
    person = db.session.scalars(owner.where(mine)).one()
    secret = open_session(db.session(), person, browser=this_browser(), at=now(), stepped_up=True)
    db.session.commit()
    response = redirect_to(url_for(role.endpoint))
    set_session_cookie(response, secret)
    return response


def _tonight() -> Event | None:
    """The event that goes on, or None once it has ended."""
    return db.session.scalars(select(Event).where(Event.ends_at > now()).order_by(Event.starts_at)).first()


def _become_door() -> Response:
    """Pair this browser with tonight's door, as a volunteer's phone would be by its one-use code."""
    event = _tonight()
    if event is None:
        return redirect_to(url_for(".cast"))
    session, keyring, door_id = db.session(), current_keyring(), new_id()
    new = NewDoor(door_id, _("North door"), _("Cora’s phone"))
    add_device(session, event, new, keyring=keyring, by=Actor(), at=now())
    code = pairing_code_of(session.get_one(DoorDevice, door_id), keyring, now())
    paired = pair_device(session, code or "", "", keyring=keyring, at=now())
    session.commit()
    if not isinstance(paired, Paired):
        abort(404)
    response = redirect_to(url_for("checkin.index", event_id=event.id))
    keep_cookie(response, "door", paired.key, paired.life)
    return response


def _mails(folder: Path) -> list[Mail]:
    files = folder.glob("[!.]*.eml")
    return [_mail(file) for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)]


def _mail(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return Mail(str(message["To"]), str(message["Subject"]), text)
