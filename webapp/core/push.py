"""Web push (RFC 8030) as pywebpush and py-vapid make it: encrypted for one browser, signed as this server.

A message holds what its sender wrote and no more; the push service that carries it sees neither that nor for whom.
Sent only from the outbox.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from webapp.core.outward import Answer, Caller, Forbidden

SIGNED_FOR = timedelta(hours=1)
"""How long a signature is good: a push service may keep it no longer than a day (RFC 8292, 2)."""
POINT, SECRET = 65, 16
"""Bytes of a browser's public key (uncompressed P-256) and of its shared secret (RFC 8291, 2 and 3.2)."""


class NoSubscription(Exception):
    """Three texts that no browser gave."""


class Gone(Exception):
    """The push service says that this subscription is no more."""


class NotTaken(OSError):
    """The push service did not take it. `wait` is how long it wants to be left alone, if it said so."""

    def __init__(self, status: int, wait: timedelta | None) -> None:
        super().__init__(f"the push service answered {status}")
        self.wait = wait


@dataclass(frozen=True)
class Receiver:
    """One browser: where to, its public key, the secret it shares with us."""

    endpoint: str
    p256dh: bytes
    auth: bytes

    @classmethod
    def read(cls, endpoint: str, p256dh: str, auth: str) -> "Receiver":
        """As `PushSubscription.toJSON()` has it, in base64url. Raises NoSubscription."""
        point, secret = _bytes(p256dh), _bytes(auth)
        if len(point) != POINT or len(secret) != SECRET:
            raise NoSubscription
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError:
            raise NoSubscription from None
        return cls(endpoint, point, secret)


@dataclass(frozen=True)
class Pusher:
    """Sends messages in the name of this server. `contact` is whom a push service may write to when we misbehave."""

    caller: Caller
    key: ec.EllipticCurvePrivateKey
    contact: str

    @property
    def works(self) -> bool:
        """Whether there is any push service we may call."""
        return bool(self.caller.hosts)

    @property
    def public_key(self) -> str:
        """What a browser binds its subscription to: nobody else's messages reach it."""
        return base64url(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def may_reach(self, receiver: Receiver) -> bool:
        """Whether this browser's push service is one that we call."""
        try:
            self.caller.check(receiver.endpoint)
        except Forbidden:
            return False
        return True

    def send(self, key: UUID, message: str, to: Receiver, *, life: timedelta, at: datetime) -> None:
        """Hand one message over, to be kept for so long. `key` (the outbox row) makes its Topic: a double collapses.

        Raises Gone, NotTaken or another OSError, Forbidden.
        """
        # Loaded by whoever sends, not by every start: they bring two clients of HTTP along.
        from pywebpush import WebPusher

        keys = {"p256dh": base64url(to.p256dh), "auth": base64url(to.auth)}
        body: bytes = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(message.encode())["body"]
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(life.total_seconds())),
            "Topic": base64url(key.bytes),
            "Urgency": "normal",
        }
        _understand(self.caller.post(to.endpoint, body, headers | self._signature(to.endpoint, at)), at)

    def _signature(self, endpoint: str, at: datetime) -> dict[str, str]:
        from py_vapid import Vapid02

        parts = self.caller.check(endpoint)
        claims: dict[str, Any] = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": f"mailto:{self.contact}"}
        claims["exp"] = int((at + SIGNED_FOR).timestamp())
        signed: dict[str, str] = Vapid02(private_key=self.key, conf={"no-strict": True}).sign(claims)
        return signed


def _understand(answer: Answer, at: datetime) -> None:
    if answer.status in {404, 410}:
        raise Gone
    if not 200 <= answer.status < 300:
        raise NotTaken(answer.status, _wait(answer.headers.get("retry-after", ""), at))


def _wait(said: str, at: datetime) -> timedelta | None:
    """Retry-After: seconds or a date (RFC 9110, 10.2.3). A day at most, whatever it says."""
    day = timedelta(days=1)
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:9])), day)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return min(max(until.replace(tzinfo=until.tzinfo or UTC) - at, timedelta()), day)


def base64url(data: bytes) -> str:
    """Without padding, as all of this has it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
