"""Cookies of this server: HttpOnly, SameSite=Lax, for all paths, `Secure` and `__Host-` wherever there is https."""

from datetime import timedelta

from flask import Response

from webapp.web.current import cookie_name, current_settings

__all__ = ["Response", "drop_cookie", "keep_cookie"]


def keep_cookie(response: Response, name: str, value: str, life: timedelta) -> None:
    """Give the browser this cookie for so long."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=life,
        path="/",
        secure=current_settings().secure,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: Response, name: str) -> None:
    """Take this cookie back."""
    response.delete_cookie(cookie_name(name), path="/", secure=current_settings().secure, httponly=True, samesite="Lax")
