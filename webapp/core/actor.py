"""Who acts: a person who signed in, a door device, or nobody known. Acts get it as an argument."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


class NotHere(Exception):
    """It does not exist, or it is not this actor's to see: the same answer for both (404)."""


@dataclass(frozen=True)
class PersonRef:
    """A person with a live sign-in session; `stepped_up_at` is when they last typed a fresh code, `seen_at` about when
    this browser was last used."""

    id: UUID
    name: str
    session_id: UUID
    stepped_up_at: datetime | None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class DeviceRef:
    """A paired door phone, good for one event; `seen_at` is when it was last used, to the minute."""

    id: UUID
    name: str
    event_id: UUID
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Actor:
    """Who knocks. A phone may carry a person and a door device at once."""

    person: PersonRef | None = None
    device: DeviceRef | None = None

    @property
    def someone(self) -> PersonRef:
        """The person, where one must have signed in. Raises NotHere otherwise."""
        if self.person is None:
            raise NotHere
        return self.person

    @property
    def label(self) -> str:
        """How operations and logs name the actor: ids only."""
        if self.device:
            return f"device:{self.device.id}"
        return f"person:{self.person.id}" if self.person else "nobody"


NOBODY = Actor()
