"""Twelve months of one person, lived through pages: evenings, mornings, what she does about it, and a worker."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.parser import BytesParser
from email.policy import default
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.cast import Cast
from tests.followups.mornings import words as plain
from tests.followups.nexts import Phone, at, names_in
from tests.people.pages import fill_card, words
from tests.swaps.evening import EveningOut
from tests.years.ledger import DOWN, EVENINGS, FIRST, LAST, on
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee
from webapp.reactions import CHORES
from webapp.settings import Settings

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
RUNS, LOOKS, ACTS, STARTS = time(9, 20), time(10), time(12), time(18)
"""On the wall in London: the worker, Ann's look at the queue, what she does, and when evenings begin."""
WITH_ADDRESS = ("Ada", "Ida")


def wall(day: date, hour: time) -> datetime:
    """This hour of this day in London, in UTC."""
    return datetime.combine(day, hour, LONDON).astimezone(UTC)


def days() -> Iterator[date]:
    """Every day of the year, the last one too."""
    return (FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))


@dataclass
class Year:
    """Ann's year as it goes by; what was seen of it is kept for the ledger."""

    cast: Cast
    settings: Settings
    queue: list[tuple[date, tuple[str, ...]]] = field(default_factory=list)
    mails: list[tuple[date, str, str]] = field(default_factory=list)
    asked: list[date] = field(default_factory=list)
    at_rest: dict[date, tuple[str, ...]] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)

    @cached_property
    def ann(self) -> UUID:
        """Who lives it."""
        return self.cast.person("Ann Achebe", "ann@example.org").id

    @property
    def phone(self) -> Phone:
        """Ann's."""
        return Phone(self.cast, self.ann)

    def live(self, look_at_rest: Sequence[date]) -> None:
        """All of it, day by day."""
        for day in days():
            if day not in DOWN:
                self._work(day)
            with at(wall(day, LOOKS)):
                self._look(day, look_at_rest)
            with at(wall(day, ACTS)):
                for act in SCRIPT.get(day, ()):
                    act(self)
            if day in EVENINGS:
                self._go_out(day)

    # What the house does by itself.

    def _work(self, day: date) -> None:
        tools = self.cast.app.extensions["mixwell.tools"]
        folder = self.settings.data_dir / "mail"
        before = set(folder.glob("*.eml"))
        with at(wall(day, RUNS)):
            for _twice in range(2):
                for chore in CHORES:
                    chore(tools, now())
                outbox.sweep(tools, at=now())
        files = set(folder.glob("*.eml")) - before
        sent = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
        self.mails += sorted((day, str(mail["To"]), self._about(str(mail["Subject"]), plain(mail))) for mail in sent)

    def _about(self, subject: str, text: str) -> str:
        if subject.startswith("One thing"):
            [name] = [name for name in self.people if re.search(rf"\b{name}\b", text)]
            return f"One thing: {name}"
        return subject if "people" in subject or "person" in subject else "introduction"

    # What she does.

    def _look(self, day: date, look_at_rest: Sequence[date]) -> None:
        page = self.phone.get("/next").text
        names = tuple(name.split()[0] for name in names_in(page))
        if names != (self.queue[-1][1] if self.queue else ()):
            self.queue.append((day, names))
        if 'action="/me/questions/' in page:
            self.asked.append(day)
        if day in look_at_rest:
            self.at_rest[day] = old_ties_in(self.phone.get("/people/at-rest").text)

    def _go_out(self, day: date) -> None:
        month = f"{day:%B}"
        with at(wall(day, STARTS)):
            over = now() + timedelta(hours=3)
            event = self.cast.event(self.cast.circle, title=f"{month} mixer", starts_at=now(), ends_at=over)
            out = EveningOut(self.cast.app, self.cast)
            here = self.cast.guest("Ann Achebe", event=event, claimed=True)
            with writing() as session:
                session.get_one(Attendee, here.id).person_id = self.ann
                session.commit()
            out.arrive(db.session.get_one(Attendee, here.id))
        for number, name in enumerate(EVENINGS[day]):
            with at(wall(day, STARTS) + 5 * (number + 1) * MINUTE):
                email = f"{name.lower()}@example.org" if name in WITH_ADDRESS else ""
                other = self.cast.guest(f"{name} {month}", event=event, email=email, claimed=True)
                out.arrive(other)
                out.prefer(other, "swap")
                reach = f"{name.lower()}@post.example.org"
                fill_card(other.person_id, headline="Sails", email=reach, reach_email=True, reach_chosen_at=now())
                self.people[name] = other.person_id
                self.send("/scans", code=out.code(other), operation_id=str(new_id()))

    def send(self, path: str, **form: str) -> str:
        """Send a form from Ann's phone; where it leads."""
        answer = self.phone.post(path, data={"then": "/next", "box": "1", **form})
        assert answer.status_code == 303, f"{path}: {answer.status_code}"
        return answer.location

    def person(self, name: str) -> UUID:
        """Whom she met."""
        return self.people[name]


def old_ties_in(page: str) -> tuple[str, ...]:
    """Who is at rest, the longest silent first: all of them, or the few that are suggested if there are no more."""
    _head, fold, rest = page.partition("<summary>All ")
    listed = rest if fold else page
    return tuple(name.split()[0] for name in re.findall(r'class="person-name"><a [^>]*><bdi>([^<]*)</bdi>', listed))


Act = Callable[[Year], object]


def touch(name: str, way: str, **more: str) -> Act:
    """She kept in touch."""
    return lambda year: year.send(f"/people/{year.person(name)}/touches", way=way, **more)


def keep(rhythm: str, *names: str) -> list[Act]:
    """How she wants to keep in touch with these: now and then, every few months, or not."""

    def one(name: str) -> Act:
        return lambda year: year.send(f"/people/{year.person(name)}/keeping", rhythm=rhythm)

    return [one(name) for name in names]


def put_off(name: str) -> Act:
    """Not now: in a week."""
    return lambda year: year.send(f"/people/{year.person(name)}/another-day", when="week")


def introduce(one: str, other: str, ending: str = "page") -> Act:
    """She asks both, each alone."""

    def act(year: Year) -> None:
        path = year.send(f"/people/{year.person(one)}/introductions", other=str(year.person(other)))
        paragraphs = {f"words-{year.person(name)}": "Worth meeting." for name in (one, other)}
        year.send(f"{path}/asking", ending=ending, **paragraphs)

    return act


def says_yes(name: str, ending: str = "page") -> Act:
    """One of them says yes to what they are asked."""

    def act(year: Year) -> None:
        theirs = Phone(year.cast, year.person(name))
        [path] = re.findall(r'action="(/introductions/asks/[^"]+/answer)"', theirs.get("/introductions").text)
        assert theirs.post(path, {"answer": "yes", "ending": ending}).status_code == 303

    return act


def write_down(words_: str, kind: str, through: str, state: str = "closed") -> Act:
    """What came of it, or may yet."""

    def act(year: Year) -> None:
        form = {"kind": kind, "state": state, "words": words_, "tie": "direct", "day": now().date().isoformat()}
        year.outcomes[words_] = year.send("/me/outcomes", through=f"person:{year.person(through)}", **form)

    return act


def somebody_between(words_: str, outcome: str) -> Act:
    """Somebody outside the app was on the way."""

    def act(year: Year) -> None:
        path = year.outcomes[outcome]
        end = f"outcome:{path.rpartition('/')[2]}"
        year.send(f"{path}/steps", sort="someone", words=words_, to=end, tie="indirect")

    return act


def answer(state: str) -> Act:
    """She answers what Next asks."""

    def act(year: Year) -> None:
        [path] = re.findall(r'action="(/me/questions/[^"]+)"', year.phone.get("/next").text)
        year.send(path, state=state)

    return act


def lengthen(name: str) -> Act:
    """After three silences Next asks whether to take longer, and she does."""

    def act(year: Year) -> None:
        assert "Half as often" in words(year.phone.get("/next").text)
        year.send(f"/people/{year.person(name)}/keeping", rhythm="longer")

    return act


def end(name: str) -> Act:
    """That tie is over, on purpose."""
    return lambda year: year.send(f"/people/{year.person(name)}/rest", cause="ended")


SCRIPT: dict[date, Sequence[Act]] = {
    on(1, 15): [lambda year: year.send("/next/minutes", minutes="30")],  # ten at a time: all that there is
    on(1, 16): [
        touch("Ada", "message", rhythm="now"),
        *keep("months", "Bea"),
        *keep("now", "Dan"),
        *keep("no", "Cal", "Eli"),
    ],
    on(1, 17): keep("no", "Fay", "Gus", "Hal"),
    on(2, 1): [lambda year: year.send("/me/weekly", weekly="yes")],
    on(2, 14): [touch("Dan", "coffee")],
    on(2, 15): [put_off("Ada")],
    on(2, 22): [touch("Ada", "message")],
    on(3, 20): [touch("Dan", "call")],
    on(3, 24): [touch("Ada", "message")],
    on(4, 15): [touch("Bea", "mail")],
    on(4, 17): [touch("Ida", "message", rhythm="months"), *keep("no", "Joy", "Kai", "Lea", "Max")],
    on(4, 19): keep("no", "Nia", "Oli", "Pia"),
    on(4, 22): [touch("Dan", "coffee")],
    on(4, 23): [touch("Ada", "message")],
    on(5, 1): [introduce("Ada", "Ida", "mail")],
    on(5, 2): [says_yes("Ada", "mail")],
    on(5, 3): [says_yes("Ida", "mail")],
    on(5, 22): [touch("Dan", "message")],
    on(5, 23): [touch("Ada", "message", rhythm="months")],
    on(6, 1): [write_down("The boat fair", "referral", "Kai", "too_early")],
    on(7, 12): [lengthen("Dan")],
    on(7, 14): [touch("Bea", "video")],
    on(7, 15): [write_down("The bakery", "client", "Ada")],
    on(7, 16): [touch("Ida", "coffee")],
    on(7, 17): [touch("Quin", "message", rhythm="months"), *keep("no", "Rae", "Sam", "Uma"), put_off("Tia")],
    on(7, 18): keep("no", "Vic", "Wes"),
    on(7, 24): keep("no", "Tia"),
    on(8, 1): [introduce("Bea", "Quin"), end("Gus")],
    on(8, 2): [says_yes("Quin")],
    on(8, 3): [says_yes("Bea")],
    on(8, 11): [touch("Dan", "message")],
    on(8, 21): [touch("Ada", "coffee")],
    on(9, 1): [answer("too_early")],
    on(10, 10): [touch("Dan", "call")],
    on(10, 12): [touch("Bea", "message")],
    on(10, 14): [touch("Ida", "message")],
    on(10, 15): [touch("Quin", "message")],
    on(10, 16): [touch("Xia", "message", rhythm="now"), *keep("no", "Yan", "Zoe", "Abe", "Bo")],
    on(10, 17): keep("no", "Cy", "Di"),
    on(11, 1): [introduce("Xia", "Quin"), introduce("Yan", "Bea")],
    on(11, 2): [says_yes("Xia"), says_yes("Yan")],  # Bea stays silent
    on(11, 3): [says_yes("Quin")],
    on(11, 15): [
        touch("Xia", "message"),
        write_down("The harbour job", "job", "Dan"),
        somebody_between("A neighbour of Dan’s", "The harbour job"),
    ],
    on(11, 19): [touch("Ada", "message")],
    on(12, 1): [answer("open")],
    on(12, 9): [touch("Dan", "coffee")],
    on(12, 15): [touch("Xia", "message")],
    on(1, 10, 2027): [touch("Bea", "message")],
    on(1, 12, 2027): [touch("Ida", "message")],
    on(1, 13, 2027): [touch("Quin", "message")],
    on(1, 14, 2027): [touch("Xia", "message")],
}
"""What she does at noon of each day; on all others she only looks."""
