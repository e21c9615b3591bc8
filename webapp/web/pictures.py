"""Pictures as answers: never kept by anybody on the way, never more than a picture."""

from flask import Response


def jpeg_response(jpeg: bytes) -> Response:
    """A JPEG of ours, for the eyes of whoever asked."""
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store"}
    return Response(jpeg, mimetype="image/jpeg", headers=headers)
