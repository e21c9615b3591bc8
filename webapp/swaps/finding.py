"""From a code to somebody it may be swapped with. All reasons why not have one answer, except the scanner's own two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.badges.models import Badge
from webapp.badges.queries import find_by_token, find_by_typed_code
from webapp.checkin.queries import find_place_in, is_in
from webapp.checkin.scans import BadgeToken, TypedCode
from webapp.contacts.queries import has_blocked
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee
from webapp.events.queries import places_of
from webapp.swaps.codes import Code, ScreenCode
from webapp.swaps.models import Grant, KeptScan
from webapp.swaps.screen import Shown, find_shown
from webapp.swaps.slides import find_slide


@dataclass(frozen=True)
class Whom:
    """Somebody in the same room. `mode` is their choice for this event, or "shown" when they held up their code.

    Two phones may also meet where no event is: `event_id` is None then. `shut`: they have blocked the scanner.
    """

    person_id: UUID
    event_id: UUID | None
    mode: str
    shut: bool = False

    def shut_to_me(self) -> "Whom":
        """The same person as somebody who blocked me: who asks them gets no answer, and nothing reaches them."""
        return replace(self, mode="ask" if self.mode in {"shown", "swap"} else self.mode, shut=True)


@dataclass(frozen=True)
class Nobody:
    """Other event, wrong or dead code, not there, taken back: nobody can tell which."""


@dataclass(frozen=True)
class NotIn:
    """The one who scans has not arrived yet."""


@dataclass(frozen=True)
class Myself:
    """The code is the scanner's own."""


Found = Whom | Nobody | NotIn | Myself
Read = Badge | Shown | None
"""What a code turned out to be before the rules of the room are asked."""


def look_up(session: Session, code: Code | None, me: UUID, *, keyring: Keyring, at: datetime) -> Read:
    """The badge, dead or alive, or the shown live code behind what was read; None for everything else."""
    match code:
        case BadgeToken(token):
            return find_by_token(session, token)
        case TypedCode(typed):
            events = [place.event_id for place in places_of(session, me, at)]
            typed_here = (find_by_typed_code(session, event_id, typed, keyring) for event_id in events)
            return next((badge for badge in typed_here if badge), None)
        case ScreenCode():
            return find_shown(session, code, keyring, at) or find_slide(session, code, keyring, at)
        case None:
            return None


def read_again(session: Session, kept: KeptScan) -> Read:
    """What a kept scan had read. Somebody who showed their code said yes at that moment."""
    if kept.badge_id:
        whole = joinedload(Badge.attendee).joinedload(Attendee.event)
        return session.scalar(select(Badge).where(Badge.id == kept.badge_id).options(whole))
    return Shown(kept.shown_by_id, kept.at) if kept.shown_by_id else None


def find_whom(session: Session, read: Read, me: UUID, *, at: datetime) -> Found:
    """With whom this scan, made at `at`, can swap: both have arrived at the same event, and the code was alive.

    A live code is also good where neither is at an event.
    """
    match read:
        case Badge() if _hung_there(read, at) and read.attendee.event.swap_window(at):
            return _wearer(session, read, me, at)
        case Shown():
            return _shower(session, read, me, at)
        case _:
            return _nobody_or_not_in(session, me, at)


def _hung_there(badge: Badge, at: datetime) -> bool:
    """Whether this badge was the one to wear: what is scanned after its replacement is a dead code."""
    return badge.replaced_at is None or at < badge.replaced_at


def _beside_blocks(session: Session, whom: Whom, me: UUID) -> Whom | Nobody:
    """To whoever blocked me I am somebody who asks and gets no answer; whom I blocked is not there."""
    if has_blocked(session, me, whom.person_id):
        return Nobody()
    return whom.shut_to_me() if has_blocked(session, whom.person_id, me) else whom


def _nobody_or_not_in(session: Session, me: UUID, at: datetime) -> Nobody | NotIn:
    """For a code that is none: someone still at the door hears that first, whatever they scanned."""
    places = places_of(session, me, at)
    return NotIn() if places and not any(is_in(session, place.id) for place in places) else Nobody()


def _wearer(session: Session, badge: Badge, me: UUID, at: datetime) -> Found:
    wearer = badge.attendee
    if wearer.person_id == me:
        return Myself()
    mine = find_place_in(session, badge.event_id, me)
    if mine is None:
        return _nobody_or_not_in(session, me, at)
    if not mine.is_in:
        return NotIn()
    if not is_in(session, wearer.id):
        return Nobody()
    # A badge that was replaced since it was scanned no longer speaks for its owner: it asks (trust.md R15).
    mode = "ask" if badge.replaced_at and wearer.swap_mode == "swap" else wearer.swap_mode
    return _beside_blocks(session, Whom(wearer.person_id, badge.event_id, mode), me)


def _shower(session: Session, shown: Shown, me: UUID, at: datetime) -> Found:
    if shown.person_id == me:
        return Myself()
    place = _where(session, shown, me, at)
    if isinstance(place, Nobody | NotIn):
        return place
    found = _beside_blocks(session, Whom(shown.person_id, place.event_id, "shown"), me)
    said_yes = isinstance(found, Whom) and found.mode == "shown"
    return Nobody() if said_yes and _taken_back_since(session, shown, me) else found


@dataclass(frozen=True)
class _Where:
    """The event that two are at together, or None where they meet without one."""

    event_id: UUID | None


def _where(session: Session, shown: Shown, me: UUID, at: datetime) -> _Where | Nobody | NotIn:
    mine, theirs = (places_of(session, person_id, at) for person_id in (me, shown.person_id))
    here, there = (_events_entered(session, places) for places in (mine, theirs))
    together = next((event_id for event_id in there if event_id in here), None)
    if together or (not shown.on_slide and _meet_without_event(mine, theirs, here, there)):
        return _Where(together)
    return Nobody() if here else _nobody_or_not_in(session, me, at)


def _events_entered(session: Session, places: Sequence[Attendee]) -> list[UUID]:
    return [place.event_id for place in places if is_in(session, place.id)]


def _meet_without_event(
    mine: Sequence[Attendee], theirs: Sequence[Attendee], here: list[UUID], there: list[UUID]
) -> bool:
    """Whether no event is between them: they are guests of none together, and not each at one of their own."""
    same = {place.event_id for place in mine} & {place.event_id for place in theirs}
    return not same and not (here and there)


def _taken_back_since(session: Session, shown: Shown, me: UUID) -> bool:
    """Whether one of the two took a card back after this code came up: a code says yes once to each."""
    pair = Grant.giver_id.in_((me, shown.person_id)) & Grant.receiver_id.in_((me, shown.person_id))
    last = session.execute(select(func.max(Grant.undone_at), func.max(Grant.withdrawn_at)).where(pair)).one()
    return any(moment is not None and moment >= shown.since for moment in last)
