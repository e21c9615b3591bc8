"""What the sheet for the pen says: plain data, made where the database is.

Drawn elsewhere: pass `payload(sheet)` to a child process that runs `webapp.people.sheet_pdf:sheet_from_payload`. This
module needs neither fonts nor Pango, so that the web starts where they are missing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from webapp.core.qr import QrForm

Paper = Literal["a4", "letter"]

PAPERS: dict[Paper, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height in mm of the papers that printers at home hold, the usual one first."""

MOST = 60
"""People one sheet lists. More are counted: a stack of paper is no help to a pen."""


@dataclass(frozen=True)
class SheetContact:
    """One person on the sheet; "" for what is not known or not open to the sheet's owner.

    `how` says in words when they met and who gave what. `ways` are the open ways to reach them, `remark` why there are
    none; `promises` what I said I would do and have not done; `work` is one piece of theirs with its link. `code_text`
    is the address of their page, `meeting_id` the one their shared picture is made from. Whoever has no phone gets
    neither notes nor codes.
    """

    name: str
    headline: str
    how: str
    ask_me_about: str
    ways: tuple[str, ...]
    remark: str
    note: str
    promises: tuple[str, ...]
    meeting_id: str
    code_text: str
    work: str = ""


@dataclass(frozen=True)
class SheetWords:
    """Texts on the sheet, translated by the caller. `page` and `of` stand around the page numbers.

    `boxes` are ticked with a pen; `blanks` stand over the lines for people who were not recorded, none: no such lines.
    `more` is the last sentence, such as how many were left out, "" for none. `code` says what the QR is to someone who
    does not see it.
    """

    ask_me_about: str
    boxes: tuple[str, ...]
    code: str
    not_recorded: str
    blanks: tuple[str, ...]
    more: str
    private: str
    page: str
    of: str


@dataclass(frozen=True)
class PenSheet:
    """One evening of one person, in the order of the evening. `language` is a BCP 47 tag, sizes are mm.

    All addresses of one server are equally long, so `qr` is the form of every code on the sheet.
    """

    title: str
    event: str
    when_and_where: str
    language: str
    page_width: float
    page_height: float
    words: SheetWords
    contacts: tuple[SheetContact, ...]
    qr: QrForm


def payload(sheet: PenSheet) -> Mapping[str, object]:
    """The sheet as JSON can carry it to a child process."""
    return asdict(sheet)
