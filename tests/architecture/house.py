"""One of everything, twice: in the circle of the mixer, and in a twin circle where people have the same names.

The rows are written once into a database file of its own; whoever writes in a test puts the file back.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text, update

from tests.architecture.introduced import bring_together
from tests.cast import Cast, keep
from tests.conftest import make_client
from webapp.accounts.asking import Asking, seal_asking
from webapp.accounts.models import (
    Address,
    AddressChange,
    Card,
    JoinedPerson,
    OneTimeCode,
    Person,
    Photo,
    PushSubscription,
    SignInSession,
)
from webapp.accounts.moving import way_back
from webapp.accounts.sessions import end_other_sessions, open_session
from webapp.badges.models import Badge, Document
from webapp.badges.printing import file_of
from webapp.chains.models import Link, Need, Outcome, Statement, Step, Story, StoryLine
from webapp.chains.publishing import story_link
from webapp.chains.statements import Page, statement_link
from webapp.checkin.models import CheckIn, DoorFact, DoorLease, RefusedScan, SettledEntry
from webapp.checkin.verdicts import CheckedIn
from webapp.circles.models import Circle
from webapp.contacts.entries import Entry
from webapp.contacts.models import (
    AddressBook,
    LooseNote,
    Meeting,
    Memory,
    OutsideContact,
    Promise,
    Reminder,
    Rest,
    Role,
    SamePerson,
    Tag,
    Tagging,
    Takeaway,
    Touch,
    WeeklyQuestion,
    Wish,
)
from webapp.core.actor import NOBODY, Actor, PersonRef
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.operations import Operation, to_record
from webapp.core.outbox import OutboxRow, Tools
from webapp.core.pictures import portrait
from webapp.core.quarantine import QuarantinedOperation, quarantine
from webapp.core.tokens import Keyring, Sealed, digest, lookup_id, random_secret
from webapp.core.versions import Version
from webapp.events import staging as uploads
from webapp.events.devices import NewDoor, add_device, pairing_code_of
from webapp.events.models import Attendee, DoorDevice, Event, ImportChange, ImportRun, Invitation
from webapp.events.tables import Table
from webapp.followups.asking import question_link
from webapp.followups.links import morning_link
from webapp.followups.models import Keeping, Pace, Question
from webapp.followups.stopping import stop_link
from webapp.followups.weekly_mails import week_link
from webapp.followups.weekly_views import feed_link
from webapp.intentions.models import Enquiries, Help, Intention, Measures, Mood
from webapp.introductions.models import CircleAsk, CircleAsked
from webapp.relay.stopping import stop_link as relay_stop_link
from webapp.swaps.models import CardRequest, Grant, KeptScan, KindLine, PitchReport, SlideCode
from webapp.swaps.waiting_scan import seal_scan

ROLES = (
    "stranger",
    "old cookie",
    "outsider",
    "expected",
    "inside",
    "door",
    "other door",
    "organizer",
    "twin organizer",
)
"""Who knocks (trust.md decision 16). `expected` did not check in yet; `other door` works the twin's door."""

SEEN_FROM_THE_TWIN = dict(zip(ROLES, ROLES, strict=True)) | {
    "expected": "outsider",
    "inside": "outsider",
    "door": "other door",
    "other door": "door",
    "organizer": "twin organizer",
    "twin organizer": "organizer",
}
"""What each role is to the twin circle's objects."""

PRIVATE_LINK = "anns-own-corner.example.org"
PRIVATE_PHONE = "+44 20 7946 0958"
PRIVATE_ROLE = "Rainmaker"
PRIVATE_NOTE = "hums while thinking"


@dataclass
class Side:
    """One circle with everything in it. `mark` stands in every text of it that only its own people may read."""

    mark: str
    circle: Circle
    event: Event
    organizer: Person
    inside: Attendee
    other: Attendee
    expected: Attendee
    door_key: str
    values: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)


@dataclass
class House:
    """The application, both sides, and a browser for each role."""

    app: Flask
    mixer: Side
    twin: Side
    cookies: dict[str, dict[str, str]]
    file: Path
    clean: Path
    """A copy of the folder the file is in, as it was at first."""

    def browser(self, role: str) -> FlaskClient:
        """A fresh browser of this role."""
        client = make_client(self.app)
        for name, value in self.cookies[role].items():
            client.set_cookie(f"__Host-mixwell-{name}", value, domain="mix.example.org", secure=True)
        return client

    def dump(self) -> list[tuple[str, list[Any]]]:
        """Every row of every table, to be compared."""
        with db.engine.connect() as connection:
            return [
                (name, list(connection.execute(text(f'SELECT * FROM "{name}"'))))  # noqa: S608  # our own tables
                for name in db.metadata.tables
            ]

    def put_back(self) -> None:
        """Database and files as they were at first."""
        db.session.remove()
        db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copytree(self.clean, self.file.parent, dirs_exist_ok=True)

    def another(self, folder: Path, open_app: Callable[[Path], Flask]) -> "House":
        """The same house once more below this folder, under an application of its own."""
        shutil.copytree(self.clean, folder, dirs_exist_ok=True)
        return replace(self, app=open_app(folder), file=folder / self.file.name)


def build_house(app: Flask, file: Path) -> House:
    """Fill the database and remember it."""
    cast_of_all = Cast(app)
    mixer = _furnish(app, cast_of_all, "kestrelmixer", cast_of_all.circle, cast_of_all.mixer, cast_of_all.dora)
    twin = _furnish(app, cast_of_all, "magpietwin", cast_of_all.other_circle, cast_of_all.other_mixer, cast_of_all.eve)
    outsider = cast_of_all.person("Olu Outsider", "olu@example.org")
    cookies = {
        "stranger": {},
        "old cookie": {"session": _ended_session(outsider)},
        "outsider": {"session": _session(outsider.id)},
        "expected": {"session": _session(mixer.expected.person_id)},
        "inside": {"session": _session(mixer.inside.person_id)},
        "door": {"door": mixer.door_key},
        "other door": {"door": twin.door_key},
        "organizer": {"session": _session(mixer.organizer.id)},
        "twin organizer": {"session": _session(twin.organizer.id)},
    }
    _tell_a_phone(mixer.inside.person_id)
    _what_waits_in_every_browser(app, mixer, cookies)
    clean = file.parent.with_name(f"{file.parent.name}-clean")
    db.session.remove()
    db.engine.dispose()
    shutil.copytree(file.parent, clean)
    return House(app, mixer, twin, cookies, file, clean)


def _tell_a_phone(person_id: UUID) -> None:
    newest = select(SignInSession).where(SignInSession.person_id == person_id).order_by(SignInSession.created_at.desc())
    session_id = db.session.scalars(newest).all()[0].id
    told = PushSubscription(id=new_id(), person_id=person_id, session_id=session_id, created_at=now())
    told.endpoint, told.p256dh, told.auth = "http://localhost:9/anns-phone", b"p" * 65, b"a" * 16
    keep(told)


def _what_waits_in_every_browser(app: Flask, mixer: Side, cookies: dict[str, dict[str, str]]) -> None:
    """A scan that was not finished, and the question for a mailed code."""
    tools: Tools = app.extensions["mixwell.tools"]
    asking = seal_asking(tools.keyring, Asking(random_secret(), "someone@example.org", ""))
    scan = seal_scan(tools.keyring, f"https://mix.example.org/B/{mixer.values['token']}")
    for jar in cookies.values():
        jar |= {"scan": scan, "asking": asking}


def _session(person_id: UUID) -> str:
    """The secret of a sign-in whose code stays fresh for as long as the whole audit takes."""
    with writing() as session:
        person = session.get_one(Person, person_id)
        secret = open_session(session, person, browser="Test browser", at=now(), stepped_up=True)
        typed = update(SignInSession).where(SignInSession.secret_digest == digest(secret))
        session.execute(typed.values(stepped_up_at=now() + timedelta(days=1)))
        session.commit()
    return secret


def _ended_session(person: Person) -> str:
    secret = _session(person.id)
    with writing() as session:
        end_other_sessions(session, person.id, new_id(), now())
        session.commit()
    return secret


def _furnish(app: Flask, cast_of_all: Cast, mark: str, circle: Circle, event: Event, organizer: Person) -> Side:
    guest: dict[str, Any] = {
        "event": event,
        "claimed": True,
        "company": f"{mark} Ltd",
        "headline": mark,
        "external_ref": mark,
    }
    inside = cast_of_all.guest("Ann Achebe", email=f"ann@{mark}.example.org", ask_me_about=mark, **guest)
    other = cast_of_all.guest("Ben Adeyemi", email=f"ben@{mark}.example.org", **guest)
    expected = cast_of_all.guest("Gus Expected", email=f"gus@{mark}.example.org", **guest)
    key = random_secret()
    side = Side(mark, circle, event, organizer, inside, other, expected, key)
    side.values |= {"circle_id": circle.id, "event_id": event.id, "attendee_id": expected.id}
    side.values |= {
        "person_id": other.person_id,
        "organizer_id": organizer.id,
        "word": "no-swap",
        "name": "dora",
        "build": "0" * 12,
    }
    side.values["path"] = "css/app.css"
    _prove_an_address(app, side)
    _mark_texts(side)
    _print_badges(app, side)
    _open_door(app, side)
    _meet(app, side)
    side.values |= bring_together(app, cast_of_all, mark, inside.person_id, other.person_id)
    _prepare(side, app.extensions["mixwell.settings"].data_dir)
    return side


def _prove_an_address(app: Flask, side: Side) -> None:
    address_id = db.session.scalars(select(Address.id).where(Address.person_id == side.other.person_id)).one()
    proof = stop_link(app.extensions["mixwell.tools"].keyring, address_id).rpartition("/")[2]
    side.values |= {"address_id": address_id, "proof": proof}
    mine = db.session.scalars(select(Address).where(Address.person_id == side.inside.person_id)).one()
    link = morning_link(app.extensions["mixwell.tools"].keyring, side.event.id, mine, now() + timedelta(minutes=1))
    *_, sent, mail_proof = link.split("/")
    week = week_link(app.extensions["mixwell.tools"].keyring, mine, side.other.person_id, now() + timedelta(minutes=1))
    side.values |= {"week_proof": week.rpartition("/")[2], "week_sent": int(week.split("/")[-2])}
    side.values |= {"mailed_id": mine.id, "sent": int(sent), "mail_proof": mail_proof, "act": "did"}
    _change_an_address(app, side)


def _change_an_address(app: Flask, side: Side) -> None:
    at, mark = now(), side.mark
    address_id = db.session.scalars(select(Address.id).where(Address.person_id == side.expected.person_id)).one()
    change = AddressChange(id=new_id(), person_id=side.expected.person_id, address_id=address_id, asked_at=at)
    change.old_address = change.old_key = f"before@{mark}.example.org"
    change.new_address = change.new_key = f"gus@{mark}.example.org"
    change.old_proven_at = change.new_proven_at = change.done_at = at
    keep(change)
    keep(JoinedPerson(gone_id=new_id(), person_id=side.expected.person_id, at=at))
    back = way_back(app.extensions["mixwell.tools"].keyring, change.id).rpartition("/")[2]
    side.values |= {"change_id": change.id, "back": back, "side": "old"}


def _mark_texts(side: Side) -> None:
    with writing() as session:
        event, circle = session.get_one(Event, side.event.id), session.get_one(Circle, side.circle.id)
        event.place = side.event.place = f"{side.mark} Old Customs House"
        event.greeters, event.table_hosts = 1, 2
        session.get_one(Attendee, side.inside.id).helps_as = "greeter"
        circle.logo_png = _square()
        card = session.get_one(Person, side.inside.person_id, options=[db.joinedload(Person.card)]).card
        card.link, card.reach_link, card.reach_chosen_at = f"https://{PRIVATE_LINK}", True, now()
        for owner in (side.inside, side.other):
            session.get_one(Card, owner.person_id).photo_at = now()
            session.add(Photo(person_id=owner.person_id, jpeg=portrait(_square(), 8)))
        card.phone, card.first_scan_explained_at = PRIVATE_PHONE, now()
        session.commit()


def _square() -> bytes:
    from io import BytesIO

    picture = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(picture, "PNG")
    return picture.getvalue()


def _print_badges(app: Flask, side: Side) -> None:
    keyring = app.extensions["mixwell.tools"].keyring
    for guest in (side.other, side.inside, side.expected):
        badge_id = new_id()
        token = keyring.badge_token(side.event.id, badge_id, 1)
        typed = keyring.typed_code(side.event.id, badge_id, 1)
        badge = Badge(id=badge_id, event_id=side.event.id, attendee_id=guest.id, generation=1, qr_version=3, qr_mask=2)
        badge.qr_level, badge.lookup_id, badge.typed_mac = (
            "M",
            lookup_id(token),
            keyring.typed_mac(side.event.id, typed),
        )
        badge.issued_at = now()
        keep(badge)
        side.secrets += [token, typed, keyring.private_code(side.event.id, guest.id, 1)]
        side.values.setdefault("token", token)
        side.values.setdefault("badge_id", badge_id)


def _tell_by_phone(app: Flask, side: Side, check_in: CheckIn) -> None:
    """What a door did without a network, what it may do, and what of it nobody could read."""
    at, event_id = now(), side.event.id
    fact = DoorFact(operation_id=check_in.operation_id, kind="entry", event_id=event_id, attendee_id=side.inside.id)
    fact.how, fact.at, fact.uncertain_ms, fact.flags, fact.as_organizer = "badge", at, 0, [], False
    fact.device_id, fact.received_at = check_in.device_id, at
    lease = DoorLease(device_id=check_in.device_id, event_id=event_id, places=5, used=0, given_at=at, expires_at=at)
    settled = SettledEntry(id=new_id(), event_id=event_id, attendee_id=side.inside.id, answer="same", entries=[], at=at)
    for row in (fact, lease, settled):
        keep(row)
    aside = QuarantinedOperation(operation_id=str(new_id()), kind="walk_in", actor=f"device:{check_in.device_id}")
    aside.event_id, aside.reason, aside.received_at = event_id, "not readable", at
    with writing() as session:
        said = json.dumps({"kind": "walk_in", "body": {"name": side.mark}})
        quarantine(session, aside, said, "", app.extensions["mixwell.tools"].keyring)
        session.commit()


def _open_door(app: Flask, side: Side) -> None:
    at = now()
    device = DoorDevice(id=new_id(), event_id=side.event.id, name=f"{side.mark} phone", door="North door")
    device.created_at = device.paired_at = device.pairing_expires_at = at
    device.pairing_digest, device.key_digest = digest(random_secret()), digest(side.door_key)
    keep(device)
    operation, check_in = new_id(), CheckIn(id=new_id(), event_id=side.event.id, attendee_id=side.inside.id, at=at)
    check_in.operation_id, check_in.how, check_in.device_id = operation, "scan", device.id
    keep(check_in)
    keep(
        CheckIn(
            id=new_id(), event_id=side.event.id, attendee_id=side.other.id, at=at, operation_id=new_id(), how="scan"
        )
    )
    keep(RefusedScan(id=new_id(), event_id=side.event.id, operation_id=new_id(), reason="unknown_badge", at=at))
    _tell_by_phone(app, side, check_in)
    verdict = CheckedIn(check_in.id, side.inside.id, at)
    row = Operation(id=operation, kind="check_in", actor=f"device:{device.id}", body_hash=b"", received_at=at)
    row.result = to_record(verdict)
    keep(row)
    side.values |= {"device_id": device.id, "check_in_id": check_in.id, "operation_id": operation}
    side.secrets.append(side.door_key)
    _wait_for_a_phone(app, side)


def _wait_for_a_phone(app: Flask, side: Side) -> None:
    keyring, door = app.extensions["mixwell.tools"].keyring, NewDoor(new_id(), "South door", f"{side.mark} spare phone")
    later = now() + timedelta(hours=1)  # a pairing code lives ten minutes, and an audit may take longer
    with writing() as session:
        add_device(session, side.event, door, keyring=keyring, by=NOBODY, at=later)
        session.commit()
        code = pairing_code_of(session.get_one(DoorDevice, door.id), keyring, now())
    side.values["pairing_code"] = code


def _meet(app: Flask, side: Side) -> None:
    # Six minutes ago: within the first minute a swap can be undone, and a card is not handed on.
    at, me, them = now() - timedelta(minutes=6), side.inside.person_id, side.other.person_id
    first, second = sorted([me, them])
    meeting = Meeting(id=new_id(), event_id=side.event.id, first_id=first, second_id=second, met_at=at)
    keep(meeting)
    sealed = Sealed(app.extensions["mixwell.tools"].keyring, "notes").seal(PRIVATE_NOTE, owner=me)
    for person, note in ((me, sealed), (them, None)):
        keep(Memory(id=new_id(), meeting_id=meeting.id, person_id=person, sealed_note=note, updated_at=at))
    promise = Promise(id=new_id(), meeting_id=meeting.id, person_id=me, sealed_words=sealed, made_at=at)
    keep(promise)
    loose = LooseNote(id=new_id(), person_id=me, sealed_words=sealed, written_at=at)
    keep(loose)
    side.values |= {"promise_id": promise.id, "note_id": loose.id}
    swap = new_id()
    given = dict(meeting_id=meeting.id, event_id=side.event.id, operation_id=swap, card_version=1, wording="1", at=at)
    mine = Grant(id=new_id(), giver_id=me, receiver_id=them, fields=["link"], how="scan", **given)
    keep(mine, Grant(id=new_id(), giver_id=them, receiver_id=me, fields=["photo"], how="answer", **given))
    side.values |= {"meeting_id": meeting.id, "grant_id": mine.id, "swap_operation": swap}
    slide = SlideCode(id=new_id(), event_id=side.event.id, person_id=me, made_at=at, starts_at=at)
    slide.ends_at = at + timedelta(hours=1)
    keep(slide)
    word = Sealed(app.extensions["mixwell.tools"].keyring, "notes").seal(PRIVATE_ROLE, owner=me)
    role = Role(id=new_id(), person_id=me, other_id=them, sealed_word=word, since=at.date(), made_at=at)
    keep(role)
    tag = Tag(id=new_id(), person_id=me, sealed_word=word, made_at=at)
    keep(tag)
    keep(Tagging(id=new_id(), tag_id=tag.id, other_id=them))
    side.values["tag_id"] = tag.id
    entry = json.dumps({**asdict(Entry(side.mark)), "origin": "", "key": side.mark})
    outside = OutsideContact(id=new_id(), person_id=me, brought=True, added_at=at, every_days=30, since=at)
    outside.sealed_entry = Sealed(app.extensions["mixwell.tools"].keyring, "notes").seal(entry, owner=me)
    book = json.dumps({"entries": [asdict(Entry(side.mark))], "unread": [], "origin": ""})
    waiting = AddressBook(id=new_id(), person_id=me, read_at=at)
    waiting.sealed_book = Sealed(app.extensions["mixwell.tools"].keyring, "notes").seal(book, owner=me)
    keep(outside)
    keep(waiting)
    keep(SamePerson(id=new_id(), person_id=me, contact_id=_known_before(app, side), other_id=them, said_at=at))
    side.values |= {"contact_id": outside.id, "book_id": waiting.id}
    draft = Reminder(id=new_id(), person_id=me, other_id=them, sealed_words=sealed, kept_at=at)
    keep(draft)
    touch = Touch(id=new_id(), person_id=me, other_id=them, way="mail", no_agenda=False, happened_at=at, logged_at=at)
    touch.sealed_words = sealed
    keep(touch)
    keeping = Keeping(id=new_id(), person_id=me, other_id=them, zone="UTC", opens=time(8, 30), put_offs=0)
    keep(keeping)
    pace = keep(Pace(person_id=me, rest_hours=3, minutes=5, done=0, feed_on=True))
    keyring = app.extensions["mixwell.tools"].keyring
    feed_proof = feed_link(keyring, pace).rpartition("/")[2].removesuffix(".ics")
    side.values |= {"feed_id": me, "feed_proof": feed_proof}
    question = Question(id=new_id(), person_id=me, other_id=them, kind="coffee", zone="UTC", asked_at=at)
    takes = at.isoformat()
    said = json.dumps({"words": side.event.title, "link": "", "times": [takes]})
    question.sealed_words = Sealed(app.extensions["mixwell.tools"].keyring, "notes").seal(said, owner=me)
    question.answer, question.answered_at = takes, at
    keep(question)
    asked_proof = question_link(app.extensions["mixwell.tools"].keyring, question.id).rpartition("/")[2]
    side.values |= {"question_id": question.id, "asked_proof": asked_proof}
    keep(Wish(person_id=me, tend_for_one=3, tending_since=at))
    keep(Rest(id=new_id(), person_id=me, other_id=them, cause="moved", since=at))
    side.values |= {"place_id": side.inside.id}
    side.values |= {"touch_id": touch.id, "role_id": role.id, "reminder_id": draft.id}
    side.values |= {"slide_id": slide.id}
    writer_proof = relay_stop_link(app.extensions["mixwell.tools"].keyring, mine.id).rpartition("/")[2]
    side.values |= {"writer_proof": writer_proof}
    _say_what_came(app, side, me, them, sealed)
    _want_something(side, me, sealed)
    _ask_for_help(app, side, me, them)
    _say_kind_things(side)
    _ask(side)


def _ask_for_help(app: Flask, side: Side, me: UUID, them: UUID) -> None:
    """A question of mine to them, and one of theirs that I was shown."""
    sealed, at = Sealed(app.extensions["mixwell.tools"].keyring, "notes"), now()
    for asker, asked in ((me, them), (them, me)):
        ask = CircleAsk(id=new_id(), person_id=asker, asked_at=at, until=at + timedelta(days=14))
        ask.sealed_words = sealed.seal(side.mark, owner=asker)
        keep(ask)
        row = CircleAsked(id=new_id(), ask_id=ask.id, person_id=asked, sealed_words=sealed.seal(side.mark, owner=asked))
        keep(row)
        side.values |= {"circle_ask_id": ask.id} if asker == me else {"circle_asked_id": row.id}
    shown = WeeklyQuestion(id=new_id(), person_id=me, kind="circle ask", turn=0, asked_at=at - timedelta(minutes=1))
    shown.about_id = side.values["circle_asked_id"]
    keep(shown)


def _known_before(app: Flask, side: Side) -> UUID:
    """Somebody from elsewhere who was met since."""
    entry = json.dumps({**asdict(Entry(side.mark)), "origin": "", "key": f"{side.mark} before"})
    row = OutsideContact(id=new_id(), person_id=side.inside.person_id, brought=False, added_at=now())
    row.sealed_entry = Sealed(app.extensions["mixwell.tools"].keyring, "notes").seal(entry, owner=row.person_id)
    return keep(row).id


def _say_what_came(app: Flask, side: Side, me: UUID, them: UUID, sealed: bytes) -> None:
    """Too early to tell, by way of somebody met and a lunch, and a question about it; something looked for."""
    at, today = now(), now().date()
    outcome = Outcome(id=new_id(), person_id=me, kind="client", state="too_early", sealed_words=sealed, made_at=at)
    outcome.began_on = outcome.early_on = today
    step = Step(id=new_id(), person_id=me, sort="act", sealed_words=sealed, day=today, no_agenda=True, made_at=at)
    need = Need(id=new_id(), person_id=me, sealed_words=sealed, opened_on=today, made_at=at)
    keep(outcome)
    keep(step)
    keep(need)
    link = Link(id=new_id(), person_id=me, from_kind="step", from_id=step.id, tie="direct", made_at=at)
    link.to_kind, link.to_id = "outcome", outcome.id
    before = Link(id=new_id(), person_id=me, from_kind="person", from_id=them, tie="unknown", made_at=at)
    before.to_kind, before.to_id = "step", step.id
    keep(link, before)
    asked = WeeklyQuestion(id=new_id(), person_id=me, kind="too early", about_id=outcome.id, turn=3, asked_at=at)
    keep(asked)
    side.values |= {"outcome_id": outcome.id, "need_id": need.id, "link_id": link.id, "weekly_id": asked.id}
    side.values |= {"kind": "person", "key": them}
    keyring = app.extensions["mixwell.tools"].keyring
    _tell_it(side, Sealed(keyring, "notes"), outcome, side.expected.person_id)
    stories, statements = (link.rpartition("/")[2] for link in _links(side, keyring))
    side.values |= {"story_proof": stories, "statement_proof": statements}


def _want_something(side: Side, me: UUID, sealed: bytes) -> None:
    """What the season is about, help given, and everything about oneself that may be counted."""
    at, today = now(), now().date()
    keep(Intention(id=new_id(), person_id=me, sealed_words=sealed, written_at=at))
    given = keep(Help(id=new_id(), person_id=me, sealed_words=sealed, day=today, made_at=at))
    keep(Measures(person_id=me, moods_since=at, load_since=at, evenings=30, promises=5, check_ins=5))
    keep(Mood(id=new_id(), person_id=me, event_id=side.event.id, mood="lifted", at=at))
    keep(Enquiries(id=new_id(), person_id=me, month=today.replace(day=1), number=2))
    side.values["help_id"] = given.id


def _links(side: Side, keyring: Keyring) -> tuple[str, str]:
    return story_link(keyring, side.values["story_id"]), statement_link(keyring, side.values["statement_id"])


def _tell_it(side: Side, sealed: Sealed, outcome: Outcome, asker: UUID) -> None:
    """The story of it, published; a line in somebody else's story that may name me; a page for a manager."""
    at, me = now(), outcome.person_id
    for author in (me, asker):
        words = sealed.seal(side.mark, owner=author)
        story = Story(id=new_id(), person_id=author, outcome_id=outcome.id, sealed_title=words, made_at=at)
        story.published_at = at
        keep(story)
        line = StoryLine(id=new_id(), story_id=story.id, person_id=author, place=0, sealed_phrase=words, day=at.date())
        line.other_id, line.asked_at = (me, at) if author == asker else (None, None)
        keep(line)
        side.values |= {"story_id": story.id} if author == me else {"asked_id": line.id}
    page = Page(side.mark, "2026-10-01", "2026-12-31", "12", "", 1, 0, (), (), 0, 0, ())
    said = sealed.seal(json.dumps(asdict(page)), owner=me)
    statement = Statement(id=new_id(), person_id=me, sealed_page=said, made_at=at, expires_at=at + timedelta(days=30))
    keep(statement)
    side.values["statement_id"] = statement.id


def _say_kind_things(side: Side) -> None:
    """A line on each card, what was taken home, and a pitch that was reported."""
    at, me, them = now(), side.inside.person_id, side.other.person_id
    about_me = KindLine(id=new_id(), about_id=me, writer_id=them, line=side.mark, names_writer=True, written_at=at)
    about_me.approved_at = at
    keep(about_me)
    about_them = KindLine(id=new_id(), about_id=them, writer_id=me, line=side.mark, names_writer=True, written_at=at)
    about_them.approved_at = at
    keep(about_them)
    keep(Takeaway(id=new_id(), person_id=me, event_id=side.event.id, updated_at=at))
    report = PitchReport(id=new_id(), event_id=side.event.id, reporter_id=me, reported_id=side.expected.person_id)
    report.words, report.at = side.mark, at
    keep(report)
    side.values["line_id"] = about_me.id


def _ask(side: Side) -> None:
    at, asker, asked = now(), side.expected.person_id, side.inside.person_id
    first, second = sorted([asker, asked])
    meeting = Meeting(id=new_id(), event_id=side.event.id, first_id=first, second_id=second, met_at=at)
    keep(meeting)
    row = CardRequest(id=new_id(), asker_id=asker, asked_id=asked, event_id=side.event.id, meeting_id=meeting.id)
    row.operation_id, row.at = new_id(), at
    keep(row)
    kept = KeptScan(id=new_id(), person_id=asked, badge_id=side.values["badge_id"], at=at)
    kept.expires_at = at + timedelta(hours=2)
    keep(kept)
    side.values |= {"request_id": row.id, "kept_id": kept.id}


def _prepare(side: Side, data_dir: Path) -> None:
    at, later, by = now(), now() + timedelta(hours=20), side.organizer.id
    document = Document(
        id=new_id(), event_id=side.event.id, kind="badges", stock="a4-4up", asked_by=by, expires_at=later
    )
    document.asked_at = document.started_at = document.finished_at = at
    keep(document)
    file_of(document.id, data_dir).parent.mkdir(parents=True, exist_ok=True)
    file_of(document.id, data_dir).write_bytes(b"%PDF-1.7\n%" + side.mark.encode())
    _bring_lists(side, data_dir)
    guest = side.expected.id
    link, code_link = random_secret(), random_secret()
    invitation = Invitation(id=new_id(), event_id=side.event.id, attendee_id=guest, round=1, asked_at=at, asked_by=by)
    invitation.link_digest = digest(link)
    keep(invitation)
    code = OneTimeCode(id=new_id(), purpose="sign-in", address_key=side.inside.email_key, created_at=at)
    code.code_mac, code.link_digest, code.browser_digest, code.expires_at = b"", digest(code_link), b"", later
    keep(code)
    done = OutboxRow(id=new_id(), kind="code.asked", handler="accounts.mails.mail_code", cause=str(code.id), payload={})
    done.recipient, done.created_at, done.due_at, done.done_at = "", at, at, at
    keep(done)
    keep(Version(subject=f"event:{side.event.id}", number=3))
    side.values |= {"document_id": document.id, "link": link, "session_id": new_id()}
    side.secrets += [link, code_link]


def _bring_lists(side: Side, data_dir: Path) -> None:
    """One list that waits to be brought in, with a doubtful row, and one that was."""
    at, by, waiting = now(), Actor(person=PersonRef(side.organizer.id, side.organizer.name, new_id(), None)), new_id()
    file = uploads.file_of(waiting, data_dir)
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"Name,Email,Company\nAnn Achebe,,{side.mark}\nNew Guest,new@{side.mark}.example.org,\n")
    table = uploads.read_list(file, f"{side.mark}.csv", None)
    assert isinstance(table, Table)
    with writing() as session:
        event = session.get_one(Event, side.event.id)
        uploads.stage(session, event, table, run_id=waiting, file_name=f"{side.mark}.csv", by=by, at=at)
        session.commit()
    done = ImportRun(id=new_id(), event_id=side.event.id, file_name=f"{side.mark}.csv", staged_at=at)
    done.committed_at = at
    done.columns, done.choices, done.table = {"fields": []}, {}, None
    done.counts = {"new": 1, "changed": 0, "same": 0, "undecided": [], "bad": []}
    keep(done)
    change = ImportChange(id=new_id(), run_id=done.id, attendee_id=side.expected.id, kind="new", before={}, after={})
    keep(change)
    side.values["run_id"] = waiting


@contextmanager
def open_house(app: Flask) -> Iterator[House]:
    """A house for as long as the block runs."""
    file = Path(cast("str", app.config["SQLALCHEMY_DATABASE_URI"]).removeprefix("sqlite:///"))
    with app.app_context():
        yield build_house(app, file)
        db.session.remove()
        db.engine.dispose()
