"""All that the three see, day by day, in a form in which two courses of events can be compared byte for byte."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import time_machine

from tests.introductions.trio import Trio
from webapp.core.database import db
from webapp.core.versions import version_of
from webapp.events.models import Attendee

DAYS = (1.1, 2.1, 13.9, 14.1)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FRESH = re.compile(r'name="operation_id" value="[^"]*"|<svg class="pair.*?</svg>', re.DOTALL)


@dataclass
class Seen:
    """By day: status and text of every page, without what is fresh each time, and how often their screen changed."""

    days: dict[float, list[str]] = field(default_factory=dict)

    def look(self, trio: Trio, guest: Attendee, day: float, introduction_id: UUID) -> None:
        """Open everything this guest can see of it."""
        browser = trio.cast.browser(guest.person_id)
        paths = ("/introductions", f"/introductions/{introduction_id}", "/next", "/people")
        answers = [browser.get(path) for path in paths]
        assert {answer.status_code for answer in answers} <= {200, 404}
        said = [f"{answer.status_code} {_plain(answer.text, trio)}" for answer in answers]
        db.session.rollback()
        self.days[day] = [*said, str(version_of(db.session(), f"person:{guest.person_id}"))]
        db.session.rollback()


def _plain(text: str, trio: Trio) -> str:
    """Ids by who is meant, others as one."""
    names = {str(guest.person_id): guest.name for guest in (trio.ann, trio.ben, trio.cleo)}
    return _ID.sub(lambda found: names.get(found[0], "ID"), _FRESH.sub("", text))


Deed = tuple[float, Callable[[UUID], object]]


def play(trio: Trio, start: datetime, deeds: Iterable[Deed], *watched: Attendee) -> dict[str, Seen]:
    """What these guests see by and by when Ann asks at `start` and this is done on these days."""
    seen = {guest.name: Seen() for guest in watched}
    with time_machine.travel(start, tick=False) as clock:
        introduction_id = trio.introduce()
        waiting = sorted(deeds, key=lambda deed: deed[0])
        for day in DAYS:
            while waiting and waiting[0][0] <= day:
                at, deed = waiting.pop(0)
                clock.move_to(start + timedelta(days=at))
                deed(introduction_id)
            clock.move_to(start + timedelta(days=day))
            for guest in watched:
                seen[guest.name].look(trio, guest, day, introduction_id)
    return seen
