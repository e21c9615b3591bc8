"""Scanning, and answering a scan: the only ways a card moves.

You scan, they get your card. They scan back, you get theirs. A printed badge asks; a live code has said yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.cards import explain_first_scan, get_card
from webapp.badges.models import Badge
from webapp.contacts.models import Meeting
from webapp.contacts.queries import has_blocked
from webapp.contacts.remembering import keep_in_mind, meet
from webapp.core.actor import Actor, NotHere
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.tokens import Keyring
from webapp.core.versions import bump
from webapp.swaps.blocking import stood_then
from webapp.swaps.codes import Code
from webapp.swaps.finding import Myself, Nobody, NotIn, Read, Whom, find_whom, look_up, read_again
from webapp.swaps.granting import answer_requests, ask, give, give_later, held_grant, live_grant, took_back
from webapp.swaps.models import CardRequest, KeptScan
from webapp.swaps.queries import waiting_for_me
from webapp.swaps.screen import Shown
from webapp.swaps.taking_back import was_undone_first
from webapp.swaps.verdicts import (
    AlreadySwapped,
    AnswerVerdict,
    ExplainFirst,
    Gave,
    GaveBefore,
    GaveToAll,
    NoLongerAsked,
    NoSwap,
    NotCheckedInYet,
    Noted,
    OwnBadge,
    PutOff,
    ScanVerdict,
    Swapped,
)

Intent = Literal["ask me first", "give", "note"]
"""What a scan wants: the first one ever asks before it sends; then give my card, or just note that we met."""

KEPT_FOR = timedelta(hours=24)
"""How long a scan waits for its scanner to arrive and finish it."""


@dataclass(frozen=True)
class Scan:
    """One reading of a code at `read_at`, with the id made before it was sent.

    `intent` is what a phone without a network was told when it asked before the first scan itself.
    """

    operation_id: UUID
    code: Code | None
    read_at: datetime
    intent: Intent = "ask me first"


@dataclass(frozen=True)
class _Attempt:
    """One run of a scan: who, what for, under which operation, when, and the kept scan it comes from.

    Whom a code leads to is judged by when it was read; all that follows happens now.
    """

    me: UUID
    read: Read
    intent: Intent
    operation: UUID
    read_at: datetime
    at: datetime
    kept: KeptScan | None = None


def scan(session: Session, scanned: Scan, *, by: Actor, at: datetime, keyring: Keyring) -> ScanVerdict:
    """My card goes to whoever wears or shows this code, by the rules of both. Safe to repeat.

    A scan that waited on a phone is the same act, however late it comes: what was read counts by `read_at`.
    """
    me = by.someone.id
    # Keyed, because a typed code is short enough to be found again from a plain hash.
    fingerprint = keyring.mac("scanned code", repr(scanned.code)).hex()

    def act() -> ScanVerdict:
        if was_undone_first(session, scanned.operation_id, by=by):
            return NoSwap()
        if scanned.intent == "give":
            explain_first_scan(session, me, at)
        read = look_up(session, scanned.code, me, keyring=keyring, at=scanned.read_at)
        return _scan(session, _Attempt(me, read, scanned.intent, scanned.operation_id, scanned.read_at, at))

    asked = {"code": fingerprint}
    envelope = Envelope(scanned.operation_id, "scan", f"person:{me}", asked, device_time=scanned.read_at)
    verdict = once(session, envelope, ScanVerdict, act, at=at)
    if isinstance(verdict, ExplainFirst) and scanned.intent != "ask me first":
        # The server had asked already, but its question was lost on the way: the phone asked instead.
        return _answer_for(session, scanned, verdict, by=by, at=at)
    return verdict


def answer_operation(scan_operation: UUID) -> UUID:
    """The id under which a phone's own answer to the question before the first scan is kept."""
    return uuid5(scan_operation, "answer")


def _answer_for(session: Session, scanned: Scan, asked: ExplainFirst, *, by: Actor, at: datetime) -> ScanVerdict:
    operation = answer_operation(scanned.operation_id)
    try:
        with session.begin_nested():
            return finish_kept(session, operation, asked.kept_id, intent=scanned.intent, by=by, at=at)
    except NotHere:  # answered on a page meanwhile
        return asked


def finish_kept(
    session: Session, operation: UUID, kept_id: UUID, *, intent: Intent, by: Actor, at: datetime
) -> ScanVerdict:
    """Do what a kept scan was made for. Safe to repeat. Raises NotHere when it is not mine, finished or too old."""
    me = by.someone.id

    def act() -> ScanVerdict:
        kept = get_kept(session, kept_id, me, at=at)
        if intent == "give":
            explain_first_scan(session, me, at)
        verdict = _scan(session, _Attempt(me, read_again(session, kept), intent, operation, kept.at, at, kept))
        if not isinstance(verdict, NotCheckedInYet | ExplainFirst):
            kept.done_at = at
        return verdict

    envelope = Envelope(operation, "finish kept scan", by.label, {"kept": str(kept_id), "intent": intent})
    return once(session, envelope, ScanVerdict, act, at=at)


def give_mine(session: Session, operation: UUID, request_id: UUID, *, by: Actor, at: datetime) -> AnswerVerdict:
    """My yes to somebody who gave me their card, now or after a "not now". Raises NotHere when nobody asked me that."""
    me = by.someone.id

    def act() -> AnswerVerdict:
        request = _get_request(session, request_id, me)
        meeting = meet(session, request.event_id, request.asker_id, me, at=at)
        if held_grant(session, request.asker_id, me) is None:
            return NoLongerAsked(meeting.id)
        if held_grant(session, me, request.asker_id):
            return AlreadySwapped(meeting.id)
        give(session, meeting, me, operation=operation, how="answer", at=at)
        answer_requests(session, request.asker_id, me, "given", operation=operation, at=at)
        return Swapped(meeting.id)

    envelope = Envelope(operation, "give mine", by.label, {"request": str(request_id)})
    return once(session, envelope, AnswerVerdict, act, at=at)


def give_to_all(session: Session, operation: UUID, until: datetime, *, by: Actor, at: datetime) -> GaveToAll:
    """My yes to everybody whose question I saw: asked up to then, not put off. Safe to repeat, undone as one."""
    me = by.someone.id

    def act() -> GaveToAll:
        waiting = [asked for asked in waiting_for_me(session, me) if asked.at <= until]
        for asked in waiting:
            event_id = session.get_one(Meeting, asked.meeting_id).event_id
            meeting = meet(session, event_id, asked.person_id, me, at=at)
            give(session, meeting, me, operation=operation, how="answer", at=at)
            answer_requests(session, asked.person_id, me, "given", operation=operation, at=at)
        return GaveToAll(len(waiting))

    envelope = Envelope(operation, "give mine to all", by.label, {"until": until.isoformat()})
    return once(session, envelope, GaveToAll, act, at=at)


def not_now(session: Session, operation: UUID, request_id: UUID, *, by: Actor, at: datetime) -> AnswerVerdict:
    """Put their question off: it leaves my screen, they cannot tell, I can still say yes. Raises NotHere as above."""
    me = by.someone.id

    def act() -> AnswerVerdict:
        request = _get_request(session, request_id, me)
        answer_requests(session, request.asker_id, me, "not now", operation=None, at=at)
        bump(session, f"person:{me}")
        return PutOff(request.meeting_id)

    envelope = Envelope(operation, "not now", by.label, {"request": str(request_id)})
    return once(session, envelope, AnswerVerdict, act, at=at)


def get_kept(session: Session, kept_id: UUID, person_id: UUID, *, at: datetime) -> KeptScan:
    """This kept scan, if it is this person's and still waits. Raises NotHere otherwise."""
    kept = session.get(KeptScan, kept_id)
    if kept is None or kept.person_id != person_id or kept.done_at or kept.expires_at < at:
        raise NotHere
    return kept


def kept_scans(session: Session, person_id: UUID, *, at: datetime) -> Sequence[KeptScan]:
    """The scans of this person that still wait, the latest first."""
    waiting = (KeptScan.person_id == person_id) & KeptScan.done_at.is_(None) & (KeptScan.expires_at >= at)
    return session.scalars(select(KeptScan).where(waiting).order_by(KeptScan.at.desc())).all()


def _scan(session: Session, attempt: _Attempt) -> ScanVerdict:
    match find_whom(session, attempt.read, attempt.me, at=attempt.read_at):
        case Nobody():
            return NoSwap()
        case Myself():
            return OwnBadge()
        case NotIn():
            return NotCheckedInYet(_keep(session, attempt).id)
        case Whom() as found:
            whom = _beside_ended_blocks(session, found, attempt)
            return _meet_and_give(session, whom, attempt) if whom else NoSwap()
        case never:
            assert_never(never)


def _beside_ended_blocks(session: Session, whom: Whom, attempt: _Attempt) -> Whom | None:
    """What comes late meets the blocks of its own moment: one that has ended since revives nothing (trust.md R13)."""
    me, other, then = attempt.me, whom.person_id, attempt.read_at
    if then >= attempt.at:
        return whom
    if stood_then(session, me, other, then):
        return None
    if stood_then(session, other, me, then):
        return whom.shut_to_me()
    return replace(whom, shut=False)  # a block that came after it hides what it gave only while it stands


def _meet_and_give(session: Session, whom: Whom, attempt: _Attempt) -> ScanVerdict:
    me, at = attempt.me, attempt.at
    if whom.mode == "not_tonight" and not _know_each_other(session, me, whom.person_id):
        return NoSwap()
    if attempt.intent == "ask me first" and get_card(session, me).first_scan_explained_at is None:
        return ExplainFirst(_keep(session, attempt).id)
    meeting = meet(session, whom.event_id, me, whom.person_id, at=attempt.read_at)
    keep_in_mind(session, meeting, me, at=at)
    if attempt.intent == "note":
        bump(session, f"person:{me}")
        return Noted(meeting.id)
    return _swap(session, meeting, whom, attempt)


def _know_each_other(session: Session, me: UUID, other: UUID) -> bool:
    """Whether a card has moved between them: then "not tonight" hides nothing any more."""
    return bool(live_grant(session, me, other) or held_grant(session, other, me))


def _swap(session: Session, meeting: Meeting, whom: Whom, attempt: _Attempt) -> ScanVerdict:
    me, other, at = attempt.me, whom.person_id, attempt.at
    mine, theirs = live_grant(session, me, other), held_grant(session, other, me)
    if mine:
        mine.under_block = mine.under_block and whom.shut  # given once more, and perhaps nothing is between them now
        if attempt.read_at < at:
            give_later(session, mine, attempt.operation, attempt.read_at)
    if mine and theirs:
        keep_in_mind(session, meeting, other, at=at)
        bump(session, f"person:{me}", f"person:{other}")
        return AlreadySwapped(meeting.id)
    if not mine:
        how = "screen" if whom.mode == "shown" else "scan"
        give(session, meeting, me, operation=attempt.operation, how=how, at=at, under_block=whom.shut)
        if not whom.shut:
            answer_requests(session, other, me, "given", operation=attempt.operation, at=at)
    if theirs:
        return Swapped(meeting.id)
    if whom.mode == "shown" or (whom.mode == "swap" and not took_back(session, other, me)):
        how = "shown" if whom.mode == "shown" else "standing"
        give(session, meeting, other, operation=attempt.operation, how=how, at=at)
        answer_requests(session, me, other, "given", operation=attempt.operation, at=at)
        return Swapped(meeting.id)
    return _ask(session, meeting, whom, attempt, gave_before=mine is not None)


def _ask(session: Session, meeting: Meeting, whom: Whom, attempt: _Attempt, *, gave_before: bool) -> ScanVerdict:
    me, other, at = attempt.me, whom.person_id, attempt.at
    keep_in_mind(session, meeting, other, at=at)
    asked = ask(session, meeting, me, operation=attempt.operation, at=at)
    bump(session, f"person:{me}", f"person:{other}")
    if whom.mode == "take":  # may still be given later, but their phone is not bothered tonight
        answer_requests(session, me, other, "not now", operation=None, at=at)
        return Gave(meeting.id, asked=False)
    return GaveBefore(meeting.id) if gave_before else Gave(meeting.id, asked)


def _keep(session: Session, attempt: _Attempt) -> KeptScan:
    """The scan as a row that waits; one that waited already goes on waiting."""
    if attempt.kept:
        return attempt.kept
    kept = KeptScan(id=new_id(), person_id=attempt.me, at=attempt.read_at, expires_at=attempt.at + KEPT_FOR)
    match attempt.read:
        case Badge():
            kept.badge_id = attempt.read.id
        case Shown():
            kept.shown_by_id = attempt.read.person_id
        case None:
            pass
    session.add(kept)
    session.flush()
    return kept


def _get_request(session: Session, request_id: UUID, me: UUID) -> CardRequest:
    mine = select(CardRequest).where(CardRequest.id == request_id, CardRequest.asked_id == me)
    request = session.scalar(mine.where(CardRequest.undone_at.is_(None)))
    if request is None or has_blocked(session, me, request.asker_id):
        raise NotHere
    return request
