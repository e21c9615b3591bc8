"""When a phone is asked whether Mixwell may stay on it: after a swap is kept, and never again after an answer."""

from flask import request

from webapp.web.current import cookie_name

COOKIE = "install"
"""Set by the page itself (static/js/lib/install-offer.js) once there was an answer; it says nothing of anybody."""


def may_offer() -> bool:
    """Whether this phone has not answered yet."""
    return cookie_name(COOKIE) not in request.cookies
