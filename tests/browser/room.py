"""A room of its own for each journey: who is in it and what they did before are acts, the rest is done on screens."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import time_machine
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.fake_camera import picture_of
from tests.browser.phones import Phones
from tests.browser.served import House
from tests.cast import Cast
from tests.people.pages import write_note
from tests.swaps.evening import BASE, EveningOut
from webapp.accounts.models import Card, Person
from webapp.accounts.sessions import open_session
from webapp.badges.issuing import token_of, typed_code_of
from webapp.checkin.models import CheckIn
from webapp.contacts.models import Meeting
from webapp.core import outbox
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.devices import NewDoor, add_device, pairing_code_of
from webapp.events.models import Attendee, DoorDevice, Event
from webapp.followups.jobs import put_morning_mails
from webapp.followups.morning import morning_after
from webapp.swaps.codes import read_code
from webapp.swaps.exchange import Scan, scan

BADGE_PIXELS = 9
"""How large a module of a badge's code is drawn for a camera."""


@dataclass
class Room:
    """A served house, the phones in it, and an evening nobody else is at. Needs an application context."""

    house: House
    phones: Phones
    evening: EveningOut

    @property
    def cast(self) -> Cast:
        """Who makes people."""
        return self.evening.cast

    # People.

    def come(self, name: str, **card: Any) -> Attendee:
        """A claimed guest who is in, knows what scanning gives and may be reached by mail."""
        chosen = {"reach_chosen_at": now(), "reach_email": True, "email": f"{name.split()[0].lower()}@card.example.org"}
        return self.evening.come(name, **chosen | card)

    def on_paper(self, name: str, email: str = "", **place: Any) -> Attendee:
        """A guest from the list who is in and has no account."""
        return self.evening.arrive(self.cast.guest(name, email=email, **place), knows=False)

    def swap(self, one: Attendee, other: Attendee) -> None:
        """The one scans the other's badge, who says yes."""
        self.evening.meet(one, other)
        self.evening.answer(other, one)

    def ask(self, asked: Attendee, number: int) -> None:
        """So many guests have scanned the badge of this one and wait."""
        badge, askers = self.evening.code(asked), self.cast.crowd(number)
        with writing() as session:
            for one in askers:
                session.get_one(Card, one.person_id).first_scan_explained_at = now()
                session.add(CheckIn(**seat(one)))
            session.flush()
            for one in askers:
                scanned = Scan(new_id(), read_code(badge, BASE), now())
                scan(session, scanned, by=self.cast.actor(one.person_id), at=now(), keyring=self.evening.keyring)
            session.commit()

    def meeting_of(self, one: Attendee, other: Attendee) -> Meeting:
        """That these two met."""
        db.session.rollback()
        pair = sorted([one.person_id, other.person_id])
        found = select(Meeting).where(Meeting.first_id == pair[0], Meeting.second_id == pair[1])
        return db.session.scalars(found).one()

    def note(self, me: Attendee, other: Attendee, words: str) -> None:
        """What I keep about this other."""
        write_note(self.cast, self.meeting_of(me, other).id, me.person_id, words)

    @contextmanager
    def after_the_minute(self) -> Iterator[None]:
        """What was given until now can no longer be undone."""
        with time_machine.travel(now() + timedelta(minutes=2), tick=True):
            yield

    # Paper and phones.

    def badge_link(self, guest: Attendee) -> str:
        """What a camera reads from their badge."""
        return f"{self.house.base}/B/{token_of(self.evening.badge(guest), self.evening.keyring)}"

    def badge(self, guest: Attendee) -> Image.Image:
        """Their code on paper."""
        return picture_of(self.badge_link(guest), scale=BADGE_PIXELS)

    def letters(self, guest: Attendee) -> str:
        """What stands under it."""
        return typed_code_of(self.evening.badge(guest), self.evening.keyring)

    def phone(self, guest: Attendee, *, script: bool = True) -> Page:
        """Where this guest is signed in."""
        page = self.phones.page(script=script)
        with writing() as session:
            person = session.get_one(Person, guest.person_id)
            secret = open_session(session, person, browser="Test browser", at=now())
            session.commit()
        page.context.add_cookies([{"name": "mixwell-session", "value": secret, "url": self.house.base}])
        return page

    def door(self) -> Page:
        """A helper's phone that followed the organizer's link and became a door of this evening."""
        device_id = new_id()
        with writing() as session:
            new = NewDoor(device_id, "Exit", "")
            add_device(session, self.cast.mixer, new, keyring=self.evening.keyring, by=NOBODY, at=now())
            session.commit()
        code = pairing_code_of(db.session.get_one(DoorDevice, device_id), self.evening.keyring, now())
        page = self.phones.page()
        page.goto(f"/door/pairing?code={code}")
        page.get_by_role("button", name="Use this phone as a door").click()
        expect(page.get_by_role("heading", name="Who is here?")).to_be_visible()
        return page

    def clock(self) -> str:
        """What the clock on the wall of this evening shows."""
        return f"{now().astimezone(ZoneInfo(self.cast.mixer.zone)):%H:%M}"

    # The morning after.

    @contextmanager
    def next_morning(self, event: Event | None = None) -> Iterator[None]:
        """A little after half past eight; its mails are on their way."""
        event = event or self.cast.mixer
        at = morning_after(event.ends_at, event.zone).astimezone(UTC) + timedelta(minutes=5)
        with time_machine.travel(at, tick=True):
            tools = self.house.app.extensions["mixwell.tools"]
            db.session.remove()
            put_morning_mails(tools, at)
            outbox.sweep(tools, at=at)
            yield

    def also_at(self, event: Event, guest: Attendee) -> None:
        """This guest has come to that event too."""
        place = self.evening.arrive(self.cast.guest(f"{guest.name}, again", event=event))
        with writing() as session:
            session.get_one(Attendee, place.id).person_id = guest.person_id
            session.commit()

    def event_later(self) -> Event:
        """The circle's next evening, which begins when tonight's is over."""
        starts = self.cast.mixer.ends_at + timedelta(days=7)
        return self.cast.event(
            self.cast.circle, title="Winter mixer", starts_at=starts, ends_at=starts + timedelta(hours=3)
        )


def seat(guest: Attendee) -> dict[str, Any]:
    """The row that says that this guest is in."""
    return dict(
        id=new_id(), event_id=guest.event_id, attendee_id=guest.id, operation_id=new_id(), at=now(), how="badge"
    )


def type_code(page: Page, code: str) -> None:
    """Type what stands under a badge, or behind a code, where the camera would read it."""
    page.get_by_label("Code under the badge").fill(code)
    page.get_by_role("button", name="Go", exact=True).click()


def words_on(pdf: bytes) -> str:
    """What stands on paper."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def mixwell(house: House, *arguments: str) -> str:
    """Run the operator's command on this house's data; what it says."""
    command = [sys.executable, "-m", "webapp.cli", *arguments]
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": house.base, "MIXWELL_DATA_DIR": str(house.folder)}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env={"PATH": os.environ["PATH"], **environ}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
