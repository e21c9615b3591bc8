"""The pair picture on the sheet for the pen is the one on both phones, though paper draws it another way."""

from uuid import UUID

import pypdfium2
import pytest
from PIL import Image, ImageChops

from webapp.core.pdf import paper_templates, render
from webapp.people.sheet_pdf import INK, PAIR_UNIT_MM, stamped_pair
from webapp.web.pair_picture import CELL, KINDS, Shape, shapes

TEMPLATE = "people/print/sheet.html"
MEETINGS = [UUID(int=number * 99991) for number in range(1, 13)]
PIXELS = 4
"""A unit of the picture."""


def printed(body: str, stamps: dict[str, str]) -> Image.Image:
    """A page as large as the picture's shapes."""
    size = f"@page {{ size: {64 * PAIR_UNIT_MM}mm {96 * PAIR_UNIT_MM}mm; margin: 0 }} svg, body {{ margin: 0 }}"
    html = f'<!doctype html><html lang="en"><title>x</title><style>{size} svg {{ display: block }}</style>{body}'
    [page] = pypdfium2.PdfDocument(render([html], {}, TEMPLATE, stamps=stamps))
    picture: Image.Image = page.render(scale=PIXELS / (PAIR_UNIT_MM * 72 / 25.4)).to_pil().convert("L")
    return picture.crop((0, 0, 64 * PIXELS, 96 * PIXELS))


def of_phones(meeting_id: UUID) -> Image.Image:
    """As the pages have it, by the macro they use."""
    part = paper_templates().get_template("_parts/pair_picture.html", globals={"pair_shapes": shapes})
    drawn = part.make_module().pair_shapes_drawn(meeting_id)  # type: ignore[attr-defined]  # a macro of the template
    width, height = (f"{units * PAIR_UNIT_MM}mm" for units in (64, 96))
    return printed(f'<svg viewBox="0 0 64 96" width="{width}" height="{height}">{drawn}</svg>', {})


def of_paper(meeting_id: UUID) -> Image.Image:
    return printed('<div id="pair"></div>', {"pair": stamped_pair(meeting_id)})


def cell(picture: Image.Image, shape: Shape) -> Image.Image:
    left, top = ((middle - CELL // 2) * PIXELS for middle in (shape.x, shape.y))
    return picture.crop((left, top, left + CELL * PIXELS, top + CELL * PIXELS))


@pytest.mark.parametrize("meeting_id", MEETINGS)
def test_the_shapes_on_paper_are_those_on_the_phones(meeting_id: UUID) -> None:
    masks = [
        picture.point(lambda grey: 255 * (grey < 245)) for picture in (of_phones(meeting_id), of_paper(meeting_id))
    ]
    inked = [sum(mask.histogram()[1:]) for mask in masks]
    different = sum(ImageChops.difference(*masks).histogram()[1:])
    assert inked[0] > 1000
    # Edges are softened in two ways.
    assert different < 0.03 * inked[0]


@pytest.mark.parametrize("meeting_id", MEETINGS)
def test_a_tone_on_paper_is_as_much_of_the_ink(meeting_id: UUID) -> None:
    picture = of_paper(meeting_id)
    red, green, blue = INK
    ink = 0.299 * red + 0.587 * green + 0.114 * blue
    for shape in shapes(meeting_id):
        darkest, _ = cell(picture, shape).getextrema()
        assert darkest == pytest.approx(255 * (1 - shape.opacity * (1 - ink)), abs=3)


def test_these_meetings_have_every_shape_in_every_turn() -> None:
    drawn = {(shape.kind, shape.turn) for meeting_id in MEETINGS for shape in shapes(meeting_id)}
    assert {kind for kind, _ in drawn} == set(KINDS)
    assert {turn for _, turn in drawn} == {0, 90, 180, 270}
