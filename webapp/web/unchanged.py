"""*Nothing new* is said before Flask wakes up: two thousand waiting phones ask 170 times a second.

A question that has an answer, or whose asker is not signed in, goes on to its view. What this layer says has the
headers of every answer and no body.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_cookie

from webapp.core.database import allow_writing
from webapp.settings import Settings
from webapp.web.current import cookie_name
from webapp.web.security import standing_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ASKED = "HTTP_HX_PTAG"
"""What the phone knows already, as htmx says it."""


def init_unchanged(app: Flask, settings: Settings, path: str, find_version: Callable[[str], int | None]) -> None:
    """Answer 304 at this path while the version of whose cookie it is (None: nobody's) is the one the phone names."""
    app.wsgi_app = _Unchanged(app, settings, path, find_version)  # type: ignore[method-assign]  # Flask's documented way


class _Unchanged:
    def __init__(self, app: Flask, settings: Settings, path: str, find_version: Callable[[str], int | None]) -> None:
        self._app, self._path, self._find_version = app, path, find_version
        self._others = app.wsgi_app
        self._headers = [*standing_headers(settings).items(), ("Cache-Control", "no-store")]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        asks = environ["PATH_INFO"] == self._path and environ["REQUEST_METHOD"] == "GET" and _ASKED in environ
        if asks and self._knows_all(environ):
            start_response("304 NOT MODIFIED", self._headers)
            return []
        return self._others(environ, start_response)

    def _knows_all(self, environ: "WSGIEnvironment") -> bool:
        allow_writing(False)
        with self._app.app_context():
            secret = parse_cookie(environ).get(cookie_name("session"))
            try:
                number = self._find_version(secret) if secret else None
                return number is not None and str(number) == environ[_ASKED]
            except SQLAlchemyError:
                return False  # Flask meets the same, and has a page for it
