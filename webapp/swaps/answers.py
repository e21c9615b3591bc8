"""From a verdict to what is shown: a sheet over the camera, or the page a plain form arrives at."""

from typing import Any, assert_never
from uuid import UUID

from flask import Response, url_for

from webapp.accounts.cards import get_card
from webapp.contacts.forms import REASONS
from webapp.contacts.remembering import LONGEST_NOTE
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.tokens import Sealed
from webapp.core.versions import version_of
from webapp.swaps.exchange import get_kept
from webapp.swaps.finding import NotIn, Whom, find_whom, read_again
from webapp.swaps.forms import ReachForm
from webapp.swaps.granting import fields_to_give
from webapp.swaps.sheets import face_of, sheet_of
from webapp.swaps.verdicts import (
    AlreadySwapped,
    AnswerVerdict,
    ExplainFirst,
    Gave,
    GaveBefore,
    NoLongerAsked,
    NoSwap,
    NotCheckedInYet,
    Noted,
    OwnBadge,
    PutOff,
    ScanVerdict,
    Swapped,
    TooLate,
    Undone,
    UndoVerdict,
)
from webapp.web.current import current_keyring
from webapp.web.hypermedia import answer

PLAIN_SHEETS = {"no-swap": "no", "own-badge": "wait", "undone": "agreed", "too-late": "no", "no-longer-asked": "no"}
"""Sheets that are about nobody, by the word in their address → how it sounds and feels."""

_PLAIN: dict[type[object], str] = {
    NoSwap: "no-swap",
    OwnBadge: "own-badge",
    NoLongerAsked: "no-longer-asked",
    Undone: "undone",
    TooLate: "too-late",
}


def show(verdict: ScanVerdict | AnswerVerdict | UndoVerdict, me: UUID) -> Response:
    """The sheet of this verdict for htmx; for a plain form a 303 to the page that shows the same."""
    match verdict:
        case Gave() | GaveBefore() | Noted():
            shown = met(verdict.meeting_id, me, outcome="asked")
        case Swapped() | AlreadySwapped():
            shown = met(verdict.meeting_id, me, outcome="swapped")
        case PutOff():
            shown = met(verdict.meeting_id, me)
        case ExplainFirst(kept_id) | NotCheckedInYet(kept_id):
            shown = kept(kept_id, me)
        case NoSwap() | OwnBadge() | NoLongerAsked() | Undone() | TooLate():
            shown = plain(_PLAIN[type(verdict)])
        case never:
            assert_never(never)
    return answer("swaps/_sheet.html", instead=page_of(verdict), **shown, over=True)


def page_of(verdict: ScanVerdict | AnswerVerdict | UndoVerdict) -> str:
    """Where the sheet of this verdict is a page."""
    match verdict:
        case ExplainFirst(kept_id) | NotCheckedInYet(kept_id):
            return url_for("swaps.kept_scan", kept_id=kept_id)
        case NoSwap() | OwnBadge() | NoLongerAsked() | Undone() | TooLate():
            return url_for("swaps.plain_sheet", word=_PLAIN[type(verdict)])
        case _:
            return url_for("swaps.sheet", meeting_id=verdict.meeting_id)


def plain(word: str) -> dict[str, Any]:
    """What a sheet about nobody needs."""
    return {"kind": word.replace("-", "_"), "outcome": PLAIN_SHEETS[word]}


def tag_of(me: UUID) -> str:
    """The version of all that this person's polls show. Read before the rows, or what changes meanwhile is missed."""
    return str(version_of(db.session(), f"person:{me}"))


def met(meeting_id: UUID, me: UUID, form: ReachForm | None = None, outcome: str = "agreed") -> dict[str, Any]:
    """What the sheet of a meeting needs. Raises NotHere when it is not in my story."""
    tag = tag_of(me)
    sheet = sheet_of(db.session(), meeting_id, me, sealed=Sealed(current_keyring(), "notes"), at=now())
    card = get_card(db.session(), me)
    form = form or ReachForm(data={"phone": card.phone, "link": card.link})
    shared = {"tag": tag, "meeting_id": meeting_id, "remembered": sheet.remembered, "longest_note": LONGEST_NOTE}
    shared |= {"reasons": REASONS, "elsewhere": sheet.elsewhere}
    return shared | {"kind": "met", "outcome": outcome, "sheet": sheet, "exchange": sheet.exchange, "form": form}


def kept(kept_id: UUID, me: UUID) -> dict[str, Any]:
    """What a kept scan's sheet needs: the question before it is sent, or that it waits. Raises NotHere if not mine."""
    row = get_kept(db.session(), kept_id, me, at=now())
    match find_whom(db.session(), read_again(db.session(), row), me, at=row.at):
        case Whom(person_id, event_id, mode) if mode != "not_tonight":
            face = face_of(db.session(), event_id, person_id)
            fields = fields_to_give(db.session(), get_card(db.session(), me), event_id)
            return {"kind": "explain_first", "outcome": "wait", "kept_id": kept_id, "fields": fields, "face": face}
        case NotIn():
            return {"kind": "not_in_yet", "outcome": "wait", "kept_id": kept_id}
        case _:
            return {"kind": "kept", "outcome": "wait", "kept_id": kept_id}
