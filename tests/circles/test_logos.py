"""S-38: a logo is what we drew again from the pixels sent, or nothing."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from werkzeug.test import TestResponse

from tests.cast import Cast
from webapp.circles.founding import KEPT_SIDE
from webapp.circles.models import Circle
from webapp.core.database import db
from webapp.core.pictures import MOST_BYTES, MOST_SIDE

MARK = b"<script>alert('x-poison')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def picture(kind: str, side: int = 60, colour: str = "navy", **more: object) -> bytes:
    """A plain square, saved as this kind."""
    file = BytesIO()
    Image.new("RGB", (side, side), colour).save(file, kind, **more)
    return file.getvalue()


def png_that_says_it_is(side: int) -> bytes:
    """A few bytes whose header promises a picture of this side."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def with_words(kind: str) -> bytes:
    """A true picture that carries words of its own."""
    if kind == "PNG":
        words = PngInfo()
        words.add_text("Comment", MARK.decode())
        return picture(kind, pnginfo=words)
    return picture(kind, exif=b"Exif\0\0" + MARK)


REFUSED = {
    "svg": SVG,
    "svg with a prologue": b'<?xml version="1.0"?>' + SVG,
    "html": b"<!doctype html>" + MARK,
    "html that begins like a gif": b"GIF89a/*" + MARK + b"*/=1;",
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "ico": picture("ICO"),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n",
    "pdf": b"%PDF-1.7\n%x\n",
    "postscript in a photo shop": b"8BPS" + b"\0" * 64,
    "script": b"#!/bin/sh\nid\n",
    "zip": b"PK\x03\x04" + b"\0" * 64,
    "nothing": b"",
    "one byte": b"\x89",
    "noise": bytes(range(256)) * 8,
    "half a png": picture("PNG")[:60],
    "half a jpeg": picture("JPEG")[:200],
    "half a webp": picture("WEBP")[:30],
    "a png's name alone": b"\x89PNG\r\n\x1a\n",
    "a jpeg's name alone": b"\xff\xd8\xff\xe0",
    "a webp's name alone": b"RIFF\0\0\0\0WEBPVP8 ",
    "a png that promises 50,000 pixels": png_that_says_it_is(50_000),
    "a png that promises two thousand million": png_that_says_it_is(2_000_000_000),
    "a png of no size": png_that_says_it_is(0),
    "a png one pixel too wide": picture("PNG", MOST_SIDE + 1),
    "a jpeg one pixel too wide": picture("JPEG", MOST_SIDE + 1),
    "more than five megabytes": picture("PNG") + b"\0" * MOST_BYTES,
    "a png whose pixels are missing": png_that_says_it_is(60),
}
DRAWN_AGAIN = {
    "png": picture("PNG"),
    "jpeg": picture("JPEG"),
    "webp": picture("WEBP"),
    "png with words": with_words("PNG"),
    "jpeg with words": with_words("JPEG"),
    "webp with words": with_words("WEBP"),
    "png with a page behind it": picture("PNG") + MARK,
    "jpeg with a page behind it": picture("JPEG") + MARK,
    "png with an archive behind it": picture("PNG") + b"PK\x03\x04",
    "png of many colours": picture("PNG", 300, "tomato"),
    "the largest side": picture("PNG", MOST_SIDE),
    "more than a megabyte": picture("PNG") + b"\0" * 1_500_000,
}


def send(cast: Cast, name: str, content: bytes) -> TestResponse:
    """What the form sends, as bytes: the test client would leave large uploads in open files."""
    fields = {"name": "Harbour Chamber", "hue": "30", "zone": "UTC"}
    lines = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}' for key, value in fields.items()]
    lines.append(f'Content-Disposition: form-data; name="logo"; filename="{name}.png"\r\n\r\n')
    body = "--EDGE\r\n" + "\r\n--EDGE\r\n".join(lines)
    whole = body.encode() + content + b"\r\n--EDGE--\r\n"
    path = f"/circles/{cast.circle.id}"
    return cast.browser(cast.dora.id).post(path, data=whole, content_type="multipart/form-data; boundary=EDGE")


def kept(cast: Cast) -> bytes | None:
    db.session.rollback()
    logo: bytes | None = db.session.scalar(db.select(Circle.logo_png).where(Circle.id == cast.circle.id))
    return logo


def test_there_are_forty_of_them() -> None:
    assert len(REFUSED) + len(DRAWN_AGAIN) >= 40


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_of_ours_is_not_kept(cast: Cast, name: str) -> None:
    answer = send(cast, name, REFUSED[name])
    assert answer.status_code in {413, 422}
    assert kept(cast) is None


@pytest.mark.parametrize("name", DRAWN_AGAIN)
def test_a_picture_is_drawn_again_and_says_nothing_more(cast: Cast, name: str) -> None:
    assert send(cast, name, DRAWN_AGAIN[name]).status_code == 303
    logo = kept(cast)
    assert logo is not None
    assert logo != DRAWN_AGAIN[name]
    assert [word for word in (MARK, b"PK\x03\x04", b"Exif") if word in logo] == []
    with Image.open(BytesIO(logo)) as image:
        assert (image.format, image.info) == ("PNG", {})
        assert max(image.size) <= KEPT_SIDE
    answer = cast.browser(cast.dora.id).get(f"/circles/{cast.circle.id}/logo.png")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")


def test_half_a_picture_is_none_also_where_weasyprint_was_loaded() -> None:
    import webapp.core.pdf  # noqa: F401 - loading it allows half pictures in the whole process
    from webapp.core.pictures import NotAPicture, read_picture

    for name in ("half a png", "a png whose pixels are missing", "half a jpeg"):
        with pytest.raises(NotAPicture):
            read_picture(REFUSED[name])
