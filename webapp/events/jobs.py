"""What events do when somebody proves who they are."""

from typing import Any
from uuid import UUID

from webapp.accounts.models import Person
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.outbox import Tools
from webapp.events.claiming import claim_own_places


def claim_places_of(row_id: UUID, payload: dict[str, Any], tools: Tools) -> None:
    """Whoever signed in by their address has claimed the places that were imported for them. Safe to repeat."""
    with writing() as session:
        person = session.get(Person, UUID(payload["person_id"]))
        if person is not None:
            claim_own_places(session, person, at=now())
        session.commit()
