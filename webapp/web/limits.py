"""All limits in one table; code and tests read it. Counting windows is the `limits` library's work.

Keys are accounts, addresses and devices first: a whole hall shares one network address.
"""

import time

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from webapp.web.current import current_settings

LIMITS = {
    "sign-in mail by address": "3 per 15 minutes; 10 per day",
    "sign-in mail by network": "300 per 10 minutes",
    "code entry by network": "300 per 10 minutes",
    "badge scan": "30 per minute; 60 per 10 minutes; 400 per day",
    "typed code": "5 per 10 minutes",
    "private code": "5 per day",
    "door scan": "5 per second",
    "door pairing by network": "30 per 10 minutes",
    "guest search": "60 per minute; 300 per 10 minutes",
    "document": "10 per day",
    "sheet": "6 per minute; 30 per hour",
    "badge run": "5 per hour",
    "import": "30 per hour",
    "invitation run": "20 per hour",
    "link from a mail": "60 per minute; 400 per day",
}
"""Name of what is limited → how often, per key."""


class TooMany(Exception):
    """A limit was reached; `retry_after` seconds are left. Answered as 429 with the same words for all limits."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def init_limits(app: Flask, redis_url: str | None) -> None:
    """Count in memory in one process, in Redis when processes are many."""
    storage: Storage = storage_from_string(redis_url or "memory://")  # type: ignore[assignment]  # async twin is not asked for
    app.extensions["mixwell.limiter"] = MovingWindowRateLimiter(storage)


def spend(name: str, key: object, cost: int = 1) -> None:
    """Count one use. Raises TooMany when the limit for this key is reached."""
    if current_settings().lift_limits:
        return
    limiter: MovingWindowRateLimiter = current_app.extensions["mixwell.limiter"]
    for item in _items(name):
        if not limiter.hit(item, name, str(key), cost=cost):
            reset = limiter.get_window_stats(item, name, str(key)).reset_time
            raise TooMany(max(1, int(reset - time.time())))


def allowed(name: str, key: object) -> bool:
    """Count one use and say whether it was within the limit: for answers that must not differ."""
    try:
        spend(name, key)
    except TooMany:
        return False
    return True


def is_spent(name: str, key: object) -> bool:
    """Whether the next use would be one too many. Counts nothing."""
    if current_settings().lift_limits:
        return False
    limiter: MovingWindowRateLimiter = current_app.extensions["mixwell.limiter"]
    return not all(limiter.test(item, name, str(key)) for item in _items(name))


def network() -> str:
    """The address a request came from, behind the configured number of proxies."""
    return request.remote_addr or "nowhere"


def _items(name: str) -> list[RateLimitItem]:
    return parse_many(LIMITS[name])
