"""The sample evening with something on every page: browsers of all roles, and where each route can be looked at."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import APIResponse, Browser, BrowserContext
from sqlalchemy import select

from tests.architecture.introduced import bring_together
from tests.browser.phones import sign_in
from tests.browser.served import House
from tests.cast import Cast
from webapp.accounts.models import Address, AddressChange, Person
from webapp.accounts.moving import way_back
from webapp.accounts.sessions import open_session
from webapp.badges.issuing import issue, replace_lost, token_of
from webapp.chains.models import Need, Outcome, Statement, Story, StoryLine
from webapp.chains.publishing import story_link
from webapp.chains.statements import statement_link
from webapp.circles.models import Circle
from webapp.contacts.models import Meeting
from webapp.core.actor import Actor
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring
from webapp.demo.evening import seed
from webapp.events.claiming import claim_place
from webapp.events.devices import NewDoor, add_device, pairing_code_of
from webapp.events.guests import GuestDetails, add_guest
from webapp.events.inviting import invite, link_of
from webapp.events.models import Attendee, DoorDevice, Event, Invitation
from webapp.followups.asking import question_link
from webapp.followups.links import morning_link
from webapp.followups.models import Question
from webapp.followups.stopping import stop_link
from webapp.followups.weekly_mails import week_link
from webapp.relay.stopping import stop_link as relay_stop_link
from webapp.swaps.models import Grant

LIST = Path(__file__).parents[1] / "events/files/mixer-200.csv"
TWINS = "twins@example.org"

NO_PAGES = {
    "static": "files",
    "pwa.icon": "a picture",
    "pwa.manifest": "a file",
    "pwa.service_worker": "a file",
    "circles.logo": "a picture",
    "badges.file": "a PDF",
    "people.all_cards": "vCards",
    "people.card": "a vCard",
    "slides.picture": "a picture",
    "photos.mine": "a picture",
    "people.photo": "a picture",
    "mydata.export": "a file",
    "statements.paper": "a PDF",
    "people.sheet": "a PDF",
    "people.table": "a table",
    "asking.file": "a calendar file",
    "weekly.feed": "a calendar file",
    "badges.progress": "a part of a page",
    "checkin.counter": "a part of a page",
    "checkin.guests": "a part of a page",
    "swaps.exchange": "a part of a page",
    "swaps.pulse": "a part of a page",
    "push.show": "a part of a page",
    "pocket.pocket": "what a phone keeps, in JSON",
    "pocket.faces": "sealed records, in JSON",
    "sync.door_list": "sealed records, in JSON",
}
"""Endpoint → what it answers instead of a page."""

LOOKERS = {
    "public": ["stranger"],
    "signed in": ["attendee", "newcomer"],
    "organizer": ["organizer"],
    "fresh code": ["organizer"],
    "door crew": ["door"],
}
"""Route marker → who looks."""


@dataclass
class FullHouse:
    """Ann, Dora and Cora of the sample, a newcomer who has met nobody, and a stranger."""

    house: House
    browser: Browser
    introduced: dict[str, str] = field(default_factory=dict)

    def fill(self) -> None:
        """Seed the sample, and add what its own acts do not make."""
        with self.house.app.app_context(), writing() as session:
            seed(session, keyring=self.keyring, base_url=self.house.base, at=now())
            event = session.scalars(select(Event).order_by(Event.starts_at.desc())).first()
            assert event
            for name in ("Tilda Twin", "Timo Twin"):
                add_guest(session, event, GuestDetails(name=name, email=TWINS), source="by_hand", at=now())
            new = add_guest(session, event, GuestDetails(name="Nora Newcomer"), source="by_hand", at=now())
            claim_place(session, new, by=Actor(), at=now())
            invite(session, event, keyring=self.keyring, by=Actor(), at=now())
            session.commit()
        ann, ben = self.person("Ann Achebe"), self.person("Ben Adeyemi")
        with self.house.app.app_context():
            made = bring_together(self.house.app, Cast(self.house.app), "harbour", ann, ben)
        self.introduced = {name: str(value) for name, value in made.items()}

    @property
    def keyring(self) -> Keyring:
        """The keys of this server."""
        keyring: Keyring = self.house.app.extensions["mixwell.tools"].keyring
        return keyring

    def id_of(self, statement: Any) -> UUID:
        """The first id this statement finds."""
        with self.house.app.app_context():
            found = db.session.scalars(statement).first()
        assert isinstance(found, UUID)
        return found

    def guest(self, name: str) -> UUID:
        """Somebody's place tonight."""
        mine = select(Attendee.id).where(Attendee.name == name, Attendee.event_id == self.event)
        return self.id_of(mine)

    def person(self, name: str) -> UUID:
        """Somebody."""
        return self.id_of(select(Person.id).where(Person.name == name))

    @cached_property
    def event(self) -> UUID:
        """Tonight's mixer."""
        return self.id_of(select(Event.id).order_by(Event.starts_at.desc()))

    @cached_property
    def people(self) -> dict[str, BrowserContext]:
        """A browser for each role."""
        roles = ("stranger", "newcomer", "attendee", "organizer", "door")
        contexts = {role: self._context() for role in roles}
        for role, member in (("attendee", "ann"), ("organizer", "dora"), ("door", "cora")):
            self.post(contexts[role], f"/cast/{member}")
        self._sign_in_the_newcomer(contexts["newcomer"])
        self._meet_the_stranger(contexts["stranger"])
        return contexts

    def _context(self) -> BrowserContext:
        return self.browser.new_context(base_url=self.house.base, service_workers="block")

    def _sign_in_the_newcomer(self, context: BrowserContext) -> None:
        with self.house.app.app_context(), writing() as session:
            nora = session.get_one(Person, self.person("Nora Newcomer"))
            secret = open_session(session, nora, browser="Test browser", at=now())
            session.commit()
        context.add_cookies([{"name": "mixwell-session", "value": secret, "url": self.house.base}])

    def _meet_the_stranger(self, context: BrowserContext) -> None:
        """Who shares an address with someone, has typed the code, and carries a kept scan."""
        self.post(context, f"/b/{'0' * 24}")
        page = context.new_page()
        sign_in(page, self.house, TWINS)
        page.close()

    def post(self, context: BrowserContext, path: str, **form: str | bool) -> str:
        """Send a form as this browser; the address of the page it leads to."""
        return urlsplit(self._send(context, path, form=form).url).path

    def _send(self, context: BrowserContext, path: str, **body: Any) -> APIResponse:
        answer = context.request.post(path, headers={"Origin": self.house.base}, **body)
        assert answer.status in {200, 422}, f"{path}: {answer.status}"
        return answer

    def badge(self, name: str, *, lost: bool = False) -> str:
        """The token on somebody's badge; if lost, of the one that was just replaced."""
        tools: dict[str, Any] = {"keyring": self.keyring, "base_url": self.house.base, "at": now()}
        with self.house.app.app_context(), writing() as session:
            guest = session.get_one(Attendee, self.guest(name))
            [badge] = issue(session, [guest], **tools)
            token = token_of(badge, self.keyring)
            if lost:
                replace_lost(session, guest, by=Actor(), **tools)
            session.commit()
        return token

    # Where each route with something in its address can be looked at.

    def stops(self) -> dict[str, list[str]]:
        """Endpoint → addresses; the first is the usual one, further ones show other states."""
        event = f"/events/{self.event}"
        circle = f"/circles/{self.id_of(select(Circle.id))}"
        return {
            "console.event": [event, f"/events/{self.id_of(select(Event.id).order_by(Event.starts_at))}"],
            "settling.index": [f"{event}/to-settle"],
            "events.edit": [f"{event}/edit"],
            "events.guests": [f"{event}/guests", f"{event}/guests?q=zzz"],
            "events.new_guest": [f"{event}/guests/new"],
            "events.guest": [f"{event}/guests/{self.guest('Ann Achebe')}", f"{event}/guests/{self._cancelled()}"],
            "events.new": [f"{circle}/events/new"],
            "circles.edit": [f"{circle}/edit"],
            "circles.organizers": [f"{circle}/organizers"],
            "badges.index": [f"{event}/badges"],
            "invitations.index": [f"{event}/invitations"],
            "imports.index": [f"{event}/imports"],
            **self._paper_stops(event),
            **self._door_stops(event),
            **self._front_stops(),
            **self._room_stops(),
            **self._introduction_stops(),
        }

    def _cancelled(self) -> UUID:
        return self.id_of(select(Attendee.id).where(Attendee.cancelled_at.is_not(None)))

    def _paper_stops(self, event: str) -> dict[str, list[str]]:
        dora = self.people["organizer"]
        file = {"name": LIST.name, "mimeType": "text/csv", "buffer": LIST.read_bytes()}
        brought = urlsplit(self._send(dora, f"{event}/imports", multipart={"list": file, "encoding": ""}).url).path
        waiting = urlsplit(self._send(dora, f"{event}/imports", multipart={"list": file, "encoding": ""}).url).path
        document = self.post(dora, f"{event}/documents", kind="door_list", stock="a4-4up")
        return {"imports.show": [waiting, brought], "badges.document": [document]}

    def _door_stops(self, event: str) -> dict[str, list[str]]:
        with self.house.app.app_context(), writing() as session:
            held = session.get_one(Event, self.event)
            new = NewDoor(new_id(), "South door", "")
            add_device(session, held, new, keyring=self.keyring, by=Actor(), at=now())
            code = pairing_code_of(session.get_one(DoorDevice, new.id), self.keyring, now())
            session.commit()
        return {
            "exits.index": [f"{event}/exit"],
            "checkin.index": [f"{event}/door", f"{event}/door?q=ann", f"{event}/door?q=zzz"],
            "checkin.call_the_host": [f"{event}/door/help"],
            "checkin.new_walk_in": [f"{event}/door/walk-in", f"{event}/door/walk-in?host={self.guest('Ann Achebe')}"],
            "checkin.doors": [f"{event}/doors"],
            "checkin.show_door": [f"{event}/doors/{new.id}"],
            "checkin.pairing": [f"/door/pairing?code={code}"],
            "checkin.show_verdict": self.verdicts(),
        }

    def verdicts(self) -> list[str]:
        """What the door says, one of each kind."""
        cora, base = self.people["door"], self.house.base
        scans = f"/events/{self.event}/check-ins"
        badges = [self.badge("Nora Newcomer"), self.badge("Łukasz Żółć", lost=True), "0" * 24]
        welcome, replaced, unknown = [self.post(cora, scans, code=f"{base}/B/{token}") for token in badges]
        again = self.post(cora, scans, attendee_id=str(self.guest("Nora Newcomer")))
        cancelled = self.post(cora, scans, attendee_id=str(self._cancelled()))
        return [welcome, again, cancelled, replaced, unknown]

    def _front_stops(self) -> dict[str, list[str]]:
        open_one = select(Invitation.id).where(Invitation.used_at.is_(None))
        address = self.id_of(select(Address.id).order_by(Address.created_at))
        return {
            "addresses.reversal": [self._changed(address)],
            "followups.mail_choice": [stop_link(self.keyring, address)],
            "relay.notes_choice": [relay_stop_link(self.keyring, self.id_of(select(Grant.id).order_by(Grant.at)))],
            "followups.morning": [self._morning()],
            "swaps.badge_page": ["/b"],
            "accounts.link_page": ["/sign-in/link/nothing"],
            "invitations.open_invitation": [
                f"/invitation/{link_of(self.keyring, self.id_of(open_one))}",
                "/invitation/rehearsal",
                "/invitation/nothing",
            ],
        }

    def _changed(self, address_id: UUID) -> str:
        """The way back from a change of this address."""
        with self.house.app.app_context(), writing() as session:
            address, at = session.get_one(Address, address_id), now()
            row = AddressChange(id=new_id(), person_id=address.person_id, address_id=address_id, asked_at=at)
            row.old_address = row.old_key = "before@example.org"
            row.new_address, row.new_key, row.done_at = address.address, address.address_key, at
            session.add(row)
            session.commit()
            return way_back(self.keyring, row.id)

    def _morning(self) -> str:
        """The page behind Ann's morning mail."""
        with self.house.app.app_context():
            ann = db.session.scalars(select(Address).where(Address.person_id == self.person("Ann Achebe"))).one()
            return morning_link(self.keyring, self.event, ann, now() + timedelta(minutes=1))

    def _next_stops(self) -> dict[str, list[str]]:
        """Ann's next step with Ben, what she asks him behind a link, and the page behind her mail of the week."""
        ann, ben = self.people["attendee"], self.person("Ben Adeyemi")
        self.post(
            ann, f"/people/{ben}/questions", operation_id=str(new_id()), kind="ask", ask="Which printer do you use"
        )
        question = self.id_of(select(Question.id))
        with self.house.app.app_context():
            mailed = db.session.scalars(select(Address).where(Address.person_id == self.person("Ann Achebe"))).one()
            week = week_link(self.keyring, mailed, ben, now() - timedelta(minutes=1))
        step = f"/next/{ben}"
        return {
            "keeping.step": [step, f"{step}?about=ask", f"{step}?way=video", f"{step}?about=ask&question={question}"],
            "asking.show": [question_link(self.keyring, question)],
            "weekly.week": [week],
        }

    def _told_stories(self) -> dict[str, list[str]]:
        """A story of Ann's that asks Ben, and a page for a manager."""
        ann, outcome = self.people["attendee"], self.id_of(select(Outcome.id).order_by(Outcome.made_at))
        form = {"title": "Bread for the sailing school", "phrase-1": "A fellow sailor", "ask-1": "yes"}
        made = self.post(ann, f"/me/outcomes/{outcome}/story", operation_id=str(new_id()), **form)
        self.post(ann, f"{made}/publication")
        self.post(ann, "/me/statements", operation_id=str(new_id()), hours="12", cost="€ 40")
        story, statement = self.id_of(select(Story.id)), self.id_of(select(Statement.id))
        asked = self.id_of(select(StoryLine.id).where(StoryLine.asked_at.is_not(None)))
        with self.house.app.app_context(), writing() as session:
            session.get_one(StoryLine, asked).other_id = self.person("Ann Achebe")
            session.commit()
        return {
            "stories.new": [f"/me/outcomes/{outcome}/story"],
            "stories.show": [made],
            "stories.read": [story_link(self.keyring, story)],
            "stories.asked": [f"/me/named/{asked}"],
            "statements.read": [statement_link(self.keyring, statement)],
        }

    def _stories(self) -> dict[str, list[str]]:
        """What came of it for Ann, story by story."""
        with self.house.app.app_context():
            outcomes = db.session.scalars(select(Outcome.id).order_by(Outcome.made_at)).all()
        return {
            "chains.index": ["/me/outcomes", "/me/outcomes?kind=client"],
            "chains.new": ["/me/outcomes/new", f"/me/outcomes/new?through=person:{self.person('Ben Adeyemi')}"],
            "chains.show": [f"/me/outcomes/{outcome_id}" for outcome_id in outcomes],
            "chains.closing": [f"/me/needs/{self.id_of(select(Need.id))}/closing"],
            "chains.momentum": [f"/me/outcomes/from/person/{self.person('Ben Adeyemi')}"],
        }

    def _outside_stops(self) -> dict[str, list[str]]:
        """Somebody Ann knows from elsewhere, and an old address book she looks at."""
        ann = self.people["attendee"]
        one = self.post(ann, "/people/elsewhere", operation_id=str(new_id()), name="Olga Old", origin="First job")
        old = b"Name,Email\nAda Old,ada@example.org\nBen Adeyemi,\n,\n,x\n"
        file = {"name": "old.csv", "mimeType": "text/csv", "buffer": old}
        book = urlsplit(self._send(ann, "/people/address-books", multipart={"book": file}).url).path
        ben = str(self.person("Ben Adeyemi"))
        ask = self.post(ann, "/asks", operation_id=str(new_id()), words="A designer for a small website", person=ben)
        circle = self.id_of(select(Circle.id))
        return {
            "elsewhere.show": [one],
            "elsewhere.index": ["/people/elsewhere?q=zzz"],
            "books.show": [book],
            "asks.show": [ask],
            "asks.new": [f"/asks/new?circle={circle}"],
            "helping.index": ["/people/helpers?q=website", "/people/helpers?q=zzz"],
        }

    def _introduction_stops(self) -> dict[str, list[str]]:
        there = self.introduced
        mailed = f"/introductions/asks/{there['ask_id']}/{there['ask_proof']}"
        return {
            "introductions.pick": [f"/people/{self.person('Ben Adeyemi')}/introduction"],
            "introductions.show": [f"/introductions/{there[name]}" for name in ("introduction_id", "made_id")],
            "asked.question": [mailed],
            "asked.mail_choice": [f"{mailed}/no-more-mail"],
            "edges.show": [f"/introductions/edges/{there['handle']}"],
        }

    def _room_stops(self) -> dict[str, list[str]]:
        ann, base = self.people["attendee"], self.house.base
        asked = self.post(ann, "/scans", code=f"{base}/B/{self.badge('Sunny 🎉 Okonkwo')}")
        kept = self.post(self.people["newcomer"], "/scans", code=f"{base}/B/{self.badge('Ben Adeyemi')}")
        met = self.id_of(select(Meeting.id).order_by(Meeting.met_at))
        self.post(ann, "/me/slides", operation_id=str(new_id()), starts="20:00", minutes="45")
        return {
            "people.show": [f"/people/{self.person(name)}" for name in ("Ben Adeyemi", "Bo", "Sunny 🎉 Okonkwo")],
            **self._outside_stops(),
            "people.index": ["/people?q=zzz", "/people?q=printer", "/people?promise=open"],
            **self._stories(),
            **self._told_stories(),
            **self._next_stops(),
            "people.evening": [f"/people/evenings/{self.event}"],
            "swaps.sheet": [asked, f"/meetings/{met}/sheet"],
            "swaps.plain_sheet": [f"/scan/answers/{word}" for word in ("no-swap", "own-badge", "undone", "too-late")],
            "swaps.kept_scan": [kept],
        }
