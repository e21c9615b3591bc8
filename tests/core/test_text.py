"""One clean line, one key to find it by, one first character."""

import json
import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.text import LIKE_ESCAPE, clean_line, first_grapheme, like_pattern, search_key
from webapp.web.builds import ROOT

ANY_TEXT = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Niamh O'Neil", "oneil"),
        ("Niamh O’Neil", "o'neil"),
        ("Søren Ångström", "soren angstrom"),
        ("Łukasz Żółć", "LUKASZ zolc"),
        ("Anne-Marie Groß", "anne marie gross"),
        ("İpek Işık", "ipek isik"),
        ("张伟", "张"),
        ("ＡＮＡ　Ｓｉｌｖａ", "ana silva"),
        ("Ana\u00a0\u2009Silva", "ana silva"),
        ("Ελένη Ρήγα", "ΕΛΕΝΗ"),
        ("Ана Ёлкина", "елкина"),
        ("مُحَمَّد", "محمد"),
        ("St. John-Smythe, Ana", "st john smythe ana"),
        ("Fox 🦊", "🦊"),
    ],
)
def test_a_name_is_found_by_what_a_hurried_person_types(name: str, typed: str) -> None:
    assert search_key(typed) in search_key(name)


@given(ANY_TEXT)
def test_a_search_key_of_a_search_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(ANY_TEXT)
def test_case_and_accents_make_no_difference_to_a_search_key(text: str) -> None:
    assert search_key(unicodedata.normalize("NFD", text)) == search_key(unicodedata.normalize("NFC", text))
    assert search_key(search_key(text).title()) == search_key(search_key(text).title().lower())


@given(ANY_TEXT, st.integers(1, 60))
def test_a_clean_line_is_short_visible_composed_and_stays_as_it_is(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert line == line.strip() == unicodedata.normalize("NFC", line)
    assert not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in line)
    assert not set(line) & set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u061c")
    assert clean_line(line, limit) == line


@pytest.mark.parametrize(
    "name",
    [
        "Ana  Silva",  # two spaces, as typed
        "de la Cruz-Ortiz, María",
        "=SUM(A1)",
        "می\u200cخواهم",  # the Persian non-joiner is spelling
        "ක්\u200dරම",  # so is the Sinhala joiner
        "👩\u200d👧 Ana",
        "❤️\u200d🔥",
        "محمد العلي",
        "张伟",
    ],
)
def test_what_was_typed_is_kept_as_typed(name: str) -> None:
    assert clean_line(name, 200) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana\r\nSilva\t", "Ana Silva"),
        ("Ana\u202egnp.exe", "Anagnp.exe"),
        ("A\u200bn\u200da", "Ana"),
        ("Ana\x00\x1b[31m", "Ana[31m"),
        ("e\u0301", "é"),
        ("\u3164", ""),
        ("Ana\u2028Silva", "Ana Silva"),
        ("\ud800Ana", "Ana"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(typed: str, kept: str) -> None:
    assert clean_line(typed, 200) == kept


def test_a_cut_never_parts_a_letter_from_its_accent_nor_an_emoji_from_its_half() -> None:
    assert clean_line("abq\u0307\u0323", 4) == "ab"
    assert clean_line("ab👩\u200d👧", 4) == "ab"
    assert clean_line("ab👍🏽", 3) == "ab"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ""),
        ("Ana", "A"),
        ("q\u0323x", "q\u0323"),
        ("👩\u200d👧 Ana", "👩\u200d👧"),
        ("🇵🇹🇪🇸", "🇵🇹"),
        ("👍🏽!", "👍🏽"),
        ("张伟", "张"),
    ],
)
def test_the_first_character_is_what_a_reader_calls_so(text: str, first: str) -> None:
    assert first_grapheme(text) == first


@given(st.text("ab%_\\", max_size=8), st.text("ab%_\\", max_size=8))
def test_a_like_pattern_finds_its_key_literally(text: str, key: str) -> None:
    database = sqlite3.connect(":memory:")
    (found,) = database.execute("SELECT ? LIKE ? ESCAPE ?", (text, like_pattern(key), LIKE_ESCAPE)).fetchone()
    database.close()
    assert bool(found) == (key in text)


def test_a_phone_and_the_server_make_the_same_key_of_a_name() -> None:
    cases = json.loads((ROOT / "tests/js/search-keys.json").read_text())
    assert [search_key(case["text"]) for case in cases] == [case["key"] for case in cases]
