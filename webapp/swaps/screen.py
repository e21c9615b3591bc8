"""The live code on an unlocked phone: new every 30 seconds, and showing it says yes.

Its handle is the sign-in session's id behind a keyed permutation of 16 bytes: no row has to be written to show a code,
nothing about the session can be read from it, and it dies with the session. The phone makes its codes itself, with or
without a network, by a key that is good for its own handle alone.
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
from webapp.accounts.sessions import alive_then
from webapp.core import qr
from webapp.core.tokens import SCREEN_STEP, Keyring
from webapp.swaps.codes import ScreenCode


@dataclass(frozen=True)
class Shown:
    """Whose live code it was, and since when it was shown; on a slide it is a yes to that room alone."""

    person_id: UUID
    since: datetime
    on_slide: bool = False


@dataclass(frozen=True)
class CodeMaker:
    """What one phone makes its live codes with."""

    handle: bytes
    key: bytes


def code_maker(keyring: Keyring, session_id: UUID) -> CodeMaker:
    """For the phone of this sign-in session, and for nobody else's eyes."""
    handle = _permutation(keyring).encryptor().update(session_id.bytes)
    return CodeMaker(handle, keyring.screen_key(handle))


def screen_code(keyring: Keyring, session_id: UUID, at: datetime) -> str:
    """The code that this sign-in session shows now."""
    return keyring.screen_code(code_maker(keyring, session_id).handle, int(at.timestamp()) // SCREEN_STEP)


def draw(base_url: str, code: str) -> qr.Drawing:
    """The picture of this code, as the whole address a camera reads."""
    text = qr.screen_text(base_url, code)
    return qr.draw(text, qr.choose(text))


def find_shown(session: Session, scanned: ScreenCode, keyring: Keyring, at: datetime) -> Shown | None:
    """Who showed this code within two minutes of `at`, if they were signed in there at that moment."""
    made = keyring.screen_handle(scanned.code, at.timestamp())
    if made is None:
        return None
    handle, step = made
    session_id = UUID(bytes=_permutation(keyring).decryptor().update(handle))
    signed_in = (SignInSession.id == session_id) & alive_then(at)
    person_id = session.scalar(select(SignInSession.person_id).where(signed_in))
    return Shown(person_id, datetime.fromtimestamp(step * SCREEN_STEP, UTC)) if person_id else None


def _permutation(keyring: Keyring) -> "Cipher[CBC]":
    # One block under a zero vector: a permutation of 16 bytes, nothing longer is ever put through it.
    return Cipher(AES(keyring.secret("screen handle")), CBC(bytes(16)))
