"""Who comes to the sample evening: invented people, with the names that break careless software."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guest:
    """One line of the sample list."""

    name: str
    company: str = ""
    ask_me_about: str = ""
    can_help_with: str = ""
    looking_for: str = ""
    headline: str = ""
    work: str = ""
    work_link: str = ""
    takes_notes: bool = False


ANN = Guest(
    "Ann Achebe",
    "Harbour Bakery",
    ask_me_about="sailing, sourdough",
    headline="Bakes for cafés on the quay",
    can_help_with="a stall at the Saturday market",
    looking_for="someone who builds small websites",
)
BEN = Guest(
    "Ben Adeyemi",
    "Tidewater Web",
    ask_me_about="sailing, old maps",
    headline="Builds small, stubborn websites",
    can_help_with="a first website in a week",
    looking_for="a bookkeeper who explains",
    work="A tide table that works without a network.",
    work_link="https://tides.example.org/",
)

OTHERS = (
    Guest("山田 花子", "Kumo Design", "tea, typography", headline="Draws letters for signs"),
    Guest("李娜", "Grant Writers", "mountains", can_help_with="grant writing"),
    Guest("محمد الأمين", "مكتبة المرفأ", "الشعر", headline="Sells books in three languages"),
    Guest("Wolfeschlegelsteinhausen-Bergerdorff von der Lüneburger Heide", "Long Names & Daughters"),
    Guest("Bo", "", "pottery"),
    Guest("Sunny 🎉 Okonkwo", "Street Parties 🎈", "brass bands"),
    Guest("Máire Ó Súilleabháin", "Slieve Films", "tin whistles", takes_notes=True),
    Guest("Nguyễn Thị Minh Khai", "Phở & Co", "street food"),
    Guest("Łukasz Żółć", "Żółć Joinery", "old doors"),
    Guest("Søren O'Neil-Šmíd", "Nordlys", "winter swimming"),
    Guest("Ελένη Παπαδοπούλου", "Aegean Tax", can_help_with="bookkeeping that explains"),
    Guest("Ольга Соколова", "Sokol Translations", "birds"),
    Guest("דוד לוי", "Levy Clocks", "clockwork"),
    Guest("สมชาย ใจดี", "Jaidee Massage"),
    Guest("प्रिया शर्मा", "Sharma Spices", "spice routes"),
    Guest("Jean-Baptiste de la Croix", "Croix Conseil"),
    Guest("van Dijk, Pieter", "Dijk Dredging", "dredgers"),
    Guest("María José Carreño Quiñones", "Carreño Arquitectos"),
    Guest("X Æ Twelve", "Orbit Toys"),
    Guest("İpek Yıldız", "Yıldız Looms", "weaving"),
)

_GIVEN = (
    "Ada Bruno Clara Dev Edith Femi Greta Hugo Ines Jonas Kofi Lena Miro Nora Otis Petra Quinn Rosa Stellan".split()
)
_FAMILY = (
    "Abbot Barros Cohen Dahl Eklund Farrow Gallo Hale Ito Jansen Keita Lund Mora Novak Osei Pohl Reyes Sato".split()
)
_WORK = "Harbour Print,Quay Legal,Lantern Events,North Pier Coffee,Rope & Sail,Bluebell Care,Cobalt Energy".split(",")


def crowd(number: int) -> list[Guest]:
    """So many more people with everyday names, always the same."""
    return [Guest(f"{_GIVEN[i % 19]} {_FAMILY[(i * 5 + i // 19) % 18]}", _WORK[i % len(_WORK)]) for i in range(number)]
