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


def show(verdict: ScanVerdict | AnswerVerdict | UndoVerdict, me: UUID) -> Response:
    """The sheet of this verdict for htmx; for a plain form a 303 to the page that shows the same."""
    match verdict:
        case Gave() | GaveBefore() | Noted():
            return _met(verdict.meeting_id, me, "asked")
        case Swapped() | AlreadySwapped():
            return _met(verdict.meeting_id, me, "swapped")
        case PutOff():
            return _met(verdict.meeting_id, me, "agreed")
        case ExplainFirst(kept_id) | NotCheckedInYet(kept_id):
            page = url_for("swaps.kept_scan", kept_id=kept_id)
            return answer("swaps/_sheet.html", instead=page, **kept(kept_id, me), over=True)
        case NoSwap():
            return _plain("no-swap")
        case OwnBadge():
            return _plain("own-badge")
        case NoLongerAsked():
            return _plain("no-longer-asked")
        case Undone():
            return _plain("undone")
        case TooLate():
            return _plain("too-late")
        case never:
            assert_never(never)


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
    shared["reasons"] = REASONS
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


def _met(meeting_id: UUID, me: UUID, outcome: str) -> Response:
    page = url_for("swaps.sheet", meeting_id=meeting_id)
    return answer("swaps/_sheet.html", instead=page, **met(meeting_id, me, outcome=outcome), over=True)


def _plain(word: str) -> Response:
    return answer("swaps/_sheet.html", instead=url_for("swaps.plain_sheet", word=word), **plain(word), over=True)
