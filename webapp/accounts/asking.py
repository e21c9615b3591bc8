"""What a browser remembers between asking for a code and typing it: one signed cookie."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.core.tokens import Keyring

LIFE = timedelta(minutes=30)
"""Longer than a code, so that a late one is answered by "ask for a new one" and nobody types the address again."""


@dataclass(frozen=True)
class Asking:
    """`secret` binds the code to this browser, `address` was typed, `next` is the local page wanted ("" for none)."""

    secret: str
    address: str
    next: str


def _serializer(keyring: Keyring) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(keyring.secret("asking cookie"))


def seal_asking(keyring: Keyring, asking: Asking) -> str:
    """The value of the cookie."""
    return str(_serializer(keyring).dumps(asdict(asking)))


def open_asking(keyring: Keyring, cookie: str | None) -> Asking | None:
    """What the cookie says; None when there is none, it is too old, or it is not ours."""
    try:
        values = _serializer(keyring).loads(cookie or "", max_age=int(LIFE.total_seconds()))
    except BadSignature:
        return None
    return Asking(**values)
