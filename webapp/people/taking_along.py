"""Everything I hold, to take along: cards for a phone's contacts, and a table with my own notes for a spreadsheet.

A card that can still be undone stays here, with all that came with it: a copy elsewhere could not be taken back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from webapp.contacts.models import Meeting
from webapp.contacts.queries import NOTHING, Remembered
from webapp.core.safe_csv import write_csv
from webapp.people.vcard import write_vcard
from webapp.swaps.queries import CardView
from webapp.swaps.stories import Evening, Met
from webapp.web.templating import date_words
from webapp.web.words import _, _l

HEADINGS = {
    "name": _l("Name"),
    "headline": _l("What they do"),
    "company": _l("Where"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "link": _l("Link"),
    "ask_me_about": _l("Ask about"),
    "can_help_with": _l("Can help with"),
    "looking_for": _l("Is looking for"),
    "work": _l("One piece of work"),
    "work_link": _l("Its link"),
    "not_about": _l("Please not about"),
    "event": _l("Met at"),
    "place": _l("Place"),
    "day": _l("Day"),
    "time": _l("Time"),
    "state": _l("How it stands"),
    "knew": _l("Before"),
    "note": _l("Your note"),
    "reason": _l("Why you keep this"),
}
"""Column → what stands above it. Nothing here rates a person, and nothing ever will (practices D20)."""

_STATES = {
    "swapped": _l("swapped"),
    "gave": _l("has your card"),
    "holds": _l("waiting for your yes"),
    "noted": _l("only your note"),
}
_KNEW = {True: _l("We knew each other"), False: _l("New to me"), None: ""}


@dataclass(frozen=True)
class Held:
    """What may leave this house now: whom I met, and of each open card the latest meeting. `left_out` cards may not."""

    met: list[Met]
    cards: list[Met]
    left_out: int


def what_i_hold(evenings: Sequence[Evening], at: datetime) -> Held:
    """What of these evenings its owner may take along at this moment."""
    everybody = [met for evening in evenings for met in evening.people]
    settled = [met for met in everybody if met.card is None or met.card.may_export(at)]
    latest = {met.person_id: met for met in reversed(settled) if met.card}
    young = {met.person_id for met in everybody} - {met.person_id for met in settled}
    return Held(settled, [met for met in settled if latest.get(met.person_id) is met], len(young))


def write_cards(cards: Sequence[Met]) -> bytes:
    """One file of vCards, in the order given. My notes are not in it."""
    return b"".join(write_vcard(met.card.fields, met_words(met.card, met.meeting)) for met in cards if met.card)


def met_words(theirs: CardView, meeting: Meeting) -> str:
    """What a phone's contacts will say of them: where we met, what they like to be asked, one piece of their work."""
    ask = theirs.fields.get("ask_me_about")
    asking = _("Ask about %(subject)s.", subject=ask) if ask else ""
    return " ".join(filter(None, [_where(meeting), asking, theirs.fields.get("work", "")]))


def _where(meeting: Meeting) -> str:
    if meeting.event is None:
        return ""
    day = date_words(meeting.met_at, meeting.event.zone)
    return str(_("Met at %(event)s, %(day)s.", event=meeting.event.title, day=day))


def write_table(people: Sequence[Met], memories: Mapping[UUID, Remembered]) -> bytes:
    """One row a meeting, in the order given, as CSV. `memories` are the owner's own, opened, by meeting id."""
    rows = [_row(met, memories.get(met.meeting.id, NOTHING)) for met in people]
    return write_csv([[str(words) for words in HEADINGS.values()], *rows])


def _row(met: Met, mine: Remembered) -> list[str]:
    known = met.card.fields if met.card else {}
    cells = {**known, **_meeting_cells(met.meeting), "name": met.name, "note": mine.note, "reason": mine.reason}
    cells |= {"state": str(_STATES[met.state]), "knew": str(_KNEW[mine.knew_each_other])}
    return [cells.get(column, "") for column in HEADINGS]


def _meeting_cells(meeting: Meeting) -> dict[str, str]:
    event = meeting.event
    at = meeting.met_at.astimezone(ZoneInfo(event.zone if event else "UTC"))
    when = {"day": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"}
    return when | {"event": event.title, "place": event.place} if event else when
