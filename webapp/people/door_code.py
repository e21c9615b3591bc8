"""A guest's own badge code, to be shown at the door on a phone: the code that is, or will be, printed for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.badges.issuing import form_of, issue, token_of, typed_code_of
from webapp.badges.models import Badge
from webapp.badges.queries import find_live
from webapp.core import qr
from webapp.core.actor import NotHere
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee
from webapp.swaps.tonight import tonight_of


@dataclass(frozen=True)
class DoorCode:
    """A badge code to scan, and the same to type."""

    drawing: qr.Drawing
    typed: str


def find_door_code(session: Session, place_id: UUID, keyring: Keyring, base_url: str) -> DoorCode | None:
    """The code of this place's badge, if it has one. Writes nothing."""
    badge = find_live(session, place_id)
    return _drawn(badge, keyring, base_url) if badge else None


def make_door_code(session: Session, person_id: UUID, *, keyring: Keyring, base_url: str, at: datetime) -> None:
    """Give this person's place tonight its badge code, before anything is printed. Safe to repeat.

    Raises NotHere when nothing is on.
    """
    tonight = tonight_of(session, person_id, at)
    if tonight is None:
        raise NotHere
    issue(session, [session.get_one(Attendee, tonight.place_id)], keyring=keyring, base_url=base_url, at=at)


def _drawn(badge: Badge, keyring: Keyring, base_url: str) -> DoorCode:
    text, form = qr.badge_text(base_url, token_of(badge, keyring)), form_of(badge)
    return DoorCode(qr.draw(text, form), typed_code_of(badge, keyring))
