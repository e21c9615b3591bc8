"""What another app shared waits in this browser, signed, for a quarter of an hour, until somebody is picked for it.

It travels in no address, so it stands in no history and no log; and it waits through signing in. What one person
shared while signed in is not shown to the next one on the same phone.
"""

from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.contacts.reminding import Shared
from webapp.core.tokens import Keyring

COOKIE = "share"
LIFE = timedelta(minutes=15)


def seal_shared(keyring: Keyring, shared: Shared, by: UUID | None) -> str:
    """The value of the cookie that keeps this."""
    return _serializer(keyring).dumps([shared.words, shared.link, str(by or "")])


def open_shared(keyring: Keyring, cookie: str | None, reader: UUID | None) -> Shared:
    """What waits in this cookie for this reader; nothing when it is not ours, too old or somebody else's."""
    try:
        words, link, by = _serializer(keyring).loads(cookie or "", max_age=int(LIFE.total_seconds()))
    except BadSignature:
        return Shared()
    return Shared(words, link) if by in ("", str(reader or "")) else Shared()


def _serializer(keyring: Keyring) -> URLSafeTimedSerializer:
    # As text and not as escapes, so that it fits whatever script it is written in.
    return URLSafeTimedSerializer(keyring.secret("waiting share"), serializer_kwargs={"ensure_ascii": False})
