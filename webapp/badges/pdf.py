"""Badges, claim slips and the paper door list as PDF bytes.

Heavy, and imports WeasyPrint: the web never imports this module, it runs the `…_from_payload` functions in a child.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, product
from typing import Any, TypeVar

from webapp.badges.arrangement import Arrangement, Box, arrange
from webapp.badges.art import chip_of, chip_png, notch_of, notch_png
from webapp.badges.faces import NAMES, TEXTS, set_face, set_separator, with_separators
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
from webapp.core.qr import QUIET_MODULES, QrForm, dark_bars

# Sheets laid out at a time: long enough to share the set-up, short enough for progress to move.
SHEETS_AT_A_TIME = 25

# Length and grey of a tick for the knife.
CUT_MM = 5.0
CUT_GREY = 0.55

Thing = TypeVar("Thing")

_BADGES = "badges/print/badges.html"
_SLIPS = "badges/print/slips.html"
_DOOR = "badges/print/door.html"


def badge_pdf(sheet: BadgeSheet, progress: Progress = lambda done, total: None) -> bytes:
    """The badges, as many to a page as the stock holds. Raises CodeTooLargeError if a code does not fit the stock.

    `progress` counts badges and slips, and reaches its total when the document is written.
    """
    places = arrange(sheet.stock, sheet.largest_form)
    slots = list(with_separators(sheet.faces) if sheet.separators else sheet.faces)
    at_a_time = SHEETS_AT_A_TIME * sheet.stock.per_sheet
    documents = [_badge_document(sheet, places, part) for part in _parts(slots, at_a_time)]
    drawings = [_drawing(sheet.stock, places, part) for part in _parts(slots, sheet.stock.per_sheet)]
    images = {"notch": notch_png(notch_of(places))} | ({"logo": chip_png(sheet.logo_png)} if sheet.logo_png else {})

    def count(done: int, _: int) -> None:
        progress(min(done * at_a_time, len(slots)), len(slots))

    return render(documents, images, _BADGES, count, drawings)


def claim_slips_pdf(slips: ClaimSlips, progress: Progress = lambda done, total: None) -> bytes:
    """Private codes, ten to a page to cut apart, never on the badge itself."""
    pages = [_page(_SLIPS, slips=slips, part=part) for part in _parts(slips.slips, 10 * SHEETS_AT_A_TIME)]
    return render(pages, {}, _SLIPS, progress)


def door_list_pdf(door: DoorList, progress: Progress = lambda done, total: None) -> bytes:
    """Names by letter with a box to tick, two columns a page."""
    letters = [(letter, tuple(lines)) for letter, lines in groupby(door.lines, key=lambda line: line.initial)]
    return render([_page(_DOOR, door=door, letters=letters)], {}, _DOOR, progress)


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


def _badge_document(sheet: BadgeSheet, places: Arrangement, slots: Sequence[BadgeFace | str]) -> str:
    filled = [set_separator(slot, places) if isinstance(slot, str) else set_face(slot, places) for slot in slots]
    pages = list(_parts(filled, sheet.stock.per_sheet))
    sizes = sorted({size for slot in filled for size in slot.sizes()})
    art = {"notch": notch_of(places), "chip": chip_of(places)}
    return _page(_BADGES, sheet=sheet, places=places, pages=pages, sizes=sizes, step=STEP_MM, **art)


def _drawing(stock: Stock, places: Arrangement, slots: Sequence[BadgeFace | str]) -> str:
    """Cut marks and codes of one sheet as PDF operators: a tenth of the time of a picture each."""
    marks = f"{CUT_GREY} g {' '.join(_cuts(stock))} f" if stock.cut_marks else ""
    codes = [
        _code(slot, stock, places.code, *divmod(number, stock.columns))
        for number, slot in enumerate(slots)
        if places.code and isinstance(slot, BadgeFace)
    ]
    return f"{marks} 0 g {' '.join(codes)}"


def _cuts(stock: Stock) -> Iterator[str]:
    """Ticks for the knife: at the edges of the page and where cuts cross, in the middle of every gap."""
    xs = [stock.left(column) - stock.gap_x / 2 for column in range(1, stock.columns)]
    ys = [stock.top(row) - stock.gap_y / 2 for row in range(1, stock.rows)]
    ends = (CUT_MM / 2, stock.page_height - CUT_MM / 2)
    sides = (CUT_MM / 2, stock.page_width - CUT_MM / 2)
    for x, y in product(xs, (*ends, *ys)):
        yield f"{x - 0.1:.2f} {y - CUT_MM / 2:.2f} 0.2 {CUT_MM} re"
    for x, y in product((*sides, *xs), ys):
        yield f"{x - CUT_MM / 2:.2f} {y - 0.1:.2f} {CUT_MM} 0.2 re"


def _code(face: BadgeFace, stock: Stock, box: Box, row: int, column: int) -> str:
    """One code: the unit is a module, the origin its first one, the white margin is the paper's."""
    module = box.width / (face.qr.modules_wide + 2 * QUIET_MODULES)
    left = stock.left(column) + box.left + QUIET_MODULES * module
    top = stock.top(row) + box.top + QUIET_MODULES * module
    bars = " ".join(f"{x} {y} {length} 1 re" for x, y, length in dark_bars(face.code_text, face.qr))
    return f"q {module:.4f} 0 0 {module:.4f} {left:.3f} {top:.3f} cm {bars} f Q"


def _page(template: str, **needs: object) -> str:
    """The HTML of one document. Whether our fonts have all of a text, and which way it runs, is asked in templates."""
    return (
        paper_templates()
        .get_template(template)
        .render(
            needs,
            rtl=is_right_to_left,
            branded=partial(is_branded, family=TEXTS),
            named=partial(is_branded, family=NAMES),
        )
    )


def _parts(things: Sequence[Thing], length: int) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), length):
        yield things[start : start + length]
