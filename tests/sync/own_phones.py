"""People's own phones without a network: what is done on them is kept, and told to `/sync` later."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.swaps.evening import EveningOut
from webapp.accounts.models import SignInSession
from webapp.contacts.models import Meeting
from webapp.contacts.queries import memory_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee

AGO = timedelta(minutes=40)


@dataclass
class Phone:
    """Somebody's phone without a network: what is done on it is kept, and told when `tell` is called."""

    evening: EveningOut
    guest: Attendee
    queue: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = self.evening.cast.browser(self.guest.person_id)
        mine = select(SignInSession).where(SignInSession.person_id == self.guest.person_id)
        with writing() as session:
            row = session.scalars(mine.order_by(SignInSession.created_at.desc())).first()
            assert row
            row.created_at = row.seen_at = now() - timedelta(days=1)
            self.session_id = row.id
            session.commit()

    def keep(self, kind: str, *, ago: timedelta = AGO, **body: str) -> str:
        """Do something so long ago; its id."""
        done = {"id": str(new_id()), "kind": kind, "seq": len(self.queue) + 1, "body": body}
        done |= {"owner": f"person:{self.guest.person_id}", "at": (now() - ago).isoformat(), "offset": 0, "rtt": 40}
        done |= {"mono": self._mono(ago), "boot": "one", "list": None, "decided": None}
        self.queue.append(done)
        return str(done["id"])

    def scan(self, code: str, *, ago: timedelta = AGO, **more: str) -> str:
        """Read this code so long ago."""
        return self.keep("scan", ago=ago, code=code, **more)

    def tell(self, *only: str) -> list[dict[str, Any]]:
        """Send what is kept (only these ids, if any are named); what the server said of each."""
        wanted = [one for one in self.queue if not only or one["id"] in only]
        batch = {"schema": 1, "now": now().isoformat(), "boot": "one", "mono": self._mono(timedelta())}
        answer: Any = self.browser.post("/sync", json=batch | {"operations": wanted})
        assert answer.status_code == 200, answer.text
        db.session.rollback()
        db.session.expire_all()
        found: list[dict[str, Any]] = answer.json["results"]
        return found

    def _mono(self, ago: timedelta) -> int:
        return 100_000_000 - round(ago / timedelta(milliseconds=1))

    def shows(self, *, ago: timedelta = AGO) -> str:
        """The live code on it so long ago."""
        return self.evening.screen(self.session_id, now() - ago)

    def note_with(self, other: Attendee) -> str:
        """What its owner keeps of having met this one."""
        pair = sorted((self.guest.person_id, other.person_id))
        meeting = db.session.scalars(select(Meeting).where(Meeting.first_id == pair[0])).one()
        note = memory_of(db.session(), meeting.id, self.guest.person_id, self.sealed).note
        db.session.rollback()
        return note

    @property
    def sealed(self) -> Sealed:
        """What opens notes."""
        return Sealed(self.evening.keyring, "notes")
