"""From what is known of a guest to how it stands on one badge: every text with its size and its line breaks."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from webapp.badges.arrangement import Arrangement, arrange
from webapp.badges.fitting import Family, Fitted, fit
from webapp.badges.sheets import BadgeFace, BadgeSheet

NAMES: Family = "print-name-800"
TEXTS: Family = "print-text-400"

# Em in mm that can be read at arm's length: 11 pt for names, 8 pt for the rest.
NAME_FLOOR = 4.0
TEXT_FLOOR = 2.75
# Bold is wider than the regular weight the widths are measured at.
BOLD = 0.93
# Room for what badges.css sets around the texts: the words "Ask me about", air above them and above a company.
ASK_LABEL_MM = 4.6
ASK_GAP_MM = 1.2
COMPANY_GAP_MM = 1.6


@dataclass(frozen=True)
class SetFace:
    """One badge, set. Texts that are empty are None."""

    given: Fitted
    family: Fitted | None
    company: Fitted | None
    ask: Fitted | None
    typed_code: str

    def sizes(self) -> Iterator[float]:
        """Every em in mm this badge uses."""
        yield from (text.size for text in (self.given, self.family, self.company, self.ask) if text)

    @property
    def readable(self) -> bool:
        """False when a text had to shrink below the size that reads at arm's length: name it before printing."""
        return all(text.readable for text in (self.given, self.family, self.company, self.ask) if text)


@dataclass(frozen=True)
class Separator:
    """A badge-sized slip with the letter of the badges behind it: the tab of a box."""

    letter: Fitted

    def sizes(self) -> Iterator[float]:
        """Every em in mm this slip uses."""
        yield self.letter.size


def set_face(face: BadgeFace, places: Arrangement) -> SetFace:
    """The largest sizes at which this guest's texts fit their places."""
    first, second = (face.given_name, face.family_name) if face.given_name.strip() else (face.family_name, "")
    given = fit(first, NAMES, places.given.width, places.given.height, _largest(places), NAME_FLOOR)
    ask = _ask(face, places)
    family, company = _who(second, face.company, places, given, ask)
    return SetFace(given, family, company, ask, face.typed_code)


def unreadable_faces(sheet: BadgeSheet) -> tuple[BadgeFace, ...]:
    """Guests whose name or line had to shrink below what reads at arm's length on this stock."""
    places = arrange(sheet.stock, sheet.largest_form)
    return tuple(face for face in sheet.faces if not set_face(face, places).readable)


def set_separator(letter: str, places: Arrangement) -> Separator:
    """The letter, as tall as the badge lets it be."""
    return Separator(fit(letter, NAMES, places.given.width, places.words.bottom - places.given.top, 90, NAME_FLOOR))


def with_separators(faces: tuple[BadgeFace, ...]) -> Iterator[BadgeFace | str]:
    """The faces in their order, before each run of one initial that letter."""
    for initial, run in groupby(faces, key=lambda face: face.initial):
        yield initial
        yield from run


def _largest(places: Arrangement) -> float:
    return 27.0 if places.shape == "tall" else 19.0


def _ask(face: BadgeFace, places: Arrangement) -> Fitted | None:
    """Beside the code on a tall badge; else at the foot of the column that it shares with surname and company."""
    tall = places.shape == "tall"
    height = places.ask.height * (1 if tall else 0.45) - ASK_LABEL_MM
    return _maybe(face.ask_me_about, TEXTS, places.ask.width * BOLD, height, 7.0 if tall else 4.5, TEXT_FLOOR)


def _who(
    surname: str, company: str, places: Arrangement, given: Fitted, ask: Fitted | None
) -> tuple[Fitted | None, Fitted | None]:
    """Surname and company, in what the given name and the line at the foot have left."""
    tall = places.shape == "tall"
    room = places.who.height + places.given.height - given.height - COMPANY_GAP_MM
    if ask and not tall:
        room -= ask.height + ASK_LABEL_MM + ASK_GAP_MM
    largest = min(given.size * 0.62, 11.0 if tall else 7.5)
    # The surname takes what it can use, unless that leaves the company too little to be read; then they divide.
    pairs = [
        _share(surname, company, places, (room, room * share), largest)
        for share in ((0.62, 0.55, 0.48) if company.strip() else (1.0,))
    ]
    readable = (pair for pair in pairs if all(text.readable for text in pair if text))
    return next(readable, pairs[-1])


def _share(
    surname: str, company: str, places: Arrangement, room: tuple[float, float], largest: float
) -> tuple[Fitted | None, Fitted | None]:
    """Surname in the second height of `room`, company in what that leaves of the first."""
    whole, part = room
    family = _maybe(surname, NAMES, places.who.width, part, largest, NAME_FLOOR)
    rest = whole - (family.height if family else 0)
    return family, _maybe(company, TEXTS, places.who.width, rest, 7.0 if places.shape == "tall" else 4.5, TEXT_FLOOR)


def _maybe(text: str, family: Family, width: float, height: float, largest: float, floor: float) -> Fitted | None:
    return fit(text, family, width, height, largest, floor) if text.strip() else None
