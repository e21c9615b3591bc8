"""The live code on an unlocked phone: new every 30 seconds, and showing it says yes.

Its handle is the sign-in session's id behind a keyed permutation of 16 bytes: no row has to be written to show a code,
nothing about the session can be read from it, and it dies with the session.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import SignInSession
from webapp.accounts.sessions import alive
from webapp.core import qr
from webapp.core.tokens import SCREEN_GRACE, SCREEN_STEP, Keyring
from webapp.swaps.codes import ScreenCode


@dataclass(frozen=True)
class Shown:
    """Whose phone showed a live code, and since when that code was the one on it."""

    person_id: UUID
    since: datetime


def screen_code(keyring: Keyring, session_id: UUID, at: datetime) -> str:
    """The code that this sign-in session shows now."""
    return keyring.screen_code(_permutation(keyring).encryptor().update(session_id.bytes), _step(at))


def draw(base_url: str, code: str) -> qr.Drawing:
    """The picture of this code, as the whole address a camera reads."""
    text = qr.screen_text(base_url, code)
    return qr.draw(text, qr.choose(text))


def find_shown(session: Session, scanned: ScreenCode, keyring: Keyring, at: datetime) -> Shown | None:
    """Who showed this code within two minutes of `at`, if they are still signed in there."""
    handle = keyring.screen_handle(scanned.code, at.timestamp())
    if handle is None:
        return None
    session_id = UUID(bytes=_permutation(keyring).decryptor().update(handle))
    person_id = session.scalar(select(SignInSession.person_id).where(SignInSession.id == session_id, alive(at)))
    return Shown(person_id, _shown_since(keyring, handle, scanned.code, at)) if person_id else None


def _permutation(keyring: Keyring) -> "Cipher[CBC]":
    # One block under a zero vector: a permutation of 16 bytes, nothing longer is ever put through it.
    return Cipher(AES(keyring.secret("screen handle")), CBC(bytes(16)))


def _shown_since(keyring: Keyring, handle: bytes, code: str, at: datetime) -> datetime:
    around = range(_step(at) - SCREEN_GRACE // SCREEN_STEP, _step(at) + 2)
    step = next(step for step in around if keyring.screen_code(handle, step) == code)
    return datetime.fromtimestamp(step * SCREEN_STEP, UTC)


def _step(at: datetime) -> int:
    return int(at.timestamp()) // SCREEN_STEP
