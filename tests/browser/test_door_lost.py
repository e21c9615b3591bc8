"""A door phone that is lost: whoever takes it apart finds nobody (F24)."""

import json
from pathlib import Path

import pytest

from tests.browser.door_phones import Door, Hall
from tests.browser.lasting import lasting_phone
from webapp.badges.issuing import issue, token_of, typed_code_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Attendee

pytestmark = pytest.mark.browser

GIVEN = ("Zephyrine", "Quillon", "Ottoline", "Balthasar", "Ermengarde", "Fitzgerald", "Hyacintha", "Ignatius")
FAMILY = ("Quillfeather", "Marrowbone", "Thistlewood", "Penhaligon", "Ravensworth", "Starkweather", "Windermere")
PLAIN_LIST = """names => new Promise((done) => { const open = indexedDB.open("a plain list");
  open.onupgradeneeded = () => open.result.createObjectStore("guests", { autoIncrement: true });
  open.onsuccess = () => { const change = open.result.transaction("guests", "readwrite", { durability: "strict" });
    for (const name of names) change.objectStore("guests").add({ name });
    change.oncomplete = () => { open.result.close(); done(); }; }; })"""


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_a_lost_phone_holds_no_name_no_address_and_no_badge(hall: Hall, tmp_path: Path, count: int) -> None:
    """F24. The phone has worked: found by name, scanned online and offline, been opened without a network."""
    guests = crowd(hall, count)
    secrets = secrets_of(hall, guests)
    folder = tmp_path / "phone"
    with lasting_phone(hall.room.phones.playwright, hall.room.house, folder) as context:
        door = hall.door(page=context.new_page())
        door.open_once_more()
        work(door, hall, guests)
    assert found_in(folder, secrets) == []


def test_a_plain_list_would_be_found(hall: Hall, tmp_path: Path) -> None:
    """The canary of F24: what a page stores as it is can be read out of the folder."""
    folder, names = tmp_path / "phone", [f"{name_of(number)}" for number in range(200)]
    with lasting_phone(hall.room.phones.playwright, hall.room.house, folder) as context:
        page = context.new_page()
        page.goto("/offline")
        page.evaluate(PLAIN_LIST, names)
    assert len(found_in(folder, names)) == len(names)


def name_of(number: int) -> str:
    """A name that stands nowhere else, and is another for each number."""
    return f"{GIVEN[number % len(GIVEN)]} {FAMILY[number // len(GIVEN) % len(FAMILY)]}{number:05}"


def crowd(hall: Hall, count: int) -> list[Attendee]:
    """So many guests with a name and an address."""
    return [hall.cast.guest(name_of(number), email=f"z{number:05}@quillfeather.example.org") for number in range(count)]


def secrets_of(hall: Hall, guests: list[Attendee]) -> list[str]:
    """Names, addresses, badges and what stands under them: everything nobody may find."""
    keyring, base = hall.room.evening.keyring, hall.room.house.base
    with writing() as session:
        badges = issue(session, guests, keyring=keyring, base_url=base, at=now())
        session.commit()
        codes = [code for badge in badges for code in (token_of(badge, keyring), typed_code_of(badge, keyring))]
    db.session.rollback()
    return [guest.name for guest in guests] + [f"z{n:05}@quillfeather" for n in range(len(guests))] + codes


def work(door: Door, hall: Hall, guests: list[Attendee]) -> None:
    """An hour at the door, in short."""
    assert door.scan(hall.badge(guests[0])).word == "Welcome"
    door.page.get_by_label("Three letters of the name").fill(guests[1].name[:20])
    door.page.get_by_role("button", name=guests[1].name).click()
    assert door.said().name == guests[1].name
    door.close()
    hall.weather("dead")
    assert door.scan(hall.badge(guests[2])).name == guests[2].name
    door.page.reload()
    assert door.scan(hall.badge(guests[3])).name == guests[3].name
    assert len(door.kept()["sealed"]) > len(guests) // 50


def found_in(folder: Path, words: list[str]) -> list[str]:
    """Which of the words stand in any file below the folder, in letters of one byte or of two."""
    everything = b"\0".join(file.read_bytes() for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    shapes = [(word, {word.encode(), json.dumps(word)[1:-1].encode(), word.encode("utf-16-le")}) for word in words]
    return [word for word, spelled in shapes if any(each in everything for each in spelled)]
