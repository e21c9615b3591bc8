"""One-time codes: six digits typed from a mail, and the link that is their twin.

Code and link are derived from the row's id by the server's key, so the mail job can write them out while neither the
row nor the outbox holds them. Both are bound to the browser that asked. One UPDATE decides each try, so that of many at
once exactly one gets in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, literal, select, update
from sqlalchemy.orm import Session

from webapp.accounts.models import OneTimeCode
from webapp.core import outbox
from webapp.core.database import UTCDateTime
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, crockford, digest

LIFE = timedelta(minutes=10)
TRIES = 5
"""Wrong codes after which a new one is needed (ASVS 6.6.3)."""

SIGN_IN = "sign-in"
FRESH = "fresh"
ADDRESS = "address"
OLD_ADDRESS = "old address"
NEW_ADDRESS = "new address"
JOIN = "join"


@dataclass(frozen=True)
class Wish:
    """Who wants a code for what. `browser` is a text only the asking browser can present again."""

    purpose: str
    address_key: str
    browser: str
    person_id: UUID | None = None


@dataclass(frozen=True)
class Proven:
    """The code or link was right, in the browser that asked: whoever sits there reads mail at this address."""

    code_id: UUID
    address_key: str
    person_id: UUID | None


@dataclass(frozen=True)
class WrongCode:
    """Not the code; `left` more tries."""

    left: int


@dataclass(frozen=True)
class NoCode:
    """None to try here: never asked for in this browser, too old, used, or tried too often. A new one is needed."""


Proof = Proven | WrongCode | NoCode


def digits_of(keyring: Keyring, code_id: UUID) -> str:
    """The six digits of this row."""
    return f"{int.from_bytes(keyring.mac('one-time digits', code_id)) % 1_000_000:06d}"


def link_of(keyring: Keyring, code_id: UUID) -> str:
    """The 160-bit token in this row's link."""
    return crockford(keyring.mac("one-time link", code_id), 32)


def _code_mac(keyring: Keyring, code_id: UUID, digits: str) -> bytes:
    return keyring.mac("one-time code", code_id, digits)


def ask_for_code(session: Session, keyring: Keyring, wish: Wish, at: datetime) -> UUID:
    """Start a code for this wish and have it mailed, if there is anyone to mail. An earlier one of the address ends.

    The same for known and unknown addresses, statement by statement: only the mail job looks for people.
    """
    same = (OneTimeCode.purpose == wish.purpose) & (OneTimeCode.address_key == wish.address_key)
    session.execute(delete(OneTimeCode).where((OneTimeCode.expires_at <= at) | (same & OneTimeCode.used_at.is_(None))))
    row = OneTimeCode(id=new_id(), purpose=wish.purpose, address_key=wish.address_key, person_id=wish.person_id)
    row.code_mac = _code_mac(keyring, row.id, digits_of(keyring, row.id))
    row.link_digest = digest(link_of(keyring, row.id))
    row.browser_digest = digest(wish.browser)
    row.created_at, row.expires_at = at, at + LIFE
    session.add(row)
    session.flush()
    outbox.put(session, "code.asked", cause=row.id, at=at, code=str(row.id))
    return row.id


def _live(at: datetime) -> ColumnElement[bool]:
    return OneTimeCode.used_at.is_(None) & (OneTimeCode.expires_at > at) & (OneTimeCode.tries < TRIES)


def find_live_code(session: Session, code_id: UUID, at: datetime) -> OneTimeCode | None:
    """The row if its code can still be used."""
    return session.scalar(select(OneTimeCode).where(OneTimeCode.id == code_id, _live(at)))


def is_code_running(session: Session, purpose: str, browser: str, at: datetime) -> bool:
    """Whether this browser has a code to type."""
    mine = (OneTimeCode.browser_digest == digest(browser)) & (OneTimeCode.purpose == purpose)
    return session.scalar(select(OneTimeCode.id).where(mine, _live(at)).limit(1)) is not None


def find_proven(session: Session, purpose: str, browser: str, at: datetime) -> OneTimeCode | None:
    """The code this browser typed rightly for this purpose; good as long as the code was."""
    mine = (OneTimeCode.browser_digest == digest(browser)) & (OneTimeCode.purpose == purpose)
    proven = select(OneTimeCode).where(mine, OneTimeCode.used_at.is_not(None), OneTimeCode.expires_at > at)
    return session.scalars(proven.order_by(OneTimeCode.created_at.desc()).limit(1)).first()


def try_code(session: Session, keyring: Keyring, purpose: str, browser: str, typed: str, at: datetime) -> Proof:
    """Try what was typed against this browser's newest code; each try counts, and the right one uses the code up."""
    mine = (OneTimeCode.browser_digest == digest(browser)) & (OneTimeCode.purpose == purpose)
    newest = (OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
    code_id = session.scalar(select(OneTimeCode.id).where(mine).order_by(*newest).limit(1))
    if code_id is None:
        return NoCode()
    right = OneTimeCode.code_mac == _code_mac(keyring, code_id, _digits(typed))
    tried = {"tries": OneTimeCode.tries + 1, "used_at": case((right, literal(at, UTCDateTime())), else_=None)}
    row = session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == code_id, _live(at))
        .values(tried)
        .returning(OneTimeCode.tries, OneTimeCode.used_at, OneTimeCode.address_key, OneTimeCode.person_id)
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        return NoCode()
    if row.used_at is None:
        return WrongCode(TRIES - row.tries) if row.tries < TRIES else NoCode()
    return Proven(code_id, row.address_key, row.person_id)


def _digits(typed: str) -> str:
    """What was typed as plain digits, whatever script the keyboard has."""
    return "".join(str(int(sign)) for sign in typed[:40] if sign.isdecimal())


def try_link(session: Session, browser: str, link: str, at: datetime) -> Proof:
    """Use up the code of this sign-in link, if it was asked for in this very browser."""
    mine = (OneTimeCode.browser_digest == digest(browser)) & (OneTimeCode.purpose == SIGN_IN)
    row = session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.link_digest == digest(link), mine, _live(at))
        .values(used_at=at)
        .returning(OneTimeCode.id, OneTimeCode.address_key, OneTimeCode.person_id)
        .execution_options(synchronize_session=False)
    ).first()
    return Proven(row.id, row.address_key, row.person_id) if row else NoCode()
