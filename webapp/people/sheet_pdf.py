"""The sheet for the pen as PDF bytes.

Heavy, and imports WeasyPrint: the web never imports this module, it runs `sheet_from_payload` in a child.
"""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any
from uuid import UUID

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

from webapp.badges.fitting import is_branded, is_right_to_left
from webapp.core.child import Progress
from webapp.core.pdf import paper_templates, render
from webapp.core.qr import QUIET_MODULES, QrForm, choose, png
from webapp.people.sheet import PAPERS, PenSheet, SheetContact, SheetWords
from webapp.web.pair_picture import Shape, shapes

PAIR_UNIT_MM = 0.12
"""A unit of the pair picture on paper, so that it is 7.7 mm wide and 11.5 mm high."""

INK = (0.164, 0.111, 0.159)
"""What paper.css prints text in, as red, green and blue."""

ALL = "Ann Achebe 0123456789"
"""A text of about the usual length, about nobody."""

BLANKS = 12
"""Places for people who were not recorded: three are always there, the others fill the last page."""

_SHEET = "people/print/sheet.html"


def sheet_pdf(sheet: PenSheet, progress: Progress = lambda done, total: None) -> bytes:
    """The sheet on as many pages as it needs. A long text is shortened by lines: the code leads to the rest."""
    coded = [(number, contact) for number, contact in enumerate(sheet.contacts) if contact.code_text]
    codes = {f"code-{number}": _code(contact, sheet.qr) for number, contact in coded}
    pairs = {f"pair-{number}": stamped_pair(UUID(contact.meeting_id)) for number, contact in enumerate(sheet.contacts)}
    return render([_page(sheet)], codes, _SHEET, progress, stamps=pairs)


def get_ready() -> None:
    """Draw a sheet about nobody, with all that a sheet can have: what it needs is then read before anybody waits."""
    words = SheetWords(ALL, (ALL,) * 3, ALL, ALL, (ALL,) * 3, "", ALL, ALL, ALL)
    nobody = SheetContact(ALL, ALL, ALL, ALL, (ALL,), ALL, ALL, (ALL,), str(UUID(int=0)), ALL)
    width, height = PAPERS["a4"]
    sheet_pdf(PenSheet(ALL, ALL, ALL, "en", width, height, words, (nobody,) * 6, choose(ALL)))


def sheet_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """`sheet_pdf` in a child process."""
    contacts = tuple(SheetContact(**contact) for contact in plain["contacts"])
    parts = {"words": SheetWords(**plain["words"]), "contacts": contacts, "qr": QrForm(**plain["qr"])}
    return sheet_pdf(PenSheet(**{**plain, **parts}), progress)


def _code(contact: SheetContact, form: QrForm) -> bytes:
    """One pixel a module: the style sheet forbids the printer to soften its edges."""
    return png(contact.code_text, form, border=QUIET_MODULES, box=1)


def stamped_pair(meeting_id: UUID) -> str:
    """The pair picture of a meeting in its ink, as PDF operators: as SVG, they took a fifth of a sheet’s time."""
    return f"{PAIR_UNIT_MM} 0 0 {PAIR_UNIT_MM} 0 0 cm {' '.join(map(_shape, shapes(meeting_id)))}"


def _shape(shape: Shape) -> str:
    red, green, blue = (1 - shape.opacity * (1 - part) for part in INK)
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[shape.turn // 90]
    place = f"{cosine} {sine} {-sine} {cosine} {shape.x} {shape.y} cm"
    return f"q {place} {red:.3f} {green:.3f} {blue:.3f} rg {_outline(shape.path)} f* Q"


@cache
def _outline(path: str) -> str:
    pen = _PdfPen({})
    parse_path(path, pen)
    return " ".join(pen.operators)


class _PdfPen(BasePen):  # type: ignore[misc]  # fontTools is published without types
    """Writes what it is told to draw as PDF path operators."""

    def __init__(self, glyphs: Mapping[str, object]) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _write(self, operator: str, *points: tuple[float, float]) -> None:
        self.operators += [f"{x:.3f} {y:.3f}" for x, y in points] + [operator]

    def _moveTo(self, to: tuple[float, float]) -> None:  # noqa: N802 - fontTools names it
        self._write("m", to)

    def _lineTo(self, to: tuple[float, float]) -> None:  # noqa: N802 - fontTools names it
        self._write("l", to)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802 - fontTools names it
        self._write("c", *points)

    def _closePath(self) -> None:  # noqa: N802 - fontTools names it
        self._write("h")


def _page(sheet: PenSheet) -> str:
    template = paper_templates().get_template(_SHEET)
    return template.render(
        sheet=sheet,
        blanks=BLANKS,
        rtl=is_right_to_left,
        branded=partial(is_branded, family="print-text-400"),
        named=partial(is_branded, family="print-name-800"),
    )
