"""Static files under an address that changes with their content, so that they may be kept for ever.

WhiteNoise answers for them before the application is asked. At set-up bin/pack_assets.py lays each build out in a
folder of its own with compressed twins; what was edited since is served as it is.
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
    app.wsgi_app = _files_before(app, build)  # type: ignore[method-assign]  # Flask's documented way

    @app.get("/static/<build>/<path:path>", endpoint="static")
    @public
    def static(build: str, path: str) -> Response:
        """A page of a build that is gone asks by its hash: the file as it is now, to be asked for again."""
        response = send_from_directory(STATIC, path)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _files_before(app: Flask, build: str) -> WhiteNoise:
    files = WhiteNoise(
        app.wsgi_app,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,
        add_headers_function=partial(_add_standing_headers, app.extensions["mixwell.settings"]),
    )
    packed = {folder.name: folder for folder in PACKED.glob("*") if re.fullmatch("[0-9a-f]{12}", folder.name)}
    for name, folder in ({build: STATIC} | packed).items():
        files.add_files(str(folder), asset_url(name, ""))
    return files


def _add_standing_headers(settings: Settings, headers: Headers, path: str, url: str) -> None:
    for name, value in standing_headers(settings, scanner_code=is_scanner_code(url)).items():
        headers[name] = value
