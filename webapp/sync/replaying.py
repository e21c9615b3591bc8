"""What a newer app told before this server knew how: done after the upgrade, by its own time (R19).

Once a minute rather than at the start alone: while an upgrade replaces one process after another, an old one may still
set aside what a new one knows.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog import get_logger

from webapp.accounts.models import Person
from webapp.core.actor import Actor, DeviceRef, PersonRef
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import Tools
from webapp.core.quarantine import QuarantinedOperation, raw_of, sent_of
from webapp.events.models import DoorDevice
from webapp.sync.batch import read_operation
from webapp.sync.kind import Arrived, House, Kind, SetAside
from webapp.sync.kinds import KINDS
from webapp.sync.receiving import UNKNOWN_KIND, do
from webapp.sync.sending import read_sent, time_of

log = get_logger()

AT_ONCE = 200
"""Rows of one minute: each is a transaction of its own, and doors wait for none of them long."""


def replay_what_is_known_now(tools: Tools, at: datetime) -> None:
    """Act on what was set aside because its kind was unknown. Safe to repeat, and for several processes at once."""
    house = House(tools.keyring, tools.base_url)
    waiting = _waiting(db.session(), KINDS)
    db.session.rollback()
    for row_id in waiting:
        with writing() as session:
            _replay(session, row_id, KINDS, house)
            session.commit()


def _waiting(session: Session, kinds: Mapping[str, Kind]) -> Sequence[UUID]:
    """In the order in which they came, and in which their phone did them."""
    known = (QuarantinedOperation.reason == UNKNOWN_KIND) & QuarantinedOperation.kind.in_(kinds)
    order = (QuarantinedOperation.received_at, QuarantinedOperation.actor, QuarantinedOperation.sequence)
    return session.scalars(select(QuarantinedOperation.id).where(known).order_by(*order).limit(AT_ONCE)).all()


def _replay(session: Session, row_id: UUID, kinds: Mapping[str, Kind], house: House) -> None:
    mine = select(QuarantinedOperation).where(QuarantinedOperation.id == row_id)
    row = session.scalar(mine.where(QuarantinedOperation.reason == UNKNOWN_KIND).with_for_update())
    if row is None:  # another process has done it
        return
    try:
        result = _act(session, row, kinds, house)
    except SetAside as why:
        row.reason = why.reason
    else:
        session.delete(row)
        log.info("operation_replayed", operation=row.operation_id, result=result)


def _act(session: Session, row: QuarantinedOperation, kinds: Mapping[str, Kind], house: House) -> str:
    by, said = _whose(session, row.actor), read_operation(json.loads(raw_of(row, house.keyring)))
    if said is None:
        raise SetAside("not readable")
    time = time_of(said, read_sent(sent_of(row, house.keyring)), row.received_at)
    return do(session, Arrived(said, time, row.received_at, house), kinds, by).result


def _whose(session: Session, label: str) -> Actor:
    """As whom it was told. What a door says whose key was taken back since is not done any more."""
    word, _, named = label.partition(":")
    if word == "person":
        person = session.get(Person, UUID(named))
        if person is None or person.erased_at:
            raise SetAside("not here")
        return Actor(person=PersonRef(person.id, person.name, new_id(), None))
    door = session.get(DoorDevice, UUID(named))
    if door is None:
        raise SetAside("not here")
    if door.revoked_at:
        raise SetAside("revoked")
    return Actor(device=DeviceRef(door.id, door.name, door.event_id, door.seen_at))
