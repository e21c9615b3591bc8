"""What the door sends, as typed values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from wtforms import StringField
from wtforms.validators import DataRequired, Length, Optional

from webapp.checkin.admission import UNDO_REASONS, NewGuest, Reversal
from webapp.checkin.scans import FoundByName, Means, Scan, read_code
from webapp.circles.forms import one_line
from webapp.core.identifiers import new_id
from webapp.core.tokens import normal_code
from webapp.events.devices import NewDoor
from webapp.web.current import current_settings
from webapp.web.forms import Form
from webapp.web.words import _l

Sent = Mapping[str, str]


def read_id(text: str | None) -> UUID | None:
    """The UUID that was sent, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def operation_id(sent: Sent) -> UUID:
    """The id made before sending; a fresh one where a form came without."""
    return read_id(sent.get("operation_id")) or new_id()


def read_scan(sent: Sent) -> Scan | None:
    """The badge, typed code or picked guest that was sent; None when it was none of them."""
    means = _means(sent)
    if means is None:
        return None
    anyway, sequence = sent.get("anyway") == "yes", read_sequence(sent)
    return Scan(operation_id(sent), means, _time(sent.get("device_time")), anyway, sequence)


def read_sequence(sent: Sent) -> int | None:
    """The phone's own count of this operation, where it keeps one: what was asked online is then not missing later."""
    text = sent.get("sequence", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _means(sent: Sent) -> Means | None:
    if "attendee_id" not in sent:
        return read_code(sent.get("code", ""), current_settings().base_url)
    attendee_id = read_id(sent["attendee_id"])
    return FoundByName(attendee_id) if attendee_id else None


def _time(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def read_reversal(sent: Sent, check_in_id: UUID) -> Reversal | None:
    """The undo that was asked for; None without one of the reasons."""
    reason = sent.get("reason", "")
    return Reversal(operation_id(sent), check_in_id, reason) if reason in UNDO_REASONS else None


class NewGuestForm(Form):
    """Somebody who is on no list."""

    name = StringField(
        _l("Name, as it goes on the badge"), [DataRequired(_l("Type a name.")), Length(max=120)], filters=[one_line]
    )
    company = StringField(_l("Company"), [Optional(), Length(max=120)], filters=[one_line])

    def guest(self, sent: Sent) -> NewGuest:
        """What was typed, as the act takes it."""
        return NewGuest(operation_id(sent), self.name.data or "", self.company.data or "", read_sequence(sent))


class DoorForm(Form):
    """A phone that may join the door."""

    door = StringField(
        _l("Which door?"), [DataRequired(_l("Give the door a name.")), Length(max=60)], filters=[one_line]
    )
    phone = StringField(_l("Whose phone?"), [Optional(), Length(max=60)], filters=[one_line])

    def device(self, sent: Sent) -> NewDoor:
        """What was typed, as the act takes it."""
        return NewDoor(operation_id(sent), self.door.data or "", self.phone.data or "")


class PairingForm(Form):
    """A volunteer's phone about to become a door."""

    code = StringField(_l("Code"), [DataRequired(), Length(max=40)], filters=[lambda text: normal_code(text or "")])
    name = StringField(_l("Your name, or the phone’s"), [Optional(), Length(max=60)], filters=[one_line])
