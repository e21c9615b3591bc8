"""What every page is made of and holds nothing personal: style sheets, scripts, type, drawings."""

from webapp.web.builds import STATIC

SHELL = (
    "css/*.css",
    "css/parts/*.css",
    "icons/mark.svg",
    "js/**/*.js",
    "vendor/fonts/*-latin.woff2",
    "vendor/*.js",
    "vendor/icons.svg",
)
"""Patterns below static/. The decoder (1 MB) is not among them: only who scans needs it, and the browser keeps it."""


def shell_files() -> list[str]:
    """The files the service worker keeps, relative to static/, sorted."""
    found = {path.relative_to(STATIC).as_posix() for pattern in SHELL for path in STATIC.glob(pattern)}
    return sorted(found)
