"""What tests of seasons, moods, load and help do: forms sent as somebody, pages read without their markup."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.cast import Cast
from tests.people.pages import words
from webapp.core.database import writing
from webapp.events.models import Attendee, Event

TODAY = datetime(2026, 6, 10, 12, tzinfo=UTC)
"""A Wednesday at noon."""


def say(client: FlaskClient, path: str, **form: Any) -> str:
    """Send this form; what the page that follows says."""
    answer = client.post(path, data={key: str(value) for key, value in form.items()}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def read(client: FlaskClient, path: str) -> str:
    """What this page says."""
    return words(client.get(path).text)


def evening(cast: Cast, day: int, month: int = 6, title: str = "Mixer") -> Event:
    """A gathering of two hours at six in the evening of that day in 2026."""
    starts = datetime(2026, month, day, 17, tzinfo=UTC)
    return cast.event(cast.circle, title=title, starts_at=starts, ends_at=starts + timedelta(hours=2))


def place_of(cast: Cast, me: Attendee, event: Event, *, claimed: bool = True) -> Attendee:
    """One more place of the same person's."""
    place = cast.guest(me.name, event=event, claimed=claimed)
    with writing() as session:
        row = session.get_one(Attendee, place.id)
        row.person_id, row.email, row.email_key = me.person_id, me.email, me.email_key
        session.commit()
    return row
