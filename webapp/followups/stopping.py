"""Not being written to again: one click in the mail, no sign-in, and back whenever one likes."""

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.accounts.models import Address
from webapp.core.actor import NotHere
from webapp.core.database import insert_once
from webapp.core.tokens import Keyring, crockford
from webapp.followups.models import LeftAlone

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""


def stop_link(keyring: Keyring, address_id: UUID) -> str:
    """The path of the page that stops our mails to this address: whoever has the mail has the link."""
    return f"/no-more-mail/{address_id}/{_proof(keyring, address_id)}"


def get_address(session: Session, keyring: Keyring, address_id: UUID, proof: str) -> Address:
    """The address this link is about. Raises NotHere for a link we did not make."""
    address = session.get(Address, address_id)
    if address is None or not hmac.compare_digest(proof.encode(), _proof(keyring, address_id).encode()):
        raise NotHere
    return address


def is_left_alone(session: Session, keyring: Keyring, address: Address) -> bool:
    """Whether this address wants no mail of ours: said in an account, or before there was one."""
    return address.no_news_at is not None or session.get(LeftAlone, _mac(keyring, address)) is not None


def choose(session: Session, keyring: Keyring, address: Address, *, stop: bool, at: datetime) -> None:
    """Stop, or write again. Safe to repeat.

    Of an address that only a list gave us the wish is kept apart from the list: the next list with it changes nothing.
    """
    if not stop:
        address.no_news_at = None
        session.execute(delete(LeftAlone).where(LeftAlone.address_mac == _mac(keyring, address)))
    elif address.confirmed_at:
        address.no_news_at = address.no_news_at or at
    else:
        row = {"address_mac": _mac(keyring, address), "at": at}
        session.execute(insert_once(session, LeftAlone.__table__).values(row).on_conflict_do_nothing())


def _proof(keyring: Keyring, address_id: UUID) -> str:
    return crockford(keyring.mac("no more mail", address_id), LENGTH)


def _mac(keyring: Keyring, address: Address) -> bytes:
    return keyring.mac("left alone", address.address_key)
