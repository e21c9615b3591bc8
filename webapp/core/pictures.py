"""Pictures that people send: decoded and encoded again, so that nothing of the file as sent is kept (S-38)."""

import struct
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 5_000_000
MOST_SIDE = 4096
"""Largest side of a picture sent to us, in pixels."""


class NotAPicture(ValueError):
    """It is not a PNG, JPEG or WebP within our limits. Nothing was kept."""


def read_picture(sent: bytes) -> Image.Image:
    """The picture itself, upright, in RGBA and without anything that was told beside it. Raises NotAPicture."""
    if len(sent) > MOST_BYTES:
        raise NotAPicture
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as image:
            if max(image.size) > MOST_SIDE:
                raise NotAPicture
            # All of it, or nothing: what was read in part would pass for a picture from here on. Said each time:
            # WeasyPrint, in a process that has loaded it, allows half pictures to everybody there.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            image.load()
            upright = _upright(image).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    # From the pixels alone: a converted picture would carry the words of the old one along.
    return Image.frombytes("RGBA", upright.size, upright.tobytes())


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, OSError, ValueError, struct.error):
        return image  # what the camera wrote beside them is broken; the pixels may be whole


def portrait(sent: bytes, side: int) -> bytes:
    """The middle of the picture as a square JPEG of `side` pixels, on white. Raises NotAPicture."""
    square = ImageOps.fit(read_picture(sent), (side, side))
    white = Image.new("RGB", square.size, "white")
    white.paste(square, mask=square.getchannel("A"))
    kept = BytesIO()
    white.save(kept, "JPEG", quality=82, optimize=True)
    return kept.getvalue()
