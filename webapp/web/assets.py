"""Static files under an address that changes with their content, so that they may be kept for ever.

At set-up bin/pack_assets.py lays each build out in a folder of its own with compressed twins; WhiteNoise answers for
those before the application is asked.
"""

import re
from functools import partial
from wsgiref.headers import Headers

from flask import Flask, Response, send_from_directory
from whitenoise import WhiteNoise

from webapp.settings import Settings
from webapp.web.access import public
from webapp.web.builds import PACKED, ROOT, STATIC, build_hash
from webapp.web.security import is_scanner_code, standing_headers

TEMPLATES = ROOT / "templates"


def asset_url(build: str, path: str) -> str:
    """Where a browser finds this file of this build."""
    return f"/static/{build}/{path}"


def init_assets(app: Flask) -> None:
    """Serve `/static/<build hash>/…`; templates name files by `asset("css/app.css")`."""
    build = build_hash()
    app.extensions["mixwell.build"] = build
    app.jinja_env.globals["asset"] = partial(asset_url, build)
    app.wsgi_app = _files_before(app)  # type: ignore[method-assign]  # Flask's documented way

    @app.get("/static/<build>/<path:path>", endpoint="static")
    @public
    def static(build: str, path: str) -> Response:
        """A file of a build that is not laid out: edited since set-up, or older than kept. As it is now, uncached."""
        response = send_from_directory(STATIC, path)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _files_before(app: Flask) -> WhiteNoise:
    files = WhiteNoise(
        app.wsgi_app,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,
        add_headers_function=partial(_add_standing_headers, app.extensions["mixwell.settings"]),
    )
    for folder in PACKED.glob("*"):
        if re.fullmatch("[0-9a-f]{12}", folder.name):  # not one that is still growing
            files.add_files(str(folder), asset_url(folder.name, ""))
    return files


def _add_standing_headers(settings: Settings, headers: Headers, path: str, url: str) -> None:
    for name, value in standing_headers(settings, scanner_code=is_scanner_code(url)).items():
        headers[name] = value
