"""An evening that has gone by, without the hundreds of scans it took: rows as the acts leave them."""

from datetime import datetime, timedelta
from uuid import UUID

from tests.cast import Cast, keep
from webapp.contacts.models import Meeting, Memory
from webapp.core.clock import now
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.swaps.models import CardRequest, Grant

EARLIER = timedelta(minutes=30)


def met(cast: Cast, me: Attendee, other: Attendee, *, at: datetime | None = None) -> Meeting:
    """These two met, and both have it in their story."""
    at = at or now() - EARLIER
    first, second = sorted([me.person_id, other.person_id])
    meeting = Meeting(id=new_id(), event_id=other.event_id, first_id=first, second_id=second, met_at=at)
    keep(meeting)
    keep(*(Memory(id=new_id(), meeting_id=meeting.id, person_id=person, updated_at=at) for person in (first, second)))
    return meeting


def gave(meeting: Meeting, giver: Attendee, fields: str = "name headline company", at: datetime | None = None) -> Grant:
    """The giver's card went to the other of this meeting, in these fields."""
    grant = Grant(id=new_id(), giver_id=giver.person_id, receiver_id=meeting.other_of(giver.person_id))
    grant.meeting_id, grant.event_id, grant.operation_id = meeting.id, meeting.event_id, new_id()
    grant.fields, grant.card_version, grant.wording, grant.how = fields.split(), 1, "2026-11", "scan"
    grant.at = at or meeting.met_at
    return keep(grant)


def asked(meeting: Meeting, asker: Attendee) -> CardRequest:
    """The asker waits for the other's card."""
    request = CardRequest(id=new_id(), asker_id=asker.person_id, asked_id=meeting.other_of(asker.person_id))
    request.event_id, request.meeting_id, request.operation_id = meeting.event_id, meeting.id, new_id()
    request.at = meeting.met_at
    return keep(request)


def swapped_with(cast: Cast, me: Attendee, number: int) -> list[UUID]:
    """So many people with whom I swapped cards; their person ids."""
    others = cast.crowd(number)
    for other in others:
        meeting = met(cast, me, other)
        gave(meeting, me)
        gave(meeting, other)
    return [other.person_id for other in others]
