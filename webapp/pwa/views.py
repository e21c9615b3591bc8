"""The manifest, the service worker and the page it shows without a network."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_babel import get_locale

from webapp.pwa.shell import OFFLINE_PAGES, ON_USE, shell_files
from webapp.web.access import public
from webapp.web.assets import asset_url
from webapp.web.hypermedia import redirect_to
from webapp.web.security import for_scanner
from webapp.web.templating import choose_language
from webapp.web.words import _, _l

bp = Blueprint("pwa", __name__)

PAPER = "#fbf7ef"
"""The page by day, as in tokens.css: what a phone shows before the first paint."""

ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)


SHORTCUTS = (
    ("scan", _l("Scan"), "swaps.scan_page"),
    ("code", _l("My code"), "swaps.code_page"),
    ("people", _l("People"), "people.index"),
    ("next", _l("Next"), "people.next_page"),
)
"""What a long press on the icon offers: drawing, word, where it leads."""


def _asset(path: str) -> str:
    return asset_url(current_app.extensions["mixwell.build"], path)


def _ask_each_time(response: Response) -> Response:
    """Kept, but never used without asking: a new build must be seen at once."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]  # it returns the response it was given


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to put Mixwell beside its other apps (W3C Web Application Manifest)."""
    response = jsonify(
        id="/",
        lang=choose_language(),
        dir=get_locale().text_direction,
        name="Mixwell",
        short_name="Mixwell",
        description=_("Turns an evening of handshakes into people you know"),
        start_url=url_for("swaps.scan_page"),
        scope="/",
        display="standalone",
        background_color=PAPER,
        theme_color=PAPER,
        icons=[
            {"src": _asset(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in ICONS
        ],
        categories=["social", "business", "productivity"],
        shortcuts=[
            {"name": str(word), "url": url_for(endpoint), "icons": [_shortcut_icon(name)]}
            for name, word, endpoint in SHORTCUTS
        ],
        share_target=_share_target(),
    )
    response.mimetype = "application/manifest+json"
    return _ask_each_time(response)


def _shortcut_icon(name: str) -> dict[str, str]:
    return {"src": _asset(f"icons/shortcut-{name}.png"), "sizes": "192x192", "type": "image/png"}


def _share_target() -> dict[str, Any]:
    """How other apps share to us. By POST: what is shared stands in no address, and no other site can send it."""
    params = {name: name for name in ("title", "text", "url")}
    form = "application/x-www-form-urlencoded"
    return {"action": url_for("reminders.share"), "method": "POST", "enctype": form, "params": params}


@bp.get("/service-worker.js")
@public
def service_worker() -> Response:
    """The worker, which knows the files of this build by name. With an empty list it takes itself away."""
    build = current_app.extensions["mixwell.build"]
    urls = [_asset(path) for path in shell_files(build)]
    on_use = [_asset(folder) for folder in ON_USE]
    pages = {beginning: url_for(endpoint) for beginning, endpoint in OFFLINE_PAGES.items()}
    script = render_template("pwa/service-worker.js", build=build, urls=urls, on_use=on_use, offline_pages=pages)
    response = make_response(script)
    response.mimetype = "text/javascript"
    return _ask_each_time(response)


@bp.get("/favicon.ico")
@public
def icon() -> Response:
    """What browsers ask for beside a PDF, which cannot say where its icon is."""
    return redirect_to(_asset("icons/mark.svg"))


@bp.get("/offline")
@public
def offline() -> Response:
    """What the worker shows where a page cannot be had. The same for everybody; each phone finds its own in it."""
    return for_scanner(_ask_each_time(make_response(render_template("pwa/offline.html"))))
