"""What a badge document, a page of claim slips and a door list say: plain data, made where the database is.

Drawn elsewhere: pass `payload(document)` to a child process that runs one of `webapp.badges.pdf`'s `…_from_payload`.
This module needs neither fonts nor Pango, so that the web starts where they are missing.
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from webapp.badges.stocks import Stock
from webapp.core.qr import QrForm


@dataclass(frozen=True)
class BadgeFace:
    """What is printed for one guest. `code_text` is the QR's text and `qr` how it was first drawn.

    `initial` is the letter of the box the badge is sorted into. A guest with one name has it in either name field.
    `typed_code` is the bare code, as `ClaimSlip.code` is: the paper groups it.
    """

    given_name: str
    family_name: str
    company: str
    ask_me_about: str
    code_text: str
    qr: QrForm
    typed_code: str
    initial: str


@dataclass(frozen=True)
class BadgeWords:
    """Texts on a badge, translated by the caller."""

    ask_me_about: str


@dataclass(frozen=True)
class BadgeSheet:
    """Everything a badge document shows, in the order it is printed. `hue` is the circle's, in degrees of OKLCH.

    `language` is a BCP 47 tag. `host` is the address people type, in words. `separators` puts a slip with the letter
    before the badges of each `initial`.
    """

    title: str
    language: str
    stock: Stock
    circle_name: str
    hue: int
    logo_png: bytes | None
    host: str
    words: BadgeWords
    faces: tuple[BadgeFace, ...]
    separators: bool = True

    @property
    def largest_form(self) -> QrForm:
        """All badges of a document are arranged alike, so that they can be cut and sorted without looking."""
        return max((face.qr for face in self.faces), key=lambda form: form.version)


@dataclass(frozen=True)
class ClaimSlip:
    """One guest's private code; the name only says whose hand it belongs in."""

    name: str
    code: str


@dataclass(frozen=True)
class SlipWords:
    """Texts on a claim slip, translated by the caller: whose code, where to type it, and to keep it."""

    your_private_code: str
    how_to_use: str
    keep_private: str


@dataclass(frozen=True)
class ClaimSlips:
    """A sheet of slips to cut apart. `address` is the page where the code is typed, in words."""

    title: str
    language: str
    page_width: float
    page_height: float
    address: str
    words: SlipWords
    slips: tuple[ClaimSlip, ...]


@dataclass(frozen=True)
class DoorLine:
    """One guest on the paper list, under the letter `initial`. `note` is a word for the door, such as a plus-one."""

    name: str
    company: str
    initial: str
    note: str = ""


@dataclass(frozen=True)
class DoorWords:
    """Texts on the door list, translated by the caller. `page` and `of` stand around the page numbers."""

    guests: str
    printed_at: str
    page: str
    of: str


@dataclass(frozen=True)
class DoorList:
    """The list for the door when everything else fails, in the order it is printed."""

    title: str
    language: str
    page_width: float
    page_height: float
    words: DoorWords
    lines: tuple[DoorLine, ...]


def payload(document: BadgeSheet | ClaimSlips | DoorList) -> Mapping[str, object]:
    """The document as JSON can carry it to a child process."""
    plain = asdict(document)
    if logo := plain.get("logo_png"):
        plain["logo_png"] = base64.b64encode(logo).decode()
    return plain
