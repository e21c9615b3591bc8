"""Static files under an address that changes with their content, so that they may be kept for ever."""

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory

from webapp.web.access import public

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
_FOR_EVER = 365 * 24 * 3600


def build_hash() -> str:
    """Twelve hex letters over names and contents of all static files."""
    total = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(STATIC)).encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def init_assets(app: Flask) -> None:
    """Serve `/static/<build hash>/…`; templates name files by `asset("css/app.css")`."""
    build = build_hash()
    app.extensions["mixwell.build"] = build
    app.jinja_env.globals["asset"] = lambda path: f"/static/{build}/{path}"

    @app.get("/static/<build>/<path:path>", endpoint="static")
    @public
    def static(build: str, path: str) -> Response:
        """A file of this build. An older page asking by its old build gets the file as it is now, uncached."""
        response = send_from_directory(STATIC, path, max_age=_FOR_EVER)
        if build != app.extensions["mixwell.build"]:
            response.headers["Cache-Control"] = "no-cache"
            return response
        response.headers["Cache-Control"] = f"public, max-age={_FOR_EVER}, immutable"
        return response
