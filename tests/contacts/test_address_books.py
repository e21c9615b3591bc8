"""Old address books of any age and program are read; what cannot be is said, with its line and why."""

import time

import pytest

from webapp.contacts.address_books import (
    MAX_BYTES,
    MAX_ENTRIES,
    Book,
    NobodyThere,
    NotText,
    TooBig,
    TooManyEntries,
    Unread,
    read_book,
)
from webapp.contacts.entries import LONGEST_NOTE, Entry

OLD = b"""BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BCller, der =\r
=C3=84ltere\r
TEL;CELL:+49 30 5555 0100\r
TEL;WORK;VOICE:+49 (30) 5555-0101\r
EMAIL;INTERNET:joerg@example.org\r
ORG:Werft;Bootsbau\r
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgK\r
 DBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/\r
\r
NOTE;charset=utf-8;encoding=quoted-printable:=46irst line=0Asecond=2C line\r
END:VCARD\r
"""
MIDDLE = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone//EN
N:Silva;Ana;María;;
FN:Ana María Silva
item1.EMAIL;type=INTERNET;type=pref:ana@example.org
item1.X-ABLabel:_$!<Other>!$_
TEL;type=CELL;type=VOICE;type=pref:+351 21 555 0102
NOTE:Met on the ferry\\, twice\\; she paints
 \x20boats.
URL:https\\://example.org/ana
BDAY:1980-01-01
ADR;type=HOME:;;Rua 1;Lisboa;;;Portugal
END:VCARD
"""
NEW = """BEGIN:VCARD
VERSION:4.0
FN:山田 花子
TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+81-3-5555-0103;ext=12
EMAIL;PREF=1:mailto:hanako@example.org
ORG:看板屋
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
END:VCARD
"""


def read(content: str | bytes) -> Book:
    book = read_book(content if isinstance(content, bytes) else content.encode())
    assert isinstance(book, Book), book
    return book


def test_cards_of_three_versions_in_one_file_are_read() -> None:
    jorg, ana, hanako = read(OLD + MIDDLE.encode() + NEW.encode()).entries
    assert jorg == Entry(
        "Jörg Müller, der Ältere",
        "Werft",
        ("joerg@example.org",),
        ("+49 30 5555 0100", "+49 (30) 5555-0101"),
        note="First line second, line",
    )
    assert ana == Entry(
        "Ana María Silva",
        emails=("ana@example.org",),
        phones=("+351 21 555 0102",),
        link="https://example.org/ana",
        note="Met on the ferry, twice; she paints boats.",
    )
    assert hanako == Entry("山田 花子", "看板屋", ("hanako@example.org",), ("+81-3-5555-0103",))


def test_nothing_else_is_kept() -> None:
    kept = str(read(OLD + MIDDLE.encode()).to_json())
    assert [word for word in ("1980", "Rua", "Lisboa", "4AAQ", "Bootsbau") if word in kept] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_file_may_be_written_in_any_usual_way(encoding: str) -> None:
    [ana] = read(MIDDLE.encode(encoding)).entries
    assert ana.name == "Ana María Silva"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(ending: str) -> None:
    [ana] = read(MIDDLE.replace("\n", ending)).entries
    assert ana.note == "Met on the ferry, twice; she paints boats."


def test_bad_lines_are_named_and_lose_nothing_else() -> None:
    text = "\n".join(
        [
            "FN:Before any card",
            "BEGIN:VCARD",
            "FN:Kept One",
            "TEL;=broken;;:1",
            "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=klingon:=FF",
            f"NOTE:{'x' * 5000}",
            "EMAIL:one@example.org",
            "END:VCARD",
            "BEGIN:VCARD",
            "TEL:+1 555 0100",
            "END:VCARD",
            "BEGIN:VCARD",
            "FN:Never Ended",
            "BEGIN:VCARD",
            "FN:Cut Off",
        ]
    )
    book = read(text)
    assert [one.name for one in book.entries] == ["Kept One", "Never Ended", "Cut Off"]
    assert book.entries[0].emails == ("one@example.org",)
    assert book.unread == [
        Unread(1, "no card"),
        Unread(4, "unreadable"),
        Unread(5, "encoding"),
        Unread(6, "too long"),
        Unread(9, "no name"),
        Unread(12, "no end"),
        Unread(14, "cut off"),
    ]


def test_a_hostile_line_and_a_huge_photo_cost_no_time() -> None:
    commas = "TEL;A=" + "b," * 1500 + '"'
    photo = "PHOTO;ENCODING=BASE64:" + "\n ".join(["A" * 74] * 60_000)
    began = time.monotonic()
    book = read(f"BEGIN:VCARD\nFN:Quick\n{commas}\n{photo}\n\nTEL:+1 555 0100\nEND:VCARD\n")
    assert time.monotonic() - began < 5
    assert [(one.name, one.phones) for one in book.entries] == [("Quick", ("+1 555 0100",))]
    assert [one.why for one in book.unread] == ["unreadable"]


TABLES = {
    "google": (
        "Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,"
        "Organization 1 - Name,Notes,Website 1 - Value,Birthday\n"
        "Ana Silva,Ana,Silva,* Work,ana@example.org ::: a.silva@example.org,old@example.org,Mobile,"
        '+351 21 555 0102,Ferry,"Paints, boats",https://example.org,1980-01-01\n'
    ),
    "google, since 2024": (
        "First Name,Middle Name,Last Name,Phonetic First Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,"
        "Phone 1 - Label,Phone 1 - Value,Organization Name,Notes,Website 1 - Value\n"
        "Ana,,Silva,,Work,ana@example.org ::: a.silva@example.org,old@example.org,Mobile,+351 21 555 0102,Ferry,"
        '"Paints, boats",https://example.org\n'
    ),
    "outlook": (
        "First Name,Last Name,Company,E-mail Address,E-mail 2 Address,E-mail 3 Address,Mobile Phone,Business Fax,Notes,"
        "Web Page\nAna,Silva,Ferry,ana@example.org,a.silva@example.org,old@example.org,+351 21 555 0102,+1 555 9,"
        '"Paints, boats",https://example.org\n'
    ),
    "outlook, German": (
        "Vorname;Nachname;Firma;E-Mail-Adresse;E-Mail 2: Adresse;E-Mail 3: Adresse;Mobiltelefon;Notizen;Webseite\n"
        "Ana;Silva;Ferry;ana@example.org;a.silva@example.org;old@example.org;+351 21 555 0102;Paints, boats;"
        "https://example.org\n"
    ),
    "thunderbird": (
        "First Name\tLast Name\tDisplay Name\tPrimary Email\tSecondary Email\tMobile Number\tPager Number\t"
        "Organization\tNotes\tWeb Page 1\n"
        "Ana\tSilva\tAna Silva\tana@example.org\ta.silva@example.org\t+351 21 555 0102\t5\tFerry\tPaints, boats\t"
        "https://example.org\n"
    ),
}


@pytest.mark.parametrize("program", TABLES)
def test_tables_of_mail_programs_are_read(program: str) -> None:
    [ana] = read(TABLES[program]).entries
    mails = ("ana@example.org", "a.silva@example.org", "old@example.org")
    told = Entry("Ana Silva", "Ferry", mails, ("+351 21 555 0102",), "https://example.org", "Paints, boats")
    assert ana == (told if program != "thunderbird" else Entry(**{**vars(told), "emails": mails[:2]}))


def test_rows_of_a_table_that_are_nobody_are_named() -> None:
    book = read(
        'Name,Email,Phone\nAna,ana@example.org,1\n,,555\n\n"Two\nlines",two@example.org,2\n,three@example.org,\n'
    )
    assert [one.name for one in book.entries] == ["Ana", "Two lines", "three@example.org"]
    assert book.unread == [Unread(3, "no name")]


def test_a_stray_quote_costs_no_more_than_it_must() -> None:
    book = read('Name,Email\nAna "the boat" Silva,ana@example.org\n"Ben" B,ben@example.org\nCleo,cleo@example.org\n')
    assert [one.emails for one in book.entries] == [("ana@example.org",), ("ben@example.org",), ("cleo@example.org",)]


def test_the_same_person_twice_in_a_file_is_one() -> None:
    book = read("Name,Email,Phone\nAna,ANA@example.org,+351 215 550 102\nana,ana@example.org,0215550102\n")
    assert len(book.entries) == 1


def test_what_is_no_address_book_is_refused_with_its_reason() -> None:
    cards = "".join(f"BEGIN:VCARD\nFN:Guest {number}\nEND:VCARD\n" for number in range(MAX_ENTRIES + 1))
    assert read_book(b"x" * (MAX_BYTES + 1)) == TooBig()
    assert read_book(cards.encode()) == TooManyEntries(MAX_ENTRIES + 1)
    assert read_book(b"just a letter\nto somebody\n") == NobodyThere([])
    assert read_book(b"") == NobodyThere([])
    assert read_book(b"BEGIN:VCARD\nEND:VCARD\n") == NobodyThere([Unread(1, "no name")])
    assert isinstance(read_book(b"Name\nAna\x00Silva\n"), NotText)


def test_what_is_kept_is_one_clean_line_each() -> None:
    [one] = read("BEGIN:VCARD\nFN:A\u202edna \u200bLong\nNOTE:" + "word " * 300 + "\nEND:VCARD\n").entries
    assert one.name == "Adna Long"
    assert len(one.note) <= LONGEST_NOTE


def test_a_book_goes_through_json() -> None:
    book = read(OLD)
    assert Book.from_json(book.to_json()) == book
