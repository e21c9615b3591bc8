"""What can come of introducing, asking and answering."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Drafted:
    """Two paragraphs can be written now; nobody knows of it."""

    introduction_id: UUID


@dataclass(frozen=True)
class Asked:
    """Both are asked, each alone; or they were before."""

    introduction_id: UUID


@dataclass(frozen=True)
class AskedOften:
    """The connector has asked these two already, or waits for too many answers: one's own doing, said plainly."""

    introduction_id: UUID


@dataclass(frozen=True)
class TakenBack:
    """Nobody is asked any more."""

    introduction_id: UUID


@dataclass(frozen=True)
class TooLate:
    """It was made before it could be taken back."""

    introduction_id: UUID


@dataclass(frozen=True)
class Answered:
    """The answer is kept; nobody else can tell which it was."""

    ask_id: UUID


@dataclass(frozen=True)
class Made:
    """The second yes: the two have each other's cards."""

    introduction_id: UUID


@dataclass(frozen=True)
class Wished:
    """The connector is asked for an introduction; or was before."""

    introduction_id: UUID


@dataclass(frozen=True)
class WishedOften:
    """One such wish to this connector is open, or there were three."""


AskVerdict = Asked | AskedOften
BackVerdict = TakenBack | TooLate
AnswerVerdict = Answered | Made
WishVerdict = Wished | WishedOften
