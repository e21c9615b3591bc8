"""An evening to test in: people who have arrived, wear badges and know what scanning gives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast, keep
from webapp.accounts.models import Card
from webapp.badges.issuing import issue, token_of, typed_code_of
from webapp.badges.models import Badge
from webapp.checkin.models import CheckIn
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring
from webapp.events.models import Attendee
from webapp.swaps.codes import read_code
from webapp.swaps.exchange import Intent, Scan, finish_kept, give_mine, not_now, scan
from webapp.swaps.models import CardRequest, Grant
from webapp.swaps.screen import screen_code
from webapp.swaps.taking_back import undo_swap, withdraw
from webapp.swaps.verdicts import AnswerVerdict, ScanVerdict, UndoVerdict

BASE = "https://mix.example.org"


@dataclass
class EveningOut:
    """Plays what people do in a room, each act committed."""

    app: Flask
    cast: Cast

    @property
    def keyring(self) -> Keyring:
        """The keys of this server."""
        keyring: Keyring = self.app.extensions["mixwell.tools"].keyring
        return keyring

    def arrive(self, guest: Attendee, *, knows: bool = True, **card: Any) -> Attendee:
        """Check this guest in, and let them know already what scanning gives."""
        keep(
            CheckIn(
                id=new_id(), event_id=guest.event_id, attendee_id=guest.id, operation_id=new_id(), at=now(), how="x"
            )
        )
        values = ({"first_scan_explained_at": now()} if knows else {}) | card
        with writing() as session:
            mine = session.get_one(Card, guest.person_id)
            for name, value in values.items():
                setattr(mine, name, value)
            session.commit()
        return guest

    def come(self, name: str, **card: Any) -> Attendee:
        """Another claimed guest who has arrived."""
        return self.arrive(
            self.cast.guest(name, email=f"{name.replace(' ', '.').lower()}@example.org", claimed=True), **card
        )

    def prefer(self, guest: Attendee, mode: str) -> None:
        """This guest's choice for tonight."""
        with writing() as session:
            session.get_one(Attendee, guest.id).swap_mode = mode
            session.commit()

    def badge(self, guest: Attendee) -> Badge:
        """The live badge of this guest."""
        with writing() as session:
            [badge] = issue(session, [guest], keyring=self.keyring, base_url=BASE, at=now())
            session.commit()
        return badge

    def code(self, guest: Attendee) -> str:
        """What the camera reads from their badge."""
        return f"{BASE}/B/{token_of(self.badge(guest), self.keyring)}".upper()

    def typed(self, guest: Attendee) -> str:
        """What stands under their badge's code."""
        return typed_code_of(self.badge(guest), self.keyring)

    def screen(self, session_id: UUID, at: datetime | None = None) -> str:
        """What the camera reads from the phone of this sign-in session."""
        return f"{BASE}/S/{screen_code(self.keyring, session_id, at or now())}".upper()

    def scan(
        self, me: Attendee, text: str, *, at: datetime | None = None, operation: UUID | None = None
    ) -> ScanVerdict:
        """This guest scans something."""
        at = at or now()
        scanned = Scan(operation or new_id(), read_code(text, BASE), at)
        with writing() as session:
            verdict = scan(session, scanned, by=self.cast.actor(me.person_id), at=at, keyring=self.keyring)
            session.commit()
        return verdict

    def meet(self, me: Attendee, other: Attendee, **more: UUID) -> ScanVerdict:
        """This guest scans the badge of that one."""
        return self.scan(me, self.code(other), **more)  # type: ignore[arg-type]  # only operation ids are passed on

    def finish(self, me: Attendee, kept_id: UUID, intent: Intent = "ask me first") -> ScanVerdict:
        """This guest finishes a kept scan."""
        with writing() as session:
            by = self.cast.actor(me.person_id)
            verdict = finish_kept(session, new_id(), kept_id, intent=intent, by=by, at=now())
            session.commit()
        return verdict

    def answer(self, me: Attendee, asker: Attendee, *, yes: bool = True) -> AnswerVerdict:
        """This guest answers that one's latest question."""
        between = select(CardRequest.id).where(CardRequest.asker_id == asker.person_id)
        request_id = db.session.scalars(
            between.where(CardRequest.asked_id == me.person_id).order_by(CardRequest.at.desc())
        ).first()
        db.session.rollback()
        assert request_id
        with writing() as session:
            act = give_mine if yes else not_now
            verdict = act(session, new_id(), request_id, by=self.cast.actor(me.person_id), at=now())
            session.commit()
        return verdict

    def undo(self, me: Attendee, swap_operation: UUID, *, after: timedelta = timedelta(seconds=5)) -> UndoVerdict:
        """This guest takes a swap back so long after it."""
        with writing() as session:
            by = self.cast.actor(me.person_id)
            verdict = undo_swap(session, new_id(), swap_operation, by=by, at=now() + after)
            session.commit()
        return verdict

    def withdraw(self, me: Attendee, grant_id: UUID) -> None:
        """This guest takes a card back."""
        with writing() as session:
            withdraw(session, new_id(), grant_id, by=self.cast.actor(me.person_id), at=now())
            session.commit()

    def grant(self, giver: Attendee, receiver: Attendee) -> Grant | None:
        """The live grant in this direction, read afresh."""
        db.session.rollback()
        db.session.expire_all()
        live = Grant.undone_at.is_(None) & Grant.withdrawn_at.is_(None)
        between = select(Grant).where(Grant.giver_id == giver.person_id, Grant.receiver_id == receiver.person_id, live)
        grant = db.session.scalar(between)
        db.session.rollback()
        return grant
