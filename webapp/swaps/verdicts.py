"""What can come of a scan or an answer. Ids and numbers only: names are looked up when it is shown."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Gave:
    """They have my card. `asked`: I get theirs when they say yes; otherwise they keep theirs tonight."""

    meeting_id: UUID
    asked: bool


@dataclass(frozen=True)
class GaveBefore:
    """They had my card already, and have not answered yet."""

    meeting_id: UUID


@dataclass(frozen=True)
class Swapped:
    """Each has the other's card from now on."""

    meeting_id: UUID


@dataclass(frozen=True)
class AlreadySwapped:
    """Each had the other's card already."""

    meeting_id: UUID


@dataclass(frozen=True)
class Noted:
    """Only I noted that we met; nothing left my hands."""

    meeting_id: UUID


@dataclass(frozen=True)
class NoSwap:
    """Nothing can happen with this badge just now, for whatever reason."""


@dataclass(frozen=True)
class NotCheckedInYet:
    """I have not arrived myself; the scan is kept."""

    kept_id: UUID


@dataclass(frozen=True)
class ExplainFirst:
    """My first scan ever asks before it sends; the scan is kept meanwhile."""

    kept_id: UUID


@dataclass(frozen=True)
class OwnBadge:
    """I scanned myself."""


@dataclass(frozen=True)
class GaveToAll:
    """Everybody who waited has my card; how many they were."""

    people: int


@dataclass(frozen=True)
class PutOff:
    """I did not give mine now; they cannot tell."""

    meeting_id: UUID


@dataclass(frozen=True)
class NoLongerAsked:
    """They took their card back, so nothing is left to answer."""

    meeting_id: UUID


@dataclass(frozen=True)
class Undone:
    """As if it never was."""

    meeting_id: UUID


@dataclass(frozen=True)
class TooLate:
    """The minute is over; taking the card back still works."""

    meeting_id: UUID


@dataclass(frozen=True)
class Withdrawn:
    """They no longer have my card."""

    person_id: UUID


@dataclass(frozen=True)
class Blocked:
    """They lost my card, I no longer see them, and they cannot tell."""

    person_id: UUID


@dataclass(frozen=True)
class Unblocked:
    """They may reach me again; my card stays with me."""

    person_id: UUID


@dataclass(frozen=True)
class SlideMade:
    """A code for a talk of mine."""

    slide_id: UUID


@dataclass(frozen=True)
class SlideEnded:
    """It swaps no longer."""

    slide_id: UUID


ScanVerdict = Gave | GaveBefore | Swapped | AlreadySwapped | Noted | NoSwap | NotCheckedInYet | ExplainFirst | OwnBadge
AnswerVerdict = Swapped | AlreadySwapped | PutOff | NoLongerAsked
UndoVerdict = Undone | TooLate
