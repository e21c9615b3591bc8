"""Headers on every answer, and who may send a write: the browser's own word about where a request comes from."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import Forbidden, UnsupportedMediaType

from webapp.core.database import allow_writing
from webapp.settings import Settings
from webapp.web.current import current_settings

View = TypeVar("View", bound=Callable[..., Any])

SAFE = {"GET", "HEAD", "OPTIONS"}

_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_JSON = {"application/json"}

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx mixwell",
}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_NO_POWERS = "accelerometer=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"


def content_policy(*, scanner: bool = False) -> str:
    """The content security policy; scanner pages and the decoder's worker may also compile WebAssembly."""
    script = "'self' 'wasm-unsafe-eval'" if scanner else "'self'"
    return "; ".join(f"{name} {value}" for name, value in (_POLICY | {"script-src": script}).items())


def standing_headers(settings: Settings, *, scanner_code: bool = False) -> dict[str, str]:
    """What every answer carries unless its view says otherwise; static files carry it too."""
    policies = {
        "Content-Security-Policy": content_policy(scanner=scanner_code),
        "Permissions-Policy": f"camera=(), {_NO_POWERS}",
    }
    secure = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if settings.secure else {}
    return _HEADERS | policies | secure


def is_scanner_code(path: str) -> bool:
    """Whether this static file runs as a worker that compiles the decoder: a worker obeys its own file's policy."""
    return path.endswith("-worker.js")


def for_scanner(response: Response) -> Response:
    """Let this page open the camera and run the decoder."""
    response.headers["Content-Security-Policy"] = content_policy(scanner=True)
    response.headers["Permissions-Policy"] = f"camera=(self), {_NO_POWERS}"
    return response


def init_security(app: Flask) -> None:
    """Refuse foreign writes before anything else is looked at, and put the headers on every answer."""
    app.before_request(_say_whether_it_writes)
    app.before_request(_refuse_foreign_writes)
    app.before_request(_refuse_other_bodies)
    app.after_request(_add_headers)


def _say_whether_it_writes() -> None:
    allow_writing(request.method not in SAFE)


def _refuse_foreign_writes() -> None:
    """Fetch metadata first, Origin where a browser sends none (plain http); without either it is no browser's."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is None and "Origin" not in request.headers and _is_marked("posted_by_mail"):
        return
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        allowed = request.headers.get("Origin") == current_settings().base_url
    if not allowed:
        raise Forbidden


def _refuse_other_bodies() -> None:
    """A write is a form: what a browser would send elsewhere as another type is not read at all."""
    has_body = bool(request.mimetype) or bool(request.content_length)
    types = _JSON if _is_marked("takes_json") else _FORMS
    if request.method not in SAFE and has_body and request.mimetype not in types:
        raise UnsupportedMediaType


def posted_by_mail(view: View) -> View:
    """For a route whose address proves itself: a mail program may post there, which is no browser and names no origin.

    What a browser sends is checked like everything else.
    """
    view.__dict__["posted_by_mail"] = True
    return view


def takes_json(view: View) -> View:
    """For a route that our own script tells things by JSON, which no form of another site can send."""
    view.__dict__["takes_json"] = True
    return view


def _is_marked(word: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and word in view.__dict__


def _add_headers(response: Response) -> Response:
    scanner_code = request.endpoint == "static" and is_scanner_code(request.path)
    for name, value in standing_headers(current_settings(), scanner_code=scanner_code).items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def local_path(text: str | None) -> str | None:
    """The text if it is a plain path on this server, else None: nobody is sent elsewhere by a link of ours."""
    if not text or not text.isprintable() or "\\" in text or not text.startswith("/") or text.startswith("//"):
        return None
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else None
