"""People I know from elsewhere: without an account, mine alone, never sent anything.

Nobody was asked about them, so nobody sees them: each is sealed whole for whoever keeps them. They are no meeting, no
card and no tie in any count; they stand in Next only when a rhythm was chosen, and are erased in one tap.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.accounts.people import one_at_a_time
from webapp.contacts.entries import Entry
from webapp.contacts.models import OutsideContact
from webapp.core.actor import Actor, NotHere
from webapp.core.due_rules import Rhythm, Tie, Wall, due
from webapp.core.identifiers import new_id
from webapp.core.operations import Envelope, once
from webapp.core.text import search_key
from webapp.core.tokens import Keyring, Sealed

MOST = 3_000
"""People from elsewhere that one person may keep."""
LONGEST_ORIGIN = 60
WALL = Wall("UTC")
"""Where they live is not known: they open when contacts do whom one met at no event."""
A_WEEK = timedelta(days=7)
"""How long *another day* is."""


@dataclass(frozen=True)
class Outside:
    """Somebody from elsewhere, opened for whom they belong to. `key` is theirs from the day they were brought."""

    id: UUID
    said: Entry
    origin: str
    key: str
    brought: bool
    added_at: datetime
    last_at: datetime | None
    every_days: int | None
    due_at: datetime | None

    @property
    def name(self) -> str:
        return self.said.name

    @property
    def words(self) -> str:
        """Everything I wrote about them, to be searched."""
        said = self.said
        return search_key(" ".join([said.name, said.company, *said.emails, *said.phones, said.note, self.origin]))


@dataclass(frozen=True)
class OutsideKept:
    """They are among my people, or were."""

    id: UUID


@dataclass(frozen=True)
class TooManyOutside:
    """Some of the others have to go first."""

    most: int


@dataclass(frozen=True)
class OutsideErased:
    """Nothing of them is left."""

    id: UUID


@dataclass(frozen=True)
class OutsideTended:
    """Something about how I keep in touch with them changed."""

    id: UUID


def add_outside(
    session: Session, operation: UUID, entry: Entry, origin: str, *, by: Actor, at: datetime, keyring: Keyring
) -> OutsideKept | TooManyOutside:
    """Write somebody down. Safe to repeat."""
    me, sealed = by.someone.id, Sealed(keyring, "notes")

    def act() -> OutsideKept | TooManyOutside:
        one_at_a_time(session, me)
        if count_outside(session, me) >= MOST:
            return TooManyOutside(MOST)
        row = put_outside(session, entry, origin, me, sealed, at)
        session.flush()
        return OutsideKept(row.id)

    # Keyed: a name and a number could be found again from a plain hash.
    body = {"said": keyring.mac("outside contact", _written(entry, origin, entry.key)).hex()}
    verdicts = OutsideKept | TooManyOutside
    return once(session, Envelope(operation, "add outside contact", by.label, body), verdicts, act, at=at)


def put_outside(
    session: Session, entry: Entry, origin: str, owner: UUID, sealed: Sealed, at: datetime, *, brought: bool = False
) -> OutsideContact:
    """A row of it, for an act that has looked at the limit."""
    row = OutsideContact(id=new_id(), person_id=owner, brought=brought, added_at=at)
    row.sealed_entry = sealed.seal(_written(entry, origin, entry.key), owner=owner)
    session.add(row)
    return row


def change_outside(
    session: Session,
    operation: UUID,
    contact_id: UUID,
    entry: Entry,
    origin: str,
    *,
    by: Actor,
    at: datetime,
    keyring: Keyring,
) -> OutsideKept:
    """What I know of them is this now. Safe to repeat. Raises NotHere when they are not mine."""
    me, sealed = by.someone.id, Sealed(keyring, "notes")

    def act() -> OutsideKept:
        row = _mine(session, contact_id, me)
        key = _opened(row, sealed).key
        row.sealed_entry = sealed.seal(_written(entry, origin, key), owner=me)
        session.flush()
        return OutsideKept(row.id)

    said = keyring.mac("outside contact", _written(entry, origin, entry.key)).hex()
    body = {"contact": str(contact_id), "said": said}
    return once(session, Envelope(operation, "change outside contact", by.label, body), OutsideKept, act, at=at)


def erase_outside(session: Session, operation: UUID, contact_id: UUID, *, by: Actor, at: datetime) -> OutsideErased:
    """Erase them. Safe to repeat. Raises NotHere when they are not mine."""
    me = by.someone.id

    def act() -> OutsideErased:
        session.execute(delete(OutsideContact).where(OutsideContact.id == _mine(session, contact_id, me).id))
        return OutsideErased(contact_id)

    body = {"contact": str(contact_id)}
    return once(session, Envelope(operation, "erase outside contact", by.label, body), OutsideErased, act, at=at)


def choose_rhythm(
    session: Session, operation: UUID, contact_id: UUID, every_days: int | None, *, by: Actor, at: datetime
) -> OutsideTended:
    """Be told in Next after so many days; None: never. Safe to repeat. Raises NotHere when they are not mine."""
    return _tend(session, operation, contact_id, "every", by, at, every_days=every_days, since=at, later_until=None)


def say_in_touch(session: Session, operation: UUID, contact_id: UUID, *, by: Actor, at: datetime) -> OutsideTended:
    """We were in touch now. Safe to repeat. Raises NotHere when they are not mine."""
    return _tend(session, operation, contact_id, "touch", by, at, last_at=at, later_until=None)


def put_off(session: Session, operation: UUID, contact_id: UUID, *, by: Actor, at: datetime) -> OutsideTended:
    """Not before a week is over. Safe to repeat. Raises NotHere when they are not mine."""
    return _tend(session, operation, contact_id, "later", by, at, later_until=at + A_WEEK)


def _tend(
    session: Session, operation: UUID, contact_id: UUID, what: str, by: Actor, at: datetime, **change: Any
) -> OutsideTended:
    def act() -> OutsideTended:
        row = _mine(session, contact_id, by.someone.id)
        for column, value in change.items():
            setattr(row, column, value)
        session.flush()
        return OutsideTended(row.id)

    body = {"contact": str(contact_id), "what": what, "every": str(change.get("every_days", ""))}
    return once(session, Envelope(operation, "tend outside contact", by.label, body), OutsideTended, act, at=at)


def count_outside(session: Session, person_id: UUID) -> int:
    """How many people from elsewhere this person keeps."""
    mine = select(func.count()).select_from(OutsideContact).where(OutsideContact.person_id == person_id)
    return session.scalar(mine) or 0


def outside_of(session: Session, person_id: UUID, sealed: Sealed) -> list[Outside]:
    """Everybody this person knows from elsewhere, by name. One query."""
    rows = session.scalars(select(OutsideContact).where(OutsideContact.person_id == person_id))
    return sorted((_opened(row, sealed) for row in rows), key=lambda one: (search_key(one.name), one.id))


def get_outside(session: Session, contact_id: UUID, person_id: UUID, sealed: Sealed) -> Outside:
    """Somebody this person knows from elsewhere. Raises NotHere when they are not theirs."""
    return _opened(_mine(session, contact_id, person_id), sealed)


def due_outside(session: Session, person_id: UUID, sealed: Sealed, at: datetime) -> list[Outside]:
    """Whose rhythm says that it is time, the longest due first. Without a rhythm nobody is ever due."""
    paced = OutsideContact.every_days.is_not(None) & (OutsideContact.person_id == person_id)
    known = (_opened(row, sealed) for row in session.scalars(select(OutsideContact).where(paced)))
    waiting = [(one.due_at, one.id, one) for one in known if one.due_at and one.due_at <= at]
    return [one for _, _, one in sorted(waiting)]


def found_among(contacts: Sequence[Outside], keys: Collection[str]) -> list[Outside]:
    """Those whose words hold all of these."""
    return [one for one in contacts if all(key in one.words for key in keys)]


def _mine(session: Session, contact_id: UUID, person_id: UUID) -> OutsideContact:
    row = session.get(OutsideContact, contact_id)
    if row is None or row.person_id != person_id:
        raise NotHere
    return row


def _written(entry: Entry, origin: str, key: str) -> str:
    return json.dumps({**asdict(entry), "origin": origin, "key": key}, ensure_ascii=False)


def _opened(row: OutsideContact, sealed: Sealed) -> Outside:
    said = json.loads(sealed.open(row.sealed_entry, owner=row.person_id))
    origin, key = said.pop("origin"), said.pop("key")
    entry = Entry.from_json(said)
    whole = Outside(row.id, entry, origin, key, row.brought, row.added_at, row.last_at, row.every_days, None)
    if row.every_days is None or row.since is None:
        return whole
    rhythm, day = Rhythm(row.every_days, row.every_days), row.later_until.date() if row.later_until else None
    return replace(whole, due_at=due(Tie(WALL, row.since, rhythm, last_touch=row.last_at, put_off_until=day)))
