"""Writes mixer-200.csv beside this file: a ticket shop's export of 200 rows, seven of them bad. Same bytes every time.

    python tests/events/files/make_mixer_200.py

All names are put together from parts and belong to nobody.
"""

import csv
import itertools
from pathlib import Path

HEADINGS = (
    *("Order ID", "Order date", "Buyer email", "Ticket ID", "Ticket type", "Attendee first name", "Attendee last name"),
    *("Attendee email", "Company", "Job title", "Ask me about", "Dietary notes", "Attendee status"),
)
GIVEN = (
    "Ana Ben Cora Dora Emil Freya Gábor Håkon Inês Jürgen Katarzyna Léa Māra Nuno Oisín Petra Quim Řehoř Søren Tânia"
).split()
FAMILY = (
    "Silva|Bergström|O’Hara|de la Fuente|van der Linde|Żurawska|Ærøe|Müller-Lüdenscheidt|D’Angelo|Öztürk|"
    "Santos Pereira|Łaskowski|Thorvaldsdóttir|Čapková|Nguyễn"
).split("|")
# (given, family): one-word, very long, right-to-left, family-first, emoji and other names a badge must bear.
SPECIAL = (
    ("Cher-Anne", ""),
    ("张伟", ""),
    ("太郎", "山田"),
    ("민수", "김"),
    ("محمد", "العلي"),
    ("فاطمة الزهراء", "بن يوسف"),
    ("می\u200cنا", "رضایی"),
    ("דוד", "כהן"),
    ("Иван", "Жуков"),
    ("Ελένη", "Ρήγα"),
    ("अनिता", "शर्मा"),
    ("สมชาย", "ใจดี"),
    ("Zoë 🦊", "Fuchs"),
    ("Maximiliana-Theodora Wilhelmine", "von Hohenfels-Untertürkheim zu Altenstadt"),
    ("Bartholomew", "Featherstonehaugh-Cholmondeley"),
    ("X", "Æ"),
    ("Lê Thị", "Ánh"),
    ("R. J.", "Smith-Jones Jr."),
)
COMPANIES = (
    "Lantern Works",
    "Boats & Sons",
    "Küche, Keller & Co.",
    "",
    'The "Corner" Bakery',
    "Ateliê do Rio",
    "北風社",
)
TITLES = ("Baker", "Designer", "Founder", "", "Teacher", "Software engineer", "Head of partnerships")
TOPICS = ("sailing", "sourdough", "", "old bicycles", "choirs", "", "beekeeping")
SEVEN_BAD = 7


def guests() -> list[tuple[str, str]]:
    """193 names, no two alike, the special ones strewn among the others."""
    plain = itertools.product(FAMILY, GIVEN)
    names = [(given, family) for family, given in itertools.islice(plain, 193 - len(SPECIAL))]
    for at, special in enumerate(SPECIAL):
        names.insert(at * 10 + 5, special)
    return names


def row(number: int, given: str, family: str) -> list[str]:
    """One guest's row; every ninth bought for a companion too, every fifth gave no address."""
    order = f"R-{1000 + number // 2}"
    mail = "" if number % 5 == 4 else f"guest{number}@example.org"
    return [
        *(order, "2026-11-02 18:04", f"buyer{number // 2}@example.org", f"T-{7000 + number * 13}", "Standard"),
        *(given, family, mail, COMPANIES[number % 7], TITLES[number % 6], TOPICS[number % 7], "none", "Attending"),
    ]


def rows() -> list[list[str]]:
    """200 rows: 193 good ones and, in their places, one of each kind of bad row."""
    good = [row(number, given, family) for number, (given, family) in enumerate(guests())]

    def bad(number: int, **cells: str) -> list[str]:
        retyped = {name.replace("_", " "): text for name, text in cells.items()}
        made = row(number, f"Bad {number}", "Row")
        return [retyped.get(heading, cell) for heading, cell in zip(HEADINGS, made, strict=True)]

    places = {
        12: bad(501, Attendee_first_name="", Attendee_last_name=""),
        40: bad(502, Attendee_email="paula.example.org"),
        77: bad(503, Attendee_email="two@example.org; three@example.org"),
        101: good[60],
        134: bad(505, Company="x" * 230),
        166: bad(506, Attendee_status="Cancelled"),
        190: [*bad(507), "one", "too many"],
    }
    assert len(places) == SEVEN_BAD
    for at, made in sorted(places.items()):
        good.insert(at, made)
    return good


if __name__ == "__main__":
    with (Path(__file__).parent / "mixer-200.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows()])
