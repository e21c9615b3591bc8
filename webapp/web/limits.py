"""All limits in one table; code and tests read it. Counting windows is the `limits` library's work.

Keys are accounts, addresses and devices first: a whole hall shares one network address.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from structlog import get_logger

from webapp.web.current import current_settings

T = TypeVar("T")
log = get_logger()

LIMITS = {
    "sign-in mail by address": "3 per 15 minutes; 10 per day",
    "sign-in mail by network": "300 per 10 minutes",
    "code entry by network": "300 per 10 minutes",
    "badge scan": "30 per minute; 60 per 10 minutes; 400 per day",
    "typed code": "5 per 10 minutes",
    "scan told later": "200 per hour; 400 per day",
    "door scan": "5 per second",
    "sync": "4 per second",
    "door pairing by network": "30 per 10 minutes",
    "pitch report": "10 per day",
    "kind line": "20 per day",
    "guest search": "60 per minute; 300 per 10 minutes",
    "door names": "20 per hour",
    "exit sheet": "20 per minute; 300 per hour",
    "sheet": "6 per minute; 10 per day",
    "export": "10 per day",
    "badge run": "5 per hour",
    "slide code": "10 per day",
    "photo": "20 per day",
    "push registration": "5 per hour",
    "note through": "20 per day",
    "note through to one": "3 per day",
    "introduction": "10 per day",
    "import": "30 per hour",
    "address book": "20 per hour",
    "invitation run": "20 per hour",
    "statement": "20 per day",
    "statement paper": "30 per day",
    "link from a mail": "60 per minute; 400 per day",
}
"""Name of what is limited → how often, per key. Tries of one code are counted with the code (`codes`, `slips`)."""


class TooMany(Exception):
    """A limit was reached; `retry_after` seconds are left. Answered as 429 with the same words for all limits."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class _Counting:
    """Counts in memory in one process, in Redis when processes are many; in memory again while Redis is away.

    Each process then counts for itself: a limit may be reached once in each, and is never lifted. In memory one thread
    counts at a time: the library's timer, when two start it at once, is one error in the request and one in the thread.
    """

    def __init__(self, redis_url: str | None) -> None:
        self.own = MovingWindowRateLimiter(MemoryStorage())
        self.shared = MovingWindowRateLimiter(_storage(redis_url)) if redis_url else None
        self._alone = threading.Lock()

    def ask(self, question: Callable[[MovingWindowRateLimiter], T]) -> T:
        """The answer of what is counted together, else of what is counted here."""
        if self.shared:
            try:
                return question(self.shared)
            except StorageError as error:
                log.warning("limits_uncounted", error=type(error.storage_error).__name__)
        with self._alone:
            return question(self.own)


def _storage(url: str) -> Storage:
    seconds = {"socket_timeout": 1, "socket_connect_timeout": 1}  # nobody waits longer for a count
    storage: Storage = storage_from_string(url, wrap_exceptions=True, **seconds)  # type: ignore[assignment]  # async twin is not asked for
    return storage


def init_limits(app: Flask, redis_url: str | None) -> None:
    """Prepare the counting."""
    app.extensions["mixwell.counting"] = _Counting(redis_url)


def _counting() -> _Counting:
    counting: _Counting = current_app.extensions["mixwell.counting"]
    return counting


def spend(name: str, key: object, cost: int = 1) -> None:
    """Count one use. Raises TooMany when the limit for this key is reached."""
    if current_settings().lift_limits:
        return
    for item in _items(name):
        _spend_one(item, name, str(key), cost)


def _spend_one(item: RateLimitItem, name: str, key: str, cost: int) -> None:
    if not _counting().ask(lambda limiter: limiter.hit(item, name, key, cost=cost)):
        reset = _counting().ask(lambda limiter: limiter.get_window_stats(item, name, key).reset_time)
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
    return not all(_has_room(item, name, str(key)) for item in _items(name))


def _has_room(item: RateLimitItem, name: str, key: str) -> bool:
    return _counting().ask(lambda limiter: limiter.test(item, name, key))


def network() -> str:
    """The address a request came from, behind the configured number of proxies."""
    return request.remote_addr or "nowhere"


def _items(name: str) -> list[RateLimitItem]:
    return parse_many(LIMITS[name])
