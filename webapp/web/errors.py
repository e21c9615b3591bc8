"""Errors say what happened, that nothing is lost, and what to do. One last-resort handler; no stack ever leaves."""

from datetime import timedelta

from flask import Flask, Response, make_response, render_template
from flask_babel import format_timedelta
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog import get_logger
from werkzeug.exceptions import HTTPException

from webapp.core.actor import NotHere
from webapp.core.database import DatabaseBusy, db
from webapp.core.operations import OperationReused
from webapp.web.hypermedia import is_partial
from webapp.web.limits import TooMany

log = get_logger()


def init_errors(app: Flask) -> None:
    """Give each kind of failure its page, and its fragment for htmx."""
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(OperationReused, lambda error: _answer(422, "reused"))
    app.register_error_handler(NotHere, lambda error: _answer(404, "404"))
    for busy in (DatabaseBusy, OperationalError, PoolTimeout):
        app.register_error_handler(busy, _busy)
    app.register_error_handler(Exception, _unforeseen)


def _known(error: HTTPException) -> Response:
    response = _answer(error.code or 500, str(error.code))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _too_many(error: TooMany) -> Response:
    response = _answer(429, "429", wait=format_timedelta(timedelta(seconds=error.retry_after), threshold=1))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _busy(error: Exception) -> Response:
    db.session.rollback()
    log.warning("database_busy", error=type(error).__name__)
    response = _answer(503, "503")
    response.headers["Retry-After"] = "2"
    return response


def _unforeseen(error: Exception) -> Response:
    db.session.rollback()
    log.error("unforeseen", error=type(error).__name__, where=_where(error))
    return _answer(500, "500")


def _where(error: Exception) -> str:
    """File and line of our own code nearest to the failure; never its message, which may hold what a person wrote."""
    trace, place = error.__traceback__, "?"
    while trace:
        code = trace.tb_frame.f_code
        if "webapp" in code.co_filename:
            place = f"{code.co_filename.rpartition('webapp/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _answer(status: int, problem: str, **said: str) -> Response:
    template = "errors/_problem.html" if is_partial() else "errors/page.html"
    return make_response(render_template(template, problem=problem, **said), status)
