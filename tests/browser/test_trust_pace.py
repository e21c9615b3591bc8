"""A newcomer's first minute, at human speed and counted by what was really tapped, typed and read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hand import Hand
from tests.browser.room import Room, type_code
from tests.browser.served import link_in
from webapp.core.clock import now
from webapp.core.database import writing
from webapp.events.inviting import invite
from webapp.events.models import Attendee

pytestmark = pytest.mark.browser

QUICK = 20
"""Seconds from the first scan of a newcomer to a swap that is kept."""


@pytest.fixture
def ben(room: Room) -> Attendee:
    """Whom they meet; he looks at every request himself."""
    return room.evening.arrive(room.cast.guest("Ben Host", claimed=True), reach_chosen_at=now())


def invited(room: Room, name: str) -> Attendee:
    """In the room, never here before, with an invitation in the mailbox."""
    guest = room.on_paper(name, f"{name.split()[0].lower()}@pace.example.org")
    with writing() as session:
        by = room.cast.actor(room.cast.dora.id)
        invite(session, room.cast.mixer, keyring=room.evening.keyring, by=by, at=now())
        session.commit()
    return guest


def test_a_newcomer_swaps_within_twenty_seconds_of_the_first_scan(room: Room, ben: Attendee) -> None:
    nora, hand = invited(room, "Nora Newcomer"), Hand()
    mailbox = link_in(room.house.wait_for_mail("nora@pace.example.org", room.cast.mixer.title))
    phone, theirs = room.phones.page(), room.phone(ben)
    theirs.goto("/scan")
    # The phone's own camera reads the badge and offers its address.
    hand.aim()
    hand.elsewhere(taps=1)
    phone.goto(room.badge_link(ben))
    hand.read(phone.get_by_role("heading", name="Hello"))
    hand.tap(phone.get_by_role("button", name="Say hello"))
    hand.read(phone.get_by_role("heading", name="Kept. You scanned a badge."))
    # Over to the mail program; the mail; its link.
    hand.elsewhere(taps=3, pages=1)
    phone.goto(mailbox)
    hand.read(phone.get_by_role("heading", name=room.cast.mixer.title))
    hand.tap(phone.get_by_role("button", name="I’m Nora Newcomer"))
    hand.read(phone.get_by_role("heading", name="Kept. You scanned a badge."))
    hand.tap(phone.get_by_role("button", name="Finish"))
    hand.read(phone.get_by_text("Scanning gives Ben Host your card"))
    hand.tap(phone.get_by_role("button", name="Give my card"))
    hand.read(phone.get_by_text("Asked."))
    # Ben sees it by himself, and says yes.
    hand.read(theirs.get_by_role("heading", name="Nora Newcomer gave you a card."))
    hand.tap(theirs.get_by_role("button", name="Give mine"))
    expect(phone.locator("#exchange")).to_contain_text("Swapped. You have each other’s card.")
    assert room.evening.grant(nora, ben)
    assert room.evening.grant(ben, nora)
    assert hand.seconds <= QUICK, hand
    phone.goto("/people")
    expect(phone.get_by_role("link", name="Ben Host")).to_be_visible()


def scanning(room: Room, guest: Attendee) -> Page:
    """The Scan page of somebody who is signed in."""
    page = room.phone(guest)
    page.goto("/scan")
    return page


def test_from_the_scan_to_a_saved_note_is_one_tap(room: Room, ben: Attendee) -> None:
    phone, hand = scanning(room, room.come("Ann Asker")), Hand()
    type_code(phone, room.letters(ben))  # as the camera does by itself
    sheet = phone.locator("#sheet")
    hand.read(sheet.get_by_role("heading", name="Ben Host"))
    hand.type(sheet.get_by_label("For later, only you see this"), "Old doors")
    hand.tap(sheet.get_by_role("button", name="Done"))
    expect(sheet.get_by_role("heading")).to_have_count(0)
    phone.goto(f"/people/{ben.person_id}")
    expect(phone.get_by_label("For later, only you see this")).to_have_value("Old doors")
    assert hand.taps <= 1, hand


def test_taking_a_card_back_is_no_more_taps_than_giving_it_was(room: Room, ben: Attendee) -> None:
    ann = room.come("Ann Answers")
    room.evening.meet(ben, ann)
    phone, giving, taking = room.phone(ann), Hand(), Hand()
    phone.goto(f"/people/{ben.person_id}")
    giving.tap(phone.get_by_role("button", name="Give mine"))
    expect(phone.get_by_text("They have: name")).to_be_visible()
    assert room.evening.grant(ann, ben)
    taking.tap(phone.get_by_role("button", name="Take my card back"))
    expect(phone.get_by_text("They have: name")).to_have_count(0)
    assert room.evening.grant(ann, ben) is None
    assert taking.taps <= giving.taps, (giving, taking)


def test_a_first_card_given_on_the_sheet_is_taken_back_on_the_sheet(room: Room, ben: Attendee) -> None:
    vera = room.evening.arrive(
        room.cast.guest("Vera Visitor", email="vera@pace.example.org", claimed=True), knows=False
    )
    phone, giving, taking = scanning(room, vera), Hand(), Hand()
    type_code(phone, room.letters(ben))
    sheet = phone.locator("#sheet")
    giving.tap(sheet.get_by_role("button", name="Give my card"))
    expect(sheet).to_contain_text("Asked.")
    assert room.evening.grant(vera, ben)
    taking.tap(sheet.get_by_role("button", name="Undo"))
    expect(sheet).not_to_contain_text("Asked.")
    assert room.evening.grant(vera, ben) is None
    assert taking.taps <= giving.taps, (giving, taking)
