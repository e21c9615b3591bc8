"""One line of JSON a request: ids, route and time. Never a name, an address, a token, a query or a body."""

import logging
import time

import structlog
from flask import Flask, Response, g, request

from webapp.core.identifiers import new_id
from webapp.web.current import current_actor

log = structlog.get_logger()


def init_logs(app: Flask) -> None:
    """Log each answer by its route, not by its path: a path may hold a badge token."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    app.before_request(_start)
    app.after_request(_log)


def _start() -> None:
    g.started = time.perf_counter()
    g.request_id = str(new_id())


def _log(response: Response) -> Response:
    if request.endpoint != "static" and "started" in g:
        log.info(
            "answered",
            request=g.request_id,
            method=request.method,
            route=str(request.url_rule) if request.url_rule else "none",
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000),
            actor=current_actor().label if "actor" in g else "unasked",
        )
    return response
