"""What tests of the ledger do: somebody met long ago, and what came of it written down through the pages."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from tests.cast import Cast
from tests.people.evening import met
from webapp.chains.kinds import Ledger, Node, written
from webapp.chains.recording import ledger_of
from webapp.chains.telling import Chain, chain_of
from webapp.core.clock import now
from webapp.core.database import db
from webapp.events.models import Attendee, Event

TODAY = date(2026, 11, 30)


def noon(day: date) -> datetime:
    """Midday of that day."""
    return datetime.combine(day, time(12), UTC)


@dataclass
class Pages:
    """Ann's browser, and her ledger as acts see it."""

    cast: Cast
    client: FlaskClient
    me: UUID

    def evening(self, day: date, title: str = "Autumn mixer") -> Event:
        """A gathering on that day."""
        return self.cast.event(self.cast.circle, title=title, starts_at=noon(day), ends_at=noon(day))

    def met(self, name: str, day: date, title: str = "Autumn mixer") -> Attendee:
        """Somebody Ann met there on that day."""
        guest = self.cast.guest(name, event=self.evening(day, title), claimed=True)
        met(self.cast, self.cast.ann, guest, at=noon(day))
        return guest

    def write(self, **form: Any) -> UUID:
        """Write down what came of it; where its story is."""
        values = {"kind": "client", "state": "closed", "tie": "direct"} | {
            key: str(value) for key, value in form.items()
        }
        sent = self.client.post("/me/outcomes", data=values)
        assert sent.status_code == 303, sent.text
        return UUID(sent.location.rpartition("/")[2])

    def before(self, outcome: UUID, **form: Any) -> None:
        """Put something before something in this story."""
        values = {"tie": "direct"} | {key: str(value) for key, value in form.items()}
        sent = self.client.post(f"/me/outcomes/{outcome}/steps", data=values)
        assert sent.location == f"/me/outcomes/{outcome}"

    def ledger(self) -> Ledger:
        """Ann's own."""
        db.session.rollback()
        db.session.expire_all()
        by, tools = self.cast.actor(self.me), self.cast.app.extensions["mixwell.tools"]
        return ledger_of(db.session(), by, tools.keyring)

    def chain(self, outcome: UUID) -> Chain:
        """The story as it stands today."""
        return chain_of(self.ledger(), outcome, now().date())

    def page(self, outcome: UUID) -> str:
        """The story's page."""
        return self.client.get(f"/me/outcomes/{outcome}").text


def person(guest: Attendee) -> str:
    """How forms name somebody."""
    return written(Node("person", guest.person_id))


def first_of(chain: Chain, title: str) -> str:
    """How forms name the first thing of this title in a chain."""
    return written(next(stop.shown.node for stop in chain.stops if stop.shown.title == title))


def titles(text: str) -> list[str]:
    """What a story's page lists, in order."""
    story = text.partition('<ol class="chain"')[2].partition("</ol>")[0]
    return re.findall(r'class="chain-title">.*?<bdi>([^<]*)</bdi>', story, re.S)
