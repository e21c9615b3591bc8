"""The pictures in a badge's band: the notch for the lanyard, and the logo on a white chip so that any logo shows.

Drawn once a document and placed as backgrounds, because an element a badge costs more than its picture.
"""

import io

from PIL import Image, ImageDraw, ImageOps

from webapp.badges.arrangement import Arrangement, Box

# Fine enough that a printer's own dots are coarser.
PIXELS_PER_MM = 24
# A logo is shown this many times wider than high at most, on a chip this much larger than itself.
WIDEST_LOGO = 3.0
CHIP_MARGIN = 0.14


def notch_of(places: Arrangement) -> Box:
    """Place and size of the notch in the band."""
    width, height = (18.0, 6.5) if places.shape == "tall" else (16.0, 4.4)
    return Box((places.band.width - width) / 2, 0, width, height)


def chip_of(places: Arrangement) -> Box:
    """Place of the logo's chip, `left` counted from the right edge of the band; its width follows from its picture."""
    height = 12.0 if places.shape == "tall" else 7.2
    # On a tall badge beside the notch, so a little lower than the middle.
    lower = 0.8 if places.shape == "tall" else 0.0
    return Box(places.pad, (places.band.height - height) / 2 + lower, 0, height)


def notch_png(notch: Box) -> bytes:
    """A white slot that hangs from the upper edge, round at its lower corners, transparent elsewhere."""
    width, height = round(notch.width * PIXELS_PER_MM), round(notch.height * PIXELS_PER_MM)
    picture = Image.new("LA", (width, height), (255, 0))
    corners = (False, False, True, True)
    ImageDraw.Draw(picture).rounded_rectangle((0, 0, width - 1, height - 1), height // 2, (255, 255), corners=corners)
    return _png(picture)


def chip_png(logo: bytes) -> bytes:
    """The logo in the middle of a white rounded chip. Raises PIL.UnidentifiedImageError if it is no picture."""
    with Image.open(io.BytesIO(logo)) as opened:
        drawn = opened.convert("RGBA")
    drawn = ImageOps.pad(drawn, (min(drawn.width, round(drawn.height * WIDEST_LOGO)), drawn.height))
    margin = max(1, round(drawn.height * CHIP_MARGIN))
    size = (drawn.width + 4 * margin, drawn.height + 2 * margin)
    chip = Image.new("RGBA", size, (255, 255, 255, 0))
    ImageDraw.Draw(chip).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 2 * margin, (255, 255, 255, 255))
    chip.alpha_composite(drawn, (2 * margin, margin))
    return _png(chip)


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
