"""Three people to bring together: Ann knows Ben and Cleo, who do not know each other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import fill_card
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, Sealed
from webapp.events.models import Attendee
from webapp.introductions.answering import answer
from webapp.introductions.drafting import Paragraphs, ask, draft, withdraw
from webapp.introductions.models import IntroductionAsk
from webapp.introductions.queries import asked_of
from webapp.introductions.rules import Answer
from webapp.introductions.verdicts import AnswerVerdict, AskVerdict, BackVerdict
from webapp.swaps.blocking import block

TO_BEN = "Cleo keeps the books of three boatyards and likes rye bread."
TO_CLEO = "Ben bakes, and looks for somebody who knows numbers."


@dataclass
class Trio:
    """The three, and what they do, each act committed."""

    app: Flask
    cast: Cast
    ann: Attendee
    ben: Attendee
    cleo: Attendee

    @property
    def keyring(self) -> Keyring:
        """The keys of this server."""
        keyring: Keyring = self.app.extensions["mixwell.tools"].keyring
        return keyring

    @property
    def sealed(self) -> Sealed:
        """What opens paragraphs."""
        return Sealed(self.keyring, "notes")

    def draft(self, one: Attendee | None = None, other: Attendee | None = None) -> UUID:
        """Ann thinks of bringing two together, Ben and Cleo unless said otherwise."""
        first, second = one or self.ben, other or self.cleo
        with writing() as session:
            by = self.cast.actor(self.ann.person_id)
            drafted = draft(session, new_id(), first.person_id, second.person_id, by=by, at=now())
            session.commit()
        return drafted.introduction_id

    def ask(self, introduction_id: UUID, *, by_mail: bool = False, operation: UUID | None = None) -> AskVerdict:
        """Ann asks both."""
        words = {self.ben.person_id: TO_BEN, self.cleo.person_id: TO_CLEO}
        with writing() as session:
            by, asked = self.cast.actor(self.ann.person_id), Paragraphs(words, by_mail)
            verdict = ask(session, operation or new_id(), introduction_id, asked, by=by, keyring=self.keyring, at=now())
            session.commit()
        return verdict

    def introduce(self, *, by_mail: bool = False) -> UUID:
        """Ann has asked both."""
        introduction_id = self.draft()
        self.ask(introduction_id, by_mail=by_mail)
        return introduction_id

    def ask_id(self, introduction_id: UUID, guest: Attendee) -> UUID:
        """What this one is asked."""
        mine = select(IntroductionAsk.id).where(IntroductionAsk.introduction_id == introduction_id)
        found = db.session.scalars(mine.where(IntroductionAsk.person_id == guest.person_id)).one()
        db.session.rollback()
        return found

    def answer(self, introduction_id: UUID, guest: Attendee, said: Answer, *, by_mail: bool = False) -> AnswerVerdict:
        """This one answers. Raises NotHere when they are not asked."""
        ask_id = self.ask_id(introduction_id, guest)
        with writing() as session:
            verdict = answer(
                session, ask_id, said, by_mail=by_mail, person_id=guest.person_id, sealed=self.sealed, at=now()
            )
            session.commit()
        return verdict

    def keep_asking(self, one: Attendee, other: Attendee) -> AskVerdict:
        """Ann asks these two."""
        introduction_id = self.draft(one, other)
        words = {one.person_id: "Worth meeting.", other.person_id: "Worth meeting."}
        with writing() as session:
            by, asked = self.cast.actor(self.ann.person_id), Paragraphs(words, by_mail=False)
            verdict = ask(session, new_id(), introduction_id, asked, by=by, keyring=self.keyring, at=now())
            session.commit()
        return verdict

    def asks_of(self, guest: Attendee) -> list[UUID]:
        """Ids of what this one is asked."""
        db.session.rollback()
        asked = asked_of(db.session(), guest.person_id, self.sealed, now())
        db.session.rollback()
        return [one.ask_id for one in asked]

    def answer_ask(self, ask_id: UUID, guest: Attendee, said: Answer) -> AnswerVerdict:
        """This one answers what they are asked."""
        with writing() as session:
            me, sealed = guest.person_id, self.sealed
            verdict = answer(session, ask_id, said, by_mail=False, person_id=me, sealed=sealed, at=now())
            session.commit()
        return verdict

    def withdraw(self, introduction_id: UUID) -> BackVerdict:
        """Ann takes it back."""
        with writing() as session:
            verdict = withdraw(session, new_id(), introduction_id, by=self.cast.actor(self.ann.person_id), at=now())
            session.commit()
        return verdict

    def block(self, me: Attendee, other: Attendee) -> None:
        """This one wants nothing more to do with that one, whom they met."""
        with writing() as session:
            block(session, new_id(), other.person_id, by=self.cast.actor(me.person_id), at=now())
            session.commit()

    def is_asked(self, guest: Attendee, at: datetime | None = None) -> list[str]:
        """Of whom this one reads, by first names."""
        db.session.rollback()
        asked = asked_of(db.session(), guest.person_id, self.sealed, at or now())
        db.session.rollback()
        return [one.other for one in asked]


def swap(cast: Cast, one: Attendee, other: Attendee, fields: str = "name headline company") -> None:
    """These two met and have each other's cards."""
    meeting = met(cast, one, other)
    for giver in (one, other):
        gave(meeting, giver, fields)


def make_trio(app: Flask, cast: Cast, cleos: str = "cleo@example.org") -> Trio:
    """Ann swapped with Ben and with Cleo; both chose e-mail as a way to be reached."""
    cleo = cast.guest("Cleo Third", email=cleos, claimed=True)
    trio = Trio(app, cast, cast.ann, cast.ben, cleo)
    for guest, headline in ((cast.ann, "Brings people together"), (cast.ben, "Bakes"), (cleo, "Keeps books")):
        fill_card(guest.person_id, headline=headline, reach_email=True, reach_chosen_at=now())
    fill_card(cast.ben.person_id, email="ben@bakery.example.org")
    fill_card(cleo.person_id, email="cleo@books.example.org")
    for other in (cast.ben, cleo):
        swap(cast, cast.ann, other)
    return trio


Act = Callable[[Trio, UUID], object]
