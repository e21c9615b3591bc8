"""Everything but camera and vibration, by plain forms in a browser that runs no script."""

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Page, Playwright, expect

from tests.browser.fake_camera import CHROMIUM, FLAGS
from tests.browser.full_house import LIST, FullHouse
from tests.browser.phones import CODE, DESK, PHONE, enter_code
from tests.browser.served import House, a_house, link_in
from webapp.badges.issuing import typed_code_of
from webapp.badges.queries import find_live
from webapp.core.clock import now
from webapp.core.database import db
from webapp.core.door_rules import DOUBLE_FIRE

pytestmark = pytest.mark.browser

ANN, BEN, DORA, LUND = (f"{name}@example.org" for name in ("annachebe", "benadeyemi", "dora", "noralund"))


@pytest.fixture(scope="module")
def full_house(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullHouse]:
    """The sample evening, served; each test lets other people of it act."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    with a_house(tmp_path_factory.mktemp("house"), mode="demo") as house:
        full_house = FullHouse(house, browser)
        full_house.fill()
        yield full_house
        browser.close()


def plain_page(full_house: FullHouse, size: tuple[int, int] = PHONE) -> Page:
    """A page of a new browser in which no script runs."""
    context = full_house.browser.new_context(
        base_url=full_house.house.base,
        java_script_enabled=False,
        viewport={"width": size[0], "height": size[1]},
    )
    return context.new_page()


def sign_in(page: Page, house: House, address: str) -> None:
    """By the code in the mail, from wherever this page asks for the address."""
    before = len(house.mails_to(address, CODE))
    page.get_by_label("Your e-mail").fill(address)
    page.get_by_role("button", name="Write me a code").click()
    enter_code(page, house, address, before, "Sign in")


def typed_code(full_house: FullHouse, name: str) -> str:
    """The eight letters under somebody's badge code, as a tired hand types them."""
    full_house.badge(name)
    with full_house.house.app.app_context():
        badge = find_live(db.session(), full_house.guest(name))
        assert badge
        code = typed_code_of(badge, full_house.keyring)
    return f"{code[:4]}-{code[4:]}".lower()


def test_an_invitation_claims_a_place(full_house: FullHouse) -> None:
    page, house = plain_page(full_house), full_house.house
    page.goto(link_in(house.wait_for_mail(LUND)))
    page.get_by_role("button", name="I’m Nora Lund").click()
    expect(page.get_by_role("heading", name="Scan", exact=True)).to_be_visible()
    expect(page.get_by_text("Your place is yours.")).to_be_visible()
    page.get_by_role("link", name="Me", exact=True).click()
    expect(page.get_by_role("heading", name="Nora Lund")).to_be_visible()


def test_a_door_works_by_name_and_typed_code_and_takes_back(full_house: FullHouse) -> None:
    desk, cora = plain_page(full_house, DESK), plain_page(full_house)
    desk.goto("/sign-in")
    sign_in(desk, full_house.house, DORA)
    desk.goto(f"/events/{full_house.event}/doors")
    desk.get_by_label("Which door?").fill("South door")
    desk.get_by_role("button", name="Show its code").click()
    cora.goto(desk.locator("a.door-link").get_attribute("href") or "")
    cora.get_by_role("button", name="Use this phone as a door").click()
    _by_name(cora, "nora n", "Nora Newcomer", "Welcome")
    with time_machine.travel(now() + 2 * DOUBLE_FIRE, tick=True):
        _by_name(cora, "nora n", "Nora Newcomer", "Already in")
    cora.get_by_text("Undo", exact=True).click()
    cora.get_by_role("button", name="Wrong person").click()
    expect(cora.get_by_role("heading", level=1)).to_have_text("Not in")
    cora.get_by_role("link", name="Next guest").click()
    cora.get_by_label("Code under the badge").fill(typed_code(full_house, "Nora Newcomer"))
    cora.get_by_role("button", name="Go").click()
    expect(cora.get_by_role("heading", level=1)).to_have_text("Welcome")
    cora.get_by_role("link", name="Next guest").click()
    cora.get_by_role("link", name="Walk-in").click()
    cora.get_by_label("Name, as it goes on the badge").fill("Wanda Walker")
    cora.get_by_role("button", name="Let in").click()
    expect(cora.get_by_text("Wanda Walker")).to_be_visible()
    expect(cora.get_by_role("heading", level=1)).to_have_text("Welcome")


def _by_name(door: Page, letters: str, name: str, word: str) -> None:
    door.get_by_label("Three letters of the name").fill(letters)
    door.get_by_role("button", name="Find").click()
    door.get_by_role("button", name=name).click()
    expect(door.get_by_role("heading", level=1)).to_have_text(word)
    if word == "Welcome":
        door.get_by_role("link", name="Next guest").click()


def test_a_scan_made_signed_out_is_kept_and_becomes_a_swap(full_house: FullHouse) -> None:
    ann, ben = plain_page(full_house), plain_page(full_house)
    ann.goto(f"/b/{full_house.badge('Ben Adeyemi')}")
    ann.get_by_role("button", name="Say hello").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Kept. You scanned a badge.")
    ann.get_by_role("link", name="Sign in to finish").click()
    sign_in(ann, full_house.house, ANN)
    ann.get_by_role("button", name="Finish").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Ben Adeyemi")
    ann.get_by_label("For later, only you see this").fill("He knows the tides.")
    ann.get_by_role("button", name="Done").click()

    ben.goto(f"/sign-in?next=/b/{full_house.badge('Nguyễn Thị Minh Khai')}")
    sign_in(ben, full_house.house, BEN)
    ben.get_by_role("button", name="Say hello").click()
    expect(ben.get_by_role("heading", level=1)).to_have_text("Nguyễn Thị Minh Khai")
    expect(ben.get_by_text("Asked.")).to_be_visible()
    ben.goto("/next")
    waiting = ben.get_by_role("region", name="محمد الأمين")
    waiting.get_by_role("button", name="Give mine").click()
    expect(waiting).to_have_count(0)

    ann.goto("/people")
    ann.get_by_role("link", name="Ben Adeyemi").first.click()
    expect(ann.get_by_label("For later, only you see this").first).to_have_value("He knows the tides.")
    ann.get_by_label("For later, only you see this").first.fill("He knows the tides, and old maps.")
    ann.get_by_role("button", name="Keep", exact=True).first.click()
    expect(ann.get_by_label("For later, only you see this").first).to_have_value("He knows the tides, and old maps.")
    ann.get_by_role("button", name="Take my card back").click()
    expect(ann.get_by_role("button", name="Take my card back")).to_have_count(0)
    ben.goto(f"/people/{full_house.person('Ann Achebe')}")
    expect(ben.get_by_text("Their card was withdrawn on")).to_be_visible()
    expect(ben.get_by_text(ANN)).to_have_count(0)


def test_a_list_comes_in_and_badges_are_printed(full_house: FullHouse) -> None:
    desk = plain_page(full_house, DESK)
    desk.goto("/sign-in")
    sign_in(desk, full_house.house, DORA)
    desk.goto(f"/events/{full_house.event}/imports")
    desk.get_by_label("Drop your list here").set_input_files(LIST)
    desk.get_by_role("button", name="Look at the list").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("193 ready")
    desk.get_by_label("E-mail").and_(desk.locator("[value='paula.example.org']")).fill("paula@example.org")
    desk.get_by_role("button", name="Keep mended rows, look again").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("194 ready")
    desk.get_by_role("button", name="Bring them in").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("The list is in")
    desk.get_by_role("link", name="Print badges").click()
    desk.get_by_role("radio", name="Paper door list").check()
    desk.get_by_role("button", name="Make the PDF").click()
    ready = desk.get_by_role("link", name="Open the PDF")
    expect(ready).to_be_visible(timeout=180_000)
    pdf = desk.context.request.get(ready.get_attribute("href") or "")
    assert pdf.body().startswith(b"%PDF")
