"""Records that open only for whoever holds the badge they are about (AES-256-GCM under a key from its token).

A phone keeps such a list and can read nothing in it: scanning is the only way to open a record.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.core.tokens import Keyring

NONCE = 12


def record_key(token: str, event_id: UUID, label: str) -> bytes:
    """The key of one record: from the badge's token, the event as salt, and what kind of record it is as label."""
    return HKDF(algorithm=SHA256(), length=32, salt=event_id.bytes, info=label.encode()).derive(token.encode())


class RecordSealer:
    """Seals records of one event. Equal records give equal bytes, so that a phone fetches only what changed."""

    def __init__(self, keyring: Keyring, event_id: UUID, label: str) -> None:
        self._event_id, self._label = event_id, label
        self._nonces = keyring.secret(f"record nonces {label} {event_id}")

    def seal(self, token: str, lookup: str, record: Mapping[str, object]) -> str:
        """This record as base64 of nonce and ciphertext; `lookup` is the token's look-up id."""
        plain = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        # Deterministic: the same record under the same key is the same message, and any other has another nonce.
        nonce = hmac.digest(self._nonces, lookup.encode() + b"\0" + plain, "sha256")[:NONCE]
        cipher = AESGCM(record_key(token, self._event_id, self._label))
        return b64encode(nonce + cipher.encrypt(nonce, plain, additional_data(self._event_id, lookup))).decode()


def additional_data(event_id: UUID, lookup: str) -> bytes:
    """What a record is bound to: it cannot be passed off as another guest's or another event's."""
    return f"{event_id}:{lookup}".encode()


def open_record(sealed: bytes, token: str, event_id: UUID, lookup: str, label: str) -> dict[str, object] | None:
    """The record again; None when it is another badge's, another event's, or was changed."""
    cipher = AESGCM(record_key(token, event_id, label))
    try:
        plain = cipher.decrypt(sealed[:NONCE], sealed[NONCE:], additional_data(event_id, lookup))
    except InvalidTag:
        return None
    record: dict[str, object] = json.loads(plain)
    return record
