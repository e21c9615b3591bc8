"""What a link from the morning mail can do, and nothing else: give mine, one line, did it and not yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.contacts.promising import settle
from webapp.contacts.queries import get_meeting, get_promise, memory_of
from webapp.contacts.remembering import remember
from webapp.core.actor import NotHere
from webapp.core.tokens import Sealed
from webapp.events.claiming import fill_card
from webapp.events.models import Attendee
from webapp.followups.links import Holder
from webapp.followups.morning import SHOWN, MetThere, met_there
from webapp.swaps.exchange import give_mine
from webapp.swaps.models import CardRequest
from webapp.swaps.verdicts import AnswerVerdict


def told_to(session: Session, holder: Holder, sealed: Sealed) -> list[MetThere]:
    """Whom they met. Who has no account is told of those who gave them a card, and no more."""
    met = met_there(session, holder.person.id, holder.event_id, sealed, until=holder.sent_at)
    return [one for one in met if holder.has_account or one.state in {"holds", "swapped"}]


def shown_to(session: Session, holder: Holder, sealed: Sealed) -> list[MetThere]:
    """Whom the mail of this link showed."""
    return told_to(session, holder, sealed)[:SHOWN]


def give_mine_by_mail(
    session: Session, operation: UUID, request_id: UUID, *, holder: Holder, sealed: Sealed, at: datetime
) -> AnswerVerdict:
    """Give my card to somebody of that evening who asked; of a guest without an account, name and headline as listed.

    Safe to repeat. Raises NotHere for a question the mail did not show.
    """
    request = session.get(CardRequest, request_id)
    shown = {met.person_id for met in shown_to(session, holder, sealed)}
    if request is None or request.asker_id not in shown or request.asked_id != holder.person.id:
        raise NotHere
    if request.event_id != holder.event_id or request.at > holder.sent_at:
        raise NotHere
    if not holder.has_account:
        _start_card(session, holder, at)
    return give_mine(session, operation, request_id, by=holder.actor, at=at)


def _start_card(session: Session, holder: Holder, at: datetime) -> None:
    """What the list says of them, so that there is a headline to give; ways to be reached are given by nobody else."""
    place = select(Attendee).where(Attendee.person_id == holder.person.id, Attendee.event_id == holder.event_id)
    for attendee in session.scalars(place.order_by(Attendee.created_at).limit(1)):
        fill_card(session, attendee, at)
    session.flush()


def write_line(session: Session, meeting_id: UUID, line: str, *, holder: Holder, sealed: Sealed, at: datetime) -> None:
    """Add a line to my note. The same line again changes nothing. Raises NotHere as above."""
    _check_told(session, meeting_id, holder, sealed)
    before = memory_of(session, meeting_id, holder.person.id, sealed)
    if not line.strip() or line.strip() in before.note.splitlines():
        return
    meeting = get_meeting(session, meeting_id, holder.person.id)
    note = "\n".join(filter(None, [before.note, line.strip()]))
    knew = before.knew_each_other
    remember(session, meeting, holder.person.id, knew_each_other=knew, note=note, sealed=sealed, at=at)


def settle_by_mail(
    session: Session, promise_id: UUID, *, done: bool, holder: Holder, sealed: Sealed, at: datetime
) -> None:
    """I did it, or not yet after all. Raises NotHere as above."""
    promise = get_promise(session, promise_id, holder.person.id)
    _check_told(session, promise.meeting_id, holder, sealed)
    if promise.made_at > holder.sent_at:
        raise NotHere
    settle(session, promise_id, holder.person.id, done=done, at=at)


def _check_told(session: Session, meeting_id: UUID, holder: Holder, sealed: Sealed) -> None:
    told = {met.meeting_id for met in shown_to(session, holder, sealed)}
    if not holder.has_account or meeting_id not in told:
        raise NotHere
