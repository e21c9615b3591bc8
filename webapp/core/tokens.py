"""Secrets that are derived, never stored: badge tokens, typed codes, private codes, screen codes.

Everything comes from one master key that lives outside the database and its backups, so a leaked dump yields no working
badge. Losing the master means reprinting: `docs/operate.md` says how to keep it safe.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base32 letters without I, L, O, U (Crockford)."""

PRIVATE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs that no one mistakes for one another: no 0, 1, I, L, O."""

BADGE_TOKEN_LENGTH = 24
TYPED_CODE_LENGTH = 8
SCREEN_CODE_LENGTH = 39
SCREEN_STEP = 30
"""Seconds after which a screen code changes."""
SCREEN_GRACE = 120
"""Seconds around now within which a screen code is still accepted."""

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_AS_READ = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def normal_code(text: str) -> str:
    """A code as typed by hand, in its one written form: upper case, O as 0, I and L as 1, no hyphens or spaces."""
    return text.strip().upper().translate(_AS_READ)


def crockford(data: bytes, length: int) -> str:
    """The first `length` base32 letters of these bytes, the last one filled up with zero bits."""
    surplus = len(data) * 8 - 5 * length
    number = int.from_bytes(data, "big")
    number = number >> surplus if surplus > 0 else number << -surplus
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(length)))


def lookup_id(token: str) -> str:
    """The one-way id under which a badge token is stored: unique on the whole server, useless to whoever steals it."""
    return _derive(token.encode(), b"lookup", 16).hex()


def digest(secret: str) -> bytes:
    """How a random secret of at least 128 bits is kept: SHA-256, no salt needed."""
    return hashlib.sha256(secret.encode()).digest()


def random_secret() -> str:
    """A fresh 256-bit secret for cookies and links."""
    return secrets.token_urlsafe(32)


def six_digits() -> str:
    """A fresh code to type from a mail."""
    return f"{secrets.randbelow(1_000_000):06d}"


def _derive(key: bytes, label: bytes, length: int = 32) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=label).derive(key)


@dataclass(frozen=True)
class Keyring:
    """All keys of this server, derived from the master by purpose."""

    master: bytes

    @classmethod
    def load(cls, path: Path) -> "Keyring":
        """The keyring of this master key file; a first start makes the file, readable by its owner only.

        Raises PermissionError when others may read it, ValueError when it is not 32 bytes in hex.
        """
        if not path.exists():
            _write_private(path, secrets.token_hex(32))
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path.name} must be readable by its owner only (chmod 600)")
        master = bytes.fromhex(path.read_text().strip())
        if len(master) != 32:
            raise ValueError(f"{path.name} does not hold a 256-bit key")
        return cls(master)

    def secret(self, purpose: str) -> bytes:
        """The 256-bit key of one purpose."""
        return _derive(self.master, purpose.encode())

    def signing_key(self, purpose: str) -> ec.EllipticCurvePrivateKey:
        """The P-256 key of one purpose. 128 bits more than needed make the remainder even (FIPS 186-5, A.2.1)."""
        number = int.from_bytes(_derive(self.master, purpose.encode(), 48), "big")
        return ec.derive_private_key(number % (_P256_ORDER - 1) + 1, ec.SECP256R1())

    def mac(self, purpose: str, *parts: str | int | UUID) -> bytes:
        """HMAC-SHA-256 under the key of one purpose; parts are told apart by length."""
        text = "".join(f"{len(str(part))}:{part}" for part in parts)
        return hmac.digest(self.secret(purpose), text.encode(), "sha256")

    def badge_token(self, event_id: UUID, badge_id: UUID, generation: int) -> str:
        """What the printed QR holds: 120 bits as 24 Crockford letters."""
        return crockford(self.mac(f"event {event_id}", "badge", badge_id, generation), BADGE_TOKEN_LENGTH)

    def typed_code(self, event_id: UUID, badge_id: UUID, generation: int) -> str:
        """The 8 letters under the QR: 40 bits, valid inside its event only."""
        return crockford(self.mac(f"event {event_id}", "typed", badge_id, generation), TYPED_CODE_LENGTH)

    def typed_mac(self, event_id: UUID, typed: str) -> bytes:
        """How a typed code is stored: too short to be safe without a key."""
        return self.mac(f"event {event_id}", "typed look-up", typed)

    def private_code(self, event_id: UUID, attendee_id: UUID, generation: int) -> str:
        """The 8 signs of a claim slip, 39.6 bits: opens nothing without the badge itself."""
        number = int.from_bytes(self.mac(f"event {event_id}", "private", attendee_id, generation), "big")
        signs = []
        for _ in range(8):
            number, index = divmod(number, len(PRIVATE_LETTERS))
            signs.append(PRIVATE_LETTERS[index])
        return "".join(signs)

    def screen_key(self, handle: bytes) -> bytes:
        """By which the phone with this handle makes its own live codes, and nobody else's; goes to that phone alone."""
        return self.mac("screen", handle.hex())

    def screen_code(self, handle: bytes, step: int) -> str:
        """A live code: 16-byte handle and 8-byte HMAC over the 30-second step, as 39 Crockford letters."""
        return screen_code(handle, self.screen_key(handle), step)

    def slide_code(self, slide_id: UUID) -> str:
        """The code on a speaker's slide: the same 39 letters to a camera, under another key and for one talk."""
        return crockford(slide_id.bytes + self.mac("slide", slide_id)[:8], SCREEN_CODE_LENGTH)

    def slide_of(self, code: str) -> UUID | None:
        """Which slide this code is of, or None if we did not make it."""
        slide_id = UUID(bytes=_handle_in(code))
        return slide_id if hmac.compare_digest(self.slide_code(slide_id), code) else None

    def screen_handle(self, code: str, now: float) -> tuple[bytes, int] | None:
        """The handle in a live code and the step it was made in, within the grace around now (seconds since the epoch).

        None for any other code.
        """
        handle = _handle_in(code)
        key, this = self.screen_key(handle), int(now) // SCREEN_STEP
        around = range(this - SCREEN_GRACE // SCREEN_STEP, this + 2)
        step = next((step for step in around if hmac.compare_digest(screen_code(handle, key, step), code)), None)
        return None if step is None else (handle, step)


def screen_code(handle: bytes, key: bytes, step: int) -> str:
    """The live code of a handle in this step; `static/js/lib/screen-code.js` makes the same."""
    return crockford(handle + hmac.digest(key, str(step).encode(), "sha256")[:8], SCREEN_CODE_LENGTH)


def _handle_in(code: str) -> bytes:
    number = 0
    for letter in code:
        number = number << 5 | CROCKFORD.index(letter)
    return (number >> SCREEN_CODE_LENGTH * 5 - 128).to_bytes(16, "big")


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text + "\n")


class Sealed:
    """Text that only this server can read (AES-256-GCM): notes about people are personal data of those people."""

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        self._cipher = AESGCM(keyring.secret(f"seal {purpose}"))

    def seal(self, text: str, *, owner: UUID) -> bytes:
        """The text as nonce and ciphertext, bound to its owner."""
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, text.encode(), owner.bytes)

    def open(self, sealed: bytes, *, owner: UUID) -> str:
        """The text again. Raises cryptography's InvalidTag if it was changed or belongs to someone else."""
        return self._cipher.decrypt(sealed[:12], sealed[12:], owner.bytes).decode()
