"""Pages made smaller on their way: to a fifth of their bytes for half a millisecond.

Only HTML, and only what is made anew for each request; static files have their twins. Nothing a page holds is worth
guessing by its compressed size: forms carry no token, and what a reader may see of others is not mixed with a secret.
"""

import gzip

import brotli
from flask import Flask, Response, request

WORTH_IT = 1_000
"""Bytes below which a page travels in one packet anyway."""

_QUALITY = 4


def init_compression(app: Flask) -> None:
    """Compress each page after everything else was done to it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    # A tag names the bytes of an answer, so those must not change.
    if response.mimetype != "text/html" or response.is_streamed or "ETag" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    page = response.get_data()
    encoding = request.accept_encodings.best_match(["br", "gzip"])
    if encoding is None or len(page) < WORTH_IT:
        return response
    packed = brotli.compress(page, quality=_QUALITY) if encoding == "br" else gzip.compress(page, _QUALITY)
    response.set_data(packed)
    response.headers["Content-Encoding"] = encoding
    return response
