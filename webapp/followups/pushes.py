"""One line on the phone of whoever asked for it, the same morning as the mail, handed over by the outbox's runner.

It says that something waits, never what or of whom. It comes once a morning, between half past eight and noon where the
event was, and never later: a phone that was off until the evening stays silent.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.accounts.models import PushSubscription
from webapp.accounts.push import MOST, find_subscription, forget_subscription, subscriptions_of
from webapp.contacts.models import Meeting, Memory
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.outbox import Later, Tools, put
from webapp.core.push import Gone, NotTaken, Receiver
from webapp.events.models import Attendee, Event
from webapp.followups.pace import rest_of
from webapp.followups.quiet import quiet_hours_of, when_awake
from webapp.swaps.stories import met_by

PUSHED = "morning.told"
NOON = time(12)
"""By the clock where the event was: what has not come until then does not come."""
LATELY = timedelta(days=2)
"""An evening is talked of in its own morning, and not later."""


def put_morning_pushes(session: Session, event: Event, at: datetime) -> None:
    """Make it due for every phone whose owner met somebody there. Safe to repeat; two evenings make one line."""
    noon = _noon(at, event.zone)
    for person_id in who_is_told(session, event.id):
        rested = max(at, event.ends_at + rest_of(session, person_id))
        awake = when_awake(quiet_hours_of(session, person_id), rested, event.zone)
        if awake >= noon:
            continue  # their quiet hours end too late for a morning
        for told in subscriptions_of(session, person_id, at)[:MOST]:
            morning = f"morning {noon.date()}"
            names = {"subscription_id": str(told.id), "until": noon.astimezone(UTC).isoformat()}
            due = awake.astimezone(UTC)
            # By the session: a switch turned off and on again is still the same phone.
            put(session, PUSHED, cause=morning, at=at, due_at=due, recipient=told.session_id, **names)


def _noon(at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), NOON, local.tzinfo)


def who_is_told(session: Session, event_id: UUID) -> Sequence[UUID]:
    """Whoever met someone there and wants a line on a phone; not who said "not tonight" that evening."""
    absent = (Attendee.person_id == Memory.person_id) & (Attendee.event_id == event_id)
    query = (
        select(Memory.person_id)
        .distinct()
        .join(Meeting, Meeting.id == Memory.meeting_id)
        .join(PushSubscription, PushSubscription.person_id == Memory.person_id)
        .where(Meeting.event_id == event_id)
        .where(~exists().where(absent, Attendee.swap_mode == "not_tonight"))
    )
    return session.scalars(query).all()


def push_morning(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Tell one phone. Nothing goes out after noon, nor when its owner signed out, left or has nobody to read of."""
    at, until = now(), datetime.fromisoformat(payload["until"])
    receiver = _receiver(UUID(payload["subscription_id"]), at) if at < until else None
    db.session.commit()
    if receiver and tools.pusher.may_reach(receiver):
        _hand_over(row_id, payload, receiver, tools, life=until - at, at=at)


def _receiver(subscription_id: UUID, at: datetime) -> Receiver | None:
    found = find_subscription(db.session(), subscription_id, at)
    if found is None or not any(_people_of_late(db.session(), found.person_id, at)):
        return None
    return Receiver(found.endpoint, found.p256dh, found.auth)


def _people_of_late(session: Session, person_id: UUID, at: datetime) -> Iterator[UUID]:
    for evening in met_by(session, person_id):
        if evening.event and evening.event.ends_at > at - LATELY:
            yield from (met.person_id for met in evening.people)


def _hand_over(
    row_id: UUID, payload: dict[str, Any], to: Receiver, tools: Tools, *, life: timedelta, at: datetime
) -> None:
    message = tools.render("push/morning.json", page=f"{tools.base_url}/next")
    try:
        tools.pusher.send(row_id, message, to, life=life, at=at)
    except Gone:
        with writing() as session:
            forget_subscription(session, UUID(payload["subscription_id"]))
            session.commit()
    except NotTaken as refused:
        raise (Later(refused.wait) if refused.wait else refused) from refused
