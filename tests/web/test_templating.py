"""Times as people read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from webapp.core.clock import now
from webapp.web.templating import moment_words


def test_a_moment_of_this_evening_is_a_clock_time_even_past_midnight(app: Flask) -> None:
    with app.test_request_context():
        assert ":" in moment_words(now() - timedelta(hours=5), "Asia/Tokyo")


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_an_older_moment_says_its_day_where_it_was(app: Flask, zone: str) -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=ZoneInfo(zone))
    with app.test_request_context():
        assert moment_words(at, zone) == "Mar 1, 2026"
