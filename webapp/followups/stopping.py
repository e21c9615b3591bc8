"""Not being written to again: one click in the mail, no sign-in, and back whenever one likes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.models import Address
from webapp.core.actor import NotHere
from webapp.core.tokens import Keyring, crockford

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""


def stop_link(keyring: Keyring, address_id: UUID) -> str:
    """The path of the page that stops our mails to this address: whoever has the mail has the link."""
    return f"/no-more-mail/{address_id}/{_proof(keyring, address_id)}"


def get_address(session: Session, keyring: Keyring, address_id: UUID, proof: str) -> Address:
    """The address this link is about. Raises NotHere for a link we did not make."""
    address = session.get(Address, address_id)
    if address is None or proof != _proof(keyring, address_id):
        raise NotHere
    return address


def choose(address: Address, *, stop: bool, at: datetime) -> None:
    """Stop, or write again. Safe to repeat."""
    address.no_news_at = (address.no_news_at or at) if stop else None


def _proof(keyring: Keyring, address_id: UUID) -> str:
    return crockford(keyring.mac("no more mail", address_id), LENGTH)
