"""The link in a passed-on note that ends notes from its writer, without signing in."""

import hmac
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.actor import NotHere
from webapp.core.tokens import Keyring, crockford
from webapp.swaps.models import Grant

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""


def stop_link(keyring: Keyring, grant_id: UUID) -> str:
    """The path of the page that ends notes of this one writer: whoever has the mail has the link."""
    return f"/no-more-notes/{grant_id}/{_proof(keyring, grant_id)}"


def get_grant(session: Session, keyring: Keyring, grant_id: UUID, proof: str) -> Grant:
    """The card this link is about. Raises NotHere for a link we did not make."""
    grant = session.get(Grant, grant_id)
    if grant is None or not hmac.compare_digest(proof.encode(), _proof(keyring, grant_id).encode()):
        raise NotHere
    return grant


def _proof(keyring: Keyring, grant_id: UUID) -> str:
    return crockford(keyring.mac("no more notes", grant_id), LENGTH)
