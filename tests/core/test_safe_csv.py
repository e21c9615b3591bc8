"""S-36: whatever people typed, a spreadsheet shows it and runs none of it."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.core.safe_csv import inert, write_csv

FORMULA = {*"=+-@＝＋－＠﹦﹢﹣﹫"}
SIGNS = [*sorted(FORMULA), "\t", "\r", "\n", "\0"]
PAYLOADS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "  =1+1",
    "\u3000＝1+1",
    '=HYPERLINK("https://evil.example","click")',
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    'x";=1+1',
    "x;=1+1",
    "x\n=1+1",
    "x\t=1+1",
    "x|@y",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from([*PAYLOADS, *SIGNS, '"', ",", ";", "|", " ", "é", "山"]), max_size=5).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def read(written: bytes, delimiter: str = ",") -> list[list[str]]:
    """The cells a program finds that takes this sign for the separator."""
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def runs(cell: str) -> bool:
    """Whether a spreadsheet could take this cell for a formula."""
    return cell.strip(" \0\u3000")[:1] in FORMULA or cell[:1] in {*"\t\r\n\0"}


@settings(max_examples=400)
@given(TABLES)
def test_hostile_texts_add_no_cell_no_row_and_no_formula(rows: list[list[str]]) -> None:
    cells = read(write_csv(rows))
    assert [len(row) for row in cells] == [len(row) for row in rows]
    assert [cell for row in cells for cell in row if runs(cell)] == []
    assert cells == [[inert(cell) for cell in row] for row in rows]


@settings(max_examples=400)
@given(TABLES, st.sampled_from([";", "\t", "|"]))
def test_a_program_that_parts_cells_elsewhere_finds_no_formula_either(rows: list[list[str]], other: str) -> None:
    cells = read(write_csv(rows), other)
    assert [cell for row in cells for cell in row if cell.lstrip(" \0")[:1] in FORMULA] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_would_run_begins_with_an_apostrophe(payload: str) -> None:
    [[cell]] = read(write_csv([[payload]]))
    assert "'" in cell
    assert cell.replace("'", "") == payload.replace("'", "")


@pytest.mark.parametrize("text", ["", "Ann", "a=b, c-d", "O’Neil", "ann@example.org", "Tea, at 5", '6" nails', "’=’"])
def test_what_would_not_run_stays_as_it_was_typed(text: str) -> None:
    assert inert(text) == text


def test_the_file_says_that_it_is_utf_8_and_every_cell_is_quoted() -> None:
    assert (
        write_csv([["Ann", ""], ["山田", '6" nails']])
        == b'\xef\xbb\xbf"Ann",""\r\n"\xe5\xb1\xb1\xe7\x94\xb0","6"" nails"\r\n'
    )
