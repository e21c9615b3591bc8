"""How writes answer. GET has one body and never looks here; only writes negotiate."""

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request


def is_partial() -> bool:
    """Whether htmx will put the answer into a part of the page. Boosted and restored pages say `full`."""
    return request.headers.get("HX-Request-Type") == "partial"


def answer(fragment: str, *, instead: str, status: int = 200, **context: Any) -> Response:
    """The fragment for htmx; for a plain form a 303 to the page that shows the same."""
    if not is_partial():
        return redirect_to(instead)
    also_there = [render_template(name, **values) for name, values in g.pop("also", [])]
    return make_response("".join([render_template(fragment, **context), *also_there]), status)


def also(fragment: str, **context: Any) -> None:
    """A second region changes with this answer: its fragment travels out of band."""
    g.setdefault("also", []).append((fragment, {"out_of_band": True, **context}))


def refuse(page: str, fragment: str, **context: Any) -> Response:
    """A form that cannot be accepted: 422 with the fragment for htmx, with the whole page for a plain form."""
    return make_response(render_template(fragment if is_partial() else page, **context), 422)


def redirect_to(address: str) -> Response:
    """See other: the page that shows what was done."""
    return make_response(redirect(address, 303))


def leave_for(address: str) -> Response:
    """Send the whole browser to another page from inside a partial answer; our own addresses only."""
    if not is_partial():
        return redirect_to(address)
    if not address.startswith("/") or address.startswith("//") or not address.isprintable():
        raise ValueError("only our own pages")
    return make_response("", 200, {"HX-Redirect": address})
