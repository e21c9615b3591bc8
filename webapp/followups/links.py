"""One link in one mail: for a week it shows what that mail showed, and does what that mail offered. No session."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.accounts.models import Address, Person
from webapp.core.actor import Actor, NotHere, PersonRef
from webapp.core.tokens import Keyring, crockford

LENGTH = 26
"""Signs of the proof in a link: 130 bits."""
LIFE = timedelta(days=7)
"""How long after its mail a link works."""
NO_SESSION = UUID(int=0)
"""A link opens no session: whoever holds it is somebody for one act."""


@dataclass(frozen=True)
class Holder:
    """Whoever has the link: the person it was mailed to, for one event, as of when it was sent."""

    person: PersonRef
    event_id: UUID
    address_id: UUID
    sent_at: datetime
    has_account: bool

    @property
    def actor(self) -> Actor:
        """As acts get them."""
        return Actor(person=self.person)


def morning_link(keyring: Keyring, event_id: UUID, address: Address, sent_at: datetime) -> str:
    """The path of the page behind the mail about this event to this address."""
    sent = int(sent_at.timestamp())
    return f"/morning/{event_id}/{address.id}/{sent}/{_proof(keyring, event_id, address, sent)}"


def get_holder(
    session: Session, keyring: Keyring, event_id: UUID, address_id: UUID, sent: int, proof: str, *, at: datetime
) -> Holder:
    """Who this link was mailed to. Raises NotHere for a link we did not make, an old one, and when they left or
    claimed their account by another address: an address only a list gave them opens nothing of theirs then."""
    address = session.get(Address, address_id)
    if address is None or not hmac.compare_digest(proof.encode(), _proof(keyring, event_id, address, sent).encode()):
        raise NotHere
    person, sent_at = session.get_one(Person, address.person_id), datetime.fromtimestamp(sent, UTC)
    if at >= sent_at + LIFE or (person.claimed_at and not address.confirmed_at):
        raise NotHere
    ref = PersonRef(person.id, person.name, NO_SESSION, None)
    return Holder(ref, event_id, address_id, sent_at, has_account=person.claimed_at is not None)


def _proof(keyring: Keyring, event_id: UUID, address: Address, sent: int) -> str:
    return crockford(keyring.mac("morning mail", event_id, address.person_id, address.id, sent), LENGTH)
