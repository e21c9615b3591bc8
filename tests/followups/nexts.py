"""Next, played: an evening that is over, a clock that is moved, the queue read from the page."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import time_machine
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import fill_card
from webapp.contacts.models import Meeting
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee, Event

EVENING = datetime(2026, 11, 19, 17, tzinfo=UTC)
"""When the mixer of these tests began; it ends at 20:00, in London and in UTC."""
MORNING = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REACHED = {"email": "x@example.org", "phone": "+44 20 7946 0000", "reach_email": True, "reach_phone": True}


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The clock stands there, and what was read before is forgotten."""
    db.session.rollback()
    db.session.expire_all()
    with time_machine.travel(moment, tick=False):
        yield
        db.session.rollback()


def evening(cast: Cast) -> Event:
    """The mixer of these tests."""
    return cast.event(cast.circle, starts_at=EVENING, ends_at=EVENING + timedelta(hours=3))


def swapped(cast: Cast, event: Event, me: Attendee, names: list[str]) -> dict[str, Meeting]:
    """So many people with whom I swapped there, one after the other, who can be written to and called."""
    found = {}
    for number, name in enumerate(names):
        other = cast.guest(name, event=event, claimed=True)
        meeting = met(cast, me, other, at=EVENING + timedelta(minutes=30 + number))
        gave(meeting, other, "name headline email phone")
        gave(meeting, me)
        fill_card(other.person_id, **REACHED, reach_chosen_at=now())
        found[name] = meeting
    return found


class Phone:
    """Somebody's phone: signed in whenever it is used, however long it lay in a drawer."""

    def __init__(self, cast: Cast, person_id: UUID) -> None:
        self._cast, self._person_id = cast, person_id

    def get(self, path: str) -> TestResponse:
        return self._cast.browser(self._person_id).get(path)

    def post(self, path: str, data: Mapping[str, str | list[str]], *, follow_redirects: bool = False) -> TestResponse:
        return self._cast.browser(self._person_id).post(path, data=data, follow_redirects=follow_redirects)


def queue(client: Phone, moment: datetime) -> list[str]:
    """Names of who stands in the queue then, from top to bottom."""
    with at(moment):
        page = client.get("/next").text
    return names_in(page)


def names_in(page: str) -> list[str]:
    """Whom the queue of this page shows."""
    part = page.partition('id="queue"')[2].partition("</section>")[0]
    return re.findall(r'class="person-name"><a [^>]*><bdi>([^<]*)</bdi>', part)


def item_of(page: str, person_id: UUID) -> str:
    """What the queue says of one person, as it stands in the page."""
    return page.partition(f'id="step-{person_id}"')[2].partition("</article>")[0]


def post(client: Phone, moment: datetime, path: str, **form: str) -> str:
    """Send this form then, from the queue; the page that follows."""
    with at(moment):
        answer = client.post(path, data={"then": "/next", "box": "1", **form}, follow_redirects=True)
        assert answer.status_code == 200
        return str(answer.text)
