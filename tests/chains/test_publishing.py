"""A story for others names nobody who has not said yes; a page for a manager names nobody unticked (E10, B3, C3)."""

import re
from datetime import date, timedelta

import pypdfium2
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast
from tests.chains.ledger import TODAY, Pages, noon, person, titles
from tests.introductions.trio import make_trio
from tests.people.pages import words
from webapp.chains.models import StoryLine
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee
from webapp.mydata.leaving import erase


def told(pages: Pages) -> tuple[str, Attendee, Attendee]:
    """Ben, then Cleo, then the client: a story that asks both; its page."""
    ben, cleo = pages.met("Ben Adeyemi", date(2025, 10, 1)), pages.met("Cleo Castor", date(2026, 2, 3))
    outcome = pages.write(words="Secret words of mine", day=date(2026, 6, 4), through=person(cleo))
    pages.before(outcome, through=person(ben), to=person(cleo))
    form = {"title": "It began with a mixer", "phrase-0": "A mixer", "phrase-3": "The client"}
    form |= {"phrase-1": "A fellow coach", "ask-1": "yes", "phrase-2": "A friend of hers", "ask-2": "yes"}
    made = pages.client.post(f"/me/outcomes/{outcome}/story", data=form)
    assert made.status_code == 303
    return str(made.location), ben, cleo


def answer(pages: Pages, who: Attendee, said: str) -> None:
    """This person finds the question on Next, and answers it."""
    theirs = pages.cast.browser(who.person_id)
    path = re.search(r'"(/me/named/[0-9a-f-]+)"', theirs.get("/next").text)
    assert path
    assert "It began with a mixer" in theirs.get(path[1]).text
    assert theirs.post(path[1], data={"answer": said}).status_code == 303
    assert "/me/named/" not in theirs.get("/next").text


def link_of(pages: Pages, story: str) -> str:
    """Where others read it."""
    link = re.search(r'href="https://mix.example.org(/stories/[^"]+)"', pages.client.get(story).text)
    assert link
    return link[1]


def test_e10_who_declines_is_a_fellow_coach_and_the_rest_is_published(pages: Pages) -> None:
    story, ben, cleo = told(pages)
    answer(pages, ben, "no")
    answer(pages, cleo, "yes")
    assert pages.client.post(f"{story}/publication").status_code == 303
    read = pages.cast.browser().get(link_of(pages, story)).text
    assert titles(read) == ["A mixer", "A fellow coach", "Cleo Castor", "The client"]
    assert "Ben" not in read
    assert "Secret words" not in read
    assert "4 months later" in words(read)


def test_e10_who_is_silent_stays_unnamed_and_a_yes_is_taken_back_at_any_time(pages: Pages) -> None:
    story, _ben, cleo = told(pages)
    pages.client.post(f"{story}/publication")
    link, stranger = link_of(pages, story), pages.cast.browser()
    assert titles(stranger.get(link).text) == ["A mixer", "A fellow coach", "A friend of hers", "The client"]
    answer(pages, cleo, "yes")
    assert "Cleo Castor" in titles(stranger.get(link).text)
    line = db.session.scalars(select(StoryLine.id).where(StoryLine.other_id == cleo.person_id)).one()
    db.session.rollback()
    theirs = pages.cast.browser(cleo.person_id)
    assert "you said yes" in theirs.get("/me/outcomes").text
    theirs.post(f"/me/named/{line}", data={"answer": "no"})
    assert "Cleo" not in stranger.get(link).text


def test_e10_it_is_read_by_its_link_alone_and_by_nobody_once_it_is_taken_back(pages: Pages) -> None:
    story, *_ = told(pages)
    stranger = pages.cast.browser()
    assert "Whoever has this link" not in pages.client.get(story).text, "not published yet"
    pages.client.post(f"{story}/publication")
    link = link_of(pages, story)
    assert stranger.get(link).status_code == 200
    assert stranger.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
    pages.client.post(f"{story}/withdrawal")
    assert stranger.get(link).status_code == 404
    assert pages.client.post(f"{story}/publication").status_code == 404, "for good"


def test_e10_a_block_or_leaving_takes_the_name_out_again(pages: Pages) -> None:
    story, ben, cleo = told(pages)
    for one in (ben, cleo):
        answer(pages, one, "yes")
    pages.client.post(f"{story}/publication")
    link, stranger, gone = link_of(pages, story), pages.cast.browser(), cleo.person_id
    assert titles(stranger.get(link).text)[1:3] == ["Ben Adeyemi", "Cleo Castor"]
    pages.cast.browser(ben.person_id).post(f"/people/{pages.me}/block")
    assert titles(stranger.get(link).text)[1:3] == ["A fellow coach", "Cleo Castor"]
    with writing() as session:
        erase(session, gone, at=noon(TODAY))
        session.commit()
    assert titles(stranger.get(link).text)[1:3] == ["A fellow coach", "A friend of hers"]


def quarter(pages: Pages) -> None:
    """A quarter with something of everything."""
    pages.met("Old Friend", date(2025, 1, 5))
    ben = pages.met("Ben Adeyemi", date(2026, 10, 6))
    pages.met("Cleo Castor", date(2026, 11, 3))
    client = pages.write(kind="client", words="Secret", day=date(2026, 11, 20), through=person(ben))
    pages.before(client, sort="introduction", words="Ben introduced us", day=date(2026, 11, 1), to=f"outcome:{client}")
    pages.write(kind="friend", words="Out of the blue", day=date(2026, 11, 21))
    pages.write(kind="job", state="open", words="Talks", day=date(2026, 11, 22), through=person(ben))
    pages.write(kind="referral", state="too_early", words="The fair", day=date(2026, 11, 22))


def statement(pages: Pages, **form: object) -> str:
    """Make the page of the last quarter; its link."""
    sent = pages.client.post("/me/statements", data={"first": "2026-10-01", "last": "2026-11-30", **form})
    assert sent.status_code == 303
    link = re.search(r'href="https://mix.example.org(/statements/[^"]+)"', pages.client.get("/me/statements").text)
    assert link
    return link[1]


def facts(text: str) -> dict[str, str]:
    """What the page counts."""
    return dict(re.findall(r'<dt>([^<]+)</dt><dd class="number"><bdi>([^<]+)</bdi>', text))


def test_b3_a_quarter_on_one_page_is_read_without_an_account_and_names_nobody(pages: Pages) -> None:
    quarter(pages)
    read = pages.cast.browser().get(statement(pages, hours="14", cost="€ 120")).text
    assert facts(read) == {
        "Hours": "14",
        "Cost": "€ 120",
        "New contacts": "2",
        "Introductions": "1",
        "Outcomes, attributed": "1",
        "Outcomes, pending": "2",
    }
    assert "1 more is of unknown cause." in words(read)
    assert "A client, 1 month after the first day" in words(read)
    for name in ("Ben", "Cleo", "Secret", "Out of the blue", "Talks"):
        assert name not in read


def test_b3_whom_i_tick_is_named_and_nobody_else(pages: Pages) -> None:
    quarter(pages)
    ben = re.search(r'name="named" value="([0-9a-f-]+)"> <bdi>Ben', pages.client.get("/me/statements").text)
    assert ben
    read = words(pages.cast.browser().get(statement(pages, named=ben[1])).text)
    assert "A client, 1 month after the first day, through Ben Adeyemi" in read
    assert "Cleo" not in read


def test_b3_the_link_is_over_after_thirty_days_and_when_it_is_ended(pages: Pages) -> None:
    quarter(pages)
    link, stranger = statement(pages), pages.cast.browser()
    assert stranger.get(link).status_code == 200
    with time_machine.travel(noon(TODAY) + timedelta(days=30), tick=False):
        assert stranger.get(link).status_code == 404
    page = pages.client.get("/me/statements").text
    end = re.search(r'action="(/me/statements/[^"]+/end)"', page)
    assert end
    pages.client.post(end[1])
    assert stranger.get(link).status_code == 404
    assert stranger.get(f"{link}/page.pdf").status_code == 404
    assert "Its link is over." in pages.client.get("/me/statements").text


def test_b3_it_says_the_same_on_paper(pages: Pages) -> None:
    quarter(pages)
    answer = pages.cast.browser().get(f"{statement(pages, hours='14')}/page.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    with pypdfium2.PdfDocument(answer.data) as paper:
        assert len(paper) == 1
        said = " ".join(paper[0].get_textpage().get_text_bounded().split())
    assert "What meeting people brought: Ann Achebe" in said
    assert "Outcomes, attributed 1" in said
    assert "Ben" not in said


def test_c3_the_evidence_page_names_its_studies_and_their_limits(pages: Pages) -> None:
    read = words(pages.cast.browser().get("/evidence").text)
    for said in ("Ronald S. Burt and Don Ronchi (2007)", "training programme", "Active participants only"):
        assert said in read
    assert "quiet spectators in the same rooms gained nothing" in read
    assert "Ingram and Michael W. Morris (2007)" in read
    assert "about 14 encounters each" in read
    assert read.count("Limits:") == 2


def test_c3_it_is_one_tap_from_what_came_of_it(pages: Pages) -> None:
    assert '"/evidence"' in pages.client.get("/me/outcomes").text


def test_b3_introductions_made_here_are_counted_for_all_three_and_unanswered_ones_for_nobody(
    app: Flask, cast: Cast
) -> None:
    trio, today = make_trio(app, cast), now().date()
    introduction_id = trio.introduce()
    period = {"first": (today - timedelta(days=1)).isoformat(), "last": (today + timedelta(days=1)).isoformat()}
    counted: list[set[str]] = []
    for answering in ((), (trio.ben, trio.cleo)):
        for guest in answering:
            trio.answer(introduction_id, guest, "yes")
        told = set()
        for guest in (trio.ann, trio.ben, trio.cleo):
            phone = cast.browser(guest.person_id)
            assert phone.post("/me/statements", data=period).status_code == 303
            made = phone.get("/me/statements").text
            [link, *_] = re.findall(r'href="https://mix.example.org(/statements/[^"]+)"', made)
            told.add(facts(cast.browser().get(link).text)["Introductions"])
        counted.append(told)
    assert counted == [{"0"}, {"1"}]
