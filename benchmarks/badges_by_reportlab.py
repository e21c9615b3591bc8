"""The other side of `benchmarks.badges`: the same badges as a reportlab canvas draws them, with codes as paths."""

import io
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from webapp.badges.sheets import BadgeFace, BadgeSheet
from webapp.core.qr import dark_bars


def draw(sheet: BadgeSheet, out: Path) -> None:
    """The same texts, band, logo and codes on a canvas, four badges to a page."""
    canvas = Canvas(str(out), pagesize=(sheet.stock.page_width * mm, sheet.stock.page_height * mm))
    picture = ImageReader(io.BytesIO(sheet.logo_png or b""))
    for number, guest in enumerate(sheet.faces):
        slot = number % sheet.stock.per_sheet
        if number and not slot:
            canvas.showPage()
        left = sheet.stock.left(slot % sheet.stock.columns) * mm
        top = (sheet.stock.page_height - sheet.stock.top(slot // sheet.stock.columns)) * mm
        draw_art(canvas, picture, left, top)
        draw_texts(canvas, sheet, guest, left, top)
        draw_code(canvas, guest, left + 57 * mm, top - 83 * mm)
    canvas.save()


def draw_art(canvas: Canvas, picture: ImageReader, left: float, top: float) -> None:
    """Band, notch and logo."""
    canvas.setFillColorRGB(0.53, 0.29, 0.25)
    canvas.rect(left, top - 18 * mm, 105 * mm, 18 * mm, stroke=0, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.roundRect(left + 43 * mm, top - 6 * mm, 18 * mm, 7 * mm, 3 * mm, stroke=0, fill=1)
    canvas.drawImage(picture, left + 70 * mm, top - 15 * mm, 24 * mm, 8 * mm)


def draw_texts(canvas: Canvas, sheet: BadgeSheet, guest: BadgeFace, left: float, top: float) -> None:
    """The eight lines of a badge, at fixed sizes."""
    lines = (
        (sheet.circle_name, 13, 14),
        (guest.given_name, 60, 45),
        (guest.family_name, 24, 58),
        (guest.company, 16, 68),
        (sheet.words.ask_me_about, 12, 93),
        (guest.ask_me_about, 18, 100),
        (guest.typed_code, 16, 137),
        (sheet.host, 10, 142),
    )
    canvas.setFillColorRGB(0, 0, 0)
    for text, size, down in lines:
        canvas.setFont("Helvetica-Bold", size)
        canvas.drawString(left + 7 * mm, top - down * mm, text)


def draw_code(canvas: Canvas, guest: BadgeFace, left: float, top: float) -> None:
    """One path of horizontal bars, modules of 1.27 mm."""
    module = 1.27 * mm
    path = canvas.beginPath()
    for x, y, length in dark_bars(guest.code_text, guest.qr):
        path.rect(left + x * module, top - (y + 1) * module, length * module, module)
    canvas.drawPath(path, stroke=0, fill=1)
