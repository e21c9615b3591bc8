"""Notes through Mixwell: words reach somebody whose address does not."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import Cast
from tests.conftest import make_client
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address
from webapp.core import outbox
from webapp.core.actor import NotHere
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.outbox import OutboxRow
from webapp.events.models import Attendee
from webapp.relay.stopping import stop_link
from webapp.relay.verdicts import NotOpen, RelayVerdict, Sent
from webapp.relay.writing import close, write_to
from webapp.settings import Settings
from webapp.swaps.blocking import block
from webapp.swaps.reaching import Reach, choose_reach

WORDS = "The sailmaker is called Nkem.\nShall I introduce you?"


@pytest.fixture
def evening(app: Flask, cast: Cast) -> EveningOut:
    """Ann and Ben swapped; Ben takes notes, and has told nobody his address."""
    evening = EveningOut(app, cast)
    evening.arrive(cast.ann)
    evening.arrive(cast.ben)
    evening.meet(cast.ann, cast.ben)
    evening.answer(cast.ben, cast.ann)
    take(evening, cast.ben, "notes")
    return evening


def take(evening: EveningOut, guest: Attendee, *ways: str) -> None:
    with writing() as session:
        choose_reach(session, guest.person_id, Reach(frozenset(ways)), at=now())
        session.commit()


def write(evening: EveningOut, me: Attendee, other: Attendee, words: str = WORDS, **more: Any) -> RelayVerdict:
    db.session.rollback()
    db.session.expire_all()
    with writing() as session:
        by, keyring = evening.cast.actor(me.person_id), evening.keyring
        operation = more.get("operation") or new_id()
        verdict = write_to(session, operation, other.person_id, words, by=by, at=now(), keyring=keyring)
        session.commit()
    return verdict


def letters(evening: EveningOut, settings: Settings) -> list[EmailMessage]:
    """The mails that are out when the outbox has run."""
    db.session.remove()
    outbox.sweep(evening.app.extensions["mixwell.tools"], at=now())
    files = sorted((settings.data_dir / "mail").glob("*.eml"))
    return [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def test_words_reach_the_other_and_no_address_reaches_the_writer(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    assert write(evening, ann, ben) == Sent(ben.person_id)
    [mail] = letters(evening, settings)
    assert mail["To"] == "ben@example.org"
    assert "The sailmaker is called Nkem." in body(mail)
    assert "Ann" in body(mail)
    assert "Ann" not in mail["Subject"]
    assert "ben@example.org" not in evening.cast.browser(ann.person_id).get(f"/people/{ben.person_id}").text


def test_an_answer_goes_to_the_writer_only_if_they_gave_their_address(evening: EveningOut, settings: Settings) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    write(evening, ann, ben)
    assert [mail["Reply-To"] for mail in letters(evening, settings)] == [None]
    take(evening, ann, "email")
    write(evening, ann, ben)
    assert {mail["Reply-To"] for mail in letters(evening, settings)} == {None, "ann@example.org"}


def test_a_note_is_sent_once_however_often_it_is_tapped(evening: EveningOut, settings: Settings) -> None:
    operation = new_id()
    for _ in range(3):
        write(evening, evening.cast.ann, evening.cast.ben, operation=operation)
    assert len(letters(evening, settings)) == 1


@pytest.mark.parametrize("ways", [(), ("email",)])
def test_who_does_not_take_notes_gets_none(evening: EveningOut, settings: Settings, ways: tuple[str, ...]) -> None:
    take(evening, evening.cast.ben, *ways)
    assert write(evening, evening.cast.ann, evening.cast.ben) == NotOpen()
    assert letters(evening, settings) == []


def test_a_stranger_cannot_be_written_to(evening: EveningOut) -> None:
    zoe = evening.come("Zoe Newell")
    take(evening, zoe, "notes")
    with pytest.raises(NotHere):
        write(evening, evening.cast.ann, zoe)


def test_one_person_can_be_closed_out_while_others_go_on(evening: EveningOut, settings: Settings) -> None:
    ann, ben, zoe = evening.cast.ann, evening.cast.ben, evening.come("Zoe Newell")
    evening.meet(zoe, ben)
    evening.answer(ben, zoe)
    grant = evening.grant(ben, ann)
    assert grant
    with writing() as session:
        close(session, new_id(), grant.id, by=evening.cast.actor(ben.person_id), at=now())
        session.commit()
    assert write(evening, ann, ben) == NotOpen()
    assert write(evening, zoe, ben) == Sent(ben.person_id)
    assert evening.grant(ben, ann), "the rest of the card is gone too"


def test_nobody_closes_what_is_not_theirs(evening: EveningOut) -> None:
    grant = evening.grant(evening.cast.ben, evening.cast.ann)
    assert grant
    with pytest.raises(NotHere), writing() as session:
        close(session, new_id(), grant.id, by=evening.cast.actor(evening.cast.ann.person_id), at=now())


def test_the_link_in_the_mail_closes_without_signing_in(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    grant = evening.grant(ben, ann)
    assert grant
    path = stop_link(evening.keyring, grant.id)
    browser = make_client(evening.app)
    assert "Someone wrote to you" in browser.get(path).text
    assert write(evening, ann, ben) == Sent(ben.person_id), "looking closed it"
    program = {"List-Unsubscribe": "One-Click"}
    assert browser.post(path, data=program).status_code == 303
    assert "No more notes from them" in browser.get(path).text
    assert write(evening, ann, ben) == NotOpen()
    assert browser.post(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404


@pytest.mark.parametrize("meanwhile", ["blocked", "withdrawn", "closed", "gone"])
def test_what_waits_to_go_out_stays_if_the_way_is_shut_meanwhile(
    evening: EveningOut, settings: Settings, meanwhile: str
) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    with writing() as session:
        by, keyring = evening.cast.actor(ann.person_id), evening.keyring
        write_to(session, new_id(), ben.person_id, WORDS, by=by, at=now(), keyring=keyring)
        session.execute(update(OutboxRow).values(due_at=now()))
        grant = evening.grant(ben, ann)
        assert grant
        session.commit()
    shut(evening, meanwhile, grant.id)
    assert letters(evening, settings) == []


def shut(evening: EveningOut, meanwhile: str, grant_id: Any) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    by = evening.cast.actor(ben.person_id)
    if meanwhile == "withdrawn":
        evening.withdraw(ben, grant_id)
        return
    with writing() as session:
        if meanwhile == "blocked":
            block(session, new_id(), ann.person_id, by=by, at=now())
        elif meanwhile == "closed":
            close(session, new_id(), grant_id, by=by, at=now())
        else:
            session.delete(session.scalars(select(Address).where(Address.person_id == ben.person_id)).one())
        session.commit()


def test_the_words_are_sealed_while_they_wait(evening: EveningOut) -> None:
    with writing() as session:
        by, keyring = evening.cast.actor(evening.cast.ann.person_id), evening.keyring
        write_to(session, new_id(), evening.cast.ben.person_id, WORDS, by=by, at=now(), keyring=keyring)
        session.commit()
    [row] = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "note.written"))
    assert "sailmaker" not in str(row.payload)


def test_the_page_offers_to_write_only_where_it_is_open(evening: EveningOut) -> None:
    ann, ben = evening.cast.ann, evening.cast.ben
    page = f"/people/{ben.person_id}"
    browser = evening.cast.browser(ann.person_id)
    assert "Write a note through Mixwell" in browser.get(page).text
    sent = browser.post(f"{page}/notes", data={"words": WORDS})
    assert (sent.status_code, sent.location) == (303, page)
    assert "On its way" in browser.get(page).text
    assert "Nothing to send yet" in browser.post(f"{page}/notes", data={"words": " "}, follow_redirects=True).text
    take(evening, ben)
    assert "Write a note through Mixwell" not in browser.get(page).text
    assert "They take no notes" in browser.post(f"{page}/notes", data={"words": "Hello"}, follow_redirects=True).text


def test_three_notes_a_day_to_one_person_and_the_fourth_waits(evening: EveningOut) -> None:
    page = f"/people/{evening.cast.ben.person_id}/notes"
    browser = evening.cast.browser(evening.cast.ann.person_id)
    statuses = [browser.post(page, data={"words": f"Note {number}"}).status_code for number in range(4)]
    assert statuses == [303, 303, 303, 429]


def test_who_can_be_written_to_through_us_is_not_called_unreachable(evening: EveningOut) -> None:
    page = evening.cast.browser(evening.cast.ann.person_id).get(f"/people/{evening.cast.ben.person_id}").text
    assert "They chose no way to be written to." not in page
