"""A guest without an account hears once who gave them a card, may give theirs, and may be left alone for good."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.cast import keep
from tests.followups.mornings import html, link_in, mails, next_morning, words
from tests.swaps.evening import EveningOut
from webapp.accounts.models import Address, Card, Person
from webapp.accounts.people import confirm_address, correct_unclaimed, hope_for_address, sign_in_person
from webapp.checkin.models import CheckIn
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.events.models import Attendee, Invitation
from webapp.mydata.leaving import erase
from webapp.settings import Settings
from webapp.swaps.blocking import block
from webapp.swaps.models import CardRequest
from webapp.swaps.queries import granted_card

UNA = "una@example.org"


@pytest.fixture
def una(evening: EveningOut) -> Attendee:
    """On the list with a headline, came in on paper, and got Ann's card."""
    una = evening.cast.guest("Una Unclaimed", email=UNA, headline="Tunes pianos", company="Keys Ltd")
    evening.arrive(una, knows=False)
    evening.meet(evening.cast.ann, una)
    return una


def mail_to(evening: EveningOut, settings: Settings, address: str = UNA) -> EmailMessage | None:
    return mails(evening, next_morning(evening), settings).get(address)


def sent(evening: EveningOut, settings: Settings, address: str = UNA) -> EmailMessage:
    mail = mail_to(evening, settings, address)
    assert mail
    return mail


def change(model: Any, which: Any, **values: Any) -> None:
    with writing() as session:
        session.execute(update(model).where(which).values(**values))
        session.commit()


def request_to(guest: Attendee) -> UUID:
    db.session.rollback()
    return db.session.scalars(select(CardRequest.id).where(CardRequest.asked_id == guest.person_id)).one()


def test_the_mail_says_who_gave_a_card_who_writes_and_where_the_address_is_from(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    mail = sent(evening, settings)
    said = words(mail)
    assert mail["Subject"] == "One person gave you a card"
    parts = (
        "Ann Achebe, Bakes",
        "For Una Unclaimed.",
        "Give mine:",
        "Harbour Chamber put your address on the guest list.",
    )
    assert all(part in said for part in parts)
    assert "Don’t write to me again" in said
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Rye bread" not in said + html(mail), "whose card it is keeps their own note"


def test_give_mine_gives_name_and_headline_as_on_the_list_and_nothing_else(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    link, stranger = link_in(sent(evening, settings)), evening.cast.browser()
    page = stranger.get(link).text
    assert "Ann Achebe" in page
    assert "One line for later" not in page
    form = {"act": "give", "about": str(request_to(una)), "operation_id": str(new_id())}
    assert stranger.post(link, data=form).status_code == 303
    db.session.rollback()
    card = granted_card(db.session(), una.person_id, evening.cast.ann.person_id)
    assert card
    assert card.fields == {"name": "Una Unclaimed", "headline": "Tunes pianos"}
    assert db.session.get_one(Person, una.person_id).claimed_at is None
    assert "Give mine" not in stranger.get(link).text


def test_without_an_account_there_is_nothing_to_write_into(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    link, meeting = link_in(sent(evening, settings)), request_meeting(una)
    assert (
        evening.cast.browser().post(link, data={"act": "write", "about": str(meeting), "line": "x"}).status_code == 404
    )


def request_meeting(guest: Attendee) -> UUID:
    db.session.rollback()
    return db.session.scalars(select(CardRequest.meeting_id).where(CardRequest.asked_id == guest.person_id)).one()


def test_who_did_not_come_was_cancelled_or_came_back_hears_nothing(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    change(CheckIn, CheckIn.attendee_id == una.id, undone_at=now())
    assert mail_to(evening, settings) is None
    change(CheckIn, CheckIn.attendee_id == una.id, undone_at=None)
    change(Attendee, Attendee.id == una.id, cancelled_at=now())
    assert mail_to(evening, settings) is None


def test_an_address_that_sent_an_invitation_back_is_not_written_to(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    row = Invitation(id=new_id(), event_id=una.event_id, attendee_id=una.id, round=1, link_digest=b"x", asked_at=now())
    row.failed_at = now()
    keep(row)
    assert mail_to(evening, settings) is None


def test_whoever_took_the_card_back_or_blocked_them_is_not_in_it(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    with writing() as session:
        block(session, new_id(), una.person_id, by=evening.cast.actor(evening.cast.ann.person_id), at=now())
        session.commit()
    assert mail_to(evening, settings) is None


def test_an_address_somebody_only_typed_gets_no_cards(evening: EveningOut, settings: Settings) -> None:
    """To claim a place anybody may type an address: only the organizer's own list counts."""
    guest = evening.arrive(evening.cast.guest("Noel Nomail"))
    evening.meet(evening.cast.ann, guest)
    with writing() as session:
        hope_for_address(session, guest.person_id, "thief@example.org", now())
        session.commit()
    assert set(mails(evening, next_morning(evening), settings)) == {"ann@example.org", "ben@example.org"}


def test_two_guests_with_one_address_get_a_mail_each_by_name(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    twin = evening.arrive(evening.cast.guest("Ulf Unclaimed", email=UNA), knows=False)
    evening.meet(evening.cast.ann, twin)
    mails(evening, next_morning(evening), settings)
    texts = [file.read_text() for file in (settings.data_dir / "mail").glob("*.eml")]
    mine = [text for text in texts if f"To: {UNA}" in text]
    assert len(mine) == 2
    assert {name for name in ("For Una Unclaimed", "For Ulf Unclaimed") for text in mine if name in text} == {
        "For Una Unclaimed",
        "For Ulf Unclaimed",
    }


def claim(evening: EveningOut, una: Attendee, address: str) -> None:
    with writing() as session:
        person = session.get_one(Person, una.person_id)
        confirm_address(session, person, address, now())
        sign_in_person(session, person, proven_address=address, browser="x", at=now())
        session.commit()


def test_a_link_mailed_before_an_account_by_another_address_is_over(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    link, stranger = link_in(sent(evening, settings)), evening.cast.browser()
    claim(evening, una, "una.private@example.org")
    assert stranger.get(link).status_code == 404


def test_a_link_mailed_to_the_address_that_then_made_the_account_goes_on(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    link = link_in(sent(evening, settings))
    claim(evening, una, UNA)
    assert "Ann Achebe" in evening.cast.browser().get(link).text


def test_who_left_gets_nothing_and_their_link_is_over(evening: EveningOut, una: Attendee, settings: Settings) -> None:
    link = link_in(sent(evening, settings))
    with writing() as session:
        erase(session, una.person_id, at=now())
        session.commit()
    assert evening.cast.browser().get(link).status_code == 404


def test_left_alone_holds_whatever_list_comes_next(evening: EveningOut, una: Attendee, settings: Settings) -> None:
    stop = str(sent(evening, settings)["List-Unsubscribe"])[1:-1].removeprefix("https://mix.example.org")
    stranger = evening.cast.browser()
    assert "Don’t write to me again" in stranger.get(stop).text
    assert stranger.post(stop).status_code == 303
    assert "whatever list you are on" in stranger.get(stop).text
    for file in (settings.data_dir / "mail").glob("*.eml"):
        file.unlink()
    later = evening.cast.event(evening.cast.circle, starts_at=now() - timedelta(minutes=5))
    with writing() as session:  # a new list makes the hoped-for address anew
        correct_unclaimed(session, {una.person_id: ("Una Unclaimed", UNA)}, now())
        session.commit()
    again = evening.arrive(evening.cast.guest("Una Unclaimed", email=UNA, event=later), knows=False)
    evening.arrive(evening.cast.guest("Ann Achebe", event=later))
    with writing() as session:
        place = session.scalars(select(Attendee).where(Attendee.event_id == later.id, Attendee.email == "")).one()
        place.person_id = evening.cast.ann.person_id
        session.commit()
    evening.meet(evening.cast.ann, again)
    assert UNA not in mails(evening, next_morning(evening), settings)


def test_the_wish_is_kept_as_a_proof_and_can_be_taken_back(
    evening: EveningOut, una: Attendee, settings: Settings
) -> None:
    stop = str(sent(evening, settings)["List-Unsubscribe"])[1:-1].removeprefix("https://mix.example.org")
    stranger = evening.cast.browser()
    for _ in range(2):
        stranger.post(stop)
    with db.engine.connect() as connection:
        rows = list(connection.exec_driver_sql("SELECT * FROM left_alone"))
    assert len(rows) == 1
    assert "una" not in repr(rows)
    stranger.post(stop, data={"again": "yes"})
    with db.engine.connect() as connection:
        assert not list(connection.exec_driver_sql("SELECT * FROM left_alone"))


def test_the_card_of_a_guest_without_account_has_no_way_to_reach_them(evening: EveningOut, una: Attendee) -> None:
    card = db.session.get_one(Card, una.person_id)
    assert (card.reach_chosen_at, card.email) == (None, "")
    assert db.session.scalars(select(Address.confirmed_at).where(Address.person_id == una.person_id)).all() == [None]
