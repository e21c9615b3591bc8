"""A scan by somebody who is not signed in: it waits in their own browser, signed, for a quarter of an hour.

Nothing is written down on our side, and the code never travels in an address (trust.md decision 7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.core.tokens import Keyring

COOKIE = "scan"
LIFE = timedelta(minutes=15)
LONGEST_TEXT = 512


@dataclass(frozen=True)
class WaitingScan:
    """What was read, and when it was in front of the camera."""

    text: str
    read_at: datetime


def seal_scan(keyring: Keyring, text: str) -> str:
    """The value of the cookie that keeps this scan."""
    return _serializer(keyring).dumps(text[:LONGEST_TEXT])


def open_scan(keyring: Keyring, cookie: str | None) -> WaitingScan | None:
    """The scan that waits in this cookie; None when there is none, it is not ours or it is too old."""
    if not cookie:
        return None
    try:
        text, read_at = _serializer(keyring).loads(cookie, max_age=int(LIFE.total_seconds()), return_timestamp=True)
    except BadSignature:
        return None
    return WaitingScan(text, read_at)


def _serializer(keyring: Keyring) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keyring.secret("waiting scan"))
