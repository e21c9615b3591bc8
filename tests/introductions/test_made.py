"""What follows two yeses: one mail or two pages, a nudge, three questions, thanks, a private tally."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.conftest import make_client
from tests.introductions.trio import TO_BEN, Trio, swap
from webapp.chains.jobs import MINUTE, ask_what_is_due
from webapp.contacts.asking import Wish
from webapp.contacts.asking import ask as ask_this_week
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import OutboxRow
from webapp.events.models import Attendee
from webapp.introductions.choices import Choices, choose
from webapp.introductions.drafting import ASKED
from webapp.introductions.models import IntroductionAsk
from webapp.introductions.queries import Tally, tally_of
from webapp.settings import Settings
from webapp.swaps.granting import live_grant
from webapp.swaps.taking_back import withdraw


def mails(trio: Trio, settings: Settings) -> list[EmailMessage]:
    """What is out when the outbox has run."""
    db.session.rollback()
    outbox.sweep(trio.app.extensions["mixwell.tools"], at=now())
    files = sorted((settings.data_dir / "mail").glob("*.eml"))
    return [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def by_mail(trio: Trio, guest: Attendee) -> None:
    with writing() as session:
        choose(session, guest.person_id, Choices(by_mail=True))
        session.commit()


def agree(trio: Trio, *, ann: bool = True, ben: bool = True, cleo: bool = True) -> Any:
    """Two yeses; each says whether one mail to both is fine."""
    introduction_id = trio.introduce(by_mail=ann)
    trio.answer(introduction_id, trio.ben, "yes", by_mail=ben)
    trio.answer(introduction_id, trio.cleo, "yes", by_mail=cleo)
    return introduction_id


# The ending (C21).


def test_c21_one_mail_with_both_addresses_goes_out_only_after_both_agreed(trio: Trio, settings: Settings) -> None:
    introduction_id = trio.introduce(by_mail=True)
    assert mails(trio, settings) == []
    trio.answer(introduction_id, trio.ben, "yes", by_mail=True)
    assert mails(trio, settings) == []
    trio.answer(introduction_id, trio.cleo, "yes", by_mail=True)
    [mail] = mails(trio, settings)
    assert [address.addr_spec for address in mail["To"].addresses] == [
        "ben@bakery.example.org",
        "cleo@books.example.org",
    ]
    assert "Ben Adeyemi, meet Cleo Third" in body(mail)
    assert not re.search("Ann|Ben|Cleo", mail["Subject"])
    assert len(mails(trio, settings)) == 1, "and never again"


@pytest.mark.parametrize("who", ["ann", "ben", "cleo"])
def test_c21_without_all_three_choosing_a_mail_there_are_pages_alone(trio: Trio, settings: Settings, who: str) -> None:
    introduction_id = agree(trio, **{who: False})
    assert mails(trio, settings) == []
    for guest, theirs in ((trio.ben, "cleo@books.example.org"), (trio.cleo, "ben@bakery.example.org")):
        assert theirs in trio.cast.browser(guest.person_id).get(f"/introductions/{introduction_id}").text


@pytest.mark.parametrize("meanwhile", ["blocked", "taken back"])
def test_c21_nothing_goes_out_if_one_wants_it_no_more_meanwhile(trio: Trio, settings: Settings, meanwhile: str) -> None:
    with writing() as session:
        session.commit()
    agree(trio)
    if meanwhile == "blocked":
        trio.block(trio.cleo, trio.ben)
    else:
        with writing() as session:
            grant = live_grant(session, trio.cleo.person_id, trio.ben.person_id)
            assert grant
            withdraw(session, new_id(), grant.id, by=trio.cast.actor(trio.cleo.person_id), at=now())
            session.commit()
    assert mails(trio, settings) == []


def test_c21_a_runner_that_dies_at_any_moment_mails_each_once(
    trio: Trio, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F: before sending, while sending, after sending; the second copy of a mail has the first one's name."""
    by_mail(trio, trio.ben)
    agree(trio)
    tools = trio.app.extensions["mixwell.tools"]
    send, at = tools.mailer.outlet.deliver, now()
    deaths = iter(["before", "after", "before", "after"])

    def dying(_self: object, message: EmailMessage) -> None:
        when = next(deaths, "")
        if when == "before":
            raise smtplib.SMTPServerDisconnected
        send(message)
        if when == "after":
            raise ConnectionResetError

    monkeypatch.setattr(type(tools.mailer.outlet), "deliver", dying)
    for minutes in range(0, 60, 5):
        db.session.rollback()
        outbox.sweep(tools, at=at + timedelta(minutes=minutes))
    files = list((settings.data_dir / "mail").glob("*.eml"))
    assert len(files) == 1, "the question to Ben was answered before it could go out"
    assert db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))) == 0
    db.session.rollback()


# Being asked by mail.


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"https://mix\.example\.org(/introductions/asks/\S+)", body(mail))
    assert found
    return found[1]


def test_one_mail_for_a_question_to_who_wants_it_and_none_to_others(trio: Trio, settings: Settings) -> None:
    by_mail(trio, trio.ben)
    introduction_id = trio.introduce()
    trio.ask(introduction_id)
    [mail] = mails(trio, settings)
    assert mail["To"] == "ben@example.org"
    assert TO_BEN in body(mail)
    assert "Third" not in mail.as_string()
    assert not re.search("Ann|Ben|Cleo", mail["Subject"])


def test_a_mailed_question_is_answered_without_signing_in_and_looking_changes_nothing(
    trio: Trio, settings: Settings
) -> None:
    by_mail(trio, trio.ben)
    introduction_id = trio.introduce()
    link = link_in(mails(trio, settings)[0])
    browser = make_client(trio.app)
    for _ in range(3):
        assert "would like you to meet" in browser.get(link).text
    assert answer_of(trio, trio.ben) is None
    assert browser.post(link, data={"answer": "not now"}).status_code == 303
    assert answer_of(trio, trio.ben) == "not now"
    trio.answer(introduction_id, trio.cleo, "yes")
    assert "You both said yes" in browser.post(link, data={"answer": "yes"}).text
    assert browser.get(link).status_code == 404, "over"
    assert browser.post(link, data={"answer": "no"}).status_code == 404


def answer_of(trio: Trio, guest: Attendee) -> str | None:
    db.session.rollback()
    found = db.session.scalars(select(IntroductionAsk.answer).where(IntroductionAsk.person_id == guest.person_id)).one()
    db.session.rollback()
    return found


def test_a_changed_link_an_old_one_and_one_taken_back_are_over_alike(trio: Trio, settings: Settings) -> None:
    by_mail(trio, trio.ben)
    with time_machine.travel(now(), tick=False) as clock:
        introduction_id = trio.introduce()
        link = link_in(mails(trio, settings)[0])
        browser = make_client(trio.app)
        pages = [browser.get(link[:-1] + ("0" if link[-1] != "0" else "1"))]
        clock.shift(timedelta(days=14))
        pages.append(browser.get(link))
        clock.shift(timedelta(days=-13))
        trio.withdraw(introduction_id)
        pages.append(browser.get(link))
    assert {(page.status_code, page.text) for page in pages} == {(404, pages[0].text)}


def test_one_click_in_a_mail_ends_questions_by_mail(trio: Trio, settings: Settings) -> None:
    by_mail(trio, trio.ben)
    trio.introduce()
    [mail] = mails(trio, settings)
    stop = mail["List-Unsubscribe"].strip("<>").removeprefix("https://mix.example.org")
    browser = make_client(trio.app)
    assert "Questions by mail" in browser.get(stop).text
    assert browser.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 303
    assert "No more questions by mail" in browser.get(stop).text
    other = trio.cast.guest("Dan Fourth", claimed=True)
    swap(trio.cast, trio.ann, other)
    trio.keep_asking(trio.ben, other)
    assert len(mails(trio, settings)) == 1


def test_a_question_that_was_blocked_or_answered_meanwhile_is_not_mailed(trio: Trio, settings: Settings) -> None:
    by_mail(trio, trio.ben)
    introduction_id = trio.draft()
    with time_machine.travel(now(), tick=False):
        trio.ask(introduction_id)
        trio.answer(introduction_id, trio.ben, "no")
        assert mails(trio, settings) == []
    with writing() as session:
        session.execute(update(OutboxRow).where(OutboxRow.kind == ASKED).values(done_at=None, leased_until=None))
        session.commit()
    trio.block(trio.ben, trio.ann)
    assert mails(trio, settings) == []


# Afterwards.


@contextmanager
def days_later(start: datetime, days: float) -> Iterator[None]:
    with time_machine.travel(start + timedelta(days=days), tick=False):
        yield


def next_of(trio: Trio, guest: Attendee) -> str:
    return trio.cast.browser(guest.person_id).get("/next").text


def test_a_nudge_after_five_days_without_a_word_and_none_once_somebody_wrote(trio: Trio) -> None:
    start = now()
    with days_later(start, 0):
        introduction_id = agree(trio)
    with days_later(start, 4):
        assert "Nobody has written yet" not in next_of(trio, trio.ben)
    with days_later(start, 6):
        assert "Nobody has written yet" in next_of(trio, trio.ben)
        assert "Nobody has written yet" not in next_of(trio, trio.ann)
        cleo = trio.cast.browser(trio.cleo.person_id)
        assert cleo.post(f"/introductions/{introduction_id}/hello").status_code == 303
        assert "Nobody has written yet" not in next_of(trio, trio.ben)


def test_did_you_meet_at_thirty_days_and_what_came_of_it_at_half_a_year_and_a_year_once_each(trio: Trio) -> None:
    start, asked = now().replace(minute=MINUTE), []
    with days_later(start, 0):
        introduction_id = agree(trio)
    for day in (10, 29, 30, 33, 100, 181, 300, 366, 400):
        with days_later(start, day):
            ask_by_itself(trio)
            page = next_of(trio, trio.ben)
            found = re.search(r'name="question" value="([^"]+)"', page)
            if found:
                asked.append((day, found[1]))
                said = {"question": found[1], "answer": "yes"}
                trio.cast.browser(trio.ben.person_id).post(f"/introductions/{introduction_id}/replies", data=said)
                assert 'name="question"' not in next_of(trio, trio.ben)
    assert asked == [(30, "met"), (181, "half a year"), (366, "a year")]


def test_two_that_were_ignored_end_all_questions(trio: Trio) -> None:
    start = now().replace(minute=MINUTE)
    with days_later(start, 0):
        agree(trio)
    for day, asked in ((30, True), (181, True), (366, False)):
        with days_later(start, day):
            ask_by_itself(trio)
            assert ('name="question"' in next_of(trio, trio.ben)) is asked


def ask_by_itself(trio: Trio) -> None:
    """What the house does each hour."""
    db.session.rollback()
    ask_what_is_due(trio.app.extensions["mixwell.tools"], now())
    db.session.rollback()


def test_what_was_not_made_is_never_followed_up(trio: Trio) -> None:
    start = now()
    with days_later(start, 0):
        trio.answer(trio.introduce(), trio.ben, "yes")
    for day in (6, 31, 181):
        with days_later(start, day):
            assert 'name="question"' not in next_of(trio, trio.ben)
            assert "Nobody has written yet" not in next_of(trio, trio.ben)


def test_s_16_what_one_replied_is_nobody_elses(trio: Trio) -> None:
    introduction_id = agree(trio)
    said = {"question": "met", "answer": "yes"}
    stranger = trio.cast.guest("Stranger Here", claimed=True)
    for guest, status in ((trio.ben, 303), (trio.ann, 404), (stranger, 404)):
        browser = trio.cast.browser(guest.person_id)
        assert browser.post(f"/introductions/{introduction_id}/replies", data=said).status_code == status
        assert browser.post(f"/introductions/{introduction_id}/thanks").status_code == status
        assert browser.post(f"/introductions/{introduction_id}/hello").status_code == status


# The tally (B12) and thanks (C20).


def tally_on(browser: FlaskClient) -> str:
    found = re.search(r'id="tally">([^<]*)<', browser.get("/introductions").text)
    assert found
    return found[1]


def test_b12_two_made_and_one_received_stand_side_by_side_for_me_alone(trio: Trio) -> None:
    agree(trio)
    for name in ("Dan Fourth", "Eli Fifth"):
        other = trio.cast.guest(name, email=f"{name[:3].lower()}@example.org", claimed=True)
        swap(trio.cast, trio.ann, other)
        swap(trio.cast, trio.ben, other)
    dan, eli = (one for one in _people(trio) if one.name in {"Dan Fourth", "Eli Fifth"})
    trio.keep_asking(trio.cleo, dan)
    for guest in (trio.cleo, dan):
        trio.answer_ask(trio.asks_of(guest)[0], guest, "yes")
    by_ben = Trio(trio.app, trio.cast, trio.ben, trio.ann, eli)
    by_ben.keep_asking(trio.ann, eli)
    for guest in (trio.ann, eli):
        by_ben.answer_ask(by_ben.asks_of(guest)[0], guest, "yes")
    ann = trio.cast.browser(trio.ann.person_id)
    assert tally_on(ann) == "You made 2, you were given 1. Only you see this."
    db.session.rollback()
    assert tally_of(db.session(), trio.ben.person_id) == Tally(given=1, received=1)
    for guest in (trio.ben, trio.cleo):
        browser = trio.cast.browser(guest.person_id)
        assert "You made 2" not in " ".join(browser.get(path).text for path in ("/introductions", "/me", "/next"))
        assert "made 2" not in browser.get(f"/people/{trio.ann.person_id}").text


def _people(trio: Trio) -> list[Attendee]:
    db.session.rollback()
    found = list(db.session.scalars(select(Attendee).order_by(Attendee.name)))
    db.session.rollback()
    return found


def test_c20_both_may_thank_and_no_page_ranks_anybody(trio: Trio) -> None:
    introduction_id = agree(trio)
    ann = trio.cast.browser(trio.ann.person_id)
    assert "thanks" not in ann.get(f"/introductions/{introduction_id}").text
    for guest, words in ((trio.ben, "One of them says thanks."), (trio.cleo, "Both of them say thanks.")):
        browser = trio.cast.browser(guest.person_id)
        for _ in range(2):
            browser.post(f"/introductions/{introduction_id}/thanks")
        assert words in ann.get(f"/introductions/{introduction_id}").text
    addresses = [rule.rule for rule in trio.app.url_map.iter_rules()]
    assert not [address for address in addresses if re.search("leader|rank|top|best", address.replace("stop", ""))]


def test_an_erased_one_of_the_three_takes_it_along(trio: Trio) -> None:
    from webapp.mydata.leaving import erase

    introduction_id = agree(trio)
    with writing() as session:
        erase(session, trio.cleo.person_id, at=now())
        session.commit()
    assert trio.cast.browser(trio.ann.person_id).get(f"/introductions/{introduction_id}").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(IntroductionAsk)) == 0
    db.session.rollback()


def test_one_question_a_week_whoever_would_ask_and_one_held_back_is_asked_later(trio: Trio) -> None:
    start = now().replace(minute=MINUTE)
    with days_later(start, 0):
        agree(trio)
    me = trio.ben.person_id
    with days_later(start, 30):
        with writing() as session:
            assert ask_this_week(session, me, [Wish("too early", new_id())], at=now())
            session.commit()
        ask_by_itself(trio)
        assert "Did you and" not in trio.cast.browser(me).get("/next").text
        assert "Did you and" not in trio.cast.browser(me).get("/introductions").text
    with days_later(start, 38):
        ask_by_itself(trio)
        assert "Did you and" in trio.cast.browser(me).get("/next").text, "a later week is free again"
        with writing() as session:
            assert ask_this_week(session, me, [Wish("too early", new_id(), 6)], at=now()) is None, "and theirs counts"
            session.commit()
