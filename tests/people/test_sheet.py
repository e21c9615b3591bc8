"""The sheet for the pen: what its owner may see, on paper, and nothing more; drawn as a printer and a phone meet it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.cast import Cast
from tests.core.test_pdf import SNIPPETS, unpacked
from tests.people.evening import gave, met, swapped_with
from tests.people.pages import counted_statements, fill_card, keyring, words, write_note
from tests.people.test_views import withdraw
from tests.web.pages import read_page, visit
from webapp.contacts.models import Memory
from webapp.core import child, qr
from webapp.core.actor import NotHere, PersonRef
from webapp.core.child import Done
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Sealed
from webapp.events.models import Attendee, Event
from webapp.people import printing
from webapp.people.printing import NotPrinted, evening_sheet, print_sheet
from webapp.people.sheet import MOST, PAPERS, Paper, PenSheet, SheetContact, SheetWords, payload
from webapp.people.sheet_pdf import sheet_pdf

BASE_URL = "https://mix.example.org"
MM = 25.4 / 72
DPI = 150
HOSTILE = (
    '"><img src=http://127.0.0.1:9/x><link rel=attachment href=file:///etc/hostname><style>@import url(//127.0.0.1:9)'
    "</style><!-- {{ x }} {% x %} \x00\x1b\u202e"
)
NAMES = ("Ben Adeyemi", "山田 花子", "محمد الأمين", "Sunny 🎉 Okonkwo", "Bo", "Wolfeschlegelsteinhausen von der Heide")
WORDS = SheetWords(
    ask_me_about="Ask about",
    boxes=("Write", "Call", "Meet"),
    code="Code that opens their page",
    not_recorded="And whom you did not scan",
    blanks=("Name", "How to reach them", "What you want to remember"),
    more="",
    private="The sheet of Ann Achebe.",
    page="Page",
    of="of",
)


@pytest.fixture
def phone(cast: Cast) -> FlaskClient:
    """Ann's phone."""
    return cast.browser(cast.ann.person_id)


def sheet_for(cast: Cast, me: Attendee, event: Event | None = None, paper: Paper = "a4") -> PenSheet:
    owner = PersonRef(me.person_id, me.name, new_id(), None)
    sealed, event_id = Sealed(keyring(cast), "notes"), (event or cast.mixer).id
    return evening_sheet(db.session(), owner, event_id, paper, sealed=sealed, base_url=BASE_URL, at=now())


def contact(number: int, **changes: object) -> SheetContact:
    """Somebody invented, with as much on their card as people usually give."""
    usual = SheetContact(
        name=NAMES[number % len(NAMES)],
        headline="Builds stubborn websites",
        how=f"7:{number % 60:02d} PM. You swapped.",
        ask_me_about="sailing",
        ways=("ben@example.org",),
        remark="",
        note="Sails too. Wants the sailmaker’s name." if number % 2 else "",
        promises=("Send the recipe",) if number % 3 == 1 else (),
        meeting_id=str(UUID(int=number * 99991)),
        code_text=f"{BASE_URL}/people/{UUID(int=2**120 + number)}",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # each test names fields as they are


def sheet_of(*contacts: SheetContact, paper: Paper = "a4", **words: str) -> PenSheet:
    width, height = PAPERS[paper]
    form = qr.choose(f"{BASE_URL}/people/{UUID(int=2**120)}")
    when = "Thursday, November 19, 2026, Old Customs House"
    said = replace(WORDS, **words)  # type: ignore[arg-type]  # the texts a test changes are plain ones
    return PenSheet("The people you met", "Autumn mixer", when, "en", width, height, said, contacts, form)


def pages_of(pdf: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(pdf))


def text_of(pages: list[pypdfium2.PdfPage]) -> str:
    return " ".join(" ".join(str(page.get_textpage().get_text_bounded()).split()) for page in pages)


def codes(pages: list[pypdfium2.PdfPage]) -> list[str]:
    """What a phone reads off the sheets, in whatever order."""
    shown: list[Image.Image] = [page.render(scale=DPI / 72).to_pil().convert("L") for page in pages]
    return [code.text for picture in shown for code in zxingcpp.read_barcodes(picture)]


# What is on it.


def test_a_sheet_says_whom_i_met_in_the_order_of_the_evening(cast: Cast) -> None:
    for name, minutes in (("Late Larsen", 5), ("Early Ellis", 25)):
        met(cast, cast.ann, cast.guest(name), at=now() - timedelta(minutes=minutes))
    sheet = sheet_for(cast, cast.ann)
    assert [someone.name for someone in sheet.contacts] == ["Early Ellis", "Late Larsen"]
    assert (sheet.title, sheet.event) == ("The people you met", "Autumn mixer")
    assert sheet.when_and_where.endswith(", Old Customs House")


def test_each_contact_says_how_it_stands(cast: Cast) -> None:
    others = [cast.guest(name) for name in ("Swapped Sam", "Gave Gil", "Holds Hal", "Noted Ned")]
    sam, gil, hal, ned = (met(cast, cast.ann, other) for other in others)
    for meeting, giver in ((sam, cast.ann), (sam, others[0]), (gil, cast.ann), (hal, others[2])):
        gave(meeting, giver)
    with writing() as session:
        mine = (Memory.meeting_id == ned.id) & (Memory.person_id == cast.ann.person_id)
        session.scalars(select(Memory).where(mine)).one().knew_each_other = True
        session.commit()
    how = {someone.name: someone.how.partition(". ")[2] for someone in sheet_for(cast, cast.ann).contacts}
    assert how == {
        "Swapped Sam": "You swapped.",
        "Gave Gil": "You gave yours.",
        "Holds Hal": "They gave theirs.",
        "Noted Ned": "You noted it. You knew each other.",
    }


def test_a_card_brings_only_the_fields_its_owner_gave(cast: Cast) -> None:
    fill_card(cast.ben.person_id, headline="Builds", ask_me_about="sailing", phone="+44 20 7946 0000")
    fill_card(cast.ben.person_id, email="ben@example.org", reach_email=True, reach_phone=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name headline email ask_me_about")
    [ben] = sheet_for(cast, cast.ann).contacts
    assert (ben.headline, ben.ask_me_about, ben.ways) == ("Builds", "sailing", ("ben@example.org",))
    assert ben.code_text == f"{BASE_URL}/people/{cast.ben.person_id}"


def test_a_way_they_no_longer_offer_is_not_printed(cast: Cast) -> None:
    fill_card(cast.ben.person_id, email="ben@example.org", reach_email=False, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name email")
    [ben] = sheet_for(cast, cast.ann).contacts
    assert (ben.ways, ben.remark) == ((), "They chose no way to be written to.")


def test_a_withdrawn_card_leaves_the_meeting_and_my_note_only(cast: Cast) -> None:
    fill_card(cast.ben.person_id, headline="Builds", ask_me_about="sailing", email="ben@example.org", reach_email=True)
    meeting = met(cast, cast.ann, cast.ben)
    write_note(cast, meeting.id, cast.ann.person_id, "Sails too.")
    withdraw(gave(meeting, cast.ben, "name headline email ask_me_about"))
    [ben] = sheet_for(cast, cast.ann).contacts
    assert (ben.headline, ben.ask_me_about, ben.ways) == ("", "", ())
    assert (ben.remark, ben.note) == ("Their card was withdrawn.", "Sails too.")


def test_a_card_that_can_still_be_undone_is_not_put_on_paper(cast: Cast) -> None:
    fill_card(cast.ben.person_id, headline="Builds", email="ben@example.org", reach_email=True, reach_chosen_at=now())
    gave(met(cast, cast.ann, cast.ben), cast.ben, "name headline email", at=now() - timedelta(seconds=30))
    [ben] = sheet_for(cast, cast.ann).contacts
    assert (ben.headline, ben.ways) == ("", ())
    assert ben.remark == "For one minute they can still undo. Print again then."


def test_the_notes_are_its_owners_and_nobody_elses(cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    write_note(cast, meeting.id, cast.ann.person_id, "Sails too.")
    write_note(cast, meeting.id, cast.ben.person_id, "Talks of nothing but bread.")
    anns, bens = (json.dumps(payload(sheet_for(cast, me))) for me in (cast.ann, cast.ben))
    assert ("Sails too." in anns, "bread" in anns) == (True, False)
    assert ("Sails too." in bens, "bread" in bens) == (False, True)


def test_an_evening_on_which_i_met_nobody_has_no_sheet(cast: Cast) -> None:
    met(cast, cast.ben, cast.guest("Dee Third"))
    for event in (cast.mixer, cast.other_mixer):
        with pytest.raises(NotHere):
            sheet_for(cast, cast.ann, event)


def test_other_evenings_stay_off_the_sheet(cast: Cast) -> None:
    before = cast.event(cast.circle, title="Spring lunch", starts_at=now() - timedelta(days=90))
    met(cast, cast.ann, cast.guest("Long Ago", event=before), at=now() - timedelta(days=90))
    met(cast, cast.ann, cast.ben)
    assert [someone.name for someone in sheet_for(cast, cast.ann).contacts] == ["Ben Adeyemi"]
    assert [someone.name for someone in sheet_for(cast, cast.ann, before).contacts] == ["Long Ago"]


def test_who_does_not_fit_is_counted(cast: Cast) -> None:
    swapped_with(cast, cast.ann, MOST + 4)
    sheet = sheet_for(cast, cast.ann)
    assert len(sheet.contacts) == MOST
    assert sheet.words.more == "And 4 more: they are in People."


def test_sixty_contacts_take_as_many_statements_as_one(cast: Cast) -> None:
    swapped_with(cast, cast.ann, 1)
    with counted_statements() as for_one:
        sheet_for(cast, cast.ann)
    swapped_with(cast, cast.ann, 59)
    with counted_statements() as for_many:
        assert len(sheet_for(cast, cast.ann).contacts) == 60
    assert len(for_many) == len(for_one) <= 12


# How it looks.


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("number", "most_pages"), [(0, 1), (1, 1), (15, 2), (60, 8)])
def test_every_code_is_read_and_the_paper_is_as_chosen(number: int, most_pages: int, paper: Paper) -> None:
    sheet = sheet_of(*map(contact, range(number)), paper=paper)
    pages = pages_of(sheet_pdf(sheet))
    assert len(pages) <= most_pages
    assert sorted(codes(pages)) == sorted(someone.code_text for someone in sheet.contacts)
    for page in pages:
        assert (page.get_width() * MM, page.get_height() * MM) == pytest.approx(PAPERS[paper], abs=0.1)
    said = text_of(pages)
    assert "The people you met Autumn mixer Thursday, November 19, 2026, Old Customs House" in said
    assert f"Page {len(pages)} of {len(pages)}" in said
    assert said.count("How to reach them") >= 3


def test_lines_for_others_fill_the_page_and_never_begin_another_but_for_three() -> None:
    def blanks(number: int) -> tuple[int, int]:
        pages = pages_of(sheet_pdf(sheet_of(*map(contact, range(number)))))
        return len(pages), text_of(pages).count("How to reach them")

    counted = [blanks(number) for number in range(1, 13)]
    assert all(3 <= lines <= 12 for _, lines in counted)
    assert [pages for pages, _ in counted] == sorted(pages for pages, _ in counted)
    assert len({lines for _, lines in counted}) > 3


def test_nothing_leaves_the_margins_and_names_of_any_script_are_letters() -> None:
    long = {"headline": "Wor" + "d" * 200, "note": "n" * 2000, "ask_me_about": "a" * 200, "name": "M" * 120}
    ways = ("b" * 60 + "@example.org", "+44 20 7946 0000", "https://example.org/" + "p" * 300)
    sheet = sheet_of(*map(contact, range(6)), contact(7, ways=ways, **long), contact(8, note="موعد مع محمد\n二行目 🎉"))
    pages = pages_of(sheet_pdf(sheet))
    said = text_of(pages)
    for name in ("Ben Adeyemi", "山田 花子", "Sunny", "Wolfeschlegelsteinhausen", "二行目"):
        assert name in said
    assert [edge for page in pages for edge in _edges(page) if not 12.5 < edge < 197.5] == []
    assert len(codes(pages)) == 8


def _edges(page: pypdfium2.PdfPage) -> Iterator[float]:
    """Left and right of every character that left ink, in mm from the left."""
    text = page.get_textpage()
    for number in range(text.count_chars()):
        left, _, right, _ = text.get_charbox(number)
        if text.get_text_range(number, 1).strip() and right > left:
            yield from (left * MM, right * MM)


def test_a_long_note_is_shortened_by_lines_so_that_the_sheet_stays_bounded() -> None:
    longest = [contact(number, note="Word " * 400, ways=("w" * 400,) * 3) for number in range(MOST)]
    pages = pages_of(sheet_pdf(sheet_of(*longest, more="And 4 more: they are in People.")))
    assert len(pages) <= 16
    assert "And 4 more: they are in People." in text_of(pages)
    assert "…" in text_of(pages)


def test_what_people_wrote_stays_text() -> None:
    """S-07 through the whole path: a fetch would be refused with a warning, which is an error here."""
    snippets = [HOSTILE, *(snippet.format(host="127.0.0.1:9", secret="/etc/hostname") for snippet in SNIPPETS)]
    fields = ("name", "headline", "how", "ask_me_about", "remark", "note")
    hostile = [
        contact(number, ways=(snippet,), **dict.fromkeys(fields, snippet)) for number, snippet in enumerate(snippets)
    ]
    sheet = sheet_of(*hostile, private=HOSTILE, more=HOSTILE)
    pdf = sheet_pdf(replace(sheet, event=HOSTILE, when_and_where=HOSTILE))
    assert b"/EmbeddedFile" not in unpacked(pdf)
    pages = pages_of(pdf)
    assert all(mark in text_of(pages) for mark in ("<img", "<link", "<style", "<object", "<svg", "<embed"))
    assert not {"\x00", "\x1b", "\u202e"} & set(text_of(pages))
    assert sorted(codes(pages)) == sorted(someone.code_text for someone in hostile)


@pytest.mark.child
def test_a_child_draws_the_same_sheet(tmp_path: Path) -> None:
    sheet, out = sheet_of(contact(1), contact(2)), tmp_path / "sheet.pdf"
    assert child.run("webapp.people.sheet_pdf:sheet_from_payload", payload(sheet), out) == Done()
    assert text_of(pages_of(out.read_bytes())) == text_of(pages_of(sheet_pdf(sheet)))


# Fetching it.


def test_people_offers_a_sheet_for_each_evening_on_both_papers(phone: FlaskClient, cast: Cast) -> None:
    met(cast, cast.ann, cast.ben)
    page = visit(phone, "/people")
    assert page.faults == []
    for address in (f"/people/sheets/{cast.mixer.id}", f"/people/sheets/{cast.mixer.id}?paper=letter"):
        assert f'href="{address}"' in page.text


def test_my_sheet_is_a_pdf_for_me_that_nobody_keeps(phone: FlaskClient, cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.guest("山田 花子"))
    write_note(cast, meeting.id, cast.ann.person_id, "Sails too.")
    answer = phone.get(f"/people/sheets/{cast.mixer.id}?paper=letter")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    pages = pages_of(answer.data)
    assert pages[0].get_width() * MM == pytest.approx(215.9, abs=0.1)
    assert "Sails too." in text_of(pages)
    assert codes(pages) == [f"{BASE_URL}/people/{meeting.other_of(cast.ann.person_id)}"]


def test_everybody_gets_their_own_sheet_or_none(cast: Cast) -> None:
    meeting = met(cast, cast.ann, cast.ben)
    write_note(cast, meeting.id, cast.ann.person_id, "Sails too.")
    address = f"/people/sheets/{cast.mixer.id}"
    bens = text_of(pages_of(cast.browser(cast.ben.person_id).get(address).data))
    assert "Ann Achebe" in bens
    assert "Sails too." not in bens
    assert cast.browser(cast.dora.id).get(address).status_code == 404
    assert cast.browser(cast.guest("Dee Third").person_id).get(address).status_code == 404
    assert cast.browser(cast.ann.person_id).get(f"/people/sheets/{new_id()}").status_code == 404


@pytest.mark.parametrize("places", ["_in_line", "_at_once"])
def test_when_many_print_at_once_one_is_asked_to_come_back(
    phone: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch, places: str
) -> None:
    met(cast, cast.ann, cast.ben)
    busy, address = BoundedSemaphore(1), f"/people/sheets/{cast.mixer.id}?paper=letter"
    monkeypatch.setattr(printing, places, busy)
    monkeypatch.setattr(printing, "PATIENCE", 0.05)
    with busy:
        answer = phone.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert read_page(address, answer.text).faults == []
    assert "It was not made just now. Nothing is lost. Try again in a moment." in words(answer.text)
    assert f'href="{address}"' in answer.text
    assert phone.get(address).status_code == 200


@pytest.mark.child
def test_a_drawing_that_runs_out_of_its_limits_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(printing, "LIMITS", child.Limits(wall_seconds=0.01))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    many = sheet_of(*map(contact, range(60)))  # one contact is drawn before anybody asks how long it took
    for _ in range(3):
        assert print_sheet(many, new_id()) == NotPrinted()
    assert list(tmp_path.iterdir()) == []
