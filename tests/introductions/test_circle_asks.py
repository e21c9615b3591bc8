"""I ask a circle of my choice, and each may pass in silence; who could help is found among my own (practice B16)."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.people.evening import gave, met
from tests.people.pages import fill_card, names, words, write_note
from tests.people.test_elsewhere import write_down
from tests.swaps.evening import EveningOut
from webapp.contacts.asking import STANDS as ONE_WEEK
from webapp.contacts.models import WeeklyQuestion
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import OutboxRow
from webapp.core.tokens import Sealed
from webapp.core.versions import version_of
from webapp.events.models import Attendee
from webapp.introductions.circle_asks import AGAIN_AFTER, IN_A_QUARTER, MOST_ASKED, MOST_OPEN, STANDS, ask_some
from webapp.introductions.jobs import MINUTES, ask_for_others
from webapp.introductions.models import CircleAsk, CircleAsked
from webapp.mydata.collecting import everything_of
from webapp.mydata.joining import join

QUESTION = "A designer for a small website"


@dataclass
class Asking:
    """Ann, whom she swapped cards with in two circles, and a clock."""

    evening: EveningOut
    clock: time_machine.Traveller

    @property
    def cast(self) -> Cast:
        return self.evening.cast

    def phone(self, who: Attendee) -> FlaskClient:
        """Their phone, signed in now."""
        return self.cast.browser(who.person_id)

    def swapped(self, name: str, *, there: bool = True, me: Attendee | None = None) -> Attendee:
        """Somebody Ann swapped cards with, in the chamber or, if not there, in the twin circle."""
        guest = self.cast.guest(name, event=self.cast.mixer if there else self.cast.other_mixer, claimed=True)
        self.swap(me or self.cast.ann, guest)
        return guest

    def swap(self, one: Attendee, other: Attendee) -> None:
        """These two gave each other their cards."""
        meeting = met(self.cast, one, other)
        gave(meeting, one)
        gave(meeting, other)

    def ask(self, *who: Attendee, words: str = QUESTION, me: Attendee | None = None) -> str:
        """Ann asks these; where that leads."""
        chosen = {"words": words, "person": [str(one.person_id) for one in who], "operation_id": str(new_id())}
        sent = self.phone(me or self.cast.ann).post("/asks", data=chosen)
        if sent.status_code == 422:
            return "/asks/new"
        assert sent.status_code == 303
        return str(sent.location)

    def version(self, who: Attendee) -> int:
        """What their phone watches."""
        db.session.rollback()
        return version_of(db.session(), f"person:{who.person_id}")

    def chore(self) -> None:
        """The hour's chore looks after questions."""
        self.clock.move_to(now().replace(minute=MINUTES[0]) + timedelta(hours=1))
        db.session.rollback()
        ask_for_others(self.evening.app.extensions["mixwell.tools"], now())
        db.session.rollback()

    def next_of(self, who: Attendee) -> str:
        """What Next says to them."""
        return self.phone(who).get("/next").text

    def answer(self, who: Attendee, said: str) -> None:
        """They tap that on their Next."""
        path = self.next_of(who).partition('action="/asks/asked/')[2].partition('"')[0]
        assert path
        assert self.phone(who).post(f"/asks/asked/{path}", data={"answer": said}).status_code == 303


@pytest.fixture
def asking(evening: EveningOut) -> Iterator[Asking]:
    with time_machine.travel(now(), tick=False) as clock:
        yield Asking(evening, clock)


def seen(page: str) -> str:
    """The bytes of a page without the ids each form is given anew."""
    return re.sub(r'(name="operation_id" value=")[^"]*', r"\1", page)


def test_b16_only_contacts_of_the_chosen_circle_are_asked_each_alone(asking: Asking) -> None:
    ben, cleo = asking.swapped("Ben Baker"), asking.swapped("Cleo Costa")
    zoe = asking.swapped("Zoe Twin", there=False)
    half = asking.cast.guest("Hal Half", claimed=True)
    gave(met(asking.cast, asking.cast.ann, half), asking.cast.ann)
    ann = asking.phone(asking.cast.ann)
    chooser = ann.get("/asks/new").text
    assert 'name="person"' not in chooser, "nobody is chosen before a circle is: never everybody"
    shown = ann.get("/asks/new", query_string={"circle": asking.cast.circle.id}).text
    assert sorted(re.findall(r'name="person" value="([^"]+)"', shown)) == sorted(
        map(str, (ben.person_id, cleo.person_id))
    )
    page = asking.ask(ben, cleo)
    asking.chore()
    for asked, other in ((ben, cleo), (cleo, ben)):
        said = words(asking.next_of(asked))
        assert "Ann Achebe asks whether you could help" in said
        assert QUESTION in said
        assert other.name not in said, "each alone"
    assert all(QUESTION not in asking.next_of(one) for one in (zoe, half, asking.cast.ann))
    assert db.session.scalars(select(OutboxRow.kind)).all() == [], "nothing is sent"
    assert "Ben Baker" in words(asking.phone(asking.cast.ann).get(page).text)


def test_b16_pass_silence_and_never_seen_are_the_same_bytes_to_the_asker(asking: Asking) -> None:
    ben = asking.swapped("Ben Baker")
    ann, page = asking.cast.ann, asking.ask(ben)
    paths = (page, "/asks", "/next", "/people", f"/people/{ben.person_id}", "/me")

    def asker_sees() -> list[str]:
        return [seen(asking.phone(ann).get(path).text) for path in paths]

    never_seen, counted = asker_sees(), asking.version(ann)
    asking.chore()
    silent = asker_sees()
    assert QUESTION in asking.next_of(ben)
    asking.answer(ben, "pass")
    assert QUESTION not in asking.next_of(ben)
    passed = asker_sees()
    assert never_seen == silent == passed
    assert asking.version(ann) == counted, "no phone of the asker is told to look again"
    asking.clock.shift(STANDS)
    over = words(asking.phone(ann).get(page).text)
    assert "Over." in over
    assert "pass" not in over.lower()


def test_b16_a_yes_alone_opens_something(asking: Asking) -> None:
    ben, cleo = asking.swapped("Ben Baker"), asking.swapped("Cleo Costa")
    page = asking.ask(ben, cleo)
    asking.chore()
    counted = asking.version(asking.cast.ann)
    asking.answer(cleo, "pass")
    assert asking.version(asking.cast.ann) == counted
    asking.answer(ben, "yes")
    assert asking.version(asking.cast.ann) > counted, "her phone looks again"
    shown = asking.phone(asking.cast.ann).get(page).text
    assert names(shown) == ["Ben Baker"]
    assert f"/people/{ben.person_id}" in shown
    assert "1 can help" in words(asking.phone(asking.cast.ann).get("/asks").text)


def test_b16_everybody_has_one_question_a_week(asking: Asking) -> None:
    ben = asking.swapped("Ben Baker")
    dee = asking.swapped("Dee Dock")
    asking.swap(dee, ben)
    asking.ask(ben)
    asking.ask(ben, words="A boat for Sunday", me=dee)
    asking.chore()
    assert QUESTION in asking.next_of(ben)
    assert "A boat for Sunday" not in asking.next_of(ben)
    asking.answer(ben, "pass")
    asking.chore()
    assert "A boat for Sunday" not in asking.next_of(ben), "the week has had its question"
    asking.clock.shift(ONE_WEEK)
    asking.chore()
    assert "A boat for Sunday" in asking.next_of(ben)
    assert db.session.scalars(select(WeeklyQuestion.kind)).all() == ["circle ask"] * 2


def test_b16_what_found_no_free_week_was_silence(asking: Asking) -> None:
    ben = asking.swapped("Ben Baker")
    with writing() as session:
        for days in (20, 9):
            old = WeeklyQuestion(id=new_id(), person_id=ben.person_id, kind="too early", about_id=new_id(), turn=3)
            old.asked_at = now() - timedelta(days=days)
            session.add(old)
        session.commit()
    asking.ask(ben)
    asking.chore()
    assert QUESTION not in asking.next_of(ben), "two were ignored: nobody asks them any more"


def test_b16_a_block_on_either_side_is_silence(asking: Asking) -> None:
    ben, cleo = asking.swapped("Ben Baker"), asking.swapped("Cleo Costa")
    asking.phone(ben).post(f"/people/{asking.cast.ann.person_id}/block")
    page = asking.ask(cleo)
    before = seen(asking.phone(asking.cast.ann).get(page).text)
    asking.phone(cleo).post(f"/people/{asking.cast.ann.person_id}/block")
    asking.chore()
    assert QUESTION not in asking.next_of(cleo)
    assert seen(asking.phone(asking.cast.ann).get(page).text) == before
    assert asking.ask(ben) == "/asks/new", "whose card is no longer mine cannot be chosen"
    assert db.session.scalars(select(CircleAsked.person_id)).all() == [cleo.person_id]


def test_b16_a_block_after_it_was_shown_takes_it_away(asking: Asking) -> None:
    ben = asking.swapped("Ben Baker")
    asking.ask(ben)
    asking.chore()
    asking.phone(ben).post(f"/people/{asking.cast.ann.person_id}/block")
    assert QUESTION not in asking.next_of(ben)


def test_b16_my_own_word_chooses_as_well(asking: Asking) -> None:
    ben, cleo = asking.swapped("Ben Baker"), asking.swapped("Cleo Costa")
    ann = asking.phone(asking.cast.ann)
    ann.post(f"/people/{cleo.person_id}/tags", data={"word": "Design"})
    tag = ann.get("/asks/new").text.partition("/asks/new?tag=")[2].partition('"')[0]
    shown = ann.get("/asks/new", query_string={"tag": tag}).text
    assert re.findall(r'name="person" value="([^"]+)"', shown) == [str(cleo.person_id)]
    assert str(ben.person_id) not in shown


def test_what_was_not_asked_stands_there_as_it_was_typed(asking: Asking) -> None:
    crowd = [asking.swapped(f"Guest {number}") for number in range(MOST_ASKED + 2)]
    ticked = {str(one.person_id) for one in crowd[1:]}
    form = {"words": QUESTION, "circle": str(asking.cast.circle.id), "person": sorted(ticked)}
    page = asking.phone(asking.cast.ann).post("/asks", data=form).text
    assert "Choose twelve at most." in page
    assert f"required>{QUESTION}</textarea>" in page
    assert set(re.findall(r'name="person" value="([^"]+)" checked', page)) == ticked


def test_of_questions_sent_in_the_same_moment_no_more_stand_than_may(asking: Asking) -> None:
    crowd, problems = [asking.swapped(f"Guest {number}").person_id for number in range(4)], list[Exception]()
    by, together = asking.cast.actor(asking.cast.ann.person_id), threading.Barrier(len(crowd))
    keyring = asking.evening.keyring

    def play(person_id: UUID) -> None:
        with asking.cast.app.app_context():
            try:
                together.wait(120)
                with writing() as session:
                    ask_some(session, new_id(), QUESTION, [person_id], by=by, at=now(), keyring=keyring)
                    session.commit()
            except Exception as problem:  # a thread's failure must reach the test
                problems.append(problem)

    threads = [threading.Thread(target=play, args=(person_id,)) for person_id in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems
    assert db.session.scalar(select(func.count()).select_from(CircleAsk)) == MOST_OPEN


def test_b16_asking_has_limits(asking: Asking) -> None:
    crowd = [asking.swapped(f"Guest {number}") for number in range(MOST_ASKED + 1)]
    assert asking.ask(*crowd) == "/asks/new", "too many"
    assert asking.ask() == asking.ask(crowd[0], words=" ") == "/asks/new"
    assert asking.ask(crowd[0]) != "/asks/new"
    assert asking.ask(crowd[0], words="Again") == "/asks/new", "not the same person so soon"
    assert asking.ask(crowd[1]) != "/asks/new"
    assert asking.ask(crowd[2]) == "/asks/new", "two stand already"
    assert "Close one first" in asking.phone(asking.cast.ann).get("/asks/new").text
    for number in range(2, IN_A_QUARTER):
        _close_all(asking)
        assert asking.ask(crowd[number]) != "/asks/new"
    _close_all(asking)
    assert asking.ask(crowd[-1]) == "/asks/new", "six in a quarter"
    asking.clock.shift(timedelta(days=91))
    assert timedelta(days=91) > AGAIN_AFTER
    assert asking.ask(crowd[0]) != "/asks/new"


def _close_all(asking: Asking) -> None:
    for ask_id in db.session.scalars(select(CircleAsk.id)).all():
        asking.phone(asking.cast.ann).post(f"/asks/{ask_id}/closing")
    db.session.rollback()


def test_a_question_that_was_closed_is_gone_for_everybody(asking: Asking) -> None:
    ben, cleo = asking.swapped("Ben Baker"), asking.swapped("Cleo Costa")
    page = asking.ask(ben)
    asking.chore()
    assert asking.phone(cleo).post(f"{page}/closing").status_code == 404
    asking.phone(asking.cast.ann).post(f"{page}/closing")
    assert QUESTION not in asking.next_of(ben)


def test_nobody_answers_for_another_nor_what_they_were_not_shown(asking: Asking) -> None:
    ben, cleo = asking.swapped("Ben Baker"), asking.swapped("Cleo Costa")
    page = asking.ask(ben)
    asked = db.session.scalars(select(CircleAsked.id)).one()
    db.session.rollback()
    assert asking.phone(ben).post(f"/asks/asked/{asked}/answer", data={"answer": "yes"}).status_code == 404
    asking.chore()
    assert asking.phone(cleo).post(f"/asks/asked/{asked}/answer", data={"answer": "yes"}).status_code == 404
    assert names(asking.phone(asking.cast.ann).get(page).text) == []
    assert asking.phone(cleo).get(page).status_code == 404
    asking.answer(ben, "pass")
    asking.phone(ben).post(f"/asks/asked/{asked}/answer", data={"answer": "yes"})
    assert names(asking.phone(asking.cast.ann).get(page).text) == [], "what was said first counts"


def test_what_was_asked_is_in_the_export_of_both(asking: Asking) -> None:
    ben = asking.swapped("Ben Baker")
    asking.ask(ben)
    asking.chore()
    asking.answer(ben, "pass")
    sealed = Sealed(asking.evening.keyring, "notes")
    with asking.evening.app.test_request_context("/"):
        hers, his = (everything_of(db.session(), one.person_id, sealed, now()) for one in (asking.cast.ann, ben))
    assert [one["words"] for one in hers["asked"]] == [one["words"] for one in his["asked_of_me"]] == [QUESTION]
    assert hers["asked_of_me"] == his["asked"] == []


def test_whoever_was_asked_as_two_was_asked_once(asking: Asking) -> None:
    ben, bea = asking.swapped("Ben Baker"), asking.swapped("Bea Baker")
    page = asking.ask(ben, bea)
    asking.chore()
    asking.answer(bea, "yes")
    with writing() as session:
        join(session, ben.person_id, bea.person_id, sealed=Sealed(asking.evening.keyring, "notes"), at=now())
        session.commit()
    assert names(asking.phone(asking.cast.ann).get(page).text) == ["Ben Baker"]
    assert db.session.scalars(select(CircleAsked.person_id)).all() == [ben.person_id]


# Who could help.


def test_b16_who_could_help_is_found_among_my_own_contacts_alone(asking: Asking) -> None:
    offers, noted, tagged = (asking.swapped(name) for name in ("Olu Offers", "Nia Noted", "Tom Tagged"))
    stranger = asking.cast.guest("Sal Stranger", claimed=True)
    hidden = asking.cast.guest("Hal Hidden", claimed=True)
    met(asking.cast, asking.cast.ann, hidden)
    for one in (stranger, hidden):
        fill_card(one.person_id, can_help_with="Web design")
    fill_card(offers.person_id, can_help_with="Web design, lettering")
    with writing() as session:
        from webapp.swaps.models import Grant

        for grant in session.scalars(select(Grant).where(Grant.giver_id == offers.person_id)):
            grant.fields = ["name", "can_help_with"]
        session.commit()
    ann = asking.phone(asking.cast.ann)
    write_note(asking.cast, _meeting_with(asking, noted), asking.cast.ann.person_id, "Her brother does web design")
    ann.post(f"/people/{tagged.person_id}/tags", data={"word": "Web design"})
    write_down(ann, "Eli Elsewhere", note="web design in the old days")
    page = ann.get("/people/helpers", query_string={"q": "web DESIGN"}).text
    assert names(page) == ["Olu Offers", "Tom Tagged", "Nia Noted", "Eli Elsewhere"]
    assert "Can help with: Web design, lettering" in words(page)
    assert names(ann.get("/people/helpers", query_string={"q": "plumbing"}).text) == []
    theirs = asking.phone(offers).get("/people/helpers", query_string={"q": "web design"}).text
    assert names(theirs) == []


def _meeting_with(asking: Asking, other: Attendee) -> UUID:
    from webapp.contacts.queries import meetings_of_pair

    [meeting] = meetings_of_pair(db.session(), asking.cast.ann.person_id, other.person_id)
    db.session.rollback()
    return meeting.id
