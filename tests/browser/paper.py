"""Printed badges as a camera meets them: each cut from the picture of its sheet, its code read by another decoder."""

from dataclasses import dataclass
from uuid import UUID

import pypdfium2
import zxingcpp
from PIL import Image

from webapp.badges.queries import find_by_token
from webapp.badges.stocks import Stock, get_stock
from webapp.checkin.scans import BadgeToken, read_code
from webapp.core.database import db

DPI = 200
MM = DPI / 25.4
IN_THE_HAND = 700
"""How high a badge stands in a camera's frame, in pixels."""


@dataclass(frozen=True)
class Printed:
    """One badge on paper: what its code says, and how it looks."""

    text: str
    picture: Image.Image


def badges_on(pdf: bytes, stock_key: str, base_url: str) -> dict[UUID, Printed]:
    """All badges of a document by the guest they belong to. Fails when two are one guest's or a code is nobody's.

    Needs an application context: whose a code is, the database says.
    """
    stock, found = get_stock(stock_key), {}
    for page in pypdfium2.PdfDocument(pdf):
        sheet = page.render(scale=DPI / 72).to_pil().convert("RGB")
        for code in zxingcpp.read_barcodes(sheet, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])):
            guest = _guest_of(code.text, base_url)
            assert guest not in found, "one guest has two badges"
            corner = code.position.top_left
            found[guest] = Printed(code.text, _cut(sheet, stock, corner.x / MM, corner.y / MM))
    return found


def _guest_of(text: str, base_url: str) -> UUID:
    code = read_code(text, base_url)
    assert isinstance(code, BadgeToken), f"not a badge of ours: {text}"
    badge = find_by_token(db.session(), code.token)
    assert badge, "a code on paper that nobody has"
    return badge.attendee_id


def _cut(sheet: Image.Image, stock: Stock, x: float, y: float) -> Image.Image:
    column = int((x - stock.margin_left) // (stock.width + stock.gap_x))
    row = int((y - stock.margin_top) // (stock.height + stock.gap_y))
    left, top = stock.left(column), stock.top(row)
    badge = sheet.crop((left * MM, top * MM, (left + stock.width) * MM, (top + stock.height) * MM))
    return badge.resize((round(badge.width * IN_THE_HAND / badge.height), IN_THE_HAND))
