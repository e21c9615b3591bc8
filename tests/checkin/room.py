"""A door to test at: tonight's mixer, a phone at the north door, and scans of real badges."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from tests.cast import Cast
from tests.conftest import BASE_URL, FIXED_KEY
from webapp.badges.issuing import issue, replace_lost, token_of, typed_code_of
from webapp.badges.models import Badge
from webapp.checkin.admission import Reversal, check_in, undo_check_in
from webapp.checkin.scans import BadgeToken, FoundByName, Means, Scan, TypedCode
from webapp.checkin.verdicts import Admission, CheckedIn, UndoVerdict
from webapp.core.actor import NOBODY, Actor
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee, Event


@dataclass
class Room:
    """Acts at the door of tonight's mixer, each committed."""

    cast: Cast

    keyring = Keyring(bytes.fromhex(FIXED_KEY))

    @cached_property
    def cora(self) -> Actor:
        """Cora's phone at the north door."""
        return self.cast.door()[0]

    @cached_property
    def other_door(self) -> Actor:
        """A second phone."""
        return self.cast.door(name="Filip’s phone", door="South door")[0]

    def badge(self, guest: Attendee) -> Badge:
        """The guest's live badge."""
        with writing() as session:
            [badge] = issue(session, [guest], keyring=self.keyring, base_url=BASE_URL, at=now())
            session.commit()
        return badge

    def lose(self, guest: Attendee) -> Badge:
        """The guest's next badge; the old one is dead."""
        with writing() as session:
            fresh = replace_lost(session, guest, keyring=self.keyring, base_url=BASE_URL, by=NOBODY, at=now())
            session.commit()
        return fresh

    def token(self, guest: Attendee) -> BadgeToken:
        """What a camera reads from the guest's badge."""
        return BadgeToken(token_of(self.badge(guest), self.keyring))

    def typed(self, guest: Attendee) -> TypedCode:
        """What a hand types from the guest's badge."""
        return TypedCode(typed_code_of(self.badge(guest), self.keyring))

    def scan(
        self,
        means: Means | Attendee,
        by: Actor | None = None,
        *,
        event: Event | None = None,
        at: datetime | None = None,
        operation_id: UUID | None = None,
        anyway: bool = False,
    ) -> Admission:
        """Scan at tonight's door, by Cora unless said otherwise."""
        if isinstance(means, Attendee):
            means = FoundByName(means.id)
        scan = Scan(operation_id or new_id(), means, anyway=anyway)
        event, by = event or self.cast.mixer, by or self.cora
        with writing() as session:
            verdict = check_in(session, event, scan, by=by, at=at or now(), keyring=self.keyring)
            session.commit()
        return verdict

    def let_in(self, guest: Attendee, by: Actor | None = None, at: datetime | None = None) -> CheckedIn:
        """Find the guest by name and let them in."""
        verdict = self.scan(guest, by, at=at)
        assert isinstance(verdict, CheckedIn)
        return verdict

    def undo(
        self,
        check_in_id: UUID,
        by: Actor | None = None,
        *,
        at: datetime | None = None,
        reason: str = "wrong_person",
        event: Event | None = None,
    ) -> UndoVerdict:
        """Take an admission back."""
        with writing() as session:
            reversal = Reversal(new_id(), check_in_id, reason)
            verdict = undo_check_in(session, event or self.cast.mixer, reversal, by=by or self.cora, at=at or now())
            session.commit()
        return verdict
