"""Nobody falls out: without a phone, without an account, without having signed in, without having been here before."""

import re
from urllib.parse import urlsplit

import pytest
import time_machine
from playwright.sync_api import Page, Response, expect

from tests.browser.phones import CODE, enter_code
from tests.browser.room import Room, type_code, words_on
from tests.browser.served import link_in, words_of
from webapp.events.models import Attendee

pytestmark = pytest.mark.browser

GAVE_A_CARD = "gave you a card"
"""In the subject of the mail to a guest without an account."""


# Without a phone.


def test_a_guest_without_a_phone_takes_cards_home_on_paper_and_hears_of_them_in_the_morning(room: Room) -> None:
    nils = room.on_paper("Nils Nophone", "nils@paper.example.org")
    ben, cora = room.come("Ben Baker", headline="Bakes rye"), room.come("Cora Keeper", headline="Keeps bees")
    for giver in (ben, cora):
        room.evening.meet(giver, nils)
    with room.after_the_minute():
        paper = printed_at_the_exit(nils, room)
    for words in ("People who gave you a card tonight", "Nils Nophone", "Ben Baker", "Bakes rye", "Cora Keeper"):
        assert words in paper
    assert "ben@card.example.org" in paper
    with room.next_morning():
        mail = room.house.wait_for_mail("nils@paper.example.org", GAVE_A_CARD)
    assert mail["Subject"] == "Two people gave you a card"
    assert all(words in words_of(mail) for words in ("Ben Baker, Bakes rye", "Cora Keeper, Keeps bees"))


def printed_at_the_exit(guest: Attendee, room: Room) -> str:
    """The helper scans the badge, learns a name and nobody else's, and prints: the words on the sheet."""
    door = room.door()
    with room.phones.seeing(door, room.badge(guest)) as exit_phone:
        exit_phone.goto(f"/events/{room.cast.mixer.id}/door")
        exit_phone.get_by_role("link", name="Exit table").click()
        exit_phone.get_by_role("button", name="Start the camera").click()
        shown = exit_phone.locator("#verdict")
        expect(shown).to_contain_text(guest.name)
        assert not any(name in exit_phone.content() for name in ("Ben", "Cora", "card.example.org"))
        with exit_phone.context.expect_event("response") as sheet:
            shown.get_by_role("button", name="Print the sheet").click()
        # Left open, it would hear in the morning that the evening is over.
        door.close()
        return words_on(pdf_of(sheet.value, exit_phone))


def pdf_of(answer: Response, phone: Page) -> bytes:
    """What a tap brought. Sent once more for its content: a browser has only its own viewer to show for a PDF."""
    assert answer.headers["content-type"] == "application/pdf"
    asked, own = answer.request, answer.request.headers["content-type"]
    headers = {"Origin": answer.url[: -len(urlsplit(answer.url).path)], "Content-Type": own}
    again = phone.context.request.post(asked.url, data=asked.post_data_buffer, headers=headers)
    return again.body()


# Without an account.


def test_a_guest_without_an_account_answers_by_the_mail_and_is_left_alone_when_they_say_so(room: Room) -> None:
    una, ben = room.on_paper("Una Unclaimed", "una@paper.example.org", headline="Tunes pianos"), room.come("Bo Tinker")
    room.evening.meet(ben, una)
    with room.next_morning():
        link = link_in(room.house.wait_for_mail("una@paper.example.org", GAVE_A_CARD))
        mailbox = room.phones.page()
        mailbox.goto(link)
        expect(mailbox.get_by_role("heading", name="They gave you a card")).to_be_visible()
        mailbox.get_by_role("button", name="Give mine Bo Tinker").click()
        expect(mailbox.get_by_role("button", name="Give mine")).to_have_count(0)
        theirs = room.phone(ben)
        theirs.goto("/people")
        theirs.get_by_role("link", name="Una Unclaimed").click()
        expect(theirs.get_by_text("Tunes pianos")).to_be_visible()
        expect(theirs.locator("main")).to_contain_text("swapped")
        mailbox.get_by_role("link", name="Don’t write to me again").click()
        mailbox.get_by_role("button", name="Don’t write to me again").click()
        expect(mailbox.get_by_role("heading", name="No more of these")).to_be_visible()
    another_evening_without_a_mail("una@paper.example.org", ben, room)


def another_evening_without_a_mail(address: str, giver: Attendee, room: Room) -> None:
    """Somebody else on the next list hears of their cards; who said no hears nothing."""
    later = room.event_later()
    with time_machine.travel(later.starts_at, tick=True):
        room.also_at(later, giver)
        for name, email in (("Una Unclaimed", address), ("Olga Onpaper", "olga@paper.example.org")):
            room.evening.meet(giver, room.on_paper(name, email, event=later))
    with room.next_morning(later):
        room.house.wait_for_mail("olga@paper.example.org", GAVE_A_CARD)
    assert len(room.house.mails_to(address, GAVE_A_CARD)) == 1


# Signed out.


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_signed_out_scan_is_kept_and_completed_after_signing_in(room: Room, *, script: bool) -> None:
    who = "Sina Scripted" if script else "Petra Plain"
    me = room.evening.arrive(room.cast.guest(who, email=f"{script}@out.example.org".lower(), claimed=True))
    ben = room.come(f"Ben of {who}")
    phone = room.phones.page(script=script)
    phone.goto(room.badge_link(ben).replace("/B/", "/b/"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Hello")
    phone.get_by_role("button", name="Say hello").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kept. You scanned a badge.")
    assert ben.name not in phone.content(), "a name is for those who take part"
    phone.get_by_role("link", name="Sign in to finish").click()
    prove_the_address(phone, me.email, room)
    phone.get_by_role("button", name="Finish").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(ben.name)
    expect(phone.get_by_text("Asked.")).to_be_visible()
    theirs = room.phone(ben)
    theirs.goto("/next")
    expect(theirs.get_by_role("heading", name=f"{who} gave you a card.")).to_be_visible()


def prove_the_address(phone: Page, address: str, room: Room) -> None:
    """Type it, and the digits of the mail."""
    before = len(room.house.mails_to(address, CODE))
    phone.get_by_label("Your e-mail").fill(address)
    phone.get_by_role("button", name="Write me a code").click()
    enter_code(phone, room.house, address, before, "Sign in")


# On the spot.


def test_on_the_spot_the_own_badge_a_typed_address_and_a_typed_code_claim_the_place(room: Room) -> None:
    nora = room.on_paper("Nora Newcomer", "nora@spot.example.org")
    ben = room.come("Ben Host")
    phone = room.phones.page()
    phone.goto(room.badge_link(nora).replace("/B/", "/b/"))
    assert "Nora" not in phone.content(), "the page behind a badge is the same for everybody"
    phone.get_by_role("button", name="Say hello").click()
    phone.get_by_role("link", name="Sign in to finish").click()
    prove_the_address(phone, "nora@spot.example.org", room)
    phone.get_by_role("button", name="Finish").click()
    expect(phone.locator("main")).to_contain_text("your own")
    phone.get_by_role("link", name="Me", exact=True).click()
    expect(phone.get_by_role("heading", name="Nora Newcomer")).to_be_visible()
    phone.get_by_role("link", name="Scan", exact=True).click()
    type_code(phone, room.letters(ben))
    sheet = phone.locator("#sheet")
    expect(sheet).to_contain_text("Scanning gives Ben Host your card")
    sheet.get_by_role("button", name="Give my card").click()
    expect(sheet).to_contain_text("Asked.")
    expect(sheet.get_by_text(re.compile("You gave: name"))).to_be_visible()
