"""The desk's import over HTTP: every form as a browser without script sends it."""

import re
import threading
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as events
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.events.lists import HEADINGS, MIXER, brought_in, csv_of, guests_by_name, organizer, staged, upload
from webapp.core.actor import NOBODY
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.claiming import claim_place
from webapp.events.models import Attendee, ImportRun
from webapp.events.staging import file_of, remove_expired

ANA = ["Ana Silva", "ana@example.org", "Lantern Works", "T-1"]
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


class _Fields(HTMLParser):
    """What a browser would send of each form: values as they stand in the page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._form: dict[str, str] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.forms.setdefault(given["action"].rpartition("/")[2], {})
        elif tag == "input" and "name" in given:
            if given.get("type") not in ("checkbox", "radio", "file") or "checked" in given:
                self._form[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self._form[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
            self._form[self._select] = ""
        elif tag == "option" and "selected" in given:
            self._form[self._select] = given["value"]

    def handle_data(self, data: str) -> None:
        if self._area:
            self._form[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


class Desk:
    """Dora at the rehearsal of one list."""

    def __init__(self, browser: FlaskClient, answer: TestResponse) -> None:
        assert answer.status_code == 303, unescape(answer.text)
        self.browser, self.path = browser, answer.headers["Location"]
        self.look()

    @property
    def run_id(self) -> UUID:
        return UUID(self.path.rpartition("/")[2])

    def look(self) -> str:
        page = self.browser.get(self.path)
        assert page.status_code == 200
        self.page = page.text
        fields = _Fields()
        fields.feed(self.page)
        self.forms = fields.forms
        return self.page

    def send(self, what: str, form: str = "commit", **changes: str) -> str:
        """Send the page's form as it stands, with these fields retyped, and follow."""
        typed = {name.replace("__", "-"): text for name, text in changes.items()}
        answer = self.browser.post(f"{self.path}/{what}", data={**self.forms.get(form, {}), **typed})
        assert answer.status_code == 303, unescape(answer.text)
        return self.look()

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.page)
        assert found
        return found[1]


def run_of(desk: Desk) -> ImportRun:
    db.session.rollback()
    return db.session.get_one(ImportRun, desk.run_id, populate_existing=True)


def desk_with(cast: Cast, content: bytes, file_name: str = "list.csv", **form: str) -> Desk:
    browser = organizer(cast, fresh=True)
    return Desk(browser, upload(browser, cast.mixer, content, file_name, **form))


def test_the_sample_export_is_mended_brought_in_and_brought_in_again_over_http(cast: Cast) -> None:
    desk = desk_with(cast, MIXER.read_bytes(), MIXER.name)
    assert desk.title == "193 ready, 5 need you"
    assert desk.page.count("<legend>") == 7
    mended = {"row-14-given_name": "Paula", "row-14-family_name": "Neumann", "row-42-email": "paula@example.org"}
    mended |= {"row-79-email": "", "row-136-company": "Short Ltd", "right-192": "yes"}
    mended |= {"row-103-given_name": "Oisín’s twin", "row-168-status": "Attending"}
    desk.send("rows", **mended)
    assert desk.title == "200 ready"
    assert "7 rows mended" in desk.page
    desk.send("commit")
    assert desk.title == "The list is in"
    guests = guests_by_name(cast.mixer)
    assert len(guests) == 200
    assert {"Paula Neumann", "山田太郎", "محمد العلي", "Zoë 🦊 Fuchs"} <= set(guests)
    again = desk_with(cast, MIXER.read_bytes(), MIXER.name)
    assert len(guests_by_name(cast.mixer)) == 200
    again.send("commit")
    assert (run_of(again).counts["new"], len(guests_by_name(cast.mixer))) == (0, 200)


def test_a_row_of_shifted_cells_is_not_taken_without_a_tick(cast: Cast) -> None:
    desk = desk_with(cast, csv_of([*ANA, "one", "too many"], *([name, "", "", name] for name in "XYZ")))
    desk.send("rows")
    assert desk.title == "3 ready, 1 need you"
    desk.send("rows", **{"right-2": "yes"})
    assert desk.title == "4 ready"


def test_rows_mended_on_the_way_to_bringing_in_are_shown_before_they_are_written(cast: Cast) -> None:
    desk = desk_with(cast, csv_of(ANA, ["", "ben@example.org", "", "T-2"]))
    desk.send("commit", **{"row-3-name": "Ben Low"})
    assert "Nothing is in yet" in desk.page
    assert guests_by_name(cast.mixer) == {}
    desk.send("commit")
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva", "Ben Low"}


def test_a_guest_changed_by_another_hand_stops_the_list_until_it_is_seen(cast: Cast) -> None:
    ana = cast.guest("Ana Silva", email="ana@example.org", external_ref="T-1")
    desk = desk_with(cast, csv_of(ANA))
    desk.browser.post(
        f"/events/{cast.mixer.id}/guests/{ana.id}", data={"name": "Ana Silva", "company": "By hand", "email": ""}
    )
    desk.send("commit")
    assert guests_by_name(cast.mixer)["Ana Silva"].company == "By hand"
    assert "By hand" in desk.page
    desk.send("commit")
    assert guests_by_name(cast.mixer)["Ana Silva"].company == "Lantern Works"


def test_a_doubtful_row_shows_both_sides_and_does_what_was_chosen(cast: Cast) -> None:
    cast.guest("Ana Silva", email="ana@example.org", company="Harbour Bank")
    desk = desk_with(cast, csv_of(["Ana Maria Silva", "ana@example.org", "Lantern Works", ""]))
    assert desk.title == "0 ready, 1 need you"
    assert "Harbour Bank" in desk.page
    assert "Lantern Works" in desk.page
    desk.send("rows", **{"choice-2": "update"})
    assert desk.title == "0 ready"
    desk.send("commit")
    assert guests_by_name(cast.mixer)["Ana Maria Silva"].company == "Lantern Works"
    assert "<del><bdi>Harbour Bank</bdi></del>" in desk.page


def test_columns_are_corrected_and_what_is_not_kept_is_named(cast: Cast) -> None:
    desk = desk_with(cast, csv_of(["A1", "Ana Silva", "vegan"], headings=["Seat", "Booked for", "Diet"]))
    if "column-1" in desk.forms["columns"]:
        desk.send("columns", form="columns", **{"column-0": "", "column-1": "name", "column-2": ""})
    assert desk.title == "1 ready"
    assert "<bdi>Seat</bdi>, <bdi>Diet</bdi>" in desk.page
    desk.send("commit")
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}


def test_without_a_name_column_the_page_asks_for_one_and_nothing_comes_in(cast: Cast) -> None:
    desk = desk_with(cast, csv_of(["1", "2026-11-01"], headings=["Seat", "Booked on"]))
    assert desk.title == "Which column is what?"
    desk.send("commit")
    assert guests_by_name(cast.mixer) == {}
    desk.send("columns", form="columns", **{"column-0": "name", "column-1": "name"})
    assert "Two columns are chosen for Name" in desk.page


def test_a_wrong_guess_of_the_encoding_is_read_again(cast: Cast) -> None:
    content = "Name,E-mail\nŽofie Čapková,zofie@example.org\n".encode("cp1250")
    desk = desk_with(cast, content, encoding="windows-1252")
    assert "Žofie Čapková" not in desk.page
    desk.send("encoding", form="encoding", encoding="windows-1250")
    assert "Žofie Čapková" in desk.page
    desk.send("commit")
    assert set(guests_by_name(cast.mixer)) == {"Žofie Čapková"}


@pytest.mark.parametrize(
    ("content", "file_name", "words"),
    [
        (b"%PDF-1.7 ...", "list.pdf", "We could not read this as a list (PDF)"),
        (b"", "empty.csv", "There are no guests in this list"),
        (b'Name\n"Ana', "list.csv", "does not end"),
        (b"Name\nA\x00na", "list.csv", "invisible zero signs"),
        (b"Name\n" + b"Ana\n" * 5_001, "list.csv", "Split it at 5000"),
    ],
)
def test_what_is_no_list_is_refused_in_words_and_not_kept(
    app: Flask, cast: Cast, content: bytes, file_name: str, words: str
) -> None:
    answer = upload(organizer(cast), cast.mixer, content, file_name)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    db.session.rollback()
    assert db.session.scalars(db.select(ImportRun)).all() == []
    assert [*(app.extensions["mixwell.settings"].data_dir / "imports").glob("*")] == []


def test_a_file_over_twelve_megabytes_is_refused_before_it_is_read(cast: Cast) -> None:
    answer = organizer(cast).post(
        f"/events/{cast.mixer.id}/imports", data=b"x" * 12_100_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 422
    assert "over 12 MB" in answer.text


def test_a_form_without_a_file_asks_for_one(cast: Cast) -> None:
    answer = organizer(cast).post(f"/events/{cast.mixer.id}/imports", data={})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_hostile_cells_are_text_wherever_they_are_shown(cast: Cast) -> None:
    cast.guest("Eve Known", email="eve@example.org", external_ref="T-9", company="Old")
    rows = [[HOSTILE, "a@example.org", HOSTILE, "T-1"], ["Eve Known", "eve@example.org", HOSTILE, "T-9"]]
    rows += [[HOSTILE, HOSTILE, "", "T-3"], ["=HYPERLINK(1)", "eve@example.org", HOSTILE, ""]]
    desk = desk_with(cast, csv_of(*rows, headings=[*HEADINGS[:3], "Ticket number"]), f"{HOSTILE}.csv")
    pages = [desk.page, desk.browser.get(f"/events/{cast.mixer.id}/imports").text]
    pages += [desk.send("commit"), desk.browser.get(f"/events/{cast.mixer.id}/guests").text]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert HOSTILE in guests_by_name(cast.mixer)


def test_taking_back_wants_a_fresh_code_and_then_undoes_the_list(cast: Cast) -> None:
    run = staged(cast.mixer, ANA, ["Ben Low", "", "", "T-2"])
    brought_in(cast.mixer, run)
    stale = organizer(cast).post(f"/imports/{run.id}/undo")
    assert "/fresh-code" in stale.headers["Location"]
    assert len(guests_by_name(cast.mixer)) == 2
    ana = guests_by_name(cast.mixer)["Ana Silva"]
    with writing() as session:
        claim_place(session, session.get_one(Attendee, ana.id), by=NOBODY, at=now())
        session.commit()
    browser = organizer(cast, fresh=True)
    assert browser.post(f"/imports/{run.id}/undo").status_code == 303
    page = browser.get(f"/imports/{run.id}").text
    assert "1 guests removed" in page
    assert "has claimed the place" in page
    assert set(guests_by_name(cast.mixer)) == {"Ana Silva"}


def test_the_organizer_of_a_twin_circle_finds_nothing(cast: Cast) -> None:
    waiting, done = staged(cast.mixer, ANA), staged(cast.mixer, ANA)
    brought_in(cast.mixer, done)
    eve = cast.browser(cast.eve.id, fresh=True)
    assert eve.get(f"/events/{cast.mixer.id}/imports").status_code == 404
    assert upload(eve, cast.mixer, csv_of(ANA)).status_code == 404
    for run in (waiting, done):
        assert eve.get(f"/imports/{run.id}").status_code == 404
        for what in ("columns", "encoding", "rows", "commit", "disposal", "undo"):
            assert eve.post(f"/imports/{run.id}/{what}").status_code == 404, what
    assert len(guests_by_name(cast.mixer)) == 1
    assert db.session.get_one(ImportRun, done.id, populate_existing=True).undone_at is None


def test_ten_taps_on_bring_them_in_are_one(app: Flask, cast: Cast) -> None:
    desk = desk_with(cast, csv_of(ANA, ["Ben Low", "", "", "T-2"]))
    start, statuses = threading.Barrier(4), []
    browsers = [organizer(cast) for _ in range(4)]

    def tap(browser: FlaskClient) -> None:
        start.wait()
        statuses.append(browser.post(f"{desk.path}/commit", data=desk.forms["commit"]).status_code)

    taps = [threading.Thread(target=tap, args=(browser,)) for browser in browsers]
    for each in taps:
        each.start()
    for each in taps:
        each.join()
    assert statuses == [303] * 4
    assert len(guests_by_name(cast.mixer)) == 2


def test_a_list_put_away_leaves_neither_row_nor_file(app: Flask, cast: Cast) -> None:
    desk = desk_with(cast, csv_of(ANA))
    file = file_of(desk.run_id, app.extensions["mixwell.settings"].data_dir)
    assert file.exists()
    assert desk.browser.post(f"{desk.path}/disposal").status_code == 303
    assert not file.exists()
    assert desk.browser.get(desk.path).status_code == 404


def test_the_file_goes_when_its_list_is_in(app: Flask, cast: Cast) -> None:
    desk = desk_with(cast, csv_of(ANA))
    desk.send("commit")
    assert not file_of(desk.run_id, app.extensions["mixwell.settings"].data_dir).exists()
    for what in ("rows", "columns", "encoding", "disposal"):
        assert desk.browser.post(f"{desk.path}/{what}").status_code == 404


def test_a_list_nobody_brought_in_is_forgotten_after_a_week(app: Flask, cast: Cast) -> None:
    waiting, done = desk_with(cast, csv_of(ANA)), desk_with(cast, csv_of(ANA))
    done.send("commit")
    tools = app.extensions["mixwell.tools"]
    remove_expired(tools, now() + timedelta(days=6))
    assert run_of(waiting).table
    remove_expired(tools, now() + timedelta(days=8))
    remove_expired(tools, now() + timedelta(days=8))
    assert {run.id for run in db.session.scalars(db.select(ImportRun))} == {done.run_id}
    assert [*Path(tools.data_dir, "imports").glob("*")] == []


def test_pages_ask_the_database_as_often_for_many_as_for_few(cast: Cast) -> None:
    browser = organizer(cast)
    asked: list[str] = []
    events.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def queries(path: str) -> int:
        asked.clear()
        assert browser.get(path).status_code == 200
        return len([text for text in asked if text.startswith("SELECT")])

    few, many = staged(cast.mixer, ANA), staged(cast.mixer, *([f"Guest {n}", "", "", f"T{n}"] for n in range(300)))
    assert queries(f"/imports/{few.id}") == queries(f"/imports/{many.id}") <= 6
    index = queries(f"/events/{cast.mixer.id}/imports")
    for run in (few, many):
        brought_in(cast.mixer, run)
    assert queries(f"/imports/{few.id}") == queries(f"/imports/{many.id}") <= 8
    for _ in range(5):
        staged(cast.mixer, ANA)
    assert queries(f"/events/{cast.mixer.id}/imports") == index <= 5


def test_an_import_may_be_asked_for_only_so_often(cast: Cast) -> None:
    browser = organizer(cast)
    statuses = [browser.post(f"/events/{cast.mixer.id}/imports", data={}).status_code for _ in range(31)]
    assert statuses == [422] * 30 + [429]
