"""The sample evening: a circle, last month's mixer with swaps and notes, and tonight's with sixty people.

Everything goes through the acts people use, so the sample cannot show what the product cannot do.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.cards import CardValues, change_card, choose_reach, explain_first_scan
from webapp.accounts.models import Person
from webapp.accounts.people import claim_person, find_or_make_by_address
from webapp.badges.issuing import issue, token_of
from webapp.chains.kinds import Node
from webapp.chains.recording import NewOutcome, NewStep, add_before, write_outcome
from webapp.chains.seeking import open_need
from webapp.checkin.admission import check_in
from webapp.checkin.scans import BadgeToken, FoundByName
from webapp.checkin.scans import Scan as DoorScan
from webapp.circles.founding import found_circle
from webapp.circles.models import Circle
from webapp.contacts.models import Meeting
from webapp.contacts.promising import promise
from webapp.contacts.remembering import remember
from webapp.contacts.reminding import Shared, file_reminder
from webapp.contacts.roles import add_role
from webapp.contacts.tagging import add_tag
from webapp.contacts.taking_home import TakenHome, take_home
from webapp.contacts.touching import Deed, log_touch
from webapp.core.actor import Actor, PersonRef
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring, Sealed
from webapp.demo import people
from webapp.demo.people import Guest
from webapp.events.claiming import claim_place
from webapp.events.guests import GuestDetails, add_guest, cancel_guest
from webapp.events.hands import lend
from webapp.events.models import Attendee, Event
from webapp.events.planning import EventPlan, plan_event
from webapp.followups.keeping import NOW_AND_THEN, choose_rhythm
from webapp.intentions.helping import write_help
from webapp.intentions.measuring import measure, set_limits
from webapp.intentions.moods import count_enquiries, rate
from webapp.intentions.seasons import intend
from webapp.introductions.answering import answer
from webapp.introductions.drafting import Paragraphs, ask, draft
from webapp.introductions.models import IntroductionAsk
from webapp.swaps.exchange import Scan, scan
from webapp.swaps.kind_lines import answer_line, lines_about, write_line
from webapp.swaps.slides import Talk, make_slide_code

CIRCLE = "Harbour Chamber"
ORGANIZER = "dora@example.org"
ZONE = "Europe/London"


@dataclass(frozen=True)
class _Stage:
    """What every step of the sample needs: where to write, the keys, our address, and the time it plays at."""

    session: Session
    keyring: Keyring
    base_url: str
    at: datetime

    def after(self, minutes: int) -> "_Stage":
        """The same stage so many minutes later; earlier if negative."""
        return replace(self, at=self.at + timedelta(minutes=minutes))


def seed(session: Session, *, keyring: Keyring, base_url: str, at: datetime) -> None:
    """Fill an empty database with the sample: tonight's mixer began 40 minutes before this time."""
    now = _Stage(session, keyring, base_url, at)
    day = (at - timedelta(days=28)).astimezone(ZoneInfo(ZONE)).date()
    last_month = replace(now, at=datetime.combine(day, time(19, 10), ZoneInfo(ZONE)))
    dora = find_or_make_by_address(session, ORGANIZER, "Dora Lindqvist", last_month.at)
    claim_person(session, dora, proven_address=ORGANIZER, at=last_month.at)
    circle = found_circle(session, CIRCLE, hue=30, zone=ZONE, organizer_id=dora.id, at=last_month.at)
    known = _last_months_mixer(last_month, circle, dora)
    _tonights_mixer(now, circle, dora, known)


def _plan(title: str, at: datetime) -> EventPlan:
    start = (at - timedelta(minutes=40)).astimezone(ZoneInfo(ZONE))
    end = (at + timedelta(hours=3)).astimezone(ZoneInfo(ZONE))
    return EventPlan(
        title=title,
        on=start.date(),
        starts=start.time().replace(second=0, microsecond=0),
        ends=end.time().replace(second=0, microsecond=0),
        zone=ZONE,
        place="Old Customs House",
        format="mixer",
        capacity=80,
        open_door=False,
        greeters=2,
        table_hosts=3,
    )


def _details(guest: Guest) -> GuestDetails:
    plain = "".join(letter for letter in guest.name.lower() if letter.isascii() and letter.isalpha())
    email = f"{plain}@example.org" if len(plain) > 3 else ""
    known = {"company": guest.company, "headline": guest.headline, "ask_me_about": guest.ask_me_about}
    return GuestDetails(name=guest.name, email=email, **known)


def _last_months_mixer(stage: _Stage, circle: Circle, dora: Person) -> dict[str, Attendee]:
    """Ann met Hanako, Li Na and Ben, and Bo gave her his card; and what followed. Returns that evening's guests."""
    event = plan_event(stage.session, circle, _plan("Lantern mixer", stage.at), by=dora.id, at=stage.after(-20_000).at)
    who = [people.ANN, people.BEN, *people.OTHERS[:8], *people.crowd(12)]
    guests = {guest.name: _came(stage.after(number), event, guest, dora) for number, guest in enumerate(who)}
    ann, ben, hanako, lina = (guests[name] for name in ("Ann Achebe", "Ben Adeyemi", "山田 花子", "李娜"))
    _met(stage.after(31), ann, hanako, "Paints shop signs by hand. Wants to see the ovens.")
    _met(stage.after(52), ann, lina, "Knows the quay grant inside out. Send her the plan.")
    sailing = _met(stage.after(76), ann, ben, "Sails too, and knows half the harbour.")
    _promise(stage.after(77), sailing, ann, "Send him the name of my printer")
    _is_to(stage.after(2000), ann, ben, "Referrer")
    _finds_by(stage.after(2000), ann, ben, "Sailing")
    _reminds(
        stage.after(3000), ann, ben, Shared("Fog signals of the northern harbours", "https://example.org/fog-signals")
    )
    _take_home(stage.after(600), ann, TakenHome("One oven day a month for the whole quay.", "Lend the boats."))
    _scan(stage.after(95), guests["Bo"], ann)
    _say_something_kind(stage.after(300), ann, ben, "Ben explains until the fog lifts.", at_once=True)
    _say_something_kind(stage.after(320), hanako, ann, "Her rye bread is worth the ferry.")
    _came_of_it(stage.after(30_000), ann, ben)
    _wrote(stage.after(2900), ann, lina, Deed("mail", stage.after(2900).at, "The plan for the quay grant"))
    _wrote(stage.after(9000), ann, ben, Deed("coffee", stage.after(9000).at, "Charts, and a leak in his boat"))
    made = _introduce(stage.after(10_000), ann, ben, hanako)
    for guest in (ben, hanako):
        _agree(stage.after(11_000), made, guest)
    _swap(stage.after(55), hanako, guests["Nguyễn Thị Minh Khai"])
    _introduce(stage.after(34_000), hanako, ann, guests["Nguyễn Thị Minh Khai"])
    _wants_of_it(stage.after(30_100), ann)
    return guests


def _came(stage: _Stage, event: Event, guest: Guest, dora: Person) -> Attendee:
    """Someone who was on the list, claimed their place, said how to be reached and was let in."""
    attendee = add_guest(stage.session, event, _details(guest), source="import", at=stage.at)
    person = claim_place(stage.session, attendee, by=Actor(), at=stage.at)
    claim_person(stage.session, person, proven_address=attendee.email or None, at=stage.at)
    change_card(stage.session, person.id, _card(guest, attendee.email), stage.at)
    ways = {"notes" if guest.takes_notes else "email"} if attendee.email else set[str]()
    choose_reach(stage.session, person.id, ways, at=stage.at)
    explain_first_scan(stage.session, person.id, stage.at)
    _let_in(stage, event, attendee, dora)
    return attendee


def _card(guest: Guest, email: str) -> CardValues:
    return CardValues(
        name=guest.name,
        headline=guest.headline,
        company=guest.company,
        email=email,
        phone="",
        link="",
        ask_me_about=guest.ask_me_about,
        ask_on_badge=bool(guest.ask_me_about),
        can_help_with=guest.can_help_with,
        looking_for=guest.looking_for,
        work=guest.work,
        work_link=guest.work_link,
    )


def _let_in(stage: _Stage, event: Event, attendee: Attendee, dora: Person) -> None:
    at_the_desk = DoorScan(new_id(), FoundByName(attendee.id))
    check_in(stage.session, event, at_the_desk, by=_as(dora), at=stage.at, keyring=stage.keyring)


def _as(person: Person) -> Actor:
    return Actor(person=PersonRef(person.id, person.name, new_id(), None))


def _scan(stage: _Stage, scanner: Attendee, wearer: Attendee) -> None:
    person = stage.session.get_one(Person, scanner.person_id)
    [badge] = issue(stage.session, [wearer], keyring=stage.keyring, base_url=stage.base_url, at=stage.at)
    read = Scan(new_id(), BadgeToken(token_of(badge, stage.keyring)), stage.at)
    scan(stage.session, read, by=_as(person), at=stage.at, keyring=stage.keyring)


def _swap(stage: _Stage, one: Attendee, other: Attendee) -> None:
    _scan(stage, one, other)
    _scan(stage, other, one)


def _met(stage: _Stage, author: Attendee, other: Attendee, note: str) -> Meeting:
    """They swapped, and the first of them noted what they talked of."""
    _swap(stage, author, other)
    pair = sorted([author.person_id, other.person_id])
    meeting = stage.session.scalars(
        select(Meeting).where(Meeting.first_id == pair[0], Meeting.second_id == pair[1])
    ).one()
    sealed = Sealed(stage.keyring, "notes")
    remember(stage.session, meeting, author.person_id, knew_each_other=False, note=note, sealed=sealed, at=stage.at)
    return meeting


def _promise(stage: _Stage, meeting: Meeting, author: Attendee, words: str) -> None:
    by = _as(stage.session.get_one(Person, author.person_id))
    promise(stage.session, new_id(), meeting, words, by=by, keyring=stage.keyring, at=stage.at)


def _reminds(stage: _Stage, author: Attendee, other: Attendee, shared: Shared) -> None:
    """Something the author came across and wanted to send the other."""
    by = _as(stage.session.get_one(Person, author.person_id))
    file_reminder(stage.session, new_id(), other.person_id, shared, by=by, keyring=stage.keyring, at=stage.at)


def _is_to(stage: _Stage, author: Attendee, other: Attendee, word: str) -> None:
    """What the other is to the author, from that day."""
    by = _as(stage.session.get_one(Person, author.person_id))
    since = stage.at.date()
    add_role(stage.session, new_id(), other.person_id, word, since, by=by, keyring=stage.keyring, at=stage.at)


def _wrote(stage: _Stage, author: Attendee, other: Attendee, deed: Deed) -> None:
    """The author kept in touch, and wants to now and then."""
    by = _as(stage.session.get_one(Person, author.person_id))
    log_touch(stage.session, new_id(), other.person_id, deed, by=by, keyring=stage.keyring, at=stage.at)
    choose_rhythm(stage.session, other.person_id, NOW_AND_THEN, person_id=author.person_id, at=stage.at)


def _introduce(stage: _Stage, connector: Attendee, one: Attendee, other: Attendee) -> UUID:
    """Each of the two is asked alone."""
    by, two = _as(stage.session.get_one(Person, connector.person_id)), (one.person_id, other.person_id)
    drafted = draft(stage.session, new_id(), *two, by=by, at=stage.at)
    asked = Paragraphs(dict.fromkeys(two, "I think you two would like each other."), by_mail=False)
    ask(stage.session, new_id(), drafted.introduction_id, asked, by=by, keyring=stage.keyring, at=stage.at)
    return drafted.introduction_id


def _agree(stage: _Stage, introduction_id: UUID, guest: Attendee) -> None:
    mine = select(IntroductionAsk.id).where(IntroductionAsk.introduction_id == introduction_id)
    ask_id = stage.session.scalars(mine.where(IntroductionAsk.person_id == guest.person_id)).one()
    sealed = Sealed(stage.keyring, "notes")
    answer(stage.session, ask_id, "yes", by_mail=False, person_id=guest.person_id, sealed=sealed, at=stage.at)


def _finds_by(stage: _Stage, author: Attendee, other: Attendee, word: str) -> None:
    """A word of the author's own for the other."""
    by = _as(stage.session.get_one(Person, author.person_id))
    add_tag(stage.session, new_id(), other.person_id, word, by=by, keyring=stage.keyring, at=stage.at)


def _take_home(stage: _Stage, author: Attendee, words: TakenHome) -> None:
    sealed = Sealed(stage.keyring, "notes")
    take_home(stage.session, author.event, author.person_id, words, sealed=sealed, at=stage.at)


def _came_of_it(stage: _Stage, author: Attendee, through: Attendee) -> None:
    """A lunch without an agenda, a neighbour of somebody, and a client; something looked for; something too early."""
    by, day = _as(stage.session.get_one(Person, author.person_id)), stage.at.date()
    who: dict[str, Any] = {"by": by, "keyring": stage.keyring, "at": stage.at}
    came = NewOutcome(
        "client", "closed", "Bread for the sailing school", day, Node("person", through.person_id), "direct"
    )
    client = Node("outcome", write_outcome(stage.session, new_id(), came, **who).id)
    neighbour = NewStep("someone", "A neighbour of his", day - timedelta(days=5))
    after = Node("step", add_before(stage.session, new_id(), client, neighbour, "indirect", **who).id)
    lunch = NewStep("act", "Lunch on the quay", day - timedelta(days=12), no_agenda=True)
    add_before(stage.session, new_id(), after, lunch, "indirect", **who)
    early = NewOutcome("referral", "too_early", "The harbour fair", day, Node("person", through.person_id), "unknown")
    write_outcome(stage.session, new_id(), early, **who)
    open_need(stage.session, new_id(), "Somebody who mends ovens", day - timedelta(days=400), **who)


def _wants_of_it(stage: _Stage, author: Attendee) -> None:
    """What the season is about, help given, how that evening left the author, and who asked for their work."""
    by, day = _as(stage.session.get_one(Person, author.person_id)), stage.at.date()
    who: dict[str, Any] = {"by": by, "keyring": stage.keyring, "at": stage.at}
    intend(stage.session, "Listen first. Go home before I am tired.", "people", **who)
    write_help(stage.session, new_id(), "Showed a newcomer around the room", day, **who)
    measure(stage.session, by.someone.id, "moods", wanted=True, at=stage.at)
    rate(stage.session, author.event_id, "lifted", by=by, at=stage.at)
    count_enquiries(stage.session, day, 2, by=by)
    set_limits(stage.session, by.someone.id, {"evenings": 3, "promises": 5}, at=stage.at)


def _talk(stage: _Stage, speaker: Attendee, minutes: int) -> None:
    """Somebody speaks from now on, with a code on the last slide."""
    starts = stage.at.astimezone(ZoneInfo(ZONE)).time().replace(second=0, microsecond=0)
    by = _as(stage.session.get_one(Person, speaker.person_id))
    make_slide_code(stage.session, new_id(), Talk(speaker.id, starts, minutes), by=by, at=stage.at)


def _say_something_kind(stage: _Stage, writer: Attendee, about: Attendee, line: str, *, at_once: bool = False) -> None:
    """A line about somebody; it waits for their yes, if they did not say it at once."""
    by, owner = (_as(stage.session.get_one(Person, guest.person_id)) for guest in (writer, about))
    write_line(stage.session, about.person_id, line, names_writer=True, by=by, at=stage.at)
    if at_once:
        [there] = lines_about(stage.session, about.person_id)
        answer_line(stage.session, there.id, yes=True, by=owner, at=stage.at)


def _tonights_mixer(stage: _Stage, circle: Circle, dora: Person, known: dict[str, Attendee]) -> None:
    """Sixty on the list; twenty in, Ann and Ben among them; one cancelled; hands lent, a swap, waiting cards."""
    a_week_ago = stage.after(-7 * 24 * 60)
    event = plan_event(stage.session, circle, _plan("Quayside mixer", stage.at), by=dora.id, at=a_week_ago.at)
    who = [people.ANN, people.BEN, *people.OTHERS, *people.crowd(38)]
    guests = [_expected(a_week_ago, event, guest, known.get(guest.name)) for guest in who]
    issue(stage.session, guests, keyring=stage.keyring, base_url=stage.base_url, at=a_week_ago.at)
    for number, guest in enumerate(guests[:12] + guests[22:30]):
        _let_in(stage.after(number - 38), event, guest, dora)
    cancel_guest(stage.session, guests[-1], by=_as(dora), at=stage.after(-600).at)
    ann, ben, _hanako, lina, mohammed = guests[:5]
    maire = next(guest for guest in guests if guest.name == "Máire Ó Súilleabháin")
    speaker = next(guest for guest in guests if guest.name == "Nguyễn Thị Minh Khai")
    for helper, hand in ((lina, "greeter"), (maire, "table_host")):
        lend(stage.session, helper, hand)
    _talk(stage.after(-31), speaker, minutes=30)
    _swap(stage.after(-21), ben, lina)
    _scan(stage.after(-9), mohammed, ben)
    _scan(stage.after(-4), maire, ann)


def _expected(stage: _Stage, event: Event, guest: Guest, before: Attendee | None) -> Attendee:
    """A line of tonight's list; who came last month is the same human again."""
    attendee = add_guest(stage.session, event, _details(guest), source="import", at=stage.at)
    if before is not None:
        person = stage.session.get_one(Person, before.person_id)
        claim_place(stage.session, attendee, by=_as(person), at=stage.at)
    return attendee
