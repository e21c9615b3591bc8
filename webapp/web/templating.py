"""Jinja as strict as it goes, with words, dates and codes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, request
from flask_babel import Babel, format_date, format_time, get_locale
from jinja2 import StrictUndefined

from webapp.core.clock import now
from webapp.core.identifiers import new_id
from webapp.core.text import first_grapheme, grouped
from webapp.web.current import current_actor, current_settings
from webapp.web.pair_picture import shapes

LANGUAGES = ["en"]
"""Languages that have a catalogue, our own first."""

HALF_A_DAY = timedelta(hours=12)


def init_templating(app: Flask) -> None:
    """Undefined names raise, translation is on, and templates know who acts."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    Babel(app, locale_selector=choose_language)
    app.jinja_env.globals |= {
        "clock_time": clock_time,
        "date_words": date_words,
        "day_words": day_words,
        "moment_words": moment_words,
        "month_words": month_words,
        "current_actor": current_actor,
        "direction": lambda: get_locale().text_direction,
        "language": lambda: str(get_locale()).replace("_", "-"),
        "host": lambda: current_settings().host,
        "demo": lambda: current_settings().mode == "demo",
        "pair_shapes": shapes,
        "first_grapheme": first_grapheme,
        "fresh_id": new_id,
        "grouped": grouped,
    }


def choose_language() -> str:
    """The best of our languages for this browser; our own first one outside a request."""
    if not has_request_context():
        return LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def clock_time(at: datetime, zone: str) -> str:
    """A clock time in the event's zone, such as 7:04 PM or 19:04 as the language has it."""
    return str(format_time(at.astimezone(ZoneInfo(zone)), "short", rebase=False))


def moment_words(at: datetime, zone: str) -> str:
    """A clock time for what is at most half a day old, so that an evening may pass midnight; else a short date."""
    if now() - at < HALF_A_DAY:
        return clock_time(at, zone)
    return str(format_date(at.astimezone(ZoneInfo(zone)).date(), "medium", rebase=False))


def day_words(day: date) -> str:
    """A day that has no clock and no zone."""
    return str(format_date(day, "medium", rebase=False))


def month_words(day: date) -> str:
    """The month of a day and its year."""
    return str(format_date(day, "MMM y", rebase=False))


def date_words(at: datetime, zone: str) -> str:
    """A date in the event's zone in words."""
    return str(format_date(at.astimezone(ZoneInfo(zone)).date(), "full", rebase=False))
