"""Badges, claim slips and the paper door list as PDF bytes.

Heavy, and imports WeasyPrint: the web never imports this module, it runs the `…_from_payload` functions in a child.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

from webapp.badges.arrangement import Arrangement, arrange
from webapp.badges.faces import NAMES, TEXTS, Separator, SetFace, set_face, set_separator, with_separators
from webapp.badges.fitting import STEP_MM, is_branded, is_right_to_left
from webapp.badges.sheets import (
    BadgeFace,
    BadgeSheet,
    BadgeWords,
    ClaimSlip,
    ClaimSlips,
    DoorLine,
    DoorList,
    DoorWords,
    SlipWords,
)
from webapp.badges.stocks import Stock
from webapp.core.child import Progress
from webapp.core.pdf import paper_templates, render
from webapp.core.qr import QrForm, png

# Sheets laid out at a time: long enough to share the set-up, short enough for progress to move.
SHEETS_AT_A_TIME = 25

Thing = TypeVar("Thing")

_BADGES = "badges/print/badges.html"
_SLIPS = "badges/print/slips.html"
_DOOR = "badges/print/door.html"


def badge_pdf(sheet: BadgeSheet, progress: Progress = lambda done, total: None) -> bytes:
    """The badges, as many to a page as the stock holds. Raises CodeTooLargeError if a code does not fit the stock.

    `progress` counts badges and slips, and reaches its total when the document is written.
    """
    places = arrange(sheet.stock, sheet.largest_form)
    images = dict(_images(sheet, places))
    slots = [_set(slot, places, number) for number, slot in enumerate(_slots(sheet))]
    at_a_time = SHEETS_AT_A_TIME * sheet.stock.per_sheet
    documents = [_badge_document(sheet, places, part) for part in _parts(slots, at_a_time)]
    return render(documents, images, _BADGES, lambda done, _: progress(min(done * at_a_time, len(slots)), len(slots)))


def claim_slips_pdf(slips: ClaimSlips, progress: Progress = lambda done, total: None) -> bytes:
    """Private codes, ten to a page to cut apart, never on the badge itself."""
    pages = [_page(_SLIPS, slips=slips, part=part) for part in _parts(slips.slips, 10 * SHEETS_AT_A_TIME)]
    return render(pages, {}, _SLIPS, progress)


def door_list_pdf(door: DoorList, progress: Progress = lambda done, total: None) -> bytes:
    """Names by letter with a box to tick, two columns a page."""
    letters = [(letter, tuple(lines)) for letter, lines in groupby(door.lines, key=lambda line: line.initial)]
    return render([_page(_DOOR, door=door, letters=letters)], {}, _DOOR, progress)


def grouped(code: str) -> str:
    """A typed code in groups of four, as people read it aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def badges_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """`badge_pdf` in a child process."""
    faces = tuple(BadgeFace(**{**face, "qr": QrForm(**face["qr"])}) for face in plain["faces"])
    logo = base64.b64decode(plain["logo_png"]) if plain["logo_png"] else None
    parts = {"stock": Stock(**plain["stock"]), "words": BadgeWords(**plain["words"]), "faces": faces, "logo_png": logo}
    return badge_pdf(BadgeSheet(**{**plain, **parts}), progress)


def slips_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """`claim_slips_pdf` in a child process."""
    slips = tuple(ClaimSlip(**slip) for slip in plain["slips"])
    return claim_slips_pdf(ClaimSlips(**{**plain, "words": SlipWords(**plain["words"]), "slips": slips}), progress)


def door_list_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """`door_list_pdf` in a child process."""
    lines = tuple(DoorLine(**line) for line in plain["lines"])
    return door_list_pdf(DoorList(**{**plain, "words": DoorWords(**plain["words"]), "lines": lines}), progress)


def _slots(sheet: BadgeSheet) -> Iterator[BadgeFace | str]:
    return with_separators(sheet.faces) if sheet.separators else iter(sheet.faces)


def _set(slot: BadgeFace | str, places: Arrangement, number: int) -> SetFace | Separator:
    return set_separator(slot, places) if isinstance(slot, str) else set_face(slot, places, f"code-{number}")


def _images(sheet: BadgeSheet, places: Arrangement) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of every picture: one pixel a module, enlarged without smoothing by the printer."""
    if sheet.logo_png:
        yield "logo", sheet.logo_png
    for number, slot in enumerate(_slots(sheet)):
        if places.code and isinstance(slot, BadgeFace):
            yield f"code-{number}", png(slot.code_text, slot.qr, box=1)


def _badge_document(sheet: BadgeSheet, places: Arrangement, slots: Sequence[SetFace | Separator]) -> str:
    sizes = sorted({size for slot in slots for size in slot.sizes()})
    pages = list(_parts(slots, sheet.stock.per_sheet))
    return _page(_BADGES, sheet=sheet, places=places, pages=pages, sizes=sizes, step=STEP_MM)


def _page(template: str, **needs: object) -> str:
    """The HTML of one document. Whether our fonts have all of a text, and which way it runs, is asked in templates."""
    return (
        paper_templates()
        .get_template(template)
        .render(
            needs,
            grouped=grouped,
            rtl=is_right_to_left,
            branded=partial(is_branded, family=TEXTS),
            named=partial(is_branded, family=NAMES),
        )
    )


def _parts(things: Sequence[Thing], length: int) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), length):
        yield things[start : start + length]
