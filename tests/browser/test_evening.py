"""The whole evening, played on real input: a ticket shop's list, the printed sheets, cameras, mails and two phones."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from PIL import Image
from playwright.sync_api import Locator, Page, Playwright, expect
from sqlalchemy import select

from tests.browser.fake_camera import picture_of
from tests.browser.paper import Printed, badges_on
from tests.browser.phones import DESK, Phones, phones_for, sign_in
from tests.browser.served import House, a_house, link_in
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.door_rules import DOUBLE_FIRE
from webapp.events.models import Attendee

pytestmark = pytest.mark.browser

LIST = Path(__file__).parents[1] / "events/files/mixer-200.csv"
ZONE = "Europe/London"
DORA = "dora@example.org"
ANA, BEN = "guest0@example.org", "guest1@example.org"
CANCELLED = "guest3@example.org"
NOTE = "Sails on Sundays. Promised him the name of my printer."
INVENTED = "7K3M9QXT2A0B1C4D5E6F8GHJ"


@dataclass
class Evening:
    """The house, the phones in it, and what the organizer's pages have shown so far."""

    house: House
    phones: Phones
    desk: Page
    event: str = ""

    def guest(self, email: str) -> Attendee:
        """The guest on the list with this address."""
        with self.house.app.app_context():
            return db.session.scalars(select(Attendee).where(Attendee.email == email)).one()


@pytest.fixture
def evening(playwright: Playwright, tmp_path: Path) -> Iterator[Evening]:
    """An empty house whose organizer has been invited, as an operator does it."""
    house_folder, films = tmp_path / "house", tmp_path / "films"
    films.mkdir()
    with a_house(house_folder) as house, phones_for(playwright, house.base, films) as phones:
        yield Evening(house, phones, phones.page(DESK))


def test_an_evening_from_the_list_to_the_withdrawn_card(evening: Evening) -> None:
    invite_the_organizer(evening.house)
    sign_in(evening.desk, evening.house, DORA)
    plan_the_mixer(evening)
    bring_the_list_in(evening)
    send_the_invitations(evening)
    badges = print_the_badges(evening)
    cancel_a_guest(evening, CANCELLED)
    door = open_the_door(evening)
    the_door_answers_badges(evening, door, badges)

    ana, ben = claim_a_place(evening, ANA), claim_a_place(evening, BEN)
    let_in_by_name(door, "Ana S", evening.guest(ANA).name)
    let_in_by_name(door, "Ben S", evening.guest(BEN).name)
    ana_gives_by_scanning_bens_badge(evening, ana, ben, badges[evening.guest(BEN).id])
    ana_swaps_by_scanning_bens_screen(evening, ana, ben)
    ben_says_how_he_may_be_reached(ben)
    ana_keeps_a_note_that_ben_cannot_see(ana, ben)
    ana_takes_bens_card_to_her_contacts(ana)
    ana_withdraws_and_ben_sees_it_gone(ana, ben)
    assert evening.phones.complaints == []


# Before the evening.


def invite_the_organizer(house: House) -> None:
    """On the server, from the command line."""
    command = [sys.executable, "-m", "webapp.cli", "organizer", "invite", DORA, "--name", "Dora Lindqvist"]
    command += ["--zone", ZONE]
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": house.base, "MIXWELL_DATA_DIR": str(house.folder)}
    subprocess.run(command, check=True, capture_output=True, env={"PATH": os.environ["PATH"], **environ})


def plan_the_mixer(evening: Evening) -> None:
    """The circle gets its name, and an event that began half an hour ago."""
    desk, start = evening.desk, datetime.now(ZoneInfo(ZONE)) - timedelta(minutes=30)
    desk.goto("/desk")
    desk.get_by_role("link", name="Circle My circle").click()
    desk.get_by_label("Name of the circle").fill("Harbour Chamber")
    desk.get_by_role("button", name="Keep").click()
    expect(desk.get_by_role("heading", name="Harbour Chamber")).to_be_visible()
    desk.get_by_role("link", name="Plan an event").click()
    desk.get_by_label("What is it called?").fill("Autumn mixer")
    desk.get_by_label("Date").fill(start.date().isoformat())
    desk.get_by_label("Starts").fill(start.strftime("%H:%M"))
    desk.get_by_label("Ends").fill((start + timedelta(hours=3)).strftime("%H:%M"))
    desk.get_by_label("Where", exact=True).fill("Old Customs House")
    desk.get_by_role("button", name="Keep").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Autumn mixer")
    evening.event = desk.url


def bring_the_list_in(evening: Evening) -> None:
    """Seven of two hundred rows are bad; each is mended in the page."""
    desk = evening.desk
    desk.get_by_role("link", name="Import a list").click()
    desk.get_by_label("Drop your list here").set_input_files(LIST)
    desk.get_by_role("button", name="Look at the list").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("193 ready, 5 need you")
    bad = desk.locator("fieldset.import-row")
    expect(bad).to_have_count(7)
    mend(bad.filter(has_text="The name is missing"), first_name="Mended", surname="Missing")
    mend(bad.filter(has_text="“paula.example.org” is no e-mail"), e_mail="paula@example.org")
    mend(bad.filter(has_text="two@example.org; three@example.org"), e_mail="two@example.org")
    mend(bad.filter(has_text="Company is too long"), company="Short & Co.")
    mend(bad.filter(has_text="The same as row"), first_name="Oisín’s", surname="Companion", e_mail="")
    mend(bad.filter(has_text="Cancelled in this list"), coming_or_cancelled="Attending")
    bad.filter(has_text="More cells than columns").get_by_label("These cells are right as they are").check()
    desk.get_by_role("button", name="Keep mended rows, look again").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("200 ready")
    desk.get_by_role("button", name="Bring them in").click()
    expect(desk.get_by_role("heading", name="The list is in")).to_be_visible()


def mend(row: Locator, **texts: str) -> None:
    """Type over cells of a bad row; keywords are the labels."""
    for closed in row.locator("details:not([open]) > summary").all():
        closed.click()
    for word, text in texts.items():
        label = word.replace("_", " ").replace("e mail", "e-mail")
        row.get_by_label(label, exact=False).fill(text)


def send_the_invitations(evening: Evening) -> None:
    """The code typed at signing in is fresh enough to write to everybody."""
    desk = evening.desk
    desk.goto(f"{evening.event}/invitations")
    expect(desk.get_by_text("Nobody has been mailed yet.")).to_be_visible()
    desk.get_by_role("button", name="Send the invitations").click()
    expect(desk.locator("#toasts")).to_contain_text("invitations are on their way")
    evening.house.wait_for_mail(ANA)
    evening.house.wait_for_mail(BEN)


def print_the_badges(evening: Evening) -> dict[UUID, Printed]:
    """Every guest has a badge, every code on paper is read by a decoder that is not ours and belongs to one guest."""
    desk = evening.desk
    desk.goto(f"{evening.event}/badges")
    desk.get_by_role("button", name="Make the PDF").click()
    ready = desk.get_by_role("link", name="Open the PDF")
    expect(ready).to_be_visible(timeout=180_000)
    pdf = desk.context.request.get(ready.get_attribute("href") or "")
    assert pdf.headers["content-type"] == "application/pdf"
    with evening.house.app.app_context():
        badges = badges_on(pdf.body(), "a4-4up", evening.house.base)
        guests = set(db.session.scalars(select(Attendee.id)))
    assert len(guests) == 200
    assert set(badges) == guests
    return badges


def cancel_a_guest(evening: Evening, email: str) -> None:
    """Someone called in sick."""
    evening.desk.goto(f"{evening.event}/guests/{evening.guest(email).id}")
    evening.desk.get_by_role("button", name="Cancel this place").click()
    expect(evening.desk.locator("#toasts")).to_contain_text("Cancelled. The door will say so.")


# At the door.


def open_the_door(evening: Evening) -> Page:
    """The organizer shows a one-use code; a volunteer's phone opens it and is the door."""
    desk, cora = evening.desk, evening.phones.page()
    desk.goto(f"{evening.event}/doors")
    desk.get_by_label("Which door", exact=False).fill("North door")
    desk.get_by_role("button", name="Show its code").click()
    link = desk.locator("a.door-link").get_attribute("href") or ""
    cora.goto(link)
    cora.get_by_label("Your name", exact=False).fill("Cora’s phone")
    cora.get_by_role("button", name="Use this phone as a door").click()
    expect(cora.get_by_role("heading", name="Who is here?")).to_be_visible()
    assert cora.context.request.get(link).status == 404, "the code works once"
    return cora


def the_door_answers_badges(evening: Evening, door: Page, badges: dict[UUID, Printed]) -> None:
    """Paper held to the door's camera: welcome, already in, cancelled, unknown."""
    guest = evening.guest("guest7@example.org")
    held_to_the_door(evening, door, badges[guest.id].picture, "Welcome", guest.name)
    with time_machine.travel(now() + 2 * DOUBLE_FIRE, tick=True):
        again = ("Already in", guest.name, "North door", "Cora’s phone")
        held_to_the_door(evening, door, badges[guest.id].picture, *again)
    cancelled = evening.guest(CANCELLED)
    held_to_the_door(evening, door, badges[cancelled.id].picture, "Cancelled", cancelled.name)
    nobodys = picture_of(f"HTTPS://{evening.house.base.removeprefix('http://')}/B/{INVENTED}")
    held_to_the_door(evening, door, nobodys, "Let’s find you")
    expect(door.locator("#counter strong")).to_have_text("1")


def held_to_the_door(evening: Evening, door: Page, badge: Image.Image, word: str, *more: str) -> None:
    """Hold this to the camera of the door; the verdict says the word and the rest."""
    with evening.phones.seeing(door, badge) as page:
        page.goto(door.url)
        page.get_by_role("button", name="Start the camera").click()
        expect(page.locator("#verdict h1")).to_have_text(word)
        for words in more:
            expect(page.locator("#verdict")).to_contain_text(words)


def let_in_by_name(door: Page, letters: str, name: str) -> None:
    """Find somebody by a few letters and tap their row."""
    door.get_by_label("Three letters of the name").fill(letters)
    door.locator("button.find-row", has_text=name).click()
    expect(door.locator("#verdict h1")).to_have_text("Welcome")
    expect(door.locator("#verdict")).to_contain_text(name)
    door.get_by_role("link", name="Next guest").click()
    expect(door.locator("#verdict h1")).to_have_count(0)


# In the room.


def claim_a_place(evening: Evening, email: str) -> Page:
    """Open the link of the invitation, twice, as mail scanners do; the one tap makes the place theirs."""
    phone, link = evening.phones.page(), link_in(evening.house.wait_for_mail(email))
    phone.goto(link)
    phone.goto(link)
    assert evening.guest(email).claimed_at is None
    phone.get_by_role("button", name=f"I’m {evening.guest(email).name}").click()
    expect(phone.get_by_role("heading", name="Scan")).to_be_visible()
    assert evening.guest(email).claimed_at
    return phone


def ana_gives_by_scanning_bens_badge(evening: Evening, ana: Page, ben: Page, badge: Printed) -> None:
    """The first scan asks before it sends; then Ben's phone shows within three seconds that a card waits."""
    ben.goto("/scan")
    with evening.phones.seeing(ana, badge.picture) as camera:
        camera.goto("/scan")
        camera.get_by_role("button", name="Start the camera").click()
        sheet = camera.locator("#sheet")
        expect(sheet.get_by_role("heading")).to_have_text("Ben Silva")
        expect(sheet).to_contain_text("Scanning gives Ben Silva your card")
        expect(ben.get_by_text("Ana Silva gave you a card.")).to_have_count(0)
        sheet.get_by_role("button", name="Give my card").click()
        expect(sheet).to_contain_text("Asked.")
        expect(ben.get_by_role("heading", name="Ana Silva gave you a card.")).to_be_visible()
        expect(sheet).to_contain_text("You gave: name, headline.")
        sheet.get_by_label("E-mail").check()
        sheet.get_by_label("New to me").check()
        sheet.get_by_role("button", name="Done").click()
        expect(sheet.get_by_role("heading")).to_have_count(0)


def ana_swaps_by_scanning_bens_screen(evening: Evening, ana: Page, ben: Page) -> None:
    """Ben shows his code, which says yes; both phones say that they swapped."""
    shown = Image.open(BytesIO(ben.locator(".code-panel").screenshot()))
    with evening.phones.seeing(ana, shown.resize((shown.width * 2, shown.height * 2))) as camera:
        camera.goto("/scan")
        camera.get_by_role("button", name="Start the camera").click()
        expect(camera.locator("#sheet")).to_contain_text("Swapped. You have each other’s card.")
        expect(ben.get_by_role("heading", name="Swapped with Ana Silva.")).to_be_visible()
        camera.locator("#sheet").get_by_role("button", name="Open the card").click()
        camera.wait_for_url("**/people/*")
        expect(camera.get_by_role("heading", name="Ben Silva")).to_be_visible()
        expect(camera.get_by_text(BEN)).to_have_count(0)
        ana.goto(camera.url)


def ben_says_how_he_may_be_reached(ben: Page) -> None:
    """Asked once, nothing ticked; the first answer also holds for the swap that made us ask."""
    ben.get_by_role("link", name="Open").click()
    reach = ben.get_by_role("group", name="How may people you swap with reach you?")
    expect(reach.get_by_label("E-mail")).not_to_be_checked()
    reach.get_by_label("E-mail").check()
    ben.get_by_role("button", name="Done").click()
    ben.get_by_role("link", name="People").click()
    ben.get_by_role("link", name="Ana Silva").click()
    expect(ben.get_by_role("link", name=ANA)).to_be_visible()


def ana_keeps_a_note_that_ben_cannot_see(ana: Page, ben: Page) -> None:
    """Ana sees Ben's card now, and writes her own words beside it."""
    ana.reload()
    expect(ana.get_by_role("link", name=BEN)).to_be_visible()
    ana.get_by_label("For later, only you see this").fill(NOTE)
    ana.get_by_role("button", name="Keep", exact=True).click()
    expect(ana.get_by_text("Kept. Only you see it.")).to_be_visible()
    ana.reload()
    expect(ana.get_by_label("For later, only you see this")).to_have_value(NOTE)
    expect(ana.get_by_label("New to me")).to_be_checked()
    for place in (ben.url, "/people", "/scan", "/me"):
        ben.goto(place)
        assert NOTE not in ben.content()


def ana_takes_bens_card_to_her_contacts(ana: Page) -> None:
    """Once Ben's minute of undo is over."""
    with time_machine.travel(now() + timedelta(seconds=61), tick=True), ana.expect_download() as coming:
        ana.get_by_role("link", name="Add to phone contacts").click()
    card = Path(coming.value.path()).read_text("utf-8")
    assert coming.value.suggested_filename == "Ben Silva.vcf"
    assert "\nVERSION:3.0" in card.replace("\r", "")
    assert "FN:Ben Silva" in card
    assert BEN in card


def ana_withdraws_and_ben_sees_it_gone(ana: Page, ben: Page) -> None:
    """Her fields leave Ben's pages; that they met stays."""
    ben.goto("/people")
    ben.get_by_role("link", name="Ana Silva").click()
    expect(ben.get_by_text(ANA)).to_be_visible()
    ana.goto("/me")
    ana.get_by_role("button", name="Take my card back (Ben Silva)").click()
    expect(ana.get_by_text("Nobody yet.")).to_be_visible()
    ben.reload()
    expect(ben.get_by_role("heading", name="Ana Silva")).to_be_visible()
    expect(ben.get_by_text("Their card was withdrawn on")).to_be_visible()
    expect(ben.get_by_text(ANA)).to_have_count(0)
    expect(ben.get_by_role("link", name="Add to phone contacts")).to_have_count(0)
