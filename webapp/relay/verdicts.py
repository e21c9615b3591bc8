"""What can come of passing words on."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Sent:
    """On its way to this person."""

    person_id: UUID


@dataclass(frozen=True)
class NotOpen:
    """This person takes no notes from the writer: never given, taken back, or nobody to write to any more."""


@dataclass(frozen=True)
class Closed:
    """The holder of this grant can no longer write to its giver through us."""

    grant_id: UUID


RelayVerdict = Sent | NotOpen
