"""The cast of all tests: Ann the attendee, Ben whom she meets, Cora at the door, Dora the organizer, Eve elsewhere.

Everything is made through models with plain values and committed at once, so that requests and acts see it.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from webapp.accounts.models import Address, Card, Person
from webapp.accounts.sessions import open_session
from webapp.circles.models import Circle, CircleRole
from webapp.core.actor import Actor, DeviceRef, PersonRef
from webapp.core.clock import now
from webapp.core.database import Base, db, writing
from webapp.core.identifiers import new_id
from webapp.core.text import search_key
from webapp.core.tokens import digest, random_secret
from webapp.events.models import Attendee, DoorDevice, Event
from webapp.events.names import box_letter, sort_key, split_name

Row = TypeVar("Row", bound=Base)


def keep(*rows: Row) -> Row:
    """Store rows and commit; returns the first."""
    with writing() as session:
        session.add_all(rows)
        session.commit()
    return rows[0]


@dataclass
class Cast:
    """Makes people, events and browsers on demand; each property is made once and then the same."""

    app: Flask

    @cached_property
    def dora(self) -> Person:
        """The organizer of the circle."""
        dora = self.person("Dora Lindqvist", "dora@example.org")
        keep(CircleRole(id=new_id(), circle_id=self.circle.id, person_id=dora.id, given_at=now()))
        return dora

    @cached_property
    def eve(self) -> Person:
        """The organizer of a twin circle with the same names in it."""
        eve = self.person("Eve Moreau", "eve@example.org")
        keep(CircleRole(id=new_id(), circle_id=self.other_circle.id, person_id=eve.id, given_at=now()))
        return eve

    @cached_property
    def circle(self) -> Circle:
        """The circle that holds the mixer."""
        return keep(Circle(id=new_id(), name="Harbour Chamber", hue=30, zone="Europe/London", created_at=now()))

    @cached_property
    def other_circle(self) -> Circle:
        """A circle that must see nothing of the first."""
        return keep(Circle(id=new_id(), name="Harbour Chamber", hue=200, zone="Europe/London", created_at=now()))

    @cached_property
    def mixer(self) -> Event:
        """Tonight's event, going on now."""
        return self.event(self.circle)

    @cached_property
    def other_mixer(self) -> Event:
        """The twin circle's event of the same title."""
        return self.event(self.other_circle)

    def event(self, circle: Circle, **changes: Any) -> Event:
        """An event of this circle, started half an hour ago, two hours to go."""
        values: dict[str, Any] = dict(title="Autumn mixer", place="Old Customs House", format="mixer", zone=circle.zone)
        values |= dict(starts_at=now() - timedelta(minutes=30), ends_at=now() + timedelta(hours=2))
        values |= dict(capacity=None, open_door=False, created_at=now())
        return keep(Event(id=new_id(), circle_id=circle.id, **values | changes))

    @cached_property
    def ann(self) -> Attendee:
        """Ann, claimed, at tonight's mixer; her person is `ann.person_id`."""
        return self.guest("Ann Achebe", email="ann@example.org", claimed=True)

    @cached_property
    def ben(self) -> Attendee:
        """Ben, claimed, at tonight's mixer."""
        return self.guest("Ben Adeyemi", email="ben@example.org", claimed=True)

    def person(self, name: str, email: str | None = None, *, claimed: bool = True) -> Person:
        """A person with an empty card and, if given, their address (confirmed when claimed)."""
        at = now()
        person = Person(id=new_id(), name=name, created_at=at, claimed_at=at if claimed else None)
        person.card = Card(person_id=person.id, updated_at=at, version=1)
        keep(person)
        if email:
            confirmed = at if claimed else None
            row = Address(id=new_id(), person_id=person.id, address=email, address_key=email, created_at=at)
            row.confirmed_at = confirmed
            keep(row)
        return person

    def guest(
        self, name: str, *, event: Event | None = None, email: str = "", claimed: bool = False, **changes: Any
    ) -> Attendee:
        """Someone's place at an event (tonight's, unless said otherwise), with a person of their own."""
        at = now()
        person = self.person(name, email or None, claimed=claimed)
        given, family = split_name(name)
        derived = dict(given_name=given, family_name=family, sort_key=sort_key(given, family))
        derived |= dict(search_key=search_key(name), box=box_letter(given, family))
        values: dict[str, Any] = derived | dict(source="import", email=email, email_key=email, created_at=at)
        values |= dict(claimed_at=at if claimed else None)
        event_id = (event or self.mixer).id
        return keep(Attendee(id=new_id(), event_id=event_id, person_id=person.id, name=name, **values | changes))

    def crowd(self, number: int, event: Event | None = None) -> list[Attendee]:
        """So many unclaimed guests."""
        return [self.guest(f"Guest {i:04d} Crowd{i:04d}", event=event) for i in range(number)]

    def actor(self, person_id: UUID) -> Actor:
        """This person as acts get them."""
        person = db.session.get(Person, person_id)
        assert person
        return Actor(person=PersonRef(person.id, person.name, new_id(), None))

    def door(
        self, event: Event | None = None, name: str = "Cora’s phone", door: str = "North door"
    ) -> tuple[Actor, str]:
        """A paired door phone (Cora's) as acts get it, and the key its cookie holds."""
        at, key = now(), random_secret()
        device = DoorDevice(id=new_id(), event_id=(event or self.mixer).id, name=name, door=door, created_at=at)
        device.pairing_digest, device.pairing_expires_at = digest(random_secret()), at
        device.key_digest, device.paired_at = digest(key), at
        keep(device)
        return Actor(device=DeviceRef(device.id, device.name, device.event_id)), key

    def browser(
        self, person_id: UUID | None = None, door_key: str | None = None, *, fresh: bool = False
    ) -> FlaskClient:
        """A browser signed in as this person, or holding this door key; `fresh` has just typed a code."""
        from tests.conftest import make_client

        client = make_client(self.app)
        if person_id:
            with writing() as session:
                person = session.get_one(Person, person_id)
                secret = open_session(session, person, browser="Test browser", at=now(), stepped_up=fresh)
                session.commit()
            client.set_cookie("__Host-mixwell-session", secret, domain="mix.example.org", secure=True)
        if door_key:
            client.set_cookie("__Host-mixwell-door", door_key, domain="mix.example.org", secure=True)
        return client
