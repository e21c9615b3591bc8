"""What the desk shows at a glance."""

from tests.cast import Cast
from webapp.badges.issuing import issue
from webapp.console.overview import readiness
from webapp.core.actor import Actor
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.tokens import Keyring
from webapp.events.guests import cancel_guest
from webapp.events.models import Attendee, Event


def test_the_badge_of_a_cancelled_guest_is_not_counted(cast: Cast) -> None:
    keyring: Keyring = cast.app.extensions["mixwell.tools"].keyring
    guest_ids, event_id = [cast.ann.id, cast.ben.id], cast.mixer.id
    with writing() as session:
        guests = [session.get_one(Attendee, guest_id) for guest_id in guest_ids]
        issue(session, guests, keyring=keyring, base_url="https://mix.example.org", at=now())
        cancel_guest(session, guests[0], by=Actor(), at=now())
        ready = readiness(session, session.get_one(Event, event_id))
    assert (ready.guests, ready.with_badge) == (1, 1)
