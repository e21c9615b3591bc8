"""The list by which a door decides alone: one sealed record for each badge, which only that badge opens.

In 256 buckets by look-up id, so that a phone fetches what changed. What stands beside a record in the clear (when
somebody with that badge was admitted, by which door) says nothing about whom.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from webapp.badges.models import Badge
from webapp.checkin.facts import BY_CLAIM
from webapp.checkin.models import CheckIn
from webapp.checkin.queries import get_counter
from webapp.core.sealing import RecordSealer
from webapp.core.tokens import Keyring
from webapp.core.versions import version_of
from webapp.events.models import Attendee, DoorDevice, Event

LABEL = "seal"
BUCKETS, DIGEST = 256, 6
KEPT_LISTS = 8
"""How many events' lists a process remembers."""

Line = Sequence[str | None]
"""Look-up id, sealed record, when somebody was admitted on it, by which door."""


@dataclass(frozen=True)
class DoorList:
    """One event's list at one version. `digests` are BUCKETS times DIGEST bytes."""

    version: int
    guests: int
    inside: int
    buckets: Sequence[Sequence[Line]]
    digests: bytes

    def changed(self, have: bytes) -> Mapping[str, Sequence[Line]]:
        """The buckets whose digest is not the one that a phone has; all of them for one that has nothing."""
        known = have if len(have) == len(self.digests) else b""
        spans = [slice(number * DIGEST, (number + 1) * DIGEST) for number in range(BUCKETS)]
        wanted = [number for number, span in enumerate(spans) if known[span] != self.digests[span]]
        return {f"{number:02x}": self.buckets[number] for number in wanted}


class DoorLists:
    """The lists of this process, made anew when their event changed; sealed records stay while they say the same."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lists: OrderedDict[UUID, DoorList] = OrderedDict()
        self._sealed: dict[UUID, dict[str, tuple[dict[str, object], str]]] = {}

    def get(self, session: Session, event: Event, *, keyring: Keyring) -> DoorList:
        """The list as it is now. One thread makes it, however many doors ask."""
        version = version_of(session, f"event:{event.id}")
        with self._lock:
            found = self._lists.get(event.id)
            if found is None or found.version != version:
                found = self._make(session, event, version, keyring)
                self._keep(event.id, found)
            self._lists.move_to_end(event.id)
            return found

    def _keep(self, event_id: UUID, made: DoorList) -> None:
        self._lists[event_id] = made
        if len(self._lists) > KEPT_LISTS:
            gone, _ = self._lists.popitem(last=False)
            self._sealed.pop(gone, None)

    def _make(self, session: Session, event: Event, version: int, keyring: Keyring) -> DoorList:
        rows = _badges_of(session, event)
        sealer, before = RecordSealer(keyring, event.id, LABEL), self._sealed.get(event.id, {})
        sealed: dict[str, tuple[dict[str, object], str]] = {}
        buckets: list[list[Line]] = [[] for _ in range(BUCKETS)]
        for row in rows:
            record, known = _record(row), before.get(row.lookup_id)
            token = keyring.badge_token(event.id, row.badge_id, row.generation)
            text = known[1] if known and known[0] == record else sealer.seal(token, row.lookup_id, record)
            sealed[row.lookup_id] = record, text
            admitted = row.admitted_at.isoformat() if row.admitted_at else None
            buckets[int(row.lookup_id[:2], 16)].append((row.lookup_id, text, admitted, row.door))
        self._sealed[event.id] = sealed
        counter = get_counter(session, event)
        return DoorList(version, counter.expected, counter.inside, buckets, _digests(buckets))


def _badges_of(session: Session, event: Event) -> Sequence[Any]:
    """Every badge of the event, live and replaced, with its guest and their admission, in the order of look-up ids."""
    companion = aliased(Attendee)
    brings = exists().where(companion.host_id == Attendee.id)
    # Who claimed at an open door was seen by nobody yet, and is welcomed when they come.
    live = and_(CheckIn.attendee_id == Attendee.id, CheckIn.undone_at.is_(None), CheckIn.how != BY_CLAIM)
    columns = (Badge.id.label("badge_id"), Badge.generation, Badge.lookup_id, Badge.replaced_at)
    guest = (Attendee.id.label("attendee_id"), Attendee.name, Attendee.box, Attendee.cancelled_at)
    query = (
        select(*columns, *guest, CheckIn.at.label("admitted_at"), DoorDevice.door, brings.label("brings"))
        .select_from(Badge)
        .join(Attendee, Attendee.id == Badge.attendee_id)
        .outerjoin(CheckIn, live)
        .outerjoin(DoorDevice, DoorDevice.id == CheckIn.device_id)
        .where(Badge.event_id == event.id)
        .order_by(Badge.lookup_id)
    )
    return session.execute(query).all()


def _record(row: Any) -> dict[str, object]:
    """What a phone reads when the badge is held to it: the guest, their name and box, and whether they may come in."""
    state, since = ("replaced", row.replaced_at) if row.replaced_at else ("cancelled", row.cancelled_at)
    named = {"a": str(row.attendee_id), "n": row.name, "x": row.box}
    return named | {"s": state if since else "ok", "t": since.isoformat() if since else None, "p": bool(row.brings)}


def _digests(buckets: Iterable[Sequence[Line]]) -> bytes:
    return b"".join(hashlib.sha256(json.dumps(bucket).encode()).digest()[:DIGEST] for bucket in buckets)


def read_digests(text: str) -> bytes:
    """The digests a phone says it has; nothing when they are none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return b""


def write_digests(digests: bytes) -> str:
    """The digests as a phone keeps them."""
    return urlsafe_b64encode(digests).decode().rstrip("=")
