"""What people tell later: whom they scanned, what they want to remember of it, what they took back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.loose import keep_loose
from webapp.contacts.models import Meeting
from webapp.contacts.promising import promise
from webapp.contacts.queries import get_meeting
from webapp.contacts.remembering import Said, remember_later
from webapp.core.actor import Actor, NotHere
from webapp.core.operations import Operation, from_record, to_record
from webapp.swaps.checks import count_told, may_tell
from webapp.swaps.codes import read_code
from webapp.swaps.exchange import Intent, Scan, answer_operation, scan
from webapp.swaps.models import Grant
from webapp.swaps.taking_back import undo_first, undo_swap, withdraw
from webapp.swaps.verdicts import ScanVerdict, TooLate, UndoVerdict
from webapp.sync.batch import read_uuid
from webapp.sync.kind import Arrived, Kind, Result, SetAside

_INTENTS: dict[str, Intent] = {"": "ask me first", "give": "give", "note": "note"}
_SCANS = ("scan", "finish kept scan")
_KNEW = {"": None, "new": False, "knew": True}


@dataclass(frozen=True)
class ScanSaid:
    """A code as it was read, and what its reader answered to the question before the first scan."""

    text: str
    intent: Intent


@dataclass(frozen=True)
class RememberSaid:
    """What somebody says of whom they scanned in the operation `of`, or met in the meeting of that id."""

    of: UUID
    said: Said
    promised: str


def read_scan(body: Mapping[str, str]) -> ScanSaid | None:
    """The scan in this body."""
    intent = _INTENTS.get(body.get("intent", ""))
    return ScanSaid(body["code"], intent) if intent and "code" in body else None


def read_remember(body: Mapping[str, str]) -> RememberSaid | None:
    """The words in this body."""
    of, knew = read_uuid(body.get("of")), body.get("knew", "")
    if of is None or knew not in _KNEW:
        return None
    said = Said(_KNEW[knew], body.get("note", ""), body.get("place", ""))
    return RememberSaid(of, said, body.get("promise", ""))


def read_undo(body: Mapping[str, str]) -> UUID | None:
    """The scan that is taken back."""
    return read_uuid(body.get("of"))


def act_scan(session: Session, said: ScanSaid, arrived: Arrived, by: Actor) -> Result:
    """The same act as online, counted by when the code was read."""
    code, known = read_code(said.text, arrived.house.base_url), _is_known(session, arrived)
    if not known and not may_tell(by.someone.id, code):
        raise SetAside("too many")
    scanned = Scan(arrived.said.id, code, arrived.time.at, said.intent)
    verdict = scan(session, scanned, by=by, at=arrived.received_at, keyring=arrived.house.keyring)
    if not known:
        count_told(by.someone.id, code, verdict)
    return _result(verdict, arrived, known=known)


def act_remember(session: Session, said: RememberSaid, arrived: Arrived, by: Actor) -> Result:
    """Keep note, promise and the rest for their author."""
    keyring, known, operation = arrived.house.keyring, _is_known(session, arrived), arrived.said.id
    meeting, written_at, at = _meeting_of(session, said.of, by), arrived.time.at, arrived.received_at
    if meeting is None:
        words = "\n".join(filter(None, (said.said.note.strip(), said.promised.strip())))
        keep_loose(session, operation, words, by=by, keyring=keyring, written_at=written_at, at=at)
    else:
        remember_later(session, operation, meeting, said.said, by=by, keyring=keyring, written_at=written_at, at=at)
        promised = uuid5(operation, "promise")
        promise(session, promised, meeting, said.promised, by=by, keyring=keyring, at=written_at)
    return Result("duplicate" if known else "applied", {"word": "Remembered" if meeting else "KeptLoose"})


def act_undo(session: Session, of: UUID, arrived: Arrived, by: Actor) -> Result:
    """Take a scan back: as if it never was, or the card alone where its minute is over."""
    known, at = _is_known(session, arrived), arrived.received_at
    try:
        with session.begin_nested():
            verdict = undo_swap(session, arrived.said.id, of, by=by, at=at)
    except NotHere:  # nothing had been given, or not yet
        undo_first(session, of, by=by, at=at)
        return Result("applied", {"word": "nothing"})
    if isinstance(verdict, TooLate):
        mine = select(Grant.id).where(Grant.operation_id == of, Grant.giver_id == by.someone.id)
        for grant_id in session.scalars(mine.where(Grant.undone_at.is_(None))).all():
            withdraw(session, uuid5(arrived.said.id, str(grant_id)), grant_id, by=by, at=at)
    return _result(verdict, arrived, known=known)


def _is_known(session: Session, arrived: Arrived) -> bool:
    return session.scalar(select(Operation.id).where(Operation.id == arrived.said.id)) is not None


def _meeting_of(session: Session, of: UUID, by: Actor) -> Meeting | None:
    """The meeting that came of a scan of mine, or that has this id; None when there is none in my story."""
    found: object = of
    for operation in (of, answer_operation(of)):
        row = session.get(Operation, operation)
        if row and row.kind in _SCANS and row.actor == by.label and row.result:
            found = getattr(from_record(row.result, ScanVerdict), "meeting_id", None)
    try:
        return get_meeting(session, UUID(str(found)), by.someone.id) if found else None
    except NotHere:
        return None


def _result(verdict: ScanVerdict | UndoVerdict, arrived: Arrived, *, known: bool) -> Result:
    record: dict[str, Any] = to_record(verdict)
    word = record.pop("verdict")
    return Result("duplicate" if known else "applied", {"word": word, "page": arrived.house.page_of(verdict), **record})


ROOM_KINDS = {
    "scan": Kind(read_scan, act_scan),
    "remember": Kind(read_remember, act_remember),
    "undo_scan": Kind(read_undo, act_undo),
}
