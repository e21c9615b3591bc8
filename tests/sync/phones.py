"""Door phones without a network: they decide by themselves, keep what they did, and tell it to `/sync` later."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.checkin.room import Room
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee, DoorDevice

HOUR = timedelta(hours=1)


@dataclass
class DoorPhone:
    """One phone with its own clock (`off` ahead of ours), its count of operations and a queue of them."""

    room: Room
    name: str = "Cora’s phone"
    door: str = "North door"
    off: timedelta = timedelta()
    boot: str = "first run"
    sequence: int = 0
    queue: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.actor, self.key = self.room.cast.door(name=self.name, door=self.door)
        self.started = now() - HOUR
        with writing() as session:
            device = session.get_one(DoorDevice, self.actor.device and self.actor.device.id)
            device.paired_at = self.started
            session.commit()
        self.browser: FlaskClient = self.room.cast.browser(door_key=self.key)

    @property
    def owner(self) -> str:
        """How the server names this phone."""
        return self.actor.label

    def act(self, kind: str, body: dict[str, str], at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """Keep something done at this (true) time, now if not said."""
        at = at or now()
        self.sequence += 1
        done = {"id": str(new_id()), "kind": kind, "seq": self.sequence, "owner": self.owner, "list": None}
        done |= {"at": (at + self.off).isoformat(), "mono": self._mono(at), "boot": self.boot}
        done |= {"offset": self.off / timedelta(milliseconds=1), "rtt": 40, "decided": None}
        done |= {"true": at.isoformat()}  # the server reads what it knows and lets the rest be
        done |= {"body": {"event": str(self.room.cast.mixer.id)} | body} | changes
        self.queue.append(done)
        return done

    def let_in(self, guest: Attendee, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """The guest's badge is scanned without a network, and its record says welcome."""
        lookup = self.room.badge(guest).lookup_id
        return self.act("check_in", {"lookup": lookup, "anyway": ""}, at, **{"decided": "admitted"} | changes)

    def take_back(self, done: dict[str, Any] | UUID, at: datetime | None = None, reason: str = "wrong_person") -> Any:
        """The entry of this operation was a mistake."""
        of = str(done) if isinstance(done, UUID) else done["id"]
        return self.act("undo_check_in", {"operation": of, "reason": reason}, at)

    def envelope(self, operations: list[Any], **changes: Any) -> dict[str, Any]:
        """A batch as this phone would send it now."""
        at = now()
        whole = {"schema": 1, "now": (at + self.off).isoformat(), "boot": self.boot, "mono": self._mono(at)}
        return whole | {"operations": operations} | changes

    def send(self, operations: list[Any] | None = None, **changes: Any) -> TestResponse:
        """Tell these operations, or everything that is kept."""
        return self.browser.post(
            "/sync", json=self.envelope(self.queue if operations is None else operations, **changes)
        )

    def tell(self, *operations: dict[str, Any]) -> list[dict[str, Any]]:
        """Tell these operations, or everything that is kept; the results."""
        answer = self.send(list(operations) if operations else None)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json["results"]  # type: ignore[index]  # it is an object
        return results

    def words(self, *operations: dict[str, Any]) -> list[tuple[str, str]]:
        """The same as (result, word of the verdict)."""
        return [(told["result"], told["verdict"]["word"]) for told in self.tell(*operations)]

    def _mono(self, at: datetime) -> int:
        return (at - self.started) // timedelta(milliseconds=1)


def phones_of(cast: Cast) -> tuple[Room, DoorPhone, DoorPhone]:
    """Tonight's door, with a phone at the north and one at the south."""
    room = Room(cast)
    return room, DoorPhone(room), DoorPhone(room, name="Filip’s phone", door="South door")
