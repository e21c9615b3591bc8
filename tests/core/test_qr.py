"""A code is chosen once, drawn from three numbers, and read by somebody else's decoder."""

import io

import pytest
import segno
import zxingcpp
from PIL import Image

from webapp.core.qr import QrForm, badge_text, choose, draw, modules, png, screen_text

TOKEN = "7QK2M4XZ9P0RTVW3AB5CDEFG"
TEXT = badge_text("https://mixer.example.org", TOKEN)


def read(picture: bytes) -> str:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return found[0].text


def test_a_badge_says_its_address_in_upper_case() -> None:
    assert f"HTTPS://MIXER.EXAMPLE.ORG/B/{TOKEN}" == TEXT
    assert badge_text("http://127.0.0.1:8000/", "abc") == "HTTP://127.0.0.1:8000/B/ABC"
    assert screen_text("https://mixer.example.org", "abc") == "HTTPS://MIXER.EXAMPLE.ORG/S/ABC"


# Alphanumeric capacities of ISO/IEC 18004, table 7.
@pytest.mark.parametrize(
    ("length", "version", "level"),
    [
        *(
            (10, 2, "H"),
            (20, 2, "H"),
            (21, 2, "Q"),
            (29, 2, "Q"),
            (30, 2, "M"),
            (38, 2, "M"),
            (39, 2, "L"),
            (47, 2, "L"),
        ),
        *((48, 3, "M"), (61, 3, "M"), (62, 3, "L"), (77, 3, "L"), (78, 4, "M"), (90, 4, "M")),
    ],
)
def test_the_smallest_version_is_filled_with_correction(length: int, version: int, level: str) -> None:
    form = choose("A" * length)
    assert (form.version, form.level) == (version, level)


def test_the_stored_numbers_draw_what_an_independent_encoder_draws() -> None:
    form = choose(TEXT)
    theirs = segno.make_qr(TEXT, version=form.version, error=form.level, mask=form.mask, boost_error=False).matrix
    assert modules(TEXT, form) == tuple(tuple(bool(module) for module in row) for row in theirs)


@pytest.mark.parametrize("mask", range(8))
def test_every_mask_is_read(mask: int) -> None:
    assert read(png(TEXT, QrForm(3, "M", mask), box=4)) == TEXT


def test_a_picture_has_one_bit_a_pixel_and_its_quiet_margin() -> None:
    form = choose(TEXT)
    picture = Image.open(io.BytesIO(png(TEXT, form, box=1)))
    assert (picture.mode, picture.size) == ("1", (form.modules_wide + 8, form.modules_wide + 8))
    assert all(picture.getpixel((x, y)) == 255 for x in range(picture.width) for y in range(4))


def test_a_path_for_screens_covers_exactly_the_dark_modules() -> None:
    form = choose(TEXT)
    drawing = draw(TEXT, form)
    drawn = [[False] * drawing.size for _ in range(drawing.size)]
    start, *strokes = drawing.strokes.removeprefix("M").split("m")
    x, middle = map(float, start.split())
    for stroke in strokes:
        right, down, length = map(int, stroke.replace("h", " ").split())
        x, middle = x + right, middle + down
        for _ in range(length):
            drawn[int(middle - 0.5)][int(x)] = True
            x += 1
    assert tuple(tuple(row[4:-4]) for row in drawn[4:-4]) == modules(TEXT, form)
