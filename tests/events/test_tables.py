"""Files from anywhere, whole, broken and hostile, become a table or a refusal that says why (trust.md F14)."""

import io
import json
import resource
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.steps import LINEAR, growth, steps
from webapp.core import child
from webapp.events import charsets, spreadsheets, tables
from webapp.events.refusals import (
    EmptyTable,
    Locked,
    MixedEncoding,
    NotATable,
    NulBytes,
    TooLarge,
    TooManyColumns,
    TooManyRows,
    UnclosedQuote,
    UnreadableEncoding,
)
from webapp.events.tables import (
    MAX_BYTES,
    MAX_CELL,
    MAX_ROWS,
    Row,
    Table,
    read_table,
    read_table_job,
    table_from_json,
)

ACCENTED = "Name;Email;Firma\r\nJosé Müller;jose@example.org;Köhler & Söhne\r\nZoë Groß;zoe@example.org;Bäcker\r\n"


def read(text: str, encoding: str = "utf-8", declared: str | None = None) -> Table:
    table = read_table(text.encode(encoding), "guests.csv", declared)
    assert isinstance(table, Table), table
    return table


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


# What the file says it is


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-32", "utf-32")]
)
def test_a_mark_or_plain_utf8_is_certain(encoding: str, shown: str) -> None:
    table = read(ACCENTED, encoding)
    assert (table.encoding, table.guessed) == (shown, False)
    assert cells(table)[0] == ("José Müller", "jose@example.org", "Köhler & Söhne")


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("windows-1252", "José Müller|Zoë Groß|François Peña|Søren Åkesson"),
        ("windows-1250", "Łukasz Żółć|Michał Wójcik|Paweł Kamiński"),
        ("windows-1251", "Иван Жуков|Мария Ёлкина"),
        ("windows-1253", "Ελένη Ρήγα|Γιώργος Δήμου"),
        ("koi8-r", "Иван Жуков|Мария Ёлкина"),
        ("macintosh", "José Müller|François Peña"),
    ],
)
def test_an_old_encoding_is_guessed_and_said_to_be_guessed(encoding: str, names: str) -> None:
    table = read("Name;Email\n" + "".join(f"{name};a@example.org\n" for name in names.split("|")), encoding)
    assert (table.encoding, table.guessed) == (encoding, True)
    assert [row.cell(0) for row in table.rows] == names.split("|")


def test_a_declared_encoding_is_obeyed_and_not_a_guess() -> None:
    table = read("名前,Email\n山田 太郎,taro@example.org\n", "shift_jis", declared="shift_jis")
    assert (table.encoding, table.guessed, cells(table)[0][0]) == ("shift_jis", False, "山田 太郎")


def test_a_byte_order_mark_is_stronger_than_a_declaration() -> None:
    assert read(ACCENTED, "utf-8-sig", declared="windows-1252").encoding == "utf-8"


@pytest.mark.parametrize("declared", ["utf-8", "ascii", "utf-16", "rot13", "nonsense"])
def test_a_declaration_that_cannot_be_is_refused_with_its_name(declared: str) -> None:
    assert read_table(ACCENTED.encode("windows-1252"), "guests.csv", declared) == UnreadableEncoding(declared)


def test_ten_megabytes_of_windows_1252_are_never_read_as_utf_16() -> None:
    line = "José Müller;jose{0}@example.org;" + "Köhler & Söhne " * 130 + "\r\n"
    content = ("Name;Email;Firma\r\n" + "".join(map(line.format, range(4_900)))).encode("windows-1252")
    content += b" " * (len(content) % 2)
    assert len(content) > 9_000_000
    assert len(content.decode("utf-16-le", "surrogatepass")) > 0  # the trap: it would go through
    table = read_table(content, "guests.csv")
    assert isinstance(table, Table)
    assert (table.encoding, table.guessed, len(table.rows)) == ("windows-1252", True, 4_900)
    assert table.rows[0].cell(0) == "José Müller"


def test_utf_16_without_its_mark_is_refused_and_not_guessed() -> None:
    assert read_table(ACCENTED.encode("utf-16-le"), "guests.csv") == NulBytes(1)


def test_two_encodings_in_one_file_are_refused_with_the_odd_line() -> None:
    content = ACCENTED.encode() + "Zoë;zoe@example.org;Bäcker\r\n".encode("windows-1252")
    assert read_table(content, "guests.csv") == MixedEncoding(4)


def test_a_zero_byte_is_refused_with_its_line() -> None:
    assert read_table(b"Name,Email\r\nAna,ana@example.org\r\nB\x00en,ben@example.org\r\n", "g.csv") == NulBytes(3)
    assert read_table("Name\r\nAna\x00\r\n".encode("utf-16"), "g.csv") == NulBytes(2)


def test_bytes_that_mean_nothing_are_refused() -> None:
    assert isinstance(read_table(bytes(range(1, 256)) * 40, "g.csv"), UnreadableEncoding | UnclosedQuote | NotATable)


# Delimiters, quotes, line endings


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_every_delimiter_and_line_ending_is_read(delimiter: str, ending: str) -> None:
    rows = [["Name", "Email", "Company"], ["Ana", "ana@example.org", "Boats"], ["Ben", "ben@example.org", ""]]
    table = read(ending.join(delimiter.join(row) for row in rows))
    assert table.header == ("Name", "Email", "Company")
    assert table.rows == (Row(2, ("Ana", "ana@example.org", "Boats")), Row(3, ("Ben", "ben@example.org")))


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_breaks() -> None:
    table = read('Name,Company\n"Silva, Ana","Boats ""R"" Us\nPorto"\nBen,Acme\n')
    assert cells(table) == [("Silva, Ana", 'Boats "R" Us\nPorto'), ("Ben", "Acme")]
    assert [row.number for row in table.rows] == [2, 3]


def test_names_with_commas_under_one_heading_stay_whole() -> None:
    assert cells(read("Name\nSilva, Ana\nBerg, Ben\n")) == [("Silva, Ana",), ("Berg, Ben",)]


def test_the_delimiter_a_spreadsheet_names_is_no_row() -> None:
    table = read("sep=;\r\nName;Email\r\nAna, the one;ana@example.org\r\n")
    assert cells(table) == [("Ana, the one", "ana@example.org")]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (3, 'Name,Email\nAna,ana@example.org\n"Ben,ben@example.org\nCora,cora@example.org\n'),
        (2, 'Name,Email\n"Ana" Silva,ana@example.org\nBen,ben@example.org\n'),
        (2, 'Name,Email\n"Ana,ana@example.org\n"Ben",ben@example.org\n'),
        (3, 'Name,Email\nAna,ana@example.org\n"Ben,' + "x,\n" * 500_000),
    ],
)
def test_an_open_quote_is_refused_with_its_row(row: int, text: str) -> None:
    assert read_table(text.encode(), "guests.csv") == UnclosedQuote(row)


def test_blank_rows_count_but_are_no_guests() -> None:
    table = read("Name,Email,\n\n,,\nAna,ana@example.org,,,\n   ,\t,\n\nBen,ben@example.org\n")
    assert table.header == ("Name", "Email")
    assert table.rows == (Row(4, ("Ana", "ana@example.org")), Row(7, ("Ben", "ben@example.org")))


def test_a_title_above_the_headings_is_skipped() -> None:
    table = read("Guests of the spring mixer\n\nName,Email,Company\nAna,ana@example.org,Boats\n")
    assert table.header == ("Name", "Email", "Company")
    assert table.rows == (Row(4, ("Ana", "ana@example.org", "Boats")),)


@pytest.mark.parametrize(
    "text", ["Ana,ana@example.org\nBen,ben@example.org\n", "Ana Silva\nBen Berg\n", "Ana;Acme\nBen;Acme\n"]
)
def test_a_list_without_headings_loses_no_first_guest(text: str) -> None:
    table = read(text)
    assert table.headless
    assert len(table.rows) == 2
    assert set(table.header) == {""}


def test_a_last_column_without_a_heading_is_a_column() -> None:
    assert read("Name,Email\nAna,ana@example.org,Boats\nBen,ben@example.org,Acme\n").header == ("Name", "Email", "")


def test_a_formula_stays_the_text_it_is() -> None:
    assert cells(read("Name,Company,Email\n=1+1,@SUM(A1),-2\n"))[0] == ("=1+1", "@SUM(A1)", "-2")


# Too much, too little, something else


def test_sixty_thousand_rows_are_refused_with_their_number() -> None:
    text = "Name,Email\n" + "".join(f"Guest {n},g{n}@example.org\n" for n in range(60_000))
    assert read_table(text.encode(), "g.csv") == TooManyRows(60_000, 5_000)


def test_five_thousand_rows_are_read_and_one_more_is_not() -> None:
    text = "Name,Email\n" + "".join(f"Guest {n},g{n}@example.org\n" for n in range(5_000))
    assert len(read(text).rows) == 5_000
    assert read_table((text + "One More,m@example.org\n").encode(), "g.csv") == TooManyRows(5_001, 5_000)


def test_a_hundred_thousand_columns_are_refused_with_their_number() -> None:
    assert read_table(b",".join([b"x"] * 100_000) + b"\nAna\n", "g.csv") == TooManyColumns(100_000, 40)


def test_a_stray_wide_row_is_kept_as_one_bad_row() -> None:
    table = read("Name,Email\n" + "Ana,ana@example.org\n" * 12 + ",".join(["x"] * 100_000) + "\n")
    assert len(table.header) == 2
    assert len(table.rows[-1].cells) == 41


def test_a_long_cell_is_cut_where_it_still_shows_that_it_was_too_long() -> None:
    assert len(read(f"Name,Email\n{'A' * 90_000},a@example.org\n").rows[0].cells[0]) == MAX_CELL + 1


def test_more_bytes_than_allowed_are_refused() -> None:
    assert read_table(b"x" * (MAX_BYTES + 1), "g.csv") == TooLarge(MAX_BYTES + 1, MAX_BYTES)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"\xe9\n" * 5_900_000, TooManyRows(100_000, 5_000)),
        (b"a\n" * 5_900_000, TooManyRows(100_000, 5_000)),
        (b'"a",' * 2_900_000, TooManyColumns(2_900_001, 40)),
        (b'"' * 11_900_000, UnclosedQuote(1)),
        (b"a" * 11_900_000, UnclosedQuote(1)),
    ],
    ids=["accents", "letters", "cells", "quotes", "one line"],
)
def test_twelve_megabytes_of_nonsense_are_refused(content: bytes, refusal: object) -> None:
    assert read_table(content, "guests.csv") == refusal


@pytest.mark.parametrize(
    "piece",
    [
        *(b"\xe9\n", b"a\n", b'"a",', b'"', b"a"),
        "José Müller;jose@example.org;".encode("windows-1252") + b"Soehne " * 40 + b"\r\n",
    ],
    ids=["accents", "letters", "cells", "quotes", "one line", "guests in an old encoding"],
)
def test_each_byte_of_twelve_megabytes_is_no_more_work_than_each_of_a_few(piece: bytes) -> None:
    """How long 12 MB take is measured in `benchmarks/lists.py`."""

    def reading(size: int) -> Callable[[], object]:
        content = piece * (size // len(piece))
        return lambda: read_table(content, "guests.csv")

    assert growth(reading, 5_000, full=MAX_BYTES) < LINEAR


@pytest.mark.parametrize("line", [b"\xe9\n", b"a\n"], ids=["accents", "letters"])
def test_a_list_that_is_too_long_by_far_is_not_read_to_its_end(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "COUNTED_ROWS", 2 * MAX_ROWS)
    monkeypatch.setattr(charsets, "_LOOKED_AT", MAX_ROWS)

    def reading(lines: int) -> Callable[[], object]:
        return lambda: read_table(line * lines, "guests.csv")

    # Not to the step: Python itself may do a little more the first time it comes somewhere.
    assert steps(reading(6 * MAX_ROWS)) < 1.05 * steps(reading(3 * MAX_ROWS))


@pytest.mark.parametrize(
    "content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b"Name,Email\n", b",,,\n,,\n", b"Name,Email,Company"]
)
def test_a_list_without_guests_is_refused(content: bytes) -> None:
    assert read_table(content, "guests.csv") == EmptyTable()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7 ...", "list.pdf"),
        (b"%PDF-1.7 ...", "list.csv"),
        (b"\x89PNG\r\n\x1a\n", "photo.csv"),
        (b"<html><table><tr><td>Ana</td></tr></table></html>", "export.xls"),
        (b"PK\x03\x04 but nothing more", "list.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "list.xls"),
        (b"BEGIN:VCARD\r\n", "friends.vcf"),
        (b'{"guests": []}', "guests.json"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_bytes(content: bytes, name: str) -> None:
    assert read_table(content, name) == NotATable(Path(name).suffix)


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "b.xlsx", "c"]))
def test_any_bytes_become_a_table_or_a_refusal(content: bytes, name: str) -> None:
    read_table(content, name)


@given(st.binary(max_size=200), st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]))
def test_any_bytes_behind_a_known_beginning_become_a_table_or_a_refusal(content: bytes, beginning: bytes) -> None:
    read_table(beginning + content, "list.xlsx")


# Workbooks


def workbook(*rows: list[object], book: openpyxl.Workbook | None = None) -> bytes:
    book = book or openpyxl.Workbook()
    for row in rows:
        book.worksheets[-1].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_gives_cells_as_typed() -> None:
    content = workbook(
        ["Name", "Phone", "Since", "At", "Share", "Member", "Code"],
        ["José", 491701234567, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4), 1.5, True, "0012"],  # noqa: DTZ001
    )
    table = read_table(content, "guests.xlsx")
    assert isinstance(table, Table)
    assert (table.encoding, table.guessed) == ("", False)
    assert cells(table)[0] == ("José", "491701234567", "2026-01-02", "2026-01-02 03:04:00", "1.5", "TRUE", "0012")


def test_the_first_visible_sheet_with_anything_is_read_with_its_row_numbers() -> None:
    book = openpyxl.Workbook()
    secret = book.worksheets[0]
    secret.append(["Name", "Email", "Secret"])
    secret.sheet_state = "hidden"
    book.create_sheet("Empty")
    sheet = book.create_sheet("Guests")
    sheet["B3"], sheet["C3"], sheet["D3"] = "Name", "Email", "Company"
    sheet["B5"], sheet["C5"] = "Ana", "ana@example.org"
    table = read_table(workbook(book=book), "guests.xlsx")
    assert isinstance(table, Table)
    assert [heading for heading in table.header if heading] == ["Name", "Email", "Company"]
    assert [(row.number, [cell for cell in row.cells if cell]) for row in table.rows] == [
        (5, ["Ana", "ana@example.org"])
    ]


def test_a_workbook_named_csv_is_still_a_workbook() -> None:
    assert isinstance(read_table(workbook(["Name"], ["Ana"]), "guests.csv"), Table)


def test_a_cell_in_the_farthest_corner_is_refused_before_it_fills_the_memory() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["XFD1048576"] = "Name", "far away"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_table(workbook(book=book), "guests.xlsx") == TooManyRows(1_048_576, 5_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_too_many_rows_of_a_workbook_are_refused_with_their_number() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(5_002):
        sheet.append([f"Guest {number}", f"g{number}@example.org", "Acme"])
    assert read_table(workbook(book=book), "g.xlsx") == TooManyRows(5_002, 5_000)


def packed(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return stream.getvalue()


OPEN_SHEET = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="Guests">{0}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)
OPEN_CELL = '<table:table-cell office:value-type="string"{1}><text:p>{0}</text:p></table:table-cell>'


def open_document(*rows: str) -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    content = OPEN_SHEET.format("".join(rows))
    return packed(**{"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def test_an_open_document_is_read() -> None:
    heads, ana = (
        "<table:table-row>" + "".join(OPEN_CELL.format(text, "") for text in row) + "</table:table-row>"
        for row in (["Name", "Email"], ["Zoë", "zoe@example.org"])
    )
    table = read_table(open_document(heads, ana), "guests.ods")
    assert isinstance(table, Table)
    assert (table.header, cells(table)) == (("Name", "Email"), [("Zoë", "zoe@example.org")])


def test_a_cell_repeated_without_end_is_refused() -> None:
    endless = OPEN_CELL.format("x", ' table:number-columns-repeated="1024"')
    row = f'<table:table-row table:number-rows-repeated="1048576">{endless}</table:table-row>'
    assert read_table(open_document(row), "guests.ods") == TooManyRows(1_048_576, 5_000)


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    content = packed(
        **{"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": " " * (spreadsheets.MAX_UNPACKED + 1)}
    )
    assert len(content) < 200_000
    refusal = read_table(content, "guests.xlsx")
    assert isinstance(refusal, TooLarge)
    assert refusal.limit == spreadsheets.MAX_UNPACKED


@pytest.mark.parametrize(
    "sheet",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
        "<worksheet><c r='A1'>",
        "<worksheet><c r='ZZZZ99999999'><v>1</v></c></worksheet>",
        "not xml",
    ],
)
def test_a_sheet_that_is_no_honest_xml_is_refused(sheet: str) -> None:
    content = packed(**{"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": sheet})
    assert read_table(content, "guests.xlsx") == NotATable(".xlsx")


def test_another_package_is_refused() -> None:
    assert read_table(packed(**{"word/document.xml": "<document/>"}), "letter.docx") == NotATable(".docx")


def test_a_workbook_with_a_password_is_refused_as_locked() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert read_table(locked, "guests.xlsx") == Locked()


# In a child process


def test_the_job_answers_a_table_or_a_refusal_through_json(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    for content in (ACCENTED.encode("windows-1252"), b"Name\n", b"A,B\n" + b"x,y\n" * 6_000):
        path.write_bytes(content)
        payload = {"path": str(path), "file_name": "guests.csv", "encoding": None}
        answer = read_table_job(payload, lambda done, total: None)
        json.loads(answer)
        assert table_from_json(answer) == read_table(content, "guests.csv")


@pytest.mark.child
def test_the_job_runs_in_a_child(tmp_path: Path) -> None:
    path, out = tmp_path / "upload", tmp_path / "table.json"
    path.write_bytes(ACCENTED.encode())
    payload = {"path": str(path), "file_name": "guests.csv", "encoding": None}
    assert child.run("webapp.events.tables:read_table_job", payload, out) == child.Done()
    assert table_from_json(out.read_bytes()) == read_table(ACCENTED.encode(), "guests.csv")
