"""Without a network: two people swap, see whom they met and write it down; later it is all there, once (shows 3)."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.browser.lasting import wait_for_worker
from tests.browser.room import Room
from webapp.accounts.models import SignInSession
from webapp.accounts.sessions import end_session
from webapp.contacts.models import Meeting, Memory
from webapp.contacts.queries import memory_of
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.swaps.models import Grant
from webapp.swaps.queries import waiting_for_me

pytestmark = pytest.mark.browser

UNHEARD = ("net::ERR_INTERNET_DISCONNECTED", "status of 401", "net::ERR_FAILED", "htmx:error")
"""What a browser complains of where there is no network, or nobody is signed in any more."""
EVERYTHING = """async () => {
  const kept = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    for (const store of db.objectStoreNames) {
      const all = await new Promise((done) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      kept.push([store, JSON.stringify(all)]);
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      kept.push([request.url, await (await caches.match(request, { ignoreVary: true })).text()]);
    }
  }
  kept.push(["storage", JSON.stringify([{ ...localStorage }, { ...sessionStorage }])]);
  return kept;
}"""
FACTS = """async () => {
  // Whoever opens a store that is not there makes an empty one.
  const known = await indexedDB.databases();
  if (!known.some(({ name }) => name === "mixwell")) return { owner: "", faces: false, waiting: 0 };
  return new Promise((done) => {
    const asked = indexedDB.open("mixwell");
    asked.onsuccess = () => {
      const open = asked.result.transaction(["facts", "operations"]);
      const [me, events] = ["room:me", "room:events"].map((key) => open.objectStore("facts").get(key));
      const waiting = open.objectStore("operations").count();
      open.oncomplete = () => {
        asked.result.close();
        done({ owner: me.result?.owner ?? "", faces: events.result !== undefined, waiting: waiting.result });
      };
    };
  });
}"""
DECODER = """async () => {
  const app = document.querySelector("script[type=module]").src;
  const reader = app.replace("js/app.js", "vendor/zxing/zxing_reader.wasm");
  return (await caches.match(reader, { ignoreVary: true })) !== undefined;
}"""
CODE = """async () => {
  await customElements.whenDefined("badge-scanner");
  const drawing = document.querySelector("#my-code svg");
  const picture = new Image();
  picture.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(drawing));
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 720, height: 720 });
  canvas.getContext("2d").drawImage(picture, 0, 0, 720, 720);
  return document.querySelector("badge-scanner").scanImage(await createImageBitmap(canvas));
}"""


_numbers = count(1)


def come(room: Room, first: str, **card: Any) -> Attendee:
    """A guest of that first name, whom no other test has."""
    return room.come(f"{first} No{next(_numbers)}", **card)


def until(page: Page, question: str, answer: Callable[[Any], bool], seconds: float = 30) -> None:
    """Ask until the answer will do."""
    give_up = time.monotonic() + seconds
    while not answer(got := page.evaluate(question)):
        assert time.monotonic() < give_up, got
        page.wait_for_timeout(100)


def phone_in_the_room(room: Room, guest: Attendee) -> Page:
    """Their phone, which has been opened once with a network."""
    page = room.phone(guest)
    page.goto("/scan")
    until(page, FACTS, lambda found: found["owner"] == f"person:{guest.person_id}" and found["faces"])
    wait_for_worker(page)
    page.goto("/scan")
    # The reader of codes lies beside the rest once this page has a worker.
    until(page, DECODER, bool)
    return page


def lose_network(page: Page, path: str = "/scan") -> None:
    """The network goes, and the app is opened again."""
    page.context.set_offline(True)
    page.goto(path)
    expect(page.get_by_text("No network. What you do is kept on this phone.")).to_be_visible()


def find_network(page: Page) -> None:
    """The network is back, and all that waited has been sent."""
    page.context.set_offline(False)
    page.goto("/scan")
    until(page, FACTS, lambda found: found["waiting"] == 0)


def read(page: Page, text: str) -> None:
    """The camera reads this."""
    page.wait_for_function("() => customElements.whenDefined('badge-scanner').then(() => true)")
    field = page.locator("badge-scanner input[data-typed]")
    field.evaluate("(field, code) => { field.value = code; field.form.requestSubmit(); }", text)


def write(page: Page, words: str) -> None:
    """The note on the sheet, and done."""
    page.get_by_label("For later, only you see this").fill(words)
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#sheet .sheet-title")).to_have_count(0)


def kept_on(page: Page) -> str:
    """Every text that lies on this phone."""
    return json.dumps(page.evaluate(EVERYTHING), ensure_ascii=False)


def quiet(room: Room) -> None:
    """Nothing was complained of but the network."""
    room.phones.complaints = [each for each in room.phones.complaints if not any(word in each for word in UNHEARD)]


def note_of(room: Room, me: Attendee, other: Attendee) -> str:
    """What one keeps of the other."""
    meeting = room.meeting_of(me, other)
    sealed = Sealed(room.evening.keyring, "notes")
    note = memory_of(db.session(), meeting.id, me.person_id, sealed).note
    db.session.rollback()
    return note


def rows(table: type[Any], *pair: Attendee) -> int:
    """How many there are of these two."""
    db.session.rollback()
    people = [guest.person_id for guest in pair]
    counted = select(func.count()).select_from(table)
    if table is Grant:
        counted = counted.where(Grant.giver_id.in_(people), Grant.receiver_id.in_(people))
    if table is Memory:
        counted = counted.where(Memory.person_id.in_(people))
    if table is Meeting:
        counted = counted.where(Meeting.first_id.in_(people), Meeting.second_id.in_(people))
    return db.session.scalar(counted) or 0


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(0, id="the first back first", marks=pytest.mark.slow),
        pytest.param(1, id="the second back first"),
    ],
)
def test_shows_3_two_swap_without_a_network_and_later_it_is_one_meeting_with_both_notes(room: Room, first: int) -> None:
    ana = come(room, "Ana", ask_me_about="sailing", ask_on_badge=True)
    ben = come(room, "Ben", ask_me_about="old doors", ask_on_badge=True)
    links = {guest: room.badge_link(guest) for guest in (ana, ben)}
    pages = [phone_in_the_room(room, ana), phone_in_the_room(room, ben)]
    for page in pages:
        lose_network(page)
    # Ana scans Ben's phone, Ben scans Ana's badge.
    read(pages[0], pages[1].evaluate(CODE))
    expect(pages[0].locator("#sheet .sheet-title")).to_have_text(ben.name)
    expect(pages[0].locator("#sheet")).to_contain_text("Kept on this phone. You swap as soon as there is network.")
    assert pages[0].evaluate("document.activeElement.className") == "sheet-title", "the heading has the focus"
    assert pages[0].locator("#sheet input:checked").count() == 0, "none preselected"
    write(pages[0], "Knows old doors")
    read(pages[1], links[ana])
    expect(pages[1].locator("#sheet .sheet-title")).to_have_text(ana.name)
    expect(pages[1].locator("#sheet")).to_contain_text("Ask about sailing.")
    write(pages[1], "Sails on Sundays")
    for page in pages:
        expect(page.get_by_text("2 kept on this phone", exact=True)).to_be_visible()
        expect(page.locator("#room .people")).to_contain_text("Kept on this phone")
    assert rows(Meeting, ana, ben) == 0, "nothing has left either phone"
    for page in (pages[first], pages[1 - first]):
        find_network(page)
    assert (rows(Meeting, ana, ben), rows(Grant, ana, ben), rows(Memory, ana, ben)) == (1, 2, 2)
    assert note_of(room, ana, ben) == "Knows old doors"
    assert note_of(room, ben, ana) == "Sails on Sundays"
    for page, me, other in ((pages[0], ana, ben), (pages[1], ben, ana)):
        page.goto("/people")
        expect(page.get_by_role("heading", name=other.name)).to_have_count(1)
        assert waiting_for_me(db.session(), me.person_id) == []
        db.session.rollback()
    quiet(room)


def test_d4_a_note_after_a_swap_without_a_network_is_saved_and_arrives(room: Room) -> None:
    ana, ben = come(room, "Ana"), come(room, "Ben")
    link, page = room.badge_link(ben), phone_in_the_room(room, ana)
    lose_network(page)
    read(page, link)
    page.get_by_label("For later, only you see this").click()
    assert page.evaluate("document.activeElement.name") == "note"
    page.keyboard.type("Old doors, and where to find them")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#sheet .sheet-title")).to_have_count(0)
    page.goto("/scan")
    expect(page.get_by_text("2 kept on this phone", exact=True)).to_be_visible()
    find_network(page)
    assert note_of(room, ana, ben) == "Old doors, and where to find them"
    quiet(room)


@pytest.mark.parametrize("how", ["gone", "silent"])
def test_the_network_goes_mid_scan_and_the_same_sheet_comes_up_and_is_sent_later(room: Room, how: str) -> None:
    ana, ben = come(room, "Ana"), come(room, "Ben")
    link, page = room.badge_link(ben), phone_in_the_room(room, ana)
    page.route("**/scans", lambda route: route.abort() if how == "gone" else None)
    page.route("**/sync", lambda route: route.abort())
    read(page, link)
    expect(page.locator("#sheet .sheet-title")).to_have_text(ben.name)
    expect(page.locator("#sheet")).to_contain_text("Kept on this phone.")
    expect(page.get_by_text("Not sent. Nothing is lost.")).to_be_hidden()
    page.unroute("**/scans")
    page.unroute("**/sync")
    find_network(page)
    assert rows(Grant, ana, ben) == 1
    quiet(room)


def test_where_the_phone_keeps_nothing_the_scan_is_said_to_be_unsent(room: Room) -> None:
    ana, ben = come(room, "Ana"), come(room, "Ben")
    link, page = room.badge_link(ben), room.phone(ana)
    page.add_init_script(
        "delete globalThis.indexedDB; Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"
    )
    page.goto("/scan")
    page.route("**/scans", lambda route: route.abort())
    read(page, link)
    expect(page.get_by_text("Not sent. Nothing is lost.")).to_be_visible()
    expect(page.locator("#sheet .sheet-title")).to_have_count(0)
    quiet(room)


@pytest.mark.parametrize("answer", ["Give my card", "Just note that we met"])
def test_the_first_scan_ever_asks_before_anything_is_kept_to_be_sent(room: Room, answer: str) -> None:
    new, ben = come(room, "Nora", first_scan_explained_at=None), come(room, "Ben")
    link, page = room.badge_link(ben), phone_in_the_room(room, new)
    lose_network(page)
    read(page, link)
    expect(page.locator("#sheet")).to_contain_text(f"Scanning gives {ben.name} your card (name")
    assert link not in kept_on(page)
    page.get_by_role("button", name=answer).click()
    expect(page.locator("#sheet")).to_contain_text("Kept on this phone.")
    page.get_by_role("button", name="Done").click()
    find_network(page)
    assert rows(Meeting, new, ben) == 1
    assert rows(Grant, new, ben) == (1 if answer == "Give my card" else 0)
    quiet(room)


def test_b14_two_phones_without_an_event_swap_without_a_network(room: Room) -> None:
    nora, gus = (
        room.cast.guest(f"{name} No{next(_numbers)}", event=_long_over(room), claimed=True) for name in ("Nora", "Gus")
    )
    pages = [phone_in_the_room(room, nora), phone_in_the_room(room, gus)]
    for page in pages:
        lose_network(page)
    read(pages[0], pages[1].evaluate(CODE))
    expect(pages[0].locator("#sheet .sheet-title")).to_have_text(gus.name)
    pages[0].get_by_role("button", name="Give my card").click()
    expect(pages[0].get_by_label("Where you met, if you like")).to_be_visible()
    pages[0].get_by_label("Where you met, if you like").fill("The football pitch")
    pages[0].get_by_role("button", name="Done").click()
    expect(pages[0].locator("#sheet .sheet-title")).to_have_count(0)
    find_network(pages[0])
    assert (rows(Meeting, nora, gus), rows(Grant, nora, gus)) == (1, 2)
    pages[0].goto(f"/people/{gus.person_id}")
    expect(pages[0].get_by_text("The football pitch").first).to_be_visible()
    find_network(pages[1])
    pages[1].goto(f"/people/{nora.person_id}")
    expect(pages[1].get_by_role("heading", name=nora.name)).to_be_visible()
    expect(pages[1].get_by_text("The football pitch")).to_have_count(0)
    quiet(room)


def _long_over(room: Room) -> Event:
    """An event of another year, so that its guests are at none now."""
    starts = now() - timedelta(days=400)
    return room.cast.event(room.cast.circle, starts_at=starts, ends_at=starts + timedelta(hours=3))


def test_s_31_what_is_kept_on_a_phone_is_its_owner_s_and_goes_with_them(room: Room) -> None:
    ana, ben, cleo = come(room, "Ana"), come(room, "Sentinel"), come(room, "Unmet")
    room.swap(ana, ben)
    room.note(ana, ben, "a very private sentence")
    room.badge_link(cleo)
    page = phone_in_the_room(room, ana)
    kept = kept_on(page)
    assert ben.name in kept, "canary: whom she met is on her phone"
    for secret in ("a very private sentence", cleo.name, "sentinel@card.example.org", "ana@card.example.org"):
        assert secret not in kept
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your e-mail").or_(page.get_by_role("link", name="Sign in")).first).to_be_visible()
    wait_for_worker(page)
    page.goto("/")
    left = kept_on(page)
    for name in (ben.name, ana.name, str(ana.person_id)):
        assert name not in left
    page.context.set_offline(True)
    page.goto("/people")
    expect(page.get_by_text("No network just now.")).to_be_visible()
    expect(page.get_by_text(ben.name)).to_have_count(0)
    quiet(room)


def test_a_phone_that_was_signed_out_elsewhere_forgets_at_the_next_contact(room: Room) -> None:
    ana, ben = come(room, "Ana"), come(room, "Sentinel")
    room.swap(ana, ben)
    page = phone_in_the_room(room, ana)
    assert ben.name in kept_on(page)
    with writing() as session:
        mine = select(SignInSession.id).where(SignInSession.person_id == ana.person_id)
        for row in session.scalars(mine).all():
            end_session(session, ana.person_id, row, now())
        session.commit()
    page.goto("/scan")
    expect(page.get_by_label("Your e-mail")).to_be_visible()
    until(page, FACTS, lambda found: found["owner"] == "")
    left = kept_on(page)
    assert ben.name not in left
    assert ana.name not in left
    quiet(room)


def test_somebody_else_who_signs_in_finds_nothing_of_the_one_before(room: Room) -> None:
    ana, ben, vera = come(room, "Ana"), come(room, "Sentinel"), come(room, "Vera")
    room.swap(ana, ben)
    page = phone_in_the_room(room, ana)
    [cookie] = room.phone(vera).context.cookies()
    page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": room.house.base}])
    page.goto("/scan")
    until(page, FACTS, lambda found: found["owner"] == f"person:{vera.person_id}")
    assert ben.name not in kept_on(page)
    quiet(room)
