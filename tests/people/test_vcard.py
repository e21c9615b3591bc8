"""A card in a phone's contacts: every text stays in its own property."""

import re

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.accounts.cards import CARD_FIELDS
from webapp.core.text import clean_line
from webapp.people.vcard import file_name, write_vcard

EMITTED = {"headline": 1, "company": 1, "email": 1, "phone": 1, "link": 1, "work_link": 1}
"""Field of a card → how many properties it becomes, beside VERSION, N and FN."""

BREAKS = ("\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", " x", "\tx")
SIGNS = ("\\", "\\n", ";", ",", ":", '"')
FORGED = ("TEL:666", "URL:https://evil.example", "END:VCARD\r\nBEGIN:VCARD", "NOTE;ENCODING=b:QQ==", "item1.URL:x")
PIECES = st.sampled_from([*BREAKS, *SIGNS, *FORGED, "山田", "محمد", "🎉", "Ann", "a" * 80, "é" * 40])
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=6).map("".join)
LOGICAL = re.compile(r"^[A-Z]+(;[A-Z]+=[A-Z]+)*:")


def properties(written: bytes) -> list[str]:
    """Unfolded lines between BEGIN and END, by RFC 2426 alone."""
    lines = written.decode().replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCARD", ["END:VCARD", ""])
    return lines[1:-2]


# 500 cards, and a note.
@settings(max_examples=500)
@given(st.lists(TEXTS, min_size=len(CARD_FIELDS) + 1, max_size=len(CARD_FIELDS) + 1))
def test_five_thousand_hostile_texts_add_no_property(texts: list[str]) -> None:
    fields = dict(zip(CARD_FIELDS, texts[:-1], strict=True))
    written = write_vcard(fields, texts[-1])
    filled = {field for field, text in fields.items() if clean_line(text, 500)} - {"name"}
    expected = 3 + sum(EMITTED.get(field, 0) for field in filled) + bool(clean_line(texts[-1], 500))
    assert len(properties(written)) == expected
    assert all(LOGICAL.match(line) for line in properties(written))
    assert len(list(vobject.readOne(written.decode()).getChildren())) == expected


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=len(CARD_FIELDS), max_size=len(CARD_FIELDS)))
def test_no_line_is_longer_than_seventy_five_octets_or_holds_a_bare_break(texts: list[str]) -> None:
    written = write_vcard(dict(zip(CARD_FIELDS, texts, strict=True)), "Met at the mixer")
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", "".join(line.decode() for line in lines))


def test_a_card_reads_back_as_it_was_given() -> None:
    fields = {"name": "Ana María da Silva", "headline": "Bakes; sails, sings", "company": "Harbour, Bakery"}
    fields |= {"email": "ana@example.org", "phone": "+44 20 7946 0000", "ask_me_about": "never written here"}
    card = vobject.readOne(write_vcard(fields, "Met at Autumn mixer.").decode())
    assert (card.n.value.given, card.n.value.family) == ("Ana María", "da Silva")
    assert (card.fn.value, card.title.value) == ("Ana María da Silva", "Bakes; sails, sings")
    assert (card.org.value, card.note.value) == (["Harbour, Bakery"], "Met at Autumn mixer.")
    assert (card.email.value, card.tel.value) == ("ana@example.org", "+44 20 7946 0000")


def test_a_long_name_in_any_script_is_folded_between_its_letters() -> None:
    name = "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末"
    written = write_vcard({"name": name}, "")
    assert vobject.readOne(written.decode()).fn.value == name
    assert max(map(len, written.split(b"\r\n"))) == 75


def test_a_name_without_a_surname_is_a_given_name() -> None:
    card = vobject.readOne(write_vcard({"name": "Bo"}, "").decode())
    assert (card.n.value.given, card.n.value.family, card.fn.value) == ("Bo", "", "Bo")


def test_a_link_holds_no_sign_that_a_card_would_escape() -> None:
    written = write_vcard({"name": "Bo", "link": "https://example.org/a;b,c?d=é&e=%20#f"}, "").decode()
    assert "URL:https://example.org/a%3Bb%2Cc?d=%C3%A9&e=%20#f\r\n" in written


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("山田 花子", "山田 花子.vcf"),
        ("محمد", "محمد.vcf"),
        ("../../etc/passwd", "etc passwd.vcf"),
        ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x.vcf"),
        ("CON\u202efcv.exe", "CONfcv.exe.vcf"),
        ("...", "card.vcf"),
        ("Sunny 🎉", "Sunny 🎉.vcf"),
    ],
)
def test_the_file_is_named_after_its_person_in_any_script(name: str, file: str) -> None:
    assert file_name(name) == file
