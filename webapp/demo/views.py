"""The cast page of the demo: be anyone of the evening by one tap, and read every mail that was sent."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
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
from webapp.web.words import _

bp = Blueprint("demo", __name__)

CAST = {
    "dora": (ORGANIZER, "console.home"),
    "ann": ("annachebe@example.org", "swaps.scan_page"),
    "ben": ("benadeyemi@example.org", "swaps.scan_page"),
}
"""Name in the address → sign-in address and the page they begin on."""


@dataclass(frozen=True)
class Mail:
    """A sent mail as its reader sees it."""

    to: str
    subject: str
    text: str
    at: datetime


@bp.get("/cast")
@public
def cast() -> str:
    """Who to be, and what was mailed."""
    return render_template("demo/cast.html", mails=_mails(current_settings().data_dir / "mail"))


@bp.post("/cast/<name>")
@public
def become(name: str) -> Response:
    """Sign in as one of the cast, or make this phone a door."""
    if name == "cora":
        return _become_door()
    address, endpoint = CAST.get(name) or abort(404)
    owner = select(Person).join(Address, Address.person_id == Person.id)
    person = db.session.scalars(owner.where(Address.address_key == address, Address.confirmed_at.is_not(None))).one()
    secret = open_session(db.session(), person, browser=this_browser(), at=now(), stepped_up=True)
    db.session.commit()
    response = redirect_to(url_for(endpoint))
    set_session_cookie(response, secret)
    return response


def _become_door() -> Response:
    """Pair this browser with tonight's door, as a volunteer's phone would be by its one-use code."""
    event = db.session.scalars(select(Event).where(Event.ends_at > now()).order_by(Event.starts_at)).first()
    if event is None:
        abort(404)
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
    files = sorted(folder.glob("[!.]*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [_mail(file) for file in files[:50]]


def _mail(file: Path) -> Mail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    text = str(body.get_content()) if body else ""
    return Mail(str(message["To"]), str(message["Subject"]), text, datetime.fromtimestamp(file.stat().st_mtime, UTC))
