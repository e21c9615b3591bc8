"""Printed pages, looked at the way a phone and a pair of scissors do: every code read, nothing outside its badge."""

import io
import json
import math
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.badges.crowd import BASE_URL, faces, sheet_of
from webapp.badges.arrangement import CodeTooLargeError, arrange
from webapp.badges.faces import unreadable_faces
from webapp.badges.pdf import badge_pdf, claim_slips_pdf, door_list_pdf
from webapp.badges.sheets import (
    BadgeSheet,
    ClaimSlip,
    ClaimSlips,
    DoorLine,
    DoorList,
    DoorWords,
    SlipWords,
    payload,
)
from webapp.badges.stocks import Stock, get_stock
from webapp.core import child
from webapp.core.child import Cancelled, Done, Failed, Limits, OutOfTime

MM = 25.4 / 72
DPI = 150
STOCKS = ("a4-4up", "avery-5392", "eu-86x55")
HOSTILE = (
    '"><img src=http://127.0.0.1:9/x><link rel=attachment href=file:///etc/hostname><!-- {{ x }} {% x %} \x00\x1b\u202e'
)


@pytest.fixture(scope="module", params=STOCKS)
def printed(request: pytest.FixtureRequest) -> tuple[BadgeSheet, pypdfium2.PdfDocument]:
    """All sixty guests on one stock; a warning while printing is an error."""
    sheet = sheet_of(faces(), request.param, logo_png=logo())
    return sheet, pypdfium2.PdfDocument(badge_pdf(sheet))


def logo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 90), (20, 90, 80)).save(file, "PNG")
    return file.getvalue()


def picture(page: pypdfium2.PdfPage) -> Image.Image:
    shown: Image.Image = page.render(scale=DPI / 72).to_pil()
    return shown.convert("L")


def codes(page: pypdfium2.PdfPage) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(picture(page)))


def text_of(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_bounded())


def glyphs(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, float, float, float]]:
    """Every character that left ink, with left, top, right and bottom in mm from the page's top left corner."""
    text = page.get_textpage()
    height = page.get_height()
    for number in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(number)
        if (sign := text.get_text_range(number, 1)).strip() and right > left:
            yield sign, left * MM, (height - top) * MM, right * MM, (height - bottom) * MM


def slot_at(stock: Stock, x: float, y: float) -> tuple[float, float]:
    """Left and top of the badge that holds the point."""
    column = int((x - stock.margin_left) // (stock.width + stock.gap_x))
    row = int((y - stock.margin_top) // (stock.height + stock.gap_y))
    return stock.left(column), stock.top(row)


def test_every_code_on_every_sheet_is_read_by_an_independent_decoder(
    printed: tuple[BadgeSheet, pypdfium2.PdfDocument],
) -> None:
    sheet, document = printed
    read = [sorted(code.text for code in codes(page)) for page in document]
    texts = [face.code_text for face in sheet.faces]
    per_sheet = sheet.stock.per_sheet
    assert read == [sorted(texts[start : start + per_sheet]) for start in range(0, len(texts), per_sheet)]


def test_codes_are_as_large_as_a_phone_needs_and_keep_their_white_margin(
    printed: tuple[BadgeSheet, pypdfium2.PdfDocument],
) -> None:
    sheet, document = printed
    box = arrange(sheet.stock, sheet.largest_form).code
    assert box is not None
    side = sheet.largest_form.modules_wide
    quiet = box.width * 4 / (side + 8)
    assert box.width / (side + 8) >= 1.0
    assert box.width - 2 * quiet >= 30
    for page in list(document)[:-1]:
        shown = picture(page)
        for number in range(sheet.stock.per_sheet):
            left = sheet.stock.left(number % sheet.stock.columns) + box.left
            top = sheet.stock.top(number // sheet.stock.columns) + box.top
            edges = [round(edge * DPI / 25.4) for edge in (left, top, left + box.width, top + box.width)]
            framed = shown.crop((edges[0] + 2, edges[1] + 2, edges[2] - 2, edges[3] - 2))
            inner = math.ceil(quiet * DPI / 25.4)
            framed.paste(255, (inner - 4, inner - 4, framed.width - inner + 4, framed.height - inner + 4))
            assert framed.getextrema() == (255, 255)


def test_no_text_leaves_its_badge_or_touches_a_code(printed: tuple[BadgeSheet, pypdfium2.PdfDocument]) -> None:
    sheet, document = printed
    stock = sheet.stock
    box = arrange(stock, sheet.largest_form).code
    assert box is not None
    outside = []
    for page in document:
        for sign, left, top, right, bottom in glyphs(page):
            x, y = slot_at(stock, (left + right) / 2, (top + bottom) / 2)
            within = x <= left and y <= top and right <= x + stock.width and bottom <= y + stock.height
            clear = right <= x + box.left or left >= x + box.left + box.width or bottom <= y + box.top
            below = top >= y + box.bottom
            if not (within and (clear or below)):
                outside.append((sign, left - x, top - y, right - x, bottom - y))
    assert outside == []


def test_names_are_printed_letter_by_letter_as_typed(printed: tuple[BadgeSheet, pypdfium2.PdfDocument]) -> None:
    """WeasyPrint once printed glyphs of one font file by the numbers of another: Phương came out as Ph92ng."""
    _, document = printed
    printed_text = "".join("".join(text_of(page).split()) for page in document)
    for name in ("Ana", "Phương", "Žižkovský", "Ștefan", "Țăranu", "Yıldırım", "Þórunn", "Παναγιώτης", "Щербакова"):
        assert name in printed_text
    for name in (
        "李",
        "欧阳",
        "さくら",
        "Wolfeschlegelsteinhausenbergerdorff",
        "Tom&Jerry<b>",
        "{{7*7}}",
        "</article>",
    ):
        assert name in printed_text


def test_pages_have_the_size_of_their_stock(printed: tuple[BadgeSheet, pypdfium2.PdfDocument]) -> None:
    sheet, document = printed
    assert len(document) == math.ceil(len(sheet.faces) / sheet.stock.per_sheet)
    for page in document:
        assert (page.get_width() * MM, page.get_height() * MM) == pytest.approx(
            (sheet.stock.page_width, sheet.stock.page_height), abs=0.1
        )


def test_cut_marks_stand_where_the_knife_goes_and_only_on_stock_to_cut() -> None:
    def dark(key: str, x: float, y: float) -> bool:
        sheet = sheet_of(faces(1), key)
        shown = picture(pypdfium2.PdfDocument(badge_pdf(sheet))[0])
        across, down = round(x * DPI / 25.4), round(y * DPI / 25.4)
        return shown.crop((across - 1, down, across + 2, down + 1)).getextrema() != (255, 255)

    assert dark("a4-4up", 105, 295)
    assert dark("a4-4up", 105, 147)
    assert not dark("a4-4up", 105, 280)
    assert not dark("eu-86x55", 105, 295)


def test_boxes_are_sorted_by_slips_with_a_letter() -> None:
    guests = sorted(faces(), key=lambda face: face.initial)
    letters = {face.initial for face in guests}
    document = pypdfium2.PdfDocument(badge_pdf(sheet_of(guests, separators=True)))
    assert len(document) == math.ceil((len(guests) + len(letters)) / 4)
    assert sum(len(codes(page)) for page in document) == len(guests)
    first = text_of(document[0]).split()
    assert first[0] == guests[0].initial


def test_a_stock_too_small_for_a_code_carries_name_and_typed_code() -> None:
    label = Stock("label", "Label", 62, 29, 1, 1, 62, 29, 0, 0)
    guest = faces(1)[0]
    document = pypdfium2.PdfDocument(badge_pdf(replace(sheet_of([guest]), stock=label)))
    assert codes(document[0]) == []
    shown = text_of(document[0])
    assert "Ana" in shown
    assert f"{guest.typed_code[:4]} {guest.typed_code[4:]}" in shown


def test_an_address_too_long_for_the_stock_is_refused_before_paper_is_used() -> None:
    guests = faces(1, f"https://{'very-long-label.' * 14}example.org")
    with pytest.raises(CodeTooLargeError):
        badge_pdf(sheet_of(guests, "eu-86x55"))


def test_whose_name_will_be_small_is_known_before_printing() -> None:
    on_the_smallest = {face.given_name for face in unreadable_faces(sheet_of(faces(38), "eu-86x55"))}
    assert "A" + "a" * 59 in on_the_smallest
    assert len(on_the_smallest) <= 6
    assert "Ana" not in on_the_smallest
    assert unreadable_faces(sheet_of(faces(38), "a4-4up")) == ()


def test_what_people_wrote_stays_text() -> None:
    """S-07 through the whole path: a fetch would be refused with a warning, which is an error here."""
    guest = replace(
        faces(1)[0], given_name=HOSTILE, family_name=HOSTILE, company=HOSTILE, ask_me_about=HOSTILE, initial="X"
    )
    pdf = badge_pdf(sheet_of([guest], title=HOSTILE, circle_name=HOSTILE, host=HOSTILE))
    document = pypdfium2.PdfDocument(pdf)
    assert b"/EmbeddedFile" not in pdf
    assert "<img" in text_of(document[0])
    assert [code.text for code in codes(document[0])] == [guest.code_text]


@pytest.mark.child
def test_a_child_prints_the_same_badges_with_progress(tmp_path: Path) -> None:
    sheet = sheet_of(faces(12), logo_png=logo(), separators=True)
    out, steps = tmp_path / "badges.pdf", list[tuple[int, int]]()
    result = child.run(
        "webapp.badges.pdf:badges_from_payload", payload(sheet), out, on_progress=lambda *step: steps.append(step)
    )
    assert result == Done()
    there = [text_of(page) for page in pypdfium2.PdfDocument(out)]
    here = [text_of(page) for page in pypdfium2.PdfDocument(badge_pdf(sheet))]
    assert there == here
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1] >= 12


@pytest.mark.child
def test_printing_is_cancelled_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    """It is not waited for: the child had no more than begun."""
    steps: list[tuple[int, int]] = []
    result = child.run(
        "webapp.badges.pdf:badges_from_payload",
        payload(sheet_of(faces(200))),
        tmp_path / "badges.pdf",
        Limits(cpu_seconds=120, wall_seconds=600),
        on_progress=lambda *step: steps.append(step),
        cancelled=lambda: bool(steps),
    )
    assert result == Cancelled()
    assert steps[-1][0] < 200
    assert list(tmp_path.iterdir()) == []


LOADING = 30
"""Seconds of the processor for WeasyPrint and its fonts, on a slow machine: they are not the order's."""


def children_seconds() -> float:
    """What the children that have ended used of the processor; the kernel counts it, however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.child
def test_a_name_without_end_ends(tmp_path: Path) -> None:
    endless = "Name " * 40_000
    guest = replace(faces(1)[0], given_name=endless, company=endless)
    limits = Limits(cpu_seconds=3, wall_seconds=120)
    before = children_seconds()
    result = child.run(
        "webapp.badges.pdf:badges_from_payload", payload(sheet_of([guest])), tmp_path / "badges.pdf", limits
    )
    assert isinstance(result, Done | Failed | OutOfTime)
    assert children_seconds() - before < LOADING + limits.cpu_seconds + 2


def slips(count: int, width: float = 210, height: float = 297) -> ClaimSlips:
    words = SlipWords("Your private code", "Scan your badge or open", "Keep it to yourself.")
    named = tuple(
        ClaimSlip(f"{face.given_name} {face.family_name}", face.typed_code) for face in faces(count, BASE_URL)
    )
    return ClaimSlips("Private codes", "en", width, height, "mixer.example.org/claim", words, named)


def test_claim_slips_carry_name_code_and_address_ten_to_a_page() -> None:
    document = pypdfium2.PdfDocument(claim_slips_pdf(slips(38)))
    assert len(document) == 4
    first = text_of(document[0])
    assert "Ana Silva" in first
    assert first.count("mixer.example.org/claim") == 10
    code = faces(1)[0].typed_code
    assert f"{code[:4]} {code[4:]}" in first
    edges = [round(edge) for page in document for _, _, _, right, _ in glyphs(page) for edge in (right,)]
    assert max(edges) <= 208


@pytest.mark.parametrize(("width", "height"), [(210.0, 297.0), (215.9, 279.4)])
def test_the_door_list_has_everyone_once_under_their_letter_with_page_numbers(width: float, height: float) -> None:
    guests = [(f"{face.family_name} {face.given_name}".strip(), face) for face in faces(150)]
    guests.sort(key=lambda guest: (guest[1].initial, guest[0]))
    lines = tuple(DoorLine(name, face.company, face.initial) for name, face in guests)
    door = DoorList("Door", "en", width, height, DoorWords("150 guests", "Printed 18:05", "Page", "of"), lines)
    document = pypdfium2.PdfDocument(door_list_pdf(door))
    assert (document[0].get_width() * MM, document[0].get_height() * MM) == pytest.approx((width, height), abs=0.1)
    pages = [" ".join(text_of(page).split()) for page in document]
    assert sum(page.count("Silva Ana") for page in pages) == sum(name == "Silva Ana" for name, _ in guests)
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Printed 18:05" in page
    codes_on_paper = {face.typed_code for _, face in guests}
    assert not any(code in page for code in codes_on_paper for page in pages)


def test_every_document_survives_the_trip_to_a_child() -> None:
    line = DoorLine("Ana Silva", "", "S", "+1")
    door = DoorList("Door", "en", 210, 297, DoorWords("1", "2", "3", "4"), (line,))
    for document in (sheet_of(faces(2), logo_png=logo()), slips(2), door):
        assert json.loads(json.dumps(payload(document))) is not None
    assert get_stock("a4-4up") == sheet_of(faces(1)).stock
