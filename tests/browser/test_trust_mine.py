"""What is mine stays mine: a block tells nobody, two hundred requests are one tap, taken back is gone, left is left."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.browser.phones import CODE, enter_code, phones_for
from tests.browser.room import Room, mixwell, type_code, words_on
from tests.browser.served import PATIENCE, House, a_house
from tests.cast import Cast
from tests.swaps.evening import BASE, EveningOut
from tests.swaps.test_blocking import CHANGING
from webapp.core.database import db
from webapp.events.models import Attendee
from webapp.swaps.verdicts import Swapped

pytestmark = pytest.mark.browser

NOTE = "For later, only you see this"
ASKERS = 200
FIRST_PAINT = 2500
"""Milliseconds until a phone shows something of 200 requests, on a busy machine."""


# Blocked.


def test_the_blocked_see_on_every_page_exactly_what_no_answer_shows(room: Room) -> None:
    ann, ben = room.come("Ann Asker"), room.come("Ben Blocker")
    room.evening.meet(ann, ben)
    plain, live = room.phone(ann, script=False), room.phone(ann)
    unanswered = pages_of(plain, ben), words_of_pages(live, ben)
    bens = room.phone(ben)
    bens.goto(f"/people/{ann.person_id}")
    bens.get_by_text("Nothing more to do with them").click()
    bens.get_by_role("button", name="Block Ann Asker").click()
    expect(bens.get_by_role("heading", name="People")).to_be_visible()
    assert "Ann Asker" not in bens.locator("main").inner_text()
    assert pages_of(plain, ben) == unanswered[0]
    assert words_of_pages(live, ben) == unanswered[1]
    bens.goto("/me")
    bens.get_by_text("You blocked 1 person").click()
    bens.get_by_role("button", name="Unblock Ann Asker").click()
    room.evening.meet(ben, ann)
    assert pages_of(plain, ben) != unanswered[0], "the pages would have told an answer"


def pages_of(phone: Page, other: Attendee) -> dict[str, str]:
    """All that a phone without scripts is sent of an evening and of this other, less fresh ids and moving codes."""
    return {path: CHANGING.sub("", _content(phone, path)) for path in _places(other)}


def words_of_pages(phone: Page, other: Attendee) -> dict[str, str]:
    """What somebody reads where scripts run: of this other, and in the part of Scan that asks by itself for news."""
    parts = {f"/people/{other.person_id}": "main", "/scan": "#waiting"}
    return {path: _words(phone, path, part) for path, part in parts.items()}


def _places(other: Attendee) -> tuple[str, ...]:
    return ("/people", f"/people/{other.person_id}", "/next", "/me", "/scan")


def _content(phone: Page, path: str) -> str:
    answer = phone.goto(path)
    assert answer
    assert answer.status == 200
    return phone.content()


def _words(phone: Page, path: str, part: str) -> str:
    phone.goto(path)
    return phone.locator(part).inner_text()


# The speaker.


def test_a_speaker_says_yes_to_two_hundred_at_once_and_takes_it_back_at_once(room: Room) -> None:
    speaker = room.come("Sam Speaker")
    room.ask(speaker, ASKERS)
    phone = room.phone(speaker)
    phone.goto("/next")
    yes = phone.get_by_role("button", name=f"Say yes to all {ASKERS}")
    expect(yes).to_be_in_viewport()
    painted = phone.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < FIRST_PAINT
    yes.click()
    expect(phone.get_by_role("heading", name=f"{ASKERS} have your card now.")).to_be_visible()
    expect(yes).to_have_count(0)
    phone.get_by_role("button", name="Undo", exact=True).click()
    phone.goto("/next")
    expect(yes).to_be_in_viewport()
    phone.get_by_role("link", name="Me", exact=True).click()
    expect(phone.get_by_text("Nobody yet.")).to_be_visible()


def test_a_row_of_ten_swaps_by_the_code_on_the_slide(room: Room) -> None:
    speaker = room.come("Sol Slide")
    row = [room.come(f"Seat{seat} Listener") for seat in "ABCDEFGHIJ"]
    phone = room.phone(speaker)
    wall = a_slide_made_by(phone, room)
    for guest, script in ((row[0], True), (row[1], False)):
        scanning = room.phone(guest, script=script)
        scanning.goto("/scan")
        type_code(scanning, wall)
        expect(scanning.locator("#sheet")).to_contain_text("Swapped. You have each other’s card.")
    for guest in row[2:]:
        assert isinstance(room.evening.scan(guest, wall.replace(room.house.base.upper(), BASE.upper())), Swapped)
    phone.goto("/people")
    for guest in row:
        expect(phone.get_by_role("link", name=guest.name)).to_be_visible()


def a_slide_made_by(phone: Page, room: Room) -> str:
    """From Me to the picture for the slide; what a decoder that is not ours reads from it."""
    phone.goto("/me")
    phone.get_by_role("link", name="Speaking tonight?").click()
    phone.get_by_label("It starts at").fill(room.clock())
    phone.get_by_role("button", name="Make my slide code").click()
    with phone.expect_download() as coming:
        phone.get_by_role("link", name="Picture for the slide").click()
    [code] = zxingcpp.read_barcodes(Image.open(coming.value.path()).convert("RGB"))
    return str(code.text)


# Taken back, and taken along.


def test_a_withdrawn_card_vanishes_over_there_and_the_export_holds_what_is_mine(room: Room) -> None:
    ann, ben = room.come("Ann Away", headline="Bakes rye"), room.come("Ben Bridge", headline="Builds boats")
    room.swap(ann, ben)
    room.note(ann, ben, "Knows the tides.")
    room.note(ben, ann, "Said rye keeps for a week.")
    mine, theirs = room.phone(ann), room.phone(ben)
    theirs.goto(f"/people/{ann.person_id}")
    expect(theirs.get_by_role("link", name="ann@card.example.org")).to_be_visible()
    with room.after_the_minute():
        mine.goto("/me")
        mine.get_by_role("button", name="Take my card back (Ben Bridge)").click()
        expect(mine.get_by_text("Nobody yet.")).to_be_visible()
        theirs.reload()
        expect(theirs.get_by_text("Their card was withdrawn on")).to_be_visible()
        expect(theirs.get_by_label(NOTE)).to_have_value("Said rye keeps for a week.")
        gone = ("ann@card.example.org", "Bakes rye")
        assert not any(words in theirs.content() for words in gone)
        told, cards = everything_downloaded_by(mine)
        assert all(words in told for words in ("Ann Away", "Knows the tides.", "Ben Bridge", "Bakes rye"))
        assert "Said rye" not in told, "their words about me are theirs"
        assert all(words in cards for words in ("BEGIN:VCARD", "FN:Ben Bridge", "ben@card.example.org"))
        told, cards = everything_downloaded_by(theirs)
        assert not any(words in told + cards for words in gone)
        assert "Said rye keeps for a week." in told


def everything_downloaded_by(phone: Page) -> tuple[str, str]:
    """From Me to the one file: what I read in it, and the cards."""
    phone.goto("/me")
    phone.get_by_role("link", name="What we keep of you").click()
    with phone.expect_download() as coming:
        phone.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"mixwell-\d{4}-\d\d-\d\d\.zip", coming.value.suggested_filename)
    with zipfile.ZipFile(coming.value.path()) as archive:
        told = json.dumps(json.loads(archive.read("mine.json")), ensure_ascii=False)
        books = [words_on(archive.read(name)) for name in archive.namelist() if name.endswith(".pdf")]
        return "\n".join([told, *books]), archive.read("people.vcf").decode()


# Gone for good.


def test_who_left_stays_erased_after_the_last_backup_is_restored(playwright: Playwright, tmp_path: Path) -> None:
    backup = tmp_path / "last.backup"
    with a_house(tmp_path / "house") as house, phones_for(playwright, house.base, tmp_path) as phones:
        with house.app.app_context():
            room = Room(house, phones, EveningOut(house.app, Cast(house.app)))
            ann, ben = room.come("Ann Leaver", headline="Bakes rye"), room.come("Ben Stays")
            room.swap(ann, ben)
            room.note(ben, ann, "Owes me a loaf.")
            phone, theirs = room.phone(ann), room.phone(ben)
            db.session.remove()
        assert "Kept in" in mixwell(house, "backup", str(backup))
        leave_by_hand(phone, house, "ann.leaver@example.org")
        only_the_note_is_left(theirs, f"/people/{ann.person_id}")
        cookies = theirs.context.cookies()
    assert "Restored." in mixwell(house, "restore", str(backup))
    with served_by_command(house) as said, phones_for(playwright, house.base, tmp_path) as phones:
        theirs = phones.page()
        theirs.context.add_cookies([{"name": one["name"], "value": one["value"], "url": house.base} for one in cookies])
        only_the_note_is_left(theirs, f"/people/{ann.person_id}")
        assert "Erased again what a backup brought back: people who had left, 1." in said.read_text()


def leave_by_hand(phone: Page, house: House, address: str) -> None:
    """From Me to goodbye: a fresh code, a tick, and everything is erased."""
    phone.goto("/me")
    phone.get_by_role("link", name="What we keep of you").click()
    phone.get_by_role("link", name="Leave Mixwell").click()
    before = len(house.mails_to(address, CODE))
    phone.get_by_role("button", name="Write me a code").click()
    enter_code(phone, house, address, before, "Go on")
    phone.get_by_label("Yes, erase everything of mine").check()
    phone.get_by_role("button", name="Erase and leave").click()
    expect(phone.get_by_role("heading", name="Nothing of yours is left here")).to_be_visible()


def only_the_note_is_left(phone: Page, path: str) -> None:
    """Whoever met them sees their own words, about someone who left."""
    phone.goto(path)
    expect(phone.get_by_role("heading", name="Someone who left")).to_be_visible()
    expect(phone.get_by_label(NOTE)).to_have_value("Owes me a loaf.")
    assert not any(words in phone.content() for words in ("Leaver", "Bakes rye", "ann@card.example.org"))


@contextmanager
def served_by_command(house: House) -> Iterator[Path]:
    """The operator starts the server again, at the same address, until the block ends; the file of what it says."""
    port, said = house.base.rpartition(":")[2], house.folder / "said.txt"
    environ = {"MIXWELL_MODE": "test", "MIXWELL_BASE_URL": house.base, "MIXWELL_DATA_DIR": str(house.folder)}
    environ |= {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    with said.open("w") as file:
        command = [sys.executable, "-m", "webapp.cli", "serve", "--port", port]
        server = subprocess.Popen(command, stdout=file, stderr=file, env=environ)
    try:
        _wait_for(int(port))
        yield said
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < give_up, "the server did not come up"
            time.sleep(0.1)
