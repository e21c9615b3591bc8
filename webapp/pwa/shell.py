"""What every page is made of and holds nothing personal: style sheets, scripts, type, drawings."""

from webapp.web.builds import STATIC, is_packed

SHELL = (
    "css/app.css",
    "icons/mark.svg",
    "js/**/*.js",
    "vendor/fonts/atkinson-hyperlegible-next-latin.woff2",
    "vendor/fonts/headings-latin.woff2",
    "vendor/*.js",
    "vendor/icons.svg",
    "vendor/qr/index.js",
)
"""Patterns below static/."""

ON_USE = ("vendor/zxing/", "vendor/qr/")
"""Folders below static/ whose files are kept when a page first asks for them: the decoder is 1 MB, and only for who
scans."""

LOOSE = ("css/*.css", "css/parts/*.css")
"""The sheets that app.css imports where it does not hold them."""

OFFLINE_PAGES = {"/": "pwa.offline"}
"""How a path begins → endpoint of the page a phone shows there without a network; the longest beginning holds.

Each is public, the same for everybody, and made of files of the shell alone.
"""


def shell_files(build: str) -> list[str]:
    """The files of this build that the service worker keeps, relative to static/, sorted."""
    patterns = SHELL if is_packed(build) else SHELL + LOOSE
    found = {path.relative_to(STATIC).as_posix() for pattern in patterns for path in STATIC.glob(pattern)}
    return sorted(found)
