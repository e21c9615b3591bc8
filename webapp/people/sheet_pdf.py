"""The sheet for the pen as PDF bytes.

Heavy, and imports WeasyPrint: the web never imports this module, it runs `sheet_from_payload` in a child.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from webapp.badges.fitting import is_branded, is_right_to_left
from webapp.core.child import Progress
from webapp.core.pdf import paper_templates, render
from webapp.core.qr import QUIET_MODULES, QrForm, choose, png
from webapp.people.sheet import PAPERS, PenSheet, SheetContact, SheetWords
from webapp.web.pair_picture import shapes

BLANKS = 12
"""Places for people who were not recorded: three are always there, the others fill the last page."""

_SHEET = "people/print/sheet.html"


def sheet_pdf(sheet: PenSheet, progress: Progress = lambda done, total: None) -> bytes:
    """The sheet on as many pages as it needs. A long text is shortened by lines: the code leads to the rest."""
    coded = [(number, contact) for number, contact in enumerate(sheet.contacts) if contact.code_text]
    codes = {f"code-{number}": _code(contact, sheet.qr) for number, contact in coded}
    return render([_page(sheet)], codes, _SHEET, progress)


def get_ready() -> None:
    """Draw a sheet about nobody: fonts, templates and style sheets are then read before anybody waits."""
    words = SheetWords("", ("",), "", "", ("",), "", "", "", "")
    nobody = SheetContact("A", "A", "", "A", (), "", "", (), str(UUID(int=0)), "A")
    width, height = PAPERS["a4"]
    sheet_pdf(PenSheet("A", "A", "", "en", width, height, words, (nobody,), choose("A")))


def sheet_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """`sheet_pdf` in a child process."""
    contacts = tuple(SheetContact(**contact) for contact in plain["contacts"])
    parts = {"words": SheetWords(**plain["words"]), "contacts": contacts, "qr": QrForm(**plain["qr"])}
    return sheet_pdf(PenSheet(**{**plain, **parts}), progress)


def _code(contact: SheetContact, form: QrForm) -> bytes:
    """One pixel a module: the style sheet forbids the printer to soften its edges."""
    return png(contact.code_text, form, border=QUIET_MODULES, box=1)


def _page(sheet: PenSheet) -> str:
    # As globals, because the picture's macro is a file of its own.
    template = paper_templates().get_template(_SHEET, globals={"pair_shapes": shapes})
    return template.render(
        sheet=sheet,
        blanks=BLANKS,
        uuid=UUID,
        rtl=is_right_to_left,
        branded=partial(is_branded, family="atkinson-hyperlegible-next"),
        named=partial(is_branded, family="bricolage-grotesque"),
    )
